"""The parts of the view of layers: ratios over time, histograms."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.engine.network.layer_measures import Histogram
from workbench.engine.race.thinning import Thinning
from workbench.ui.plotting.curves import Curves, Line, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.uprights import Uprights
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.series import pale, parted
from workbench.ui.words.text import readable, signed

#: log10 of the update:parameter ratios between which a layer learns well
HEALTHY = (-4.0, -2.0)
#: stands for the logarithm of zero
FLOOR = -30.0
_TINY = 1e-6
#: pixels between two texts along an axis, those that one may reach beyond its end, and how many texts there are at most
_APART, _OVER, _MOST_TICKS = 8.0, 10.0, 5


def log10(values: NDArray[Any]) -> NDArray[np.float64]:
    """The logarithm, with a floor for zero; what is no number stays none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(np.asarray(values, np.float64))
    return np.maximum(found, FLOOR, out=found)


class RatioPlot(Plot):
    """log10 of update over parameter, a line a layer, over the healthy band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.band = pg.LinearRegionItem(HEALTHY, orientation="horizontal", movable=False)
        self.band.setZValue(-50)
        self.curves, self.marks, self.uprights = Curves(), Marks(), Uprights()
        self._thinning = Thinning()
        for item in (self.band, self.uprights, self.curves, self.marks):
            self.box.addItem(item, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.set_log("left", is_log=True)
        self.set_label("left", self.tr("update : parameter"))
        self.setToolTip(
            self.tr(
                "Mean absolute update by mean absolute parameter of each layer, over all its parameters: weights, "
                "biases, and the scales and shifts of batch normalisation"
            )
        )

    def set_theme(self, theme: themes.Theme) -> None:
        super().set_theme(theme)
        shade = QColor(theme.lane("#009E73"))
        shade.setAlpha(38)
        self.band.setBrush(shade)
        shade.setAlpha(120)
        for line in self.band.lines:
            line.setPen(pg.mkPen(shade, width=1))

    def show_ratios(
        self,
        steps: NDArray[Any],
        ratios: NDArray[Any],
        colors: Sequence[str],
        chosen: int,
        *,
        columns: int,
        now: int,
        key: object = None,
    ) -> None:
        """Draw ratios (T, L) at steps (T,), thinned to columns of the picture; the chosen layer stands out.

        What lies beyond the present step is pale. `key` names a record whose rows stay as they are.
        """
        first = int(np.argmax(np.isfinite(ratios).any(axis=1)))  # there is no update before the first step
        key = None if key is None else (key, first)
        found = self._thinning.polylines(steps[first:], ratios[first:], columns, key=key)
        lines: list[tuple[bool, Line]] = []
        ends = np.full((len(colors), 2), np.nan)
        heights = []
        for layer, (color, (x, values)) in enumerate(zip(colors, found, strict=True)):
            y = log10(values)
            heights.append(y)
            past, future = parted(x, y, now, None)
            made = pen(color, 2.4) if layer == chosen else pale(color, 0.6)
            lines += [(layer == chosen, (*part, drawn)) for part, drawn in ((past, made), (future, pale(color, 0.25)))]
            if len(past[0]):
                ends[layer] = past[0][-1], past[1][-1]
        self.curves.set_lines([line for _, line in sorted(lines, key=lambda item: item[0])])
        self.marks.set_marks(ends, list(colors), ["o"] * len(colors), self._theme.plot, 7)
        joined = np.concatenate(heights) if heights else np.zeros(0)
        finite = joined[np.isfinite(joined) & (joined > FLOOR)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else HEALTHY
        self.set_range(None, (min(np.floor(low * 2) / 2, -5.0) - 0.1, max(np.ceil(high * 2) / 2, -1.0) + 0.1))


class HistogramPlot(Plot):
    """One histogram; its title says of what."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self.found: Histogram | None = None
        super().__init__(parent)
        self.bars = pg.BarGraphItem(x=[0.0], height=[0.0], width=1.0)
        self.box.addItem(self.bars, ignoreBounds=True)
        self.box.setMouseEnabled(x=False, y=False)
        self.axes["left"].setStyle(showValues=False)
        self.axes["left"].setWidth(6)
        self.axes["bottom"].setStyle(hideOverlappingLabels=False)  # they have been measured
        self._title = title
        self.set_label("bottom", title)
        self.setMinimumSize(64, 80)
        self._unit = 1.0  # of what is drawn: where numbers are tiny, Qt's arithmetic would lose them
        self._ends = 0.0, 1.0
        self.clear_histogram()

    def clear_histogram(self) -> None:
        """Show none, and no numbers along the axis: there is nothing that they would measure."""
        self.found = None
        self.bars.hide()
        self.axes["bottom"].setTicks([[]])

    def show_histogram(self, found: Histogram, color: str) -> None:
        """Draw the counts of the only run."""
        self.found = found
        self.bars.show()
        counts = found.counts[0]
        low, high = float(found.edges[0]), float(found.edges[-1])
        self._unit = unit = high - low if high - low < _TINY else 1.0
        self.bars.setOpts(
            x0=found.edges[:-1] / unit, x1=found.edges[1:] / unit, y0=0.0, height=counts, x=None, width=None,
            brush=pg.mkBrush(color), pen=pg.mkPen(None),
        )  # fmt: skip
        self._ends = low, high
        self._write_ticks()
        self.set_range((low / unit, high / unit), (0.0, 1.08 * max(1, int(counts.max()))))

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        if self.found is not None:
            self._write_ticks()

    def _write_ticks(self) -> None:
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        center = self.box.sceneBoundingRect().center().x()  # the title stands around the middle of the axis
        room = round(2 * min(center, self.width() - center)) - 7
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        self.setToolTip(self._title if title != self._title else "")
        self.set_label("bottom", title)
        ticks = few_ticks(*self._ends, max(1.0, self.box.width()), metrics.horizontalAdvance)
        self.axes["bottom"].setTicks([[(value / self._unit, text) for value, text in ticks]])

    def read(self, x: float, _y: float) -> str:
        """The bin under the cursor and its count."""
        if self.found is None:
            return ""
        edges = self.found.edges
        i = int(np.searchsorted(edges, x * self._unit, side="right")) - 1
        if not 0 <= i < len(edges) - 1:
            return ""
        words: str = self.tr("{} to {}: {}")  # of a class that is untyped further up
        return words.format(readable(edges[i], 3), readable(edges[i + 1], 3), int(self.found.counts[0, i]))


