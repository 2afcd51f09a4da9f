"""What the colours of a landscape mean: a bar beside the plot, with the values of its contour lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from workbench.engine.objectives.levels import Level, Scale
from workbench.ui.plotting.surfaces import strip
from workbench.ui.style import theme as themes

_WIDTH = 10.0  # of the colours, in pixels
_GAP = 4.0
_TITLE = 17.0


class ColorBar(pg.GraphicsWidget):
    """Colours from low to high, a stroke at each contour line, its value where there is room; a word says the scale."""

    def __init__(self, plot: Any) -> None:
        super().__init__()
        self._scale: Scale | None = None
        self._levels: tuple[Level, ...] = ()
        self._theme, self._palette, self._title = themes.LIGHT, "", ""
        self._strip, self._width = QImage(), -1.0
        plot.plot_item.put_beside(self)
        self._set_width(0.0)

    def show_scale(
        self, scale: Scale | None, levels: Sequence[Level], theme: themes.Theme, palette: str, title: str
    ) -> None:
        """Show a scale, marked at these levels; none hides the bar."""
        shown = (scale, tuple(levels), theme, palette, title)
        if shown == (self._scale, self._levels, self._theme, self._palette, self._title) and scale is not None:
            return
        self._scale, self._levels, self._theme, self._palette, self._title = shown
        if scale is None or not scale.top > scale.bottom:
            self._set_width(0.0)
            self.update()
            return
        self._strip = strip(theme, palette)
        metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS - 1.5))
        widest = max((metrics.horizontalAdvance(level.label) for level in scale.levels), default=0.0)
        self._set_width(max(_GAP + _WIDTH + _GAP + widest, metrics.horizontalAdvance(title)) + 2.0)
        self.setToolTip(title)
        self.update()

    def _set_width(self, width: float) -> None:
        if self._width != width:
            self._width = width
            self.setMinimumWidth(width)
            self.setMaximumWidth(width)
            self.setVisible(width > 0)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        scale = self._scale
        if scale is None:
            return
        area = self.rect()
        bar = QRectF(area.left() + _GAP, area.top() + _TITLE, _WIDTH, area.height() - _TITLE - 1.0)
        font = themes.font(themes.SMALL_POINTS - 1.5)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._strip)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(area.left() + _GAP, area.top() + metrics.ascent()), self._title)
        for y, level, written in self._marks(bar, metrics.height()):
            painter.setPen(QPen(QColor(self._theme.strong_contour if level.strong else self._theme.contour), 1.0))
            painter.drawLine(QPointF(bar.left(), y), QPointF(bar.right(), y))
            if written:
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(QPointF(bar.right() + _GAP, y + metrics.ascent() / 2 - 1.0), level.label)

    def _marks(self, bar: QRectF, height: float) -> list[tuple[float, Level, bool]]:
        """Each level inside the colours with its place in the bar, and whether its value has room."""
        if self._scale is None:
            return []
        inside = [level for level in self._levels if self._scale.bottom <= level.value <= self._scale.top]
        shades = self._scale.shade(np.array([level.value for level in inside]))
        places = [
            (float(bar.bottom() - shade * bar.height()), level) for shade, level in zip(shades, inside, strict=True)
        ]
        taken: list[float] = []
        for y, _ in sorted(places, key=lambda place: not place[1].strong):
            if all(abs(y - other) >= height for other in taken):
                taken.append(y)
        return [(y, level, y in taken) for y, level in places]
