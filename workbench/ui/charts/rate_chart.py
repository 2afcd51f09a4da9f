"""Loss against learning rate, of several lanes; and their range tests, over the same rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from workbench.studies.range_test import RangeCurve
from workbench.studies.rate_curve import BEST, FASTEST, RateCurve
from workbench.ui.charts.chart import scaled, stretches
from workbench.ui.plotting.curves import Bands, Curves, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.uprights import Foot, Upright, Uprights
from workbench.ui.style import theme as themes

Floats = NDArray[np.float64]
#: what is lower than this share of the highest loss is drawn at the foot of the plot: it has arrived
_FOOT = 1e-20
#: how far apart the lines of what diverged stand, and the highest of them from the top, as shares of the height
_APART, _TOP = 0.022, 0.02
_PALE = 0.4
#: pixels of the numbers beside a plot: the same for both, so that a rate stands over itself
_NUMBERS = 58


@dataclass(frozen=True, slots=True)
class RateLine:
    """A lane in the chart: its name and colour, the rate that it has, and what is known of others."""

    label: str
    color: str
    rate: float
    curve: RateCurve | None = None
    test: RangeCurve | None = None


@dataclass(frozen=True, slots=True)
class RatePicture:
    """What is drawn: lines, the place of the chosen one (-1 for none), its best rates, and the ends of all rates."""

    lines: tuple[RateLine, ...]
    chosen: int
    best: tuple[float, ...]
    quantity: str
    ends: tuple[float, float]

    @property
    def line(self) -> RateLine | None:
        """The chosen line."""
        return self.lines[self.chosen] if 0 <= self.chosen < len(self.lines) else None

    @property
    def width(self) -> tuple[float, float]:
        """The range of the axis of rates."""
        return float(np.log10(self.ends[0])), float(np.log10(self.ends[1]))


class RatePlot(Plot):
    """A plot over rates: where the mouse stands, and where it clicks."""

    #: the rate under the mouse; the rate that was clicked
    pointed = Signal(float)
    clicked = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.box.setMouseEnabled(x=False, y=False)
        self.show_grid()
        self.axes["left"].setWidth(_NUMBERS)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def _rate_at(self, event: Any) -> float | None:
        point = self.mapToScene(event.position().toPoint())
        if not self.box.sceneBoundingRect().contains(point):
            return None
        return float(10.0 ** self.box.mapSceneToView(point).x())

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        super().mouseMoveEvent(event)
        rate = self._rate_at(event)
        if rate is not None:
            self.pointed.emit(rate)

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        rate = self._rate_at(event)
        if rate is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(rate)
        event.accept()

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        event.ignore()


class RateChart(RatePlot):
    """What lanes come to under each rate; of the chosen one also what is stable, what diverged, and the best."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bands, self.curves, self.gone = Bands(), Curves(), Curves()
        self.uprights, self.marks, self.hatched = Uprights(), Marks(), Foot()
        self.hatched.setOpacity(_PALE)  # other lanes' curves go on there
        for item in (self.hatched, self.bands, self.uprights, self.curves, self.gone, self.marks):
            self.box.addItem(item, ignoreBounds=True)
        self.set_label("bottom", self.tr("learning rate"))
        self.set_log("bottom", is_log=True)
        #: whether heights are logarithms
        self.is_log = True

    def show_picture(self, picture: RatePicture, theme: themes.Theme) -> None:
        """Draw another picture in the place of the one before."""
        lines = picture.lines
        values = [None if line.curve is None else _values(line.curve, picture.quantity) for line in lines]
        foot, top, self.is_log = _heights(values, lines, picture.quantity)
        self.set_log("left", is_log=self.is_log)
        low, high = scaled(np.array([foot, top]), is_log=self.is_log).tolist()
        room = 0.05 * max(high - low, 1e-9)
        y_range = (low - room, high + (2 + 0.5 * len(lines)) * room)
        drawn, gone = [], []
        for i in sorted(range(len(lines)), key=lambda i: i == picture.chosen):  # the chosen one is drawn last
            curve, found = lines[i].curve, values[i]
            if curve is None or found is None:
                continue
            color, width = theme.lane(lines[i].color), 2.4 if i == picture.chosen else 1.3
            x, y = np.log10(curve.rates), self._placed(found, foot, top)
            drawn += [(x[part], y[part], pen(color, width)) for part in stretches(np.isfinite(y))]
            at = y_range[1] - (y_range[1] - y_range[0]) * (_TOP + _APART * i)
            lost = [part for part in stretches(~np.isfinite(curve.final)) if part.stop > part.start + 1]
            dots = pen(color, 2.0, Qt.PenStyle.DotLine)
            gone += [(x[part], np.full(part.stop - part.start, at), dots) for part in lost]
        self.curves.set_lines(drawn)
        self.gone.set_lines(gone)
        self._show_range(picture, (foot, top), y_range, theme)
        self._show_rates(picture, y_range, theme)
        self._show_best(picture, values, (foot, top), theme)
        self.set_range(picture.width, y_range)

    def _placed(self, values: Floats, foot: float, top: float) -> Floats:
        """Where values stand, those too low at the foot; what is infinite is no number."""
        found = scaled(np.clip(values, foot, top), is_log=self.is_log)
        return np.where(np.isfinite(values), found, np.nan)

    def _show_range(
        self, picture: RatePicture, heights: tuple[float, float], y_range: tuple[float, float], theme: themes.Theme
    ) -> None:
        """Shade what is stable for the chosen lane, and how its starts differ; hatch where its runs diverged."""
        self.hatched.set_theme(theme)
        self.hatched.hide()
        bands: list[Any] = []
        line = picture.line
        curve = None if line is None else line.curve
        if line is not None and curve is not None:
            if picture.quantity not in (BEST, FASTEST) and bool((curve.high > curve.low).any()):
                low, high = (self._placed(curve.gap(each), *heights) for each in (curve.low, curve.high))
                bands.append((np.log10(curve.rates), low, high, theme.lane(line.color)))
            stable = curve.stable_range
            if stable is not None:
                bands.append((np.log10(stable), np.full(2, y_range[0]), np.full(2, y_range[1]), theme.accent))
            ended = np.flatnonzero(np.isfinite(curve.final))
            first = int(ended[-1]) + 1 if len(ended) else 0  # beyond it all have diverged
            if first < len(curve.rates):
                at = float(np.log10(curve.rates[first]))
                self.hatched.show_below(y_range[1], (at, picture.width[1]), y_range)
        self.bands.set_bands(bands, 0.12)

    def _show_rates(self, picture: RatePicture, y_range: tuple[float, float], theme: themes.Theme) -> None:
        """Mark the rates that lanes have now."""
        colors = [theme.lane(line.color) for line in picture.lines]
        upright = [
            Upright(float(np.log10(line.rate)), color, line is not picture.line, (color,))
            for line, color in zip(picture.lines, colors, strict=True)
            if line.rate > 0
        ]
        self.uprights.set_lines(upright, y_range)

    def _show_best(
        self,
        picture: RatePicture,
        values: Sequence[Floats | None],
        heights: tuple[float, float],
        theme: themes.Theme,
    ) -> None:
        """Mark the chosen lane's best rates on its curve."""
        line = picture.line
        found = None if line is None else values[picture.chosen]
        if line is None or line.curve is None or found is None or not picture.best:
            self.marks.set_marks(np.empty((0, 2)), [], [], theme.plot)
            return
        best = np.log10(np.array(picture.best))
        at = np.interp(best, np.log10(line.curve.rates), np.clip(found, *heights))
        points = np.stack([best, self._placed(at, *heights)], axis=1)
        self.marks.set_marks(points, [theme.lane(line.color)] * len(points), ["o"] * len(points), theme.plot, 10)


