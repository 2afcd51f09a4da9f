"""Symbols at points: where the lanes stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.curves import LIMIT, with_room

#: The shapes that tell lanes apart besides their colour, in the order of the lanes.
SYMBOLS = ("o", "s", "t1", "d", "star", "t", "+", "x", "p", "h")
_ENLARGED = {"star": 1.5, "d": 1.2, "+": 1.2, "x": 1.1}


class Marks(QGraphicsItem):
    """A symbol at each of a few points: where the lanes stand."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[tuple[QPointF, QBrush, Any, float]] = []
        self._pen = QPen()
        self._bounds = QRectF()
        self.setZValue(30)

    def set_marks(
        self, points: NDArray[Any], colors: Sequence[str], symbols: Sequence[str], outline: str, size: float = 10
    ) -> None:
        """Put symbols, `size` pixels wide, at points (K, 2); those that are no numbers are left out."""
        self.prepareGeometryChange()
        keep = np.isfinite(points).all(axis=1) & (np.abs(points) < LIMIT).all(axis=1)
        rows = [int(i) for i in np.flatnonzero(keep)]
        self._marks = [
            (
                QPointF(points[i, 0], points[i, 1]),
                QBrush(QColor(colors[i])),
                Symbols[symbols[i]],
                size * _ENLARGED.get(symbols[i], 1.0),
            )
            for i in rows
        ]
        self._pen = QPen(QColor(outline), 0.12)  # in units of the symbol
        self._bounds = with_room(points[rows, 0], points[rows, 1]) if rows else QRectF()
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        for point, brush, path, size in self._marks:
            painter.save()
            to_pixels(painter, point)
            painter.scale(size, size)
            painter.setBrush(brush)
            painter.drawPath(path)
            painter.restore()


def to_pixels(painter: QPainter, point: QPointF) -> None:
    """Move the origin to a point of the plot and count in pixels from there, y downwards."""
    scale = painter.worldTransform()
    painter.translate(point)
    painter.scale(1.0 / (scale.m11() or 1.0), 1.0 / (scale.m22() or 1.0))
