"""The heat map of the gradients of layers over time, and the scale of its colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.axes import power_of_ten
from workbench.ui.plotting.cell_map import heat_colors
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.uprights import Uprights, hatching
from workbench.ui.style import theme as themes
from workbench.ui.views.layers.plots import FLOOR, log10

_SWATCH = 9  # pixels


class HeatMap(Plot):
    """Layers by steps: the first layer on top, colours for log10 of the RMS gradient, hatching where it is 0."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image, self.zeros, self.uprights = pg.ImageItem(), ZeroItem(), Uprights()
        for item in (self.image, self.zeros, self.uprights):
            self.box.addItem(item, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self._names: tuple[str, ...] = ()
        self._named: tuple[Any, ...] = ()
        self.set_label("left", self.tr("layer"))
        self.set_label("bottom", self.tr("step"))
        self.axes["left"].setStyle(tickLength=0)  # a name stands beside its row, or as near as it fits
        self._table = np.vstack([np.zeros((1, 4), np.uint8), np.column_stack([heat_colors(), np.full(256, 255)])])

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        self.zeros.set_theme(theme)

    def show_gradients(self, steps: NDArray[Any], rms: NDArray[Any], levels: tuple[float, float]) -> None:
        """Colour rms (T, L) at steps (T,), between the levels, which are log10."""
        count, layers = rms.shape
        width = max(1, -(-count // max(60, min(400, self.width() // 2))))
        edges = np.arange(0, count, width)
        found = log10(rms)
        positive = ~(found <= FLOOR)  # also what is no number: it shall be seen
        shares = np.add.reduceat(positive.astype(float), edges, axis=0)
        sums = np.add.reduceat(np.where(positive, found, 0.0), edges, axis=0)
        means = sums / np.maximum(shares, 1.0)
        low, high = levels
        shade = np.clip((means - low) / max(high - low, 1e-9), 0.0, 1.0)
        index = np.where(np.isfinite(shade) & (shares > 0), 1 + np.round(255 * np.nan_to_num(shade)), 0).astype(int)
        rgba = self._table[index.T[::-1]].astype(np.uint8)
        self.image.setImage(np.ascontiguousarray(rgba), levels=(0, 255), autoLevels=False)
        stride = float(steps[1] - steps[0]) if count > 1 else 1.0
        place = QRectF(float(steps[0]), -0.5, stride * width * len(edges), float(layers))
        self.image.setRect(place)
        self.zeros.set_cells((shares == 0).T[::-1], place)
        self.set_range(None, (-0.5, layers - 0.5))
        self._write_names()

    def name_layers(self, names: Sequence[str]) -> None:
        """Write the names beside the rows, as many as there is room for, the first and the last among them."""
        self._names = tuple(names)
        self._write_names()

    def _write_names(self) -> None:
        height = QFontMetrics(themes.font(themes.SMALL_POINTS)).height()
        key = (self._names, height, round(self.box.height()))
        if key == self._named or not self._names:
            return
        self._named = key
        count = len(self._names)
        line = min(height * count / max(self.box.height(), 1.0), float(count))  # a line of text, in rows
        # whole ones alone are painted: the names at the ends move inwards where a row is lower than a line
        low, high = min(line / 2 - 0.45, (count - 1) / 2), max(count - 0.55 - line / 2, (count - 1) / 2)
        every = max(1, math.ceil(line))
        chosen = [i for i in range(0, count - 1, every) if count - 1 - i >= every] + [count - 1]
        self.axes["left"].setTicks([[(min(max(count - 1.0 - i, low), high), self._names[i]) for i in chosen]])


class ZeroItem(QGraphicsItem):
    """Hatching over the cells of a heat map whose gradient is exactly 0: no logarithm has a place for it."""

    def __init__(self) -> None:
        super().__init__()
        self._path, self._place = QPainterPath(), QRectF()
        self._brush = QBrush()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._brush = hatching(theme)
        self.update()

    def set_cells(self, zero: NDArray[np.bool_], place: QRectF) -> None:
        """Hatch the cells (rows from below, columns) that are True, which fill the place."""
        self.prepareGeometryChange()
        self._path, self._place = QPainterPath(), place
        rows, columns = zero.shape
        width, height = place.width() / columns, place.height() / rows
        for row in np.flatnonzero(zero.any(axis=1)):
            turns = np.diff(np.concatenate([[0], zero[row].astype(np.int8), [0]]))
            for first, end in zip(np.flatnonzero(turns > 0), np.flatnonzero(turns < 0), strict=True):
                self._path.addRect(
                    QRectF(place.left() + first * width, place.top() + row * height, (end - first) * width, height)
                )
        self.update()

    @property
    def is_empty(self) -> bool:
        """Whether no cell is hatched."""
        return self._path.isEmpty()

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in a hatched cell."""
        return self._path.contains(pg.Point(x, y))

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._place

    def paint(self, painter: QPainter, *_: Any) -> None:
        if not self._path.isEmpty():
            painter.fillPath(self._path, self._brush)


class ColorStrip(QWidget):
    """The scale of the heat map: colours with the powers of ten at its ends and between, and below them the zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fit()
        self.levels = (0.0, 1.0)
        self.has_zero = False
        self._theme = themes.LIGHT
        table = np.ascontiguousarray(np.column_stack([heat_colors()[::-1], np.full(256, 255, np.uint8)]))
        self._image = QImage(table.astype(np.uint8).tobytes(), 1, 256, 4, QImage.Format.Format_RGBA8888).copy()
        self.setToolTip(self.tr("Colours of the RMS gradient; hatched where it is exactly 0"))

    def fit(self) -> None:
        """Take the width that the longest number needs; to be called when the text has another size."""
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        self.setFixedWidth(17 + metrics.horizontalAdvance(power_of_ten(-10)) + 4)

    def show_levels(self, levels: tuple[float, float], theme: themes.Theme, *, has_zero: bool = False) -> None:
        """Take the two ends, as log10, and whether there is a gradient of exactly 0."""
        if levels != self.levels or theme is not self._theme or has_zero != self.has_zero:
            self.levels, self._theme, self.has_zero = levels, theme, has_zero
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        half = painter.fontMetrics().height() / 2
        top, bottom = half + 2, self.height() - half - 2 - self._axis_room()
        painter.drawImage(QRectF(4, top, 9, bottom - top), self._image)
        painter.setPen(QColor(self._theme.muted))
        low, high = self.levels
        every = max(1, -(-round(high - low) // 4))
        for exponent in range(int(np.ceil(low)), int(np.floor(high)) + 1, every):
            y = bottom - (exponent - low) / max(high - low, 1e-9) * (bottom - top)
            self._write(painter, y, power_of_ten(exponent))
        if self.has_zero:
            y = bottom + 2.2 * half
            swatch = QRectF(4, y - _SWATCH / 2, _SWATCH, _SWATCH)
            painter.fillRect(swatch, hatching(self._theme))
            painter.drawRect(swatch)
            self._write(painter, y, "0")
        painter.end()

    def _write(self, painter: QPainter, y: float, text: str) -> None:
        half = painter.fontMetrics().height() / 2
        painter.drawText(QRectF(17, y - half, self.width() - 17, 2 * half), int(Qt.AlignmentFlag.AlignVCenter), text)

    def _axis_room(self) -> float:
        """The height of the axis beside which the strip stands."""
        return 2.2 * self.fontMetrics().height()