def few_ticks(low: float, high: float, room: float, wide: Callable[[str], float]) -> list[tuple[float, str]]:
    """Round values between two ends, with their texts, as many as fit side by side in so many pixels.

    A single one would not tell the scale: where no more fit, those next to the ends remain. `wide` measures a text.
    """
    scale = room / (high - low)

    def fit(ticks: list[tuple[float, str]]) -> bool:
        return all(
            (b - a) * scale >= (wide(one) + wide(other)) / 2 + _APART for (a, one), (b, other) in pairwise(ticks)
        )

    found: list[tuple[float, str]] = []
    power = 10.0 ** math.floor(math.log10(high - low)) / 10.0
    for written in (lambda value: readable(value, 3), _shortest):
        for step in (m * power for m in (100, 50, 20, 10, 5, 2)):
            inside = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
            ticks = [(i * step, written(i * step)) for i in inside]
            # a text that would stand far beyond the end is cut off
            ticks = [t for t in ticks if min(t[0] - low, high - t[0]) * scale >= wide(t[1]) / 2 - _OVER]
            ends = ticks if fit(ticks) else ticks[:: max(1, len(ticks) - 1)]
            if fit(ends) and len(found) < len(ends) <= _MOST_TICKS:
                found = ends
        if len(found) > 1:
            break
    return found or [(low, readable(low, 3))]


def _shortest(value: float) -> str:
    """A round number in as few signs as it can be written."""
    plain, power = readable(value, 3), signed(f"{value:.0e}")
    return min(plain, power, key=len) if math.isclose(float(f"{value:.0e}"), value, rel_tol=1e-9) else plain
