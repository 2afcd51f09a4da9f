"""Symbols at points: where the lanes stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.race.thinning import LIMIT
from workbench.ui.plotting.curves import with_room
from workbench.ui.style import theme as themes

#: The shapes that tell lanes apart besides their colour, in the order of the lanes.
SYMBOLS = ("o", "s", "t1", "d", "star", "t", "+", "x", "p", "h")
_ENLARGED = {"star": 1.5, "d": 1.2, "+": 1.2, "x": 1.1}


class Marks(QGraphicsItem):
    """A symbol at each of a few points: where the lanes stand."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[tuple[QPointF, QPen, QBrush, Any, float]] = []
        self._labels: list[str] = []
        self._outline = QColor()
        self._bounds = QRectF()
        self.setZValue(30)

    def set_marks(
        self,
        points: NDArray[Any],
        colors: Sequence[str],
        symbols: Sequence[str],
        outline: str,
        size: float = 10,
        *,
        hollow: bool = False,
        labels: Sequence[str] = (),
    ) -> None:
        """Put symbols, `size` pixels wide, at points (K, 2), with `labels` beside them; no numbers are left out.

        `hollow` ones are drawn in their colour and filled with that of the outline.
        """
        self.prepareGeometryChange()
        keep = np.isfinite(points).all(axis=1) & (np.abs(points) < LIMIT).all(axis=1)
        rows = [int(i) for i in np.flatnonzero(keep)]
        self._marks = [
            (
                QPointF(points[i, 0], points[i, 1]),
                QPen(QColor(colors[i] if hollow else outline), 0.2 if hollow else 0.12),  # in units of the symbol
                QBrush(QColor(outline if hollow else colors[i])),
                Symbols[symbols[i]],
                size * _ENLARGED.get(symbols[i], 1.0),
            )
            for i in rows
        ]
        self._labels = [labels[i] for i in rows] if labels else []
        self._outline = QColor(outline)
        self._bounds = with_room(points[rows, 0], points[rows, 1]) if rows else QRectF()
        self.update()

    @property
    def points(self) -> NDArray[Any]:
        """Where symbols are (K, 2)."""
        return np.array([(mark[0].x(), mark[0].y()) for mark in self._marks]).reshape(-1, 2)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for point, pen, brush, path, size in self._marks:
            painter.save()
            to_pixels(painter, point)
            painter.scale(size, size)
            painter.setPen(pen)
            painter.setBrush(brush)
            painter.drawPath(path)
            painter.restore()
        font = themes.font(themes.SMALL_POINTS - 1.0, bold=True)
        for (point, _, brush, _, size), label in zip(self._marks, self._labels, strict=False):
            painter.save()
            to_pixels(painter, point)
            written = QPainterPath()
            written.addText(QPointF(0.55 * size, -0.4 * size), font, label)
            painter.strokePath(written, QPen(self._outline, 3.0))  # a halo: it is read on any ground
            painter.fillPath(written, brush)
            painter.restore()


def to_pixels(painter: QPainter, point: QPointF) -> None:
    """Move the origin to a point of the plot and count in pixels from there, y downwards."""
    scale = painter.worldTransform()
    painter.translate(point)
    painter.scale(1.0 / (scale.m11() or 1.0), 1.0 / (scale.m22() or 1.0))
