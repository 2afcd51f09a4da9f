"""What a view declares of itself. No Qt here: the command line lists the views, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

CENTRE: Literal["centre"] = "centre"
RIGHT: Literal["right"] = "right"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a view is at first: a tab in the centre, or a dock on the right with its `share` of the height."""

    area: Literal["centre", "right"]
    order: int
    share: float = 0.0


def _always(_info: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A view, declared in the `__init__` of its folder; the class stands in the module `view` beside it.

    Attributes:
        key: the name of its folder, of its files, and of the view in settings.
        title, doc: what it is called, and a sentence on what it shows.
        class_name: the class in its module `view`.
        place: where it is at first.
        table: what a row of its CSV is.
        kinds: the kinds of problems of which it shows something.
        demands: the statistics that it may ask for.
        shows: whether a race of those kinds (`RaceInfo`) has it in the centre.
        follows_steps: whether it is another at another step: of what is not a film has nothing to tell.
        picture: width and height in pixels of a picture made without a window, and what it grows by with each run.
    """

    key: str
    title: str
    doc: str
    class_name: str
    place: Place
    table: str
    kinds: tuple[str, ...] = ("objective", "network")
    demands: tuple[str, ...] = ()
    shows: Callable[[Any], bool] = _always
    follows_steps: bool = True
    picture: tuple[int, int, int] = (900, 640, 0)

    def load(self) -> Any:
        """The view's class, which knows its key from here; imports Qt."""
        found = getattr(import_module(f"workbench.ui.views.{self.key}.view"), self.class_name)
        found.key = self.key
        return found
