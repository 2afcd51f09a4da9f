"""What the colours of a landscape mean: a bar beside the plot, with the values of its contour lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from workbench.engine.objectives.levels import Level, Scale
from workbench.ui.plotting.kept_pixels import KeptPixels
from workbench.ui.plotting.surfaces import strip
from workbench.ui.style import theme as themes

_WIDTH = 10.0  # of the colours, in pixels
_GAP = 4.0
_UNDER = 3.0  # pixels under the title
_SPARE = 2.0
_POINTS = themes.SMALL_POINTS - 1.5
#: as long as most values of contour lines: the width of the place that is kept for them
_USUAL = "−0.0000"


class ColorBar(pg.GraphicsWidget):
    """Colours from low to high, a stroke at each contour line, its value where there is room; a word says the scale.

    It has its place beside the plot before there is a scale, so that the plot stays where it is when one comes.
    """

    def __init__(self, plot: Any) -> None:
        super().__init__()
        self._kept = KeptPixels()
        self._scale: Scale | None = None
        self._levels: tuple[Level, ...] = ()
        self._theme, self._palette, self._title = themes.LIGHT, "", ""
        self._strip, self._width = QImage(), -1.0
        self._points = 0.0  # of the font that the width is for
        plot.plot_item.put_beside(self)
        self.keep_place()

    def keep_place(self) -> None:
        """Have the place of a bar with usual numbers, and nothing in it."""
        self._scale, self._levels = None, ()
        self.setToolTip("")
        self._set_width(self._least_width())
        self.update()

    def give_up_place(self) -> None:
        """Leave the whole width to the plot: there is nothing to have colours."""
        self._scale, self._levels = None, ()
        self._set_width(0.0)

    def show_scale(self, scale: Scale, levels: Sequence[Level], theme: themes.Theme, palette: str, title: str) -> None:
        """Show a scale, marked at these levels; one of a single height shows nothing."""
        shown = (scale, tuple(levels), theme, palette, title, themes.font(_POINTS).pointSizeF())
        if shown == (self._scale, self._levels, self._theme, self._palette, self._title, self._points):
            return
        self._scale, self._levels, self._theme, self._palette, self._title, self._points = shown
        if not scale.top > scale.bottom:
            self.keep_place()
            return
        self._strip = strip(theme, palette)
        metrics = QFontMetricsF(themes.font(_POINTS))
        widest = max((metrics.horizontalAdvance(level.label) for level in scale.levels), default=0.0)
        widest = max(widest + 2 * _GAP + _WIDTH, *(metrics.horizontalAdvance(line) for line in self._title_lines()))
        self._set_width(max(self._least_width(), widest + _SPARE))
        self.setToolTip(title)
        self.update()

    def _least_width(self) -> float:
        return 2 * _GAP + _WIDTH + QFontMetricsF(themes.font(_POINTS)).horizontalAdvance(_USUAL) + _SPARE

    def _title_lines(self) -> list[str]:
        """What says the scale, in two lines where it is longer than the bar's place is wide."""
        metrics = QFontMetricsF(themes.font(_POINTS))
        if metrics.horizontalAdvance(self._title) + _SPARE <= self._least_width() or " " not in self._title:
            return [self._title]
        return list(self._title.rsplit(" ", 1))

    def _set_width(self, width: float) -> None:
        if self._width != width:
            self._width = width
            self.setMinimumWidth(width)
            self.setMaximumWidth(width)
            self.setVisible(width > 0)

    def update(self, *given: Any) -> None:
        self._kept.clear()
        super().update(*given)

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        if (
            self._scale is not None
        ):  # texts take a millisecond, and each frame of paths over the landscape asks for them
            self._kept.paint(painter, widget, self._paint, self.rect())

    def _paint(self, painter: QPainter) -> None:
        area, font, title = self.rect(), themes.font(_POINTS), self._title_lines()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        head = metrics.height() * len(title) + _UNDER
        bar = QRectF(area.left() + _GAP, area.top() + head, _WIDTH, area.height() - head - 1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._strip)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.muted))
        for row, line in enumerate(title):
            at = QPointF(area.left() + _GAP, area.top() + metrics.ascent() + row * metrics.height())
            painter.drawText(at, line)
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
