"""Cells over a plot, each in its one colour: nothing is smoothed, and what has no value is hatched or grey."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QWidget

from workbench.ui.plotting.axes import power_of_ten
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.plotting.surfaces import hatch
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

Rgba = NDArray[np.uint8]


def heat_colors() -> Rgba:
    """A table (256, 3) of colours from low to high, of even steps to the eye (viridis, 2015)."""
    return np.asarray(pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256), np.uint8)[:, :3]


def image_of(rgba: Rgba) -> QImage:
    """Colours (rows, columns, 4), the first row lowest, as a picture, whose first row is on top."""
    flipped = np.ascontiguousarray(rgba[::-1])
    rows, columns, _ = flipped.shape
    return QImage(flipped.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888).copy()


class CellMap(StillItem):
    """A picture of cells in a rectangle of the plot; where a cell has no colour (alpha 0), hatching unless told not."""

    def __init__(self, *, hatched: bool = True) -> None:
        super().__init__()
        self._image, self._hatch, self._rect = QImage(), QImage(), QRectF()
        self._hatched = hatched
        self.setZValue(-100)

    def set_cells(self, rgba: Rgba, rect: QRectF, theme: themes.Theme) -> None:
        """Show colours (rows, columns, 4), the first row lowest, in a rectangle."""
        self.prepareGeometryChange()
        # painted upwards, as the plot's y goes: the first row is lowest
        rows, columns, _ = rgba.shape
        self._image = QImage(np.ascontiguousarray(rgba).data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        self._image = self._image.copy()
        self._rect, self._hatch = rect, hatch(theme)
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def draw(self, painter: QPainter) -> None:
        if self._image.isNull():
            return
        if self._hatched:
            painter.save()
            world = painter.worldTransform()
            painter.setWorldTransform(QTransform())  # the hatching is as dense at every zoom
            painter.fillRect(world.mapRect(self._rect), QBrush(self._hatch))
            painter.restore()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self._rect, self._image)


class CellBorders(StillItem):
    """Lines along the borders of cells, a pixel wide, dark beside bright: they are seen on every colour."""

    def __init__(self) -> None:
        super().__init__()
        self._path, self._rect = QPainterPath(), QRectF()
        #: the ends (2 K, 2) of the lines, in the plot's numbers
        self.ends: NDArray[np.float64] = np.empty((0, 2))
        self.setZValue(-50)

    def set_lines(self, ends: NDArray[np.float64], rect: QRectF) -> None:
        """Draw lines between each two of these points, all within a rectangle."""
        self.prepareGeometryChange()
        self.ends, self._rect = ends, rect
        x, y = np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])
        self._path = pg.functions.arrayToQPath(x, y, connect="pairs") if len(ends) else QPainterPath()
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def draw(self, painter: QPainter) -> None:
        world = painter.worldTransform()
        path = world.map(self._path)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for shift, color in ((1.0, "#ffffff"), (0.0, "#000000")):
            painter.setWorldTransform(QTransform().translate(shift, shift))
            painter.setPen(QPen(QColor(color), 0.0))
            painter.drawPath(path)
        painter.restore()


class CellStrip(pg.GraphicsWidget):
    """A row or a column of cells beside a plot, as long as its axis."""

    THICK = 11.0

    def __init__(self, plot: Any, *, upright: bool) -> None:
        super().__init__()
        self._image, self._hatch, self._upright = QImage(), QImage(), upright
        plot.plot_item.put_along(self, upright=upright)
        self._fix(0.0)

    def _fix(self, thickness: float) -> None:
        if self._upright:
            self.setMinimumWidth(thickness)
            self.setMaximumWidth(thickness)
        else:
            self.setMinimumHeight(thickness)
            self.setMaximumHeight(thickness)
        self.setVisible(thickness > 0)

    def set_cells(self, rgba: Rgba | None, theme: themes.Theme) -> None:
        """Show colours (n, 4) from low to high; none hides the strip."""
        self._fix(0.0 if rgba is None else self.THICK)
        if rgba is not None:
            self._image = image_of(rgba[:, None] if self._upright else rgba[None])
            self._hatch = hatch(theme)
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        if self._image.isNull():
            return
        area = self.rect().adjusted(3, 0, 0, 0) if self._upright else self.rect().adjusted(0, 0, 0, -3)
        painter.fillRect(area, QBrush(self._hatch))
        painter.drawImage(area, self._image)


class ValueBar(pg.GraphicsWidget):
    """The colours of a logarithmic scale beside a plot, with its powers of ten; a word on top says of what."""

    _WIDE, _GAP, _TITLE = 10.0, 5.0, 17.0

    def __init__(self, plot: Any) -> None:
        super().__init__()
        self._levels, self._theme, self._title = (0.0, 1.0), themes.LIGHT, ""
        self._image = image_of(np.column_stack([heat_colors(), np.full(256, 255)]).astype(np.uint8)[:, None])
        plot.plot_item.put_beside(self)
        self._fix(0.0)

    def _fix(self, width: float) -> None:
        self.setMinimumWidth(width)
        self.setMaximumWidth(width)
        self.setVisible(width > 0)

    def show_levels(self, levels: tuple[float, float] | None, theme: themes.Theme, title: str) -> None:
        """Take the two ends, as log10; none hides the bar."""
        self._theme, self._title = theme, title
        if levels is None:
            self._fix(0.0)
            return
        self._levels = levels
        metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS - 1.5))
        widest = max(metrics.horizontalAdvance(text) for text in ("5·10⁻¹⁰", title))
        self._fix(self._GAP + max(self._WIDE + self._GAP + metrics.horizontalAdvance("10⁻¹⁰"), widest) + 2.0)
        self.setToolTip(title)
        self.update()

    def marks(self) -> list[tuple[float, str]]:
        """Values on the scale, as log10, and how they are written."""
        low, high = self._levels
        if high - low < 1.0:  # no power of ten may lie between: round numbers then
            step = next(s for s in (1, 2, 5, 10) if (10**high - 10**low) / (s * 10 ** np.floor(low)) <= 6 or s == 10)
            step *= 10.0 ** np.floor(low)
            numbers = range(max(1, int(np.ceil(10**low / step))), int(np.floor(10**high / step)) + 1)
            return [(float(np.log10(k * step)), readable(k * step)) for k in numbers]
        every = max(1, round((high - low) / 8))
        return [(float(n), power_of_ten(n)) for n in range(int(np.ceil(low)), int(np.floor(high)) + 1, every)]

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        area = self.rect()
        bar = QRectF(area.left() + self._GAP, area.top() + self._TITLE, self._WIDE, area.height() - self._TITLE - 1.0)
        font = themes.font(themes.SMALL_POINTS - 1.5)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(bar, self._image)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(area.left() + self._GAP, area.top() + metrics.ascent()), self._title)
        low, high = self._levels
        for value, text in self.marks():
            y = bar.bottom() - (value - low) / max(high - low, 1e-9) * bar.height()
            y = min(bar.bottom(), max(bar.top(), y))
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            painter.drawText(QPointF(bar.right() + self._GAP, y + metrics.ascent() / 2 - 1.0), text)
