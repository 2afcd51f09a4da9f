"""What the small drawing of a network shows at a stage, and where: columns of units, the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

from workbench.engine.network.explain import ExplainedStage, Explanation

Numbers = NDArray[np.floating[Any]]

MOST_NODES = 8
_NEAR = 5.0  # pixels from a line that still count as on it


@dataclass(frozen=True, slots=True)
class Column:
    """One layer as it is drawn: how many units it has, and the numbers that stand in the first of them, if any."""

    units: int
    values: Numbers | None = None


def columns_of(found: Explanation, row: int) -> list[Column]:
    """The inputs and layers with what has been computed by stage `row`: values on the way forward, gradients back.

    Only a single sample has one number a unit; for a batch the units stay empty.
    """
    units: dict[int, int] = {}
    values: dict[int, Numbers] = {}
    back = found.stages[row].direction == "backward"
    for k, stage in enumerate(found.stages):
        if stage.direction == "forward" and stage.rule != "loss":
            units[stage.layer + 1] = stage.value.shape[-1]
        if k > row or found.samples != 1 or (stage.direction == "backward") != back:
            continue
        column = _column_of_values(stage)
        if column is not None:
            values[column] = stage.value.corner[0]
    return [Column(units[i], values.get(i)) for i in sorted(units)]


def _column_of_values(stage: ExplainedStage) -> int | None:
    """The column whose units a stage gives a number each; None where it gives those of parameters, or the loss."""
    if stage.rule in ("loss", "bias_gradient", "weight_gradient", "penalty_gradient"):
        return None
    return stage.layer if stage.rule == "input_gradient" else stage.layer + 1


def weights_of(found: Explanation, row: int) -> Numbers | None:
    """The matrix that stage `row` works along, as far as it is handed out: gradients of weights, or weights."""
    stage = found.stages[row]
    if stage.rule in ("weight_gradient", "penalty_gradient"):
        return stage.value.corner
    for other in found.stages:
        if other.layer == stage.layer:
            for factor in other.factors:
                if factor.role == "W":
                    return factor.extract.corner
    return None


class MapPlaces:
    """The units drawn of each column, and where they stand in pixels.

    Attributes:
        shown: the places of the units drawn, by column; one that was picked is among them.
    """

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.shown: list[list[int]] = []
        self._size, self._line = (1.0, 1.0), 1.0

    def fit(self, columns: list[Column], size: tuple[float, float], line: float, picked: dict[int, int]) -> None:
        """Lay the columns out in a picture of this size, text being `line` high; `picked` units by their column."""
        self.columns, self._size, self._line = columns, size, line
        self.shown = [_shown(column.units, picked.get(i)) for i, column in enumerate(columns)]

    def x(self, column: int) -> float:
        """The middle of a column; the last one is the loss."""
        return (column + 0.5) * self._size[0] / (len(self.columns) + 1)

    @property
    def across(self) -> float:
        """From one column to the next."""
        return self._size[0] / (len(self.columns) + 1)

    @property
    def room(self) -> tuple[float, float]:
        """Where units begin, and how much height they have: above them the names, below them the way."""
        return 1.5 * self._line, self._size[1] - 2.9 * self._line

    @property
    def radius(self) -> float:
        return max(2.0, min(self.room[1] / MOST_NODES / 2 - 1.0, self.across / 5, 8.0))

    def of(self, column: int) -> list[QPointF]:
        """The units of a column that are drawn."""
        count = len(self.shown[column])
        top, room = self.room
        step = min(room / MOST_NODES, 2.4 * self.radius)
        middle = top + room / 2
        return [QPointF(self.x(column), middle + (k - (count - 1) / 2) * step) for k in range(count)]

    def place(self, column: int, unit: int) -> QPointF | None:
        """Where a unit stands; None where it is not drawn."""
        shown = self.shown[column]
        return self.of(column)[shown.index(unit)] if unit in shown else None

    def unit_at(self, at: QPointF) -> tuple[int, int] | None:
        """The column and unit at a point."""
        reach = self.radius + 2.0
        for column in range(len(self.columns)):
            for unit, place in zip(self.shown[column], self.of(column), strict=True):
                if abs(place.x() - at.x()) <= reach and abs(place.y() - at.y()) <= reach:
                    return column, unit
        return None

    def line_at(self, at: QPointF) -> tuple[int, int, int] | None:
        """The layer, and the units before and in it, of the line at a point."""
        for column in range(1, len(self.columns)):
            left, right = self.x(column - 1) + self.radius, self.x(column) - self.radius
            if not left < at.x() < right:
                continue
            share = (at.x() - self.x(column - 1)) / (self.x(column) - self.x(column - 1))
            before = np.array([place.y() for place in self.of(column - 1)])
            after = np.array([place.y() for place in self.of(column)])
            away = np.abs(before[:, None] * (1 - share) + after[None] * share - at.y())
            i, j = np.unravel_index(int(away.argmin()), away.shape)
            if away[i, j] <= _NEAR:
                return column - 1, self.shown[column - 1][int(i)], self.shown[column][int(j)]
        return None


def _shown(units: int, picked: int | None) -> list[int]:
    """The units that are drawn: the first ones, and the picked one in place of the last of them."""
    shown = list(range(min(units, MOST_NODES)))
    if picked is not None and MOST_NODES <= picked < units:
        shown[-1] = picked
    return shown
