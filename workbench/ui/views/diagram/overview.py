"""All layers of a deep network as one strip: how large the gradient is in each, and which are drawn above it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workbench.engine.network.diagram import Diagram
from workbench.ui.style import theme as themes

HEIGHT = 26.0
_DECADES = 6.0  # below the largest gradient that are told apart


class Overview:
    """A bar a layer, as high as the logarithm of its RMS gradient, those that are drawn framed."""

    def __init__(self) -> None:
        self.area = QRectF()

    def place(self, width: float, height: float, line: float) -> None:
        """Lie at the foot of a picture of this size, above the words of the stage."""
        self.area = QRectF(8.0, height - 1.7 * line - HEIGHT, width - 16.0, HEIGHT)

    def layer_at(self, at: QPointF, layers: int) -> int | None:
        """The layer at a point."""
        if not self.area.adjusted(0, -3, 0, 3).contains(at):
            return None
        return min(layers - 1, int((at.x() - self.area.left()) / self.area.width() * layers))

    @staticmethod
    def heights(diagram: Diagram) -> list[float]:
        """How high each layer's bar is, from 0 to 1: six powers of ten below the largest are nothing."""
        rms = np.nan_to_num(diagram.gradient_rms, nan=0.0, posinf=0.0)
        largest = float(rms.max(initial=0.0))
        if not largest > 0:
            return [0.0] * len(rms)
        with np.errstate(divide="ignore"):
            return [float(v) for v in np.clip(1 + np.log10(rms / largest) / _DECADES, 0.0, 1.0)]

    def paint(self, painter: QPainter, diagram: Diagram, visible: list[int], theme: themes.Theme) -> None:
        """Paint the strip."""
        layers, area = len(diagram.units) - 1, self.area
        wide = area.width() / layers
        painter.setPen(Qt.PenStyle.NoPen)
        for layer, share in enumerate(self.heights(diagram)):
            place = QRectF(area.left() + layer * wide, area.top(), wide, area.height()).adjusted(0.5, 0, -0.5, 0)
            painter.fillRect(place, QColor(theme.panel))
            color = QColor(theme.error if diagram.dead_counts[layer] == diagram.units[layer + 1] else theme.accent)
            painter.fillRect(
                QRectF(place.left(), place.bottom() - share * place.height(), place.width(), share * place.height()),
                color,
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.text), 1.2))
        hidden = [column for column in visible if 0 < column < layers]
        if hidden:
            left, right = area.left() + (hidden[0] - 1) * wide, area.left() + hidden[-1] * wide
            painter.drawRect(QRectF(left, area.top() - 1, right - left, area.height() + 2))
