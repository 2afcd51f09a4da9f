"""Where the parts of a drawn network are: units in columns, and the curves of weights between them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from workbench.ui.views.shared.stages import StageMark

_SMALLEST_NODE, _LARGEST_NODE, _LARGEST_CIRCLE = 9.0, 84.0, 34.0
_LEAST_PITCH = 58.0  # pixels from one column to the next
_GAP = 0.7  # of a pitch, where columns are left out
_NEAR = 5.0  # pixels from a line that still count as on it
_SHARPNESS = 256

#: its column and its place among those drawn there
Neuron = tuple[int, int]
#: the column that a weight leaves, its place there, and that in the next column
Edge = tuple[int, int, int]


class Places:
    """Units and weights in pixels.

    Attributes:
        visible: the columns that have room, in their order: the first, the last, and a window of those between.
        columns: the centres of each visible column's units (n, 2); sides: how wide and high they are.
        pitch: from one column to the next; middle: the height that all columns are centred on;
            width: that of the whole picture.
    """

    def __init__(self) -> None:
        self.visible: list[int] = []
        self.columns: Mapping[int, NDArray[np.float64]] = {}
        self.sides: Mapping[int, float] = {}
        self.pitch, self.middle, self.width = 1.0, 0.0, 1.0
        self._left = 0.0
        self._points: dict[int, list[list[float]]] = {}
        self._apart: Mapping[int, float] = {}

    def fit(
        self,
        counts: tuple[int, ...],
        more: tuple[bool, ...],
        pictured: Container[int],
        size: tuple[int, int],
        line: float,
        *,
        first: int = 1,
        margins: tuple[float, float] = (0.0, 0.0),
        foot: float = 0.0,
    ) -> int:
        """Place so many units a column in a picture of a size, below a head of two lines, `line` pixels high each.

        `more` says of which columns not all units are drawn, `pictured` are those whose units are pictures. `margins`
        is the room for names at both sides, `foot` what is kept free below. `first` is the first column between the
        first and the last that is wished to be visible. Gives that which is.
        """
        width, height = size
        last = len(counts) - 1
        room_x = width - sum(margins)
        most = max(3, int(room_x // _LEAST_PITCH))
        first = max(1, min(first, last - (most - 2)))
        self.visible = list(range(last + 1)) if last + 1 <= most else [0, *range(first, first + most - 2), last]
        head, below = 2.4 * line, 1.8 * line + foot
        room = max(40.0, height - head - below)
        # what is left out between two columns has room of its own
        apart = np.cumsum([0.0] + [_GAP if b - a > 1 else 0.0 for a, b in pairwise(self.visible)])
        self.pitch, self._left = room_x / (len(self.visible) + float(apart[-1])), margins[0]
        self._apart = dict(zip(self.visible, (float(a) for a in apart), strict=True))
        self.middle, self.width = head + room / 2, float(width)
        columns, sides = {}, {}
        for column in self.visible:
            count = counts[column]
            high = room - (1.2 * line if more[column] else 0.0)
            largest, share = (_LARGEST_NODE, 0.5) if column in pictured else (_LARGEST_CIRCLE, 0.36)
            side = float(np.clip(min(0.8 * high / count, share * self.pitch), _SMALLEST_NODE, largest))
            step = min(high / count, 1.5 * side + 8)
            y = head + high / 2 + step * (np.arange(count) - (count - 1) / 2)
            columns[column] = np.column_stack([np.full(count, self.x(column)), y])
            sides[column] = side
        self.columns, self.sides = columns, sides
        self._points = {column: centres.tolist() for column, centres in columns.items()}
        return first

    def x(self, column: int) -> float:
        """The middle of a visible column."""
        return self._left + (self.visible.index(column) + self._apart[column] + 0.5) * self.pitch

    @property
    def gaps(self) -> list[tuple[float, int, int]]:
        """Between which columns others are left out: where, the first of them, and how many."""
        found = []
        for before, after in pairwise(self.visible):
            if after - before > 1:
                found.append(((self.x(before) + self.x(after)) / 2, before + 1, after - before - 1))
        return found

    def joined(self, layer: int) -> bool:
        """Whether both columns of a layer's weights are visible."""
        return layer in self.columns and layer + 1 in self.columns

    def ends(self, edge: Edge) -> tuple[float, float, float, float]:
        """Where a weight's curve begins and ends: x0, y0, x1, y1."""
        layer, i, j = edge
        (x0, y0), (x1, y1) = self._points[layer][i], self._points[layer + 1][j]
        return x0 + self.sides[layer] / 2, y0, x1 - self.sides[layer + 1] / 2, y1

    def add_line(self, path: QPainterPath, edge: Edge, aside: float = 0.0) -> None:
        """Add the curve of a weight to a path, so many pixels aside."""
        x0, y0, x1, y1 = self.ends(edge)
        bend, y0, y1 = 0.5 * (x1 - x0), y0 + aside, y1 + aside
        path.moveTo(x0, y0)
        path.cubicTo(x0 + bend, y0, x1 - bend, y1, x1, y1)

    @staticmethod
    def along(ends: NDArray[np.floating[Any]], shares: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
        """Points (n, 2) on curves of weights with `ends` (n, 4), each so far along as its share, from 0 to 1."""
        t = shares
        across = 1.5 * t * (1 - t) ** 2 + 1.5 * t**2 * (1 - t) + t**3
        rise = 3 * t**2 * (1 - t) + t**3
        x = ends[:, 0] + (ends[:, 2] - ends[:, 0]) * across
        return np.column_stack([x, ends[:, 1] * (1 - rise) + ends[:, 3] * rise])

    def middle_of(self, edge: Edge) -> QPointF:
        """Halfway along a weight."""
        layer, i, j = edge
        middle = (self.columns[layer][i] + self.columns[layer + 1][j]) / 2
        return QPointF(float(middle[0]), float(middle[1]))

    def span(self, mark: StageMark) -> tuple[float, float] | None:
        """From where to where a stage reaches: along the weights that lead to a layer, or over its units."""
        column = mark.layer + 1
        if column not in self.columns:
            return None
        if mark.part == "weights":
            return self.x(column) - self.pitch, self.x(column)
        half = 0.5 * min(self.pitch, 2.4 * self.sides[column])
        return self.x(column) - half, self.x(column) + half

    def neuron_at(self, x: float, y: float) -> Neuron | None:
        """The unit at a point."""
        found = None
        for column, places in self.columns.items():
            away = np.abs(places - (x, y)).max(axis=1)
            unit = int(away.argmin())
            if away[unit] <= self.sides[column] / 2 + 2:
                found = (column, unit)
        return found

    def edge_at(self, x: float, y: float) -> Edge | None:
        """The weight whose curve passes nearest to a point, and near enough."""
        for layer in self.visible[:-1]:
            if not self.joined(layer):
                continue
            left, right = self.columns[layer], self.columns[layer + 1]
            x0, x1 = left[0, 0] + self.sides[layer] / 2, right[0, 0] - self.sides[layer + 1] / 2
            if not x0 < x < x1:
                continue
            # the curve of add_line: its x and y by the same parameter t
            t = np.linspace(0.0, 1.0, _SHARPNESS)
            across = x0 + (x1 - x0) * (1.5 * t * (1 - t) ** 2 + 1.5 * t**2 * (1 - t) + t**3)
            at = float(np.interp(x, across, t))
            rise = 3 * at**2 * (1 - at) + at**3
            heights = left[:, 1][:, None] * (1 - rise) + right[:, 1][None] * rise
            away = np.abs(heights - y)
            i, j = np.unravel_index(int(away.argmin()), away.shape)
            if away[i, j] <= _NEAR:
                return layer, int(i), int(j)
        return None