class RangeChart(RatePlot):
    """Range tests: the loss that each step of one run saw while its rate rose, as it is and smoothed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.curves, self.uprights = Curves(), Uprights()
        for item in (self.uprights, self.curves):
            self.box.addItem(item, ignoreBounds=True)
        self.set_label("bottom", self.tr("learning rate, rising from step to step"))
        self.set_label("left", self.tr("loss"))
        self.set_log("bottom", is_log=True)

    def show_picture(self, picture: RatePicture, theme: themes.Theme) -> None:
        """Draw what is known of the tests, the chosen one's raw losses among them."""
        drawn: list[Any] = []
        top, low = 0.0, 0.0
        for i, line in enumerate(picture.lines):
            test = line.test
            if test is None:
                continue
            color, x = theme.lane(line.color), np.log10(test.rates)
            if i == picture.chosen:
                drawn.insert(0, (x, test.losses, pen(theme.muted, 1.0)))
                top = max(top, 1.1 * float(test.losses[np.isfinite(test.losses)][:1].sum()))
            drawn.append((x, test.smoothed, pen(color, 2.4 if i == picture.chosen else 1.3)))
            fine = test.smoothed[np.isfinite(test.smoothed)]
            top = max(top, 1.3 * float(fine[:10].max(initial=0.0)))
            low = min(low, float(fine.min(initial=0.0)))
        self.curves.set_lines(drawn)
        y_range = (low, top or 1.0)
        color = theme.text if picture.line is None else theme.lane(picture.line.color)
        self.uprights.set_lines([Upright(float(np.log10(rate)), color, dotted=True) for rate in picture.best], y_range)
        self.set_range(picture.width, y_range)


def _values(curve: RateCurve, quantity: str) -> Floats:
    """What a curve shows: losses above the lowest known one, or steps."""
    if quantity == FASTEST:
        return curve.arrived
    return curve.gap(curve.best if quantity == BEST else curve.final)


def _heights(values: Sequence[Floats | None], lines: Sequence[RateLine], quantity: str) -> tuple[float, float, bool]:
    """The lowest and the highest number to be drawn, and whether by logarithm."""
    known = [each[np.isfinite(each)] for each in values if each is not None]
    numbers = np.concatenate(known) if known else np.empty(0)
    if not len(numbers):
        return 0.1, 1.0, True
    if quantity == FASTEST:
        return max(1.0, float(numbers.min())), max(2.0, float(numbers.max())), True
    firsts = [float(line.curve.gap(np.array(line.curve.first))) for line in lines if line.curve is not None]
    top = max([*firsts, float(numbers.min())])
    positive = numbers[numbers > 0]
    gaps = all(line.curve is None or line.curve.lowest is not None for line in lines)
    if not len(positive) or (not gaps and numbers.min() <= 0):
        return float(numbers.min()), max(top, float(numbers.min()) + 1e-9), False
    top = 3.0 * max(top, float(positive.min()))
    return max(float(positive.min()), _FOOT * top), top, True
