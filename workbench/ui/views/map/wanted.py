"""What the view of maps wants to be computed, and how the part that it shows is written in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workbench.studies.map_picture import MapAxis


@dataclass(frozen=True, slots=True)
class Wanted:
    """Maps of some lanes, by their places among the experiment's: over two settings, in one part of them.

    Attributes:
        x, y: the settings' keys, empty for those that suit the problem.
        part: as `written` gives it; empty, or of other settings, for the whole.
        side: cells along each axis.
        steps: the most steps of a run, 0 for as many as suit.
    """

    lanes: tuple[int, ...]
    x: str
    y: str
    part: str
    side: int
    steps: int


def written(x: MapAxis, y: MapAxis) -> str:
    """The part that two axes show, as text that reads back exactly."""
    return " ".join(f"{axis.key} {axis.low!r} {axis.high!r}" for axis in (x, y))


def parts(text: str, x: MapAxis, y: MapAxis) -> tuple[MapAxis, MapAxis] | None:
    """The axes as a text says what they show; None where it is of others, or no such text."""
    words = text.split()
    if len(words) != 6 or (words[0], words[3]) != (x.key, y.key):
        return None
    try:
        x0, x1, y0, y1 = (float(word) for word in (*words[1:3], *words[4:6]))
    except ValueError:
        return None
    found = replace(x, low=x0, high=x1), replace(y, low=y0, high=y1)
    fine = all(low < high and abs(low) < 1e300 and abs(high) < 1e300 for low, high in ((x0, x1), (y0, y1)))
    fine = fine and not any(axis.log and axis.low <= 0 for axis in found)
    return found if fine else None


def usual(axes: Sequence[MapAxis]) -> tuple[MapAxis, MapAxis]:
    """The two settings that say most: rate and momentum, rates of two layers, or the coordinates of the start."""
    known = {axis.key: axis for axis in axes}
    for pair in (("learning_rate", "momentum"), ("learning_rate", "beta1"), ("start.0", "start.1")):
        if all(key in known for key in pair):
            return known[pair[0]], known[pair[1]]
    first = known.get("learning_rate", axes[0])
    return first, next(axis for axis in axes if axis.key != first.key)


def chosen(wanted_x: str, wanted_y: str, axes: Sequence[MapAxis]) -> tuple[MapAxis, MapAxis]:
    """The axes of these keys; where one is not to be had, or both are one, those that suit."""
    known = {axis.key: axis for axis in axes}
    x, y = usual(axes)
    x = known.get(wanted_x, x)
    y = known.get(wanted_y, y)
    if x.key == y.key:
        y = next(axis for axis in (*usual(axes), *axes) if axis.key != x.key)
    return x, y
