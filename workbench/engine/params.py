"""A setting declared once: its range, its default and its words make form, listing, check and error text."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Value = float | int | bool | str
CONVENTIONS = ("pytorch", "keras")


class RequestError(ValueError):
    """A value that cannot be used, said in one sentence a person can act on: where, what is allowed, what was found.

    Attributes:
        path: where the value stands in the experiment, like `lanes[2].hyperparameters.beta1`; may be empty.
        problem: the rest of the sentence, like `must lie in [0, 1), got 1.2`.
    """

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        place = path if len(path) <= 120 else path[:117] + "..."
        super().__init__(_in_one_line(f"`{place}` {problem}" if path else problem))

    def __reduce__(self) -> tuple[type[RequestError], tuple[str, str]]:
        # an exception is remade of what it hands on, which is the sentence alone
        return RequestError, (self.path, self.problem)

    def under(self, parent: str) -> RequestError:
        """The same fault seen from one level further out."""
        joined = f"{parent}{self.path}" if self.path.startswith("[") else f"{parent}.{self.path}"
        return RequestError(joined if self.path else parent, self.problem)


def _in_one_line(text: str) -> str:
    """The text with every character that would break or hide a line written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def nearest(name: str, names: Iterable[str]) -> str:
    """` (did you mean ...?)` for the most similar of `names`, or nothing where none is near."""
    import difflib  # only where a word is wrong

    matches = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f' (did you mean "{matches[0]}"?)' if matches else ""


def show(value: object) -> str:
    """A value as it would stand in an experiment file: on one line, cut off where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= 40 else value[:37] + "...", ensure_ascii=False)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e6 else repr(value)
    if isinstance(value, int) and abs(value) >= 10**40:  # Python refuses to write out very long numbers
        return "a number of more than 40 digits"
    if isinstance(value, (Mapping, list, tuple)):
        return "a table" if isinstance(value, Mapping) else "a list"
    return str(value)


def grouped(count: float) -> str:
    """A whole number with its thousands apart, by a narrow space at which no line breaks."""
    return f"{count:,.0f}".replace(",", "\u202f")


def _bound(value: float) -> str:
    """An end of a range: whole numbers that %g would round are written out."""
    if isinstance(value, int) and value != float(f"{value:g}"):
        return grouped(value)
    return f"{value:g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One setting of an objective, optimizer, schedule, initializer or data set.

    Attributes:
        name: the key in the experiment file.
        default: the value where none is given; a mapping where the conventions differ.
        doc: one sentence: what it does.
        title: what a form writes beside the field; the name in words where empty.
        symbol: the sign it has in the formula.
        unit: the unit, empty for a pure number.
        low, high: the bounds; `low_open`, `high_open` exclude the bound itself.
        scale: `log` where a slider should move by factors.
        slider: the part of the range that a slider covers; outside it, one types.
        live: may change while a race runs without starting it again.
        choices: the allowed words of a text setting; any text where there are none.
    """

    name: str
    default: Value | Mapping[str, Value]
    doc: str
    title: str = ""
    symbol: str = ""
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    scale: Literal["linear", "log"] = "linear"
    slider: tuple[float, float] | None = None
    live: bool = True
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What a form writes beside the field."""
        return self.title or self.name.replace("_", " ")

    @property
    def kind(self) -> Literal["float", "int", "bool", "choice", "text"]:
        """The type of the value, told by the default."""
        value = self.default_for(CONVENTIONS[0])
        if isinstance(value, bool):
            return "bool"
        if isinstance(value, str):
            return "choice" if self.choices else "text"
        return "int" if isinstance(value, int) else "float"

    @property
    def switch(self) -> bool:
        """Whether it changes what a rule computes, not by how much: the same for all runs computed in one call."""
        return self.kind in ("bool", "choice", "text") or (self.kind == "int" and not self.live)

    def fixed(self) -> Param:
        """The same setting where it acts on the start of a run alone."""
        return dataclasses.replace(self, live=False)

    def default_for(self, convention: str) -> Value:
        """The default under a convention."""
        if isinstance(self.default, Mapping):
            return self.default[convention]
        return self.default

    @property
    def allowed(self) -> str:
        """What is allowed, as the middle of a sentence: `must ...`."""
        if self.kind == "bool":
            return "be true or false"
        if self.kind == "choice":
            return "be one of " + ", ".join(f'"{c}"' for c in self.choices)
        if self.kind == "text":
            return "be a text"
        noun = "be a whole number" if self.kind == "int" else "be a number"
        if math.isinf(self.low) and math.isinf(self.high):
            return noun
        left = "(" if self.low_open or math.isinf(self.low) else "["
        right = ")" if self.high_open or math.isinf(self.high) else "]"
        interval = f"{left}{_bound(self.low)}, {_bound(self.high)}{right}"
        return f"{noun} in {interval}" if self.kind == "int" else f"lie in {interval}"

    def check(self, value: object, path: str = "") -> Value:
        """The value in its own type.

        Raises:
            RequestError: the value has another type or lies outside the range.
        """
        path = path or self.name
        if self.kind == "bool":
            if isinstance(value, bool):
                return value
            raise self._refusal(value, path)
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            raise self._refusal(value, path, nearest(value, self.choices) if isinstance(value, str) else "")
        if self.kind == "text":
            if isinstance(value, str):
                return value
            raise self._refusal(value, path)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not self._within(value):
            raise self._refusal(value, path)
        if self.kind == "int":
            if value != int(value):
                raise self._refusal(value, path)
            return int(value)
        return float(value)

    def _refusal(self, value: object, path: str, hint: str = "") -> RequestError:
        return RequestError(path, f"must {self.allowed}, got {show(value)}{hint}")

    def _within(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        # not-a-number fails every comparison; math.isinf would refuse whole numbers beyond the floats
        return above and below and value not in (math.inf, -math.inf)


def complete(
    params: Iterable[Param],
    given: Mapping[str, object],
    convention: str = CONVENTIONS[0],
    *,
    owner: str = "",
    beside: tuple[str, ...] = (),
) -> dict[str, Value]:
    """Every setting's checked value: the given one, else the convention's default.

    `beside` names the keys that may stand in the same table of a file, for the answer to a misspelt one.

    Raises:
        RequestError: a name that `owner` does not have, or a value that its `Param` refuses.
    """
    params = list(params)
    names = [p.name for p in params]
    for name in given:
        if name not in names:
            known = [*beside, *names]
            have = ", ".join(known) if known else "none"
            raise RequestError(name, f"is not a setting of {owner or 'it'}; there are: {have}{nearest(name, known)}")
    return {p.name: p.check(given[p.name]) if p.name in given else p.default_for(convention) for p in params}
