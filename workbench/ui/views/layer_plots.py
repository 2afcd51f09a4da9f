"""The parts of the view of layers: ratios over time, the heat map of gradients, histograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.engine.network.statistics import Histogram
from workbench.ui import theme as themes
from workbench.ui.plotting import Curves, Marks, Plot, pen, power_of_ten, thinned

#: log10 of the update:parameter ratios between which a layer learns well
HEALTHY = (-4.0, -2.0)
_FLOOR = -30.0


def heat_colors() -> NDArray[np.uint8]:
    """A table (256, 3) of colours from low to high, of even steps to the eye (viridis, 2015)."""
    return np.asarray(pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256), np.uint8)[:, :3]


def log10(values: NDArray[Any]) -> NDArray[np.float64]:
    """The logarithm, with a floor for zero; what is no number stays none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(np.asarray(values, np.float64))
    return np.maximum(found, _FLOOR, where=~np.isnan(found), out=found)


class RatioPlot(Plot):
    """log10 of update over parameter, a line a layer, over the healthy band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.band = pg.LinearRegionItem(HEALTHY, orientation="horizontal", movable=False)
        self.band.setZValue(-50)
        self.curves, self.marks = Curves(), Marks()
        for item in (self.band, self.curves, self.marks):
            self.box.addItem(item, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.set_log("left", is_log=True)
        self.set_label("left", self.tr("update : parameter"))

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        shade = QColor(theme.lane("#009E73"))
        shade.setAlpha(38)
        self.band.setBrush(shade)
        shade.setAlpha(120)
        for line in self.band.lines:
            line.setPen(pg.mkPen(shade, width=1))

    def show_ratios(self, steps: NDArray[Any], ratios: NDArray[Any], colors: Sequence[str], chosen: int) -> None:
        """Draw ratios (T, L) at steps (T,); the chosen layer stands out."""
        columns = max(40, min(200, self.width() // 3))
        x, y = thinned(steps, ratios, ratios, columns)
        y = log10(y)
        lines, ends = [], np.full((y.shape[1], 2), np.nan)
        for layer, color in enumerate(colors):
            fine = np.flatnonzero(np.isfinite(y[:, layer]))
            if not len(fine):
                continue
            part = slice(int(fine[0]), None)  # there is no update before the first step
            line = pen(color, 2.4 if layer == chosen else 1.0)
            if layer != chosen:
                pale = QColor(color)
                pale.setAlphaF(0.6)
                line.setColor(pale)
            lines.append((layer == chosen, (x[part], y[part, layer], line)))
            ends[layer] = x[fine[-1]], y[fine[-1], layer]
        self.curves.set_lines([line for _, line in sorted(lines, key=lambda item: item[0])])
        self.marks.set_marks(ends, list(colors), ["o"] * len(colors), self._theme.plot, 7)
        finite = y[np.isfinite(y) & (y > _FLOOR)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else HEALTHY
        self.set_range(None, (min(np.floor(low * 2) / 2, -5.0) - 0.1, max(np.ceil(high * 2) / 2, -1.0) + 0.1))


class HeatMap(Plot):
    """Layers by steps: the first layer on top, colours for log10 of the RMS gradient."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = pg.ImageItem()
        self.box.addItem(self.image, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self._names: tuple[str, ...] = ()
        self._every = 0  # of the names, one in so many is written
        self.set_label("left", self.tr("layer"))
        self.set_label("bottom", self.tr("step"))
        self._table = np.vstack([np.zeros((1, 4), np.uint8), np.column_stack([heat_colors(), np.full(256, 255)])])

    def show_gradients(self, steps: NDArray[Any], rms: NDArray[Any], levels: tuple[float, float]) -> None:
        """Colour rms (T, L) at steps (T,), between the levels, which are log10."""
        count, layers = rms.shape
        width = max(1, -(-count // max(60, min(400, self.width() // 2))))
        edges = np.arange(0, count, width)
        sizes = np.diff(np.append(edges, count))[:, None]
        means = np.add.reduceat(log10(rms), edges, axis=0) / sizes
        low, high = levels
        shade = np.clip((means - low) / max(high - low, 1e-9), 0.0, 1.0)
        index = np.where(np.isfinite(shade), 1 + np.round(255 * np.nan_to_num(shade)), 0).astype(int)
        rgba = self._table[index.T[::-1]].astype(np.uint8)
        self.image.setImage(np.ascontiguousarray(rgba), levels=(0, 255), autoLevels=False)
        stride = float(steps[1] - steps[0]) if count > 1 else 1.0
        self.image.setRect(QRectF(float(steps[0]), -0.5, stride * width * len(edges), float(layers)))
        self.set_range(None, (-0.5, layers - 0.5))
        self._write_names()

    def name_layers(self, names: Sequence[str]) -> None:
        """Write the names beside the rows, as many as there is room for."""
        self._names, self._every = tuple(names), 0
        self._write_names()

    def _write_names(self) -> None:
        height = QFontMetrics(themes.font(themes.SMALL_POINTS)).height()
        every = max(1, math.ceil(len(self._names) * height / max(self.box.height(), height)))
        if every != self._every:
            self._every = every
            ticks = [(len(self._names) - 1 - i, name) for i, name in enumerate(self._names)]
            self.axes["left"].setTicks([ticks[::every]])


class ColorStrip(QWidget):
    """The scale of the heat map: colours with the powers of ten at its ends and between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fit()
        self.levels = (0.0, 1.0)
        self._theme = themes.LIGHT
        table = np.ascontiguousarray(np.column_stack([heat_colors()[::-1], np.full(256, 255, np.uint8)]))
        self._image = QImage(table.astype(np.uint8).tobytes(), 1, 256, 4, QImage.Format.Format_RGBA8888).copy()
        self.setToolTip(self.tr("Colours of the RMS gradient"))

    def fit(self) -> None:
        """Take the width that the longest number needs; to be called when the text has another size."""
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        self.setFixedWidth(17 + metrics.horizontalAdvance(power_of_ten(-10)) + 4)

    def show_levels(self, levels: tuple[float, float], theme: themes.Theme) -> None:
        """Take the two ends, as log10."""
        if levels != self.levels or theme is not self._theme:
            self.levels, self._theme = levels, theme
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
            place = QRectF(17, y - half, self.width() - 17, 2 * half)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), power_of_ten(exponent))
        painter.end()

    def _axis_room(self) -> float:
        """The height of the axis beside which the strip stands."""
        return 2.2 * self.fontMetrics().height()


class HistogramPlot(Plot):
    """One histogram; its title says of what."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = pg.BarGraphItem(x=[0.0], height=[0.0], width=1.0)
        self.box.addItem(self.bars, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.axes["left"].setStyle(showValues=False)
        self.axes["left"].setWidth(6)
        self._title = title
        self.set_label("bottom", title)
        self.setMinimumSize(64, 80)
        self.found: Histogram | None = None

    def show_histogram(self, found: Histogram, color: str) -> None:
        """Draw the counts of the only run."""
        self.found = found
        counts = found.counts[0]
        self.bars.setOpts(
            x0=found.edges[:-1], x1=found.edges[1:], y0=0.0, height=counts, x=None, width=None,
            brush=pg.mkBrush(color), pen=pg.mkPen(None),
        )  # fmt: skip
        low, high = float(found.edges[0]), float(found.edges[-1])
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        room = round(self.box.width()) + 2  # the title stands in the middle of the axis
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self.setToolTip(self._title if title != self._title else "")
        self.set_label("bottom", title)
        wide = metrics.horizontalAdvance("−0.000") + 8
        self.axes["bottom"].setTicks([few_ticks(low, high, max(1, min(5, (self.width() - 14) // wide)))])
        self.set_range((low, high), (0.0, 1.08 * max(1, int(counts.max()))))

    def read(self, x: float, _y: float) -> str:
        """The bin under the cursor and its count."""
        if self.found is None:
            return ""
        edges = self.found.edges
        i = int(np.searchsorted(edges, x, side="right")) - 1
        if not 0 <= i < len(edges) - 1:
            return ""
        return self.tr("{:.3g} to {:.3g}: {}").format(edges[i], edges[i + 1], int(self.found.counts[0, i]))


def few_ticks(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """At most so many round values between two ends, with their texts."""
    power = 10.0 ** math.floor(math.log10(high - low)) / 10.0
    for step in (m * power for m in (1, 2, 5, 10, 20, 50, 100)):
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= count:
            return [(i * step, f"{i * step:.3g}".replace("-", "−")) for i in range(first, last + 1)]
    return [(low, f"{low:.3g}".replace("-", "−"))]
