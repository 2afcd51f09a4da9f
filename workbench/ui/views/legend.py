"""The names of the lanes, in a corner of a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from workbench.ui import theme as themes
from workbench.ui.views.kept_pixels import StillItem

_SYMBOL_WIDTH = 22.0
_MARGIN = 7.0
Entry = tuple[str, str, str]


class Legend(StillItem):
    """Rows of (label, colour, symbol) on a quiet ground, in pixels, at the right of a plot."""

    def __init__(self, plot: Any, *, low: bool = False) -> None:
        """`low` puts it at the bottom right."""
        super().__init__(plot.plot_item)
        self._plot, self._low = plot, low
        self._entries: tuple[Entry, ...] = ()
        self._theme, self._points = themes.LIGHT, 0.0
        self._size = QRectF()
        self.setZValue(60)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_entries(self, entries: Sequence[Entry], theme: themes.Theme) -> None:
        """Write these rows; none hides the legend."""
        entries, points = tuple(entries), themes.font(themes.SMALL_POINTS).pointSizeF()
        if entries != self._entries or theme is not self._theme or points != self._points:
            self.prepareGeometryChange()
            self._entries, self._theme, self._points = entries, theme, points
            metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
            widest = max((metrics.horizontalAdvance(label) for label, _, _ in entries), default=0.0)
            self._row = metrics.height() + 2
            self._size = QRectF(0, 0, widest + _SYMBOL_WIDTH + 2 * _MARGIN, len(entries) * self._row + 2 * _MARGIN - 4)
            self.changed()
        self.setVisible(bool(entries))
        area = self._plot.box.geometry()
        top = area.bottom() - self._size.height() - 8 if self._low else area.top() + 8
        self.setPos(area.right() - self._size.width() - 8, top)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._size

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._theme.panel)
        ground.setAlpha(225)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(self._size.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        for i, (label, color, symbol) in enumerate(self._entries):
            middle = _MARGIN - 2 + (i + 0.5) * self._row
            painter.setPen(QPen(QColor(color), 1.6))
            painter.drawLine(QPointF(_MARGIN, middle), QPointF(_MARGIN + 15, middle))
            painter.save()
            painter.translate(_MARGIN + 7.5, middle)
            pg.graphicsItems.ScatterPlotItem.drawSymbol(
                painter, symbol, 8, pg.mkPen(self._theme.plot, width=0.12), pg.mkBrush(color)
            )
            painter.restore()
            painter.setPen(QColor(self._theme.text))
            row = QRectF(_MARGIN + _SYMBOL_WIDTH, middle - self._row / 2, self._size.width(), self._row)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), label)
