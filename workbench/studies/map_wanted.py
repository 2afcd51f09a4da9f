"""Which maps are wanted, and how the part, and the third setting, that they show are written in a file.

No experiment here, and no Qt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from workbench.studies.map_picture import MapAxis

#: no setting is as large
_LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Wanted:
    """Maps of some lanes, by their places among the experiment's: over two settings, in one part of them.

    Attributes:
        x, y: the settings' keys, empty for those that suit the problem.
        part: as `written` gives it; empty, or of other settings, for the whole.
        side: cells along each axis.
        steps: the most steps of a run, 0 for as many as suit.
        through: a third setting and its value, as `written_through` gives it; empty for the lane's own.
    """

    lanes: tuple[int, ...]
    x: str
    y: str
    part: str
    side: int
    steps: int
    through: str = ""


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
    ends = ((x0, x1), (y0, y1))
    fine = all(low < high and abs(low) < _LARGEST and abs(high) < _LARGEST for low, high in ends)
    fine = fine and not any(axis.log and axis.low <= 0 for axis in found)
    return found if fine else None


def written_through(axis: MapAxis, value: float) -> str:
    """A third setting and its value, as text that reads back exactly."""
    return f"{axis.key} {value!r}"


def through(text: str, axes: Sequence[MapAxis], taken: Collection[str]) -> tuple[MapAxis, float] | None:
    """The third setting that a text says, with its value.

    None where the lane does not have it, it lies along an axis (`taken`), or it is no such text. Whether a lane can
    have the value is for others to say.
    """
    key, _, word = text.partition(" ")
    axis = next((axis for axis in axes if axis.key == key and key not in taken), None)
    try:
        value = float(word)
    except ValueError:
        return None
    if axis is None or not abs(value) < _LARGEST or (axis.whole and not value.is_integer()):
        return None
    return None if axis.log and value <= 0 else (axis, value)


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
