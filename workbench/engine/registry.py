"""Catalogues of what can be chosen: a decorator files a class under its key, and everything else loops over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, cast

from workbench.engine.params import Param, RequestError, nearest, show


@dataclass(frozen=True, slots=True)
class Source:
    """Where a definition comes from: who and what, the year, and a link where there is a lasting one."""

    text: str
    year: int
    link: str = ""


class Keyed(Protocol):
    """What is filed under a key."""

    key: ClassVar[str]


class Entry(Keyed, Protocol):
    """What every catalogue entry says of itself."""

    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]]


#: What stands in an optimizer's docstring before the paragraph on its conventions.
CONVENTIONS_HEADING = "\n\n    Conventions: "


def prose(entry: type) -> str:
    """An entry's docstring in one line; what it says of conventions stands by itself and is left out."""
    return " ".join((entry.__doc__ or "").split(CONVENTIONS_HEADING)[0].split())


class Given(str):
    """A key that has its entry with it: what was given in Python and stands in no registry.

    Only Python makes one, so that no file can name what it stands for. It equals nothing but itself, and has one entry.
    """

    __slots__ = ("entry",)
    entry: type[Any]

    def __new__(cls, text: str, entry: type[Any]) -> Self:
        """The key of a class; `text` is what sentences call it."""
        made = super().__new__(cls, text)
        made.entry = entry
        entry.key = made
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and other.entry is self.entry

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.entry)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


E = TypeVar("E", bound=Keyed)
_MOST_NAMED = 40  # keys in one sentence


class Registry(Generic[E]):
    """The entries of one kind, in the order in which they were declared."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, type[E]] = {}

    def register(self, key: str) -> Callable[[type[E]], type[E]]:
        """File the decorated class under `key`; a key is given once."""

        def file(cls: type[E]) -> type[E]:
            if key in self._entries:
                raise ValueError(f"{self.noun} {key} is declared twice")
            cls.key = key
            self._entries[key] = cls
            return cls

        return file

    def get(self, key: str, path: str = "") -> type[E]:
        """The entry of that key; of one that was given in Python, what it has with it.

        Raises:
            RequestError: there is none; the sentence names the nearest key.
        """
        if isinstance(key, Given):
            return cast("type[E]", key.entry)
        if key not in self._entries:
            hint = nearest(key, self._entries)
            nouns = f"{self.noun}es" if self.noun.endswith("s") else f"{self.noun}s"
            names = ", ".join(self._entries)
            if len(self._entries) > _MOST_NAMED:
                names = f"{len(self._entries)} of them, which `list {nouns}` shows"
            raise RequestError(path, f"must name one of the {nouns} ({names}), got {show(key)}{hint}")
        return self._entries[key]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def __iter__(self) -> Iterator[type[E]]:
        return iter(self._entries.values())

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)
