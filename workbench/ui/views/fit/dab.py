"""What the brush tells of painted points: plain values, for whoever makes data of them."""

from __future__ import annotations

from dataclasses import dataclass

#: (x, y, class) of each point
Points = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class Dab:
    """One touch of the brush, in the coordinates of the data.

    Attributes:
        x, y: its middle; radius: half its width along both axes.
        number: the class painted, −1 for the eraser.
        count: points set by one touch.
        gesture: counts the strokes; all dabs of one are a single step of undo.
        within: the plane that is visible (x0, x1, y0, y1): no point is set outside; None where that does not matter.
    """

    x: float
    y: float
    radius: tuple[float, float]
    number: int
    count: int
    gesture: int
    within: tuple[float, float, float, float] | None = None
