"""What a map is: runs over two settings, a cell each, with what came of every one. No experiment here, and no Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[Any]
#: cells along a side from the first, coarse picture on; the last one is that of the request
COARSE = (16, 64)
#: what is known of every cell, and what stands there where it is not
VALUES: Mapping[str, tuple[type, float]] = {
    "loss": (np.float64, np.nan),
    "best": (np.float64, np.nan),
    "steps_to_target": (np.int32, -1),
    "diverged_at": (np.int32, -1),
    "minimum": (np.int16, -1),
}


@dataclass(frozen=True, slots=True)
class MapAxis:
    """One of the two settings, and the part of it that is shown.

    Attributes:
        key: the setting: a hyperparameter, `gradient.NAME`, `start.I`, `noise`, `batch_size`, or `rate.LAYER`.
        title: what it is called, with its symbol.
        log: whether cells are equally wide by factors.
        whole: whether it takes whole numbers alone.
    """

    key: str
    title: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def values(self, count: int) -> NDArray[np.float64]:
        """The value in the middle of each of so many cells."""
        found = self.at((np.arange(count) + 0.5) / count)
        return np.maximum(np.rint(found), math.ceil(self.low)) if self.whole else found

    def at(self, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """The value so far along the axis."""
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return np.asarray(np.exp(low + (high - low) * np.asarray(share)))
        return np.asarray(self.low + (self.high - self.low) * np.asarray(share))

    def share(self, value: float) -> float:
        """How far along the axis a value stands."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def part(self, first: float, last: float) -> MapAxis:
        """The part of the axis between two shares of it."""
        low, high = (float(self.at(share)) for share in (first, last))
        return replace(self, low=low, high=high)

    @property
    def is_deep(self) -> bool:
        """Whether cells of a part would hardly differ any more in double precision."""
        return not abs(self.high - self.low) > 1e-12 * max(abs(self.low), abs(self.high))


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What a map is to show.

    Attributes:
        lane: the place of the lane among the experiment's.
        side: cells along each axis.
        steps: the most steps of a run.
        tolerance: how far above the lowest known loss a run has arrived; of a network, the loss itself.
        through: other settings that all cells have, by their keys.
    """

    lane: int
    x: MapAxis
    y: MapAxis
    side: int
    steps: int
    tolerance: float
    through: tuple[tuple[str, float], ...] = ()

    @property
    def sides(self) -> tuple[int, ...]:
        """Cells along a side, picture by picture."""
        return (*(side for side in COARSE if side < self.side), self.side)


@dataclass(frozen=True, slots=True, eq=False)
class MapPicture:
    """What is known of a map so far; arrays (n, n), the first row that of the lowest y. Nobody writes to them.

    Attributes:
        values: by the names of `VALUES`. A cell that is not measured yet has what the coarser one over it came to.
        measured: which cells have been computed themselves.
        progress: the share of all work that is done.
        lowest: the lowest known loss, None where none is.
        minima: the known minima (M, P).
    """

    request: MapRequest
    values: Mapping[str, Cells]
    measured: NDArray[np.bool_]
    progress: float
    lowest: float | None = None
    minima: NDArray[Any] = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def side(self) -> int:
        return len(self.measured)

    @property
    def whole(self) -> bool:
        return self.side == self.request.side and bool(self.measured.all())

    def gap(self) -> NDArray[np.float64]:
        """The final loss less the lowest known one; the loss itself where none is known."""
        return self.values["loss"] - (self.lowest or 0.0)

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell at values of both axes; None outside."""
        request = self.request
        if not (request.x.low <= x <= request.x.high and request.y.low <= y <= request.y.high):
            return None
        column, row = (
            min(self.side - 1, int(axis.share(v) * self.side)) for axis, v in ((request.x, x), (request.y, y))
        )
        return row, column

    def settings(self, row: int, column: int) -> dict[str, float]:
        """What the run of a cell was given, by the settings' keys, those of the axes first."""
        request = self.request
        return {
            request.x.key: float(request.x.values(self.side)[column]),
            request.y.key: float(request.y.values(self.side)[row]),
            **dict(request.through),
        }


@dataclass(frozen=True, slots=True)
class TheoryLine:
    """A line over a map, in the values of its axes.

    Attributes:
        name: `limit`, beyond which runs diverge, or `critical`, below which the direction of a curvature oscillates.
        curvature: the eigenvalue that it is of.
        x, y: its points (T,).
    """

    name: str
    curvature: float
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Theory:
    """The lines over a map, and the place of the best rate and momentum, None where it is not on the map."""

    lines: tuple[TheoryLine, ...]
    best: tuple[float, float] | None


class Growing:
    """A map while it is computed: takes tiles and gives pictures."""

    def __init__(self, request: MapRequest) -> None:
        self.request = request
        self.lowest: float | None = None
        self.minima: NDArray[Any] = np.empty((0, 2))
        self._cells = sum(side * side for side in request.sides)
        self._done = 0
        self._values: dict[str, Cells] = {}
        self._measured = np.zeros((0, 0), bool)
        self.begin(request.sides[0])

    def begin(self, side: int) -> None:
        """Go on to a finer picture, in which what is known stands until it is measured."""
        before = len(self._measured)
        if before:
            self._values = {
                name: np.repeat(np.repeat(v, side // before, 0), side // before, 1) for name, v in self._values.items()
            }
        else:
            self._values = {name: np.full((side, side), empty, kind) for name, (kind, empty) in VALUES.items()}
        self._measured = np.zeros((side, side), bool)

    def take(self, rows: slice, columns: slice, values: Mapping[str, Cells]) -> None:
        """Take the cells of a tile."""
        for name, found in values.items():
            self._values[name][rows, columns] = found
        self._measured[rows, columns] = True
        self._done += self._measured[rows, columns].size

    def picture(self) -> MapPicture:
        """What is known now."""
        values = {name: array.copy() for name, array in self._values.items()}
        return MapPicture(
            self.request, values, self._measured.copy(), self._done / self._cells, self.lowest, self.minima
        )


def best_over(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """The lowest of values (n, n) over an axis, where there is a number; not-a-number where there is none."""
    found = np.where(np.isfinite(values), values, np.inf).min(axis=axis)
    return np.where(np.isfinite(found), found, np.nan)
