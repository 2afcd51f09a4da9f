"""Where the parts of a drawn network are: neurons in columns, and the curves of weights between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from workbench.ui.views.shared.stages import StageMark

_SMALLEST_NODE, _LARGEST_NODE = 9.0, 40.0
_NEAR = 5.0  # pixels from a line that still count as on it
_SHARPNESS = 256

#: its column and its place there
Neuron = tuple[int, int]
#: the column that a weight leaves, its place there, and that in the next column
Edge = tuple[int, int, int]


class Places:
    """Neurons and weights in pixels.

    Attributes:
        columns: the centres of each column's neurons (n, 2).
        side: how wide and high a neuron is.
    """

    def __init__(self) -> None:
        self.columns: list[NDArray[np.float64]] = []
        self.side = 20.0

    def fit(self, units: tuple[int, ...], width: int, height: int, line: int) -> None:
        """Place so many neurons a column in a picture, below a head of two lines, `line` pixels high each."""
        head, foot = 2.4 * line, 1.8 * line
        room = max(40.0, height - head - foot)
        step_x = width / len(units)
        self.side = float(np.clip(min(0.78 * room / max(units), 0.5 * step_x), _SMALLEST_NODE, _LARGEST_NODE))
        self.columns = []
        for column, count in enumerate(units):
            step = min(room / count, 1.6 * self.side + 8)
            y = head + room / 2 + step * (np.arange(count) - (count - 1) / 2)
            self.columns.append(np.column_stack([np.full(count, (column + 0.5) * step_x), y]))

    def add_line(self, path: QPainterPath, edge: Edge, aside: float = 0.0) -> None:
        """Add the curve of a weight to a path, so many pixels aside."""
        layer, i, j = edge
        (x0, y0), (x1, y1) = self.columns[layer][i], self.columns[layer + 1][j]
        x0, x1 = x0 + self.side / 2, x1 - self.side / 2
        bend, y0, y1 = 0.5 * (x1 - x0), y0 + aside, y1 + aside
        path.moveTo(x0, y0)
        path.cubicTo(x0 + bend, y0, x1 - bend, y1, x1, y1)

    def middle_of(self, edge: Edge) -> QPointF:
        """Halfway along a weight."""
        layer, i, j = edge
        middle = (self.columns[layer][i] + self.columns[layer + 1][j]) / 2
        return QPointF(float(middle[0]), float(middle[1]))

    def span(self, mark: StageMark, width: int) -> tuple[float, float]:
        """From where to where a stage reaches: along the weights that lead to a layer, or over its neurons."""
        step = width / len(self.columns)
        right = (mark.layer + 1.5) * step
        if mark.part == "weights":
            return right - step, right
        half = 0.5 * min(step, 2.4 * self.side)
        return right - half, right + half

    def neuron_at(self, x: float, y: float) -> Neuron | None:
        """The neuron at a point."""
        found = None
        for column, places in enumerate(self.columns):
            away = np.abs(places - (x, y)).max(axis=1)
            unit = int(away.argmin())
            if away[unit] <= self.side / 2 + 2:
                found = (column, unit)
        return found

    def edge_at(self, x: float, y: float) -> Edge | None:
        """The weight whose curve passes nearest to a point, and near enough."""
        for layer in range(len(self.columns) - 1):
            left, right = self.columns[layer], self.columns[layer + 1]
            x0, x1 = left[0, 0] + self.side / 2, right[0, 0] - self.side / 2
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
