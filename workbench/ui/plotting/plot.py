"""The one place that knows pyqtgraph's ways: themed plots, axes in powers of ten, curves thinned to the pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.strokes import AFFORDABLE, draw_polyline, passes
from workbench.ui.style import theme as themes
from workbench.ui.words.text import signed

Array = NDArray[Any]

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True, background=None)

#: Beyond this a curve is as good as gone; Qt's own arithmetic fails on much larger numbers.
LIMIT = 1e30
#: The shapes that tell lanes apart besides their colour, in the order of the lanes.
SYMBOLS = ("o", "s", "t1", "d", "star", "t", "+", "x", "p", "h")
_MARGINS = (2, 6, 8, 2)  # pixels around axes and curves
_FOOT = 36  # pixels of a plot's height that are not its left axis
_ENLARGED = {"star": 1.5, "d": 1.2, "+": 1.2, "x": 1.1}
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """10^n as people write it, the small powers as plain numbers."""
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(_SUPERSCRIPTS))


class ValueAxis(pg.AxisItem):
    """An axis of plain numbers, or, where `is_log`, of log10 values shown as powers of ten."""

    is_log = False

    def tickValues(self, low: float, high: float, size: float) -> Any:  # noqa: N802 - pyqtgraph's name
        if not self.is_log:
            return super().tickValues(low, high, size)
        low, high = min(low, high), max(low, high)
        decades = high - low
        room = max(2.0, size / 28.0)
        spacing = max(1, math.ceil(decades / room))
        first = math.ceil(low / spacing) * spacing
        major = [float(v) for v in range(first, math.floor(high) + 1, spacing)]
        minor: list[float] = []
        if decades <= room / 2:
            steps = range(2, 10) if decades > 0.8 else [m / 2 for m in range(3, 20)]
            for exponent in range(math.floor(low), math.ceil(high) + 1):
                minor += [exponent + math.log10(m) for m in steps if low <= exponent + math.log10(m) <= high]
            minor = _apart(minor, major, 18.0 * decades / max(size, 1.0))
        levels = [(float(spacing), major)]
        if minor:
            levels.append((0.1, minor))
        return levels

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        if not self.is_log:
            if any(abs(v * scale) >= 10_000 for v in values):
                return [_shortened(v * scale, spacing * scale) for v in values]
            strings: list[str] = super().tickStrings(values, scale, spacing)
            return [_plain(s) for s in strings]
        return [self._log_string(v, spacing) for v in values]

    def _log_string(self, value: float, spacing: float) -> str:
        exponent = round(value)
        if abs(value - exponent) < 1e-6:
            return power_of_ten(exponent)
        if self.range[1] - self.range[0] > 1.5 or spacing >= 1:
            return ""
        number = 10.0**value
        return f"{number:.4g}" if 1e-3 <= number < 1e4 else f"{number:.1e}".replace("e-0", "e-").replace("e+0", "e")


def _apart(values: list[float], others: list[float], distance: float) -> list[float]:
    """Those of the values, from the highest down, that keep a distance from each other and from the others."""
    kept: list[float] = []
    for value in sorted(values, reverse=True):
        if all(abs(value - other) >= distance for other in (*kept, *others)):
            kept.append(value)
    return kept[::-1]


def _plain(text: str) -> str:
    """A number as one writes it: no zeros at its end, which one level of ticks would have and the next not."""
    return signed(text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text)


def _shortened(value: float, spacing: float) -> str:
    """Large numbers: thousands as k, millions as M, in as many digits as tell them from the next, `spacing` away."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            digits = max(0, math.ceil(-math.log10(spacing / size) - 1e-9)) + 1  # one more for steps of 2.5
            return f"{_plain(f'{value / size:.{digits}f}')} {sign}"
    return _plain(f"{value:g}")


class Plot(pg.PlotWidget):
    """A plot in the program's look, whose ranges are set by its view and not guessed while a race runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = {side: ValueAxis(orientation=side) for side in ("left", "bottom")}
        self._labels: dict[str, str] = {}
        super().__init__(parent, axisItems=axes)
        self.axes: dict[str, ValueAxis] = axes
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        # never shown, but full of the controls that pyqtgraph reads: without a parent it would outlive the plot
        item.ctrlMenu.setParent(self, item.ctrlMenu.windowFlags())
        item.hideButtons()
        item.getViewBox().disableAutoRange()
        item.getViewBox().setDefaultPadding(0.0)
        item.setContentsMargins(*_MARGINS)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        # Each frame changes most of a plot: keeping account of the changed parts costs more than it saves.
        self.setViewportUpdateMode(pg.PlotWidget.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(120, 90)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # it has no keys of its own that Tab should lead to
        self._written: dict[str, tuple[str, float, str]] = {}
        self._theme = themes.LIGHT
        for axis in axes.values():
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=-4, maxTickLevel=1, hideOverlappingLabels=True, autoExpandTextSpace=True)

    def set_label(self, side: str, text: str) -> None:
        """Name an axis; along one that is too short for it, what stands in brackets goes first, then the end."""
        if self._labels.get(side) != text:
            self._labels[side] = text
            self._write_label(side)

    def _write_label(self, side: str) -> None:
        text, small = self._labels[side], themes.font(themes.SMALL_POINTS)
        metrics, room = QFontMetrics(small), self.height() - _FOOT if side == "left" else self.width()
        if metrics.horizontalAdvance(text) > room:
            text = metrics.elidedText(text.rsplit(" (", 1)[0], Qt.TextElideMode.ElideRight, max(room, _FOOT))
        if self._written.get(side) != (text, small.pointSizeF(), self._theme.muted):
            self._written[side] = (text, small.pointSizeF(), self._theme.muted)
            self.axes[side].setLabel(text, **{"color": self._theme.muted, "font-size": f"{small.pointSizeF():g}pt"})
            self.axes[side].resizeEvent()  # pyqtgraph leaves another text where the one before it began

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        for side in self._labels if hasattr(self, "_written") else ():  # pyqtgraph's constructor comes by here, too
            self._write_label(side)

    def set_log(self, side: str, *, is_log: bool) -> None:
        """Show an axis's values, which are log10 then, as powers of ten."""
        if self.axes[side].is_log != is_log:
            self.axes[side].is_log = is_log
            self.axes[side].picture = None
            self.axes[side].update()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours and the typeface of a theme."""
        self._theme = theme
        self.setBackground(theme.plot)
        small = themes.font(themes.SMALL_POINTS)
        for side, axis in self.axes.items():
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.muted))
            axis.setTickPen(pg.mkPen(theme.grid))
            axis.setTickFont(small)
            axis.label.setFont(small)
            axis.setGrid(False)
            if side in self._labels:
                self._write_label(side)

    def set_range(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Show a range; an empty one is widened, one that is already shown costs nothing."""
        box = self.getPlotItem().getViewBox()
        (x0, x1), (y0, y1) = box.viewRange()
        x = (x0, x1) if x is None else widened(*x)
        y = (y0, y1) if y is None else widened(*y)
        if (x0, x1) != x or (y0, y1) != y:
            box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def keep_foot(self, height: float) -> None:
        """Keep so many pixels free under the axes, for what stands there."""
        left, top, right, bottom = _MARGINS
        self.plot_item.setContentsMargins(left, top, right, bottom + height)
        self.plot_item.layout.activate()  # now, and not when the picture has been painted
        self.plot_item.setGeometry(QRectF(self.rect()))  # a plot too low for the foot had become higher than its view

    @property
    def plot_item(self) -> Any:
        return self.getPlotItem()

    @property
    def box(self) -> Any:
        return self.getPlotItem().getViewBox()


def widened(low: float, high: float) -> tuple[float, float]:
    """A range that is not empty."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return (0.0, 1.0)
    if high - low > 1e-12 * max(1.0, abs(low), abs(high)):
        return (float(low), float(high))
    room = max(0.5, abs(low) * 0.05)
    return (float(low - room), float(high + room))


def nice_upper(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7, 10 times a power of ten: an end of an axis that need not move each frame."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 1.5, 2, 3, 5, 7, 10) if m * power >= value * (1 - 1e-12))


def thinned(x: Array, low: Array, high: Array, columns: int) -> tuple[Array, Array]:
    """Points that draw what (x, low..high) shows on `columns` pixels: each column's extremes, in order.

    x is (T,), low and high (T, K) for K lines. Gives x (N,) and y (N, K) with N at most about 2 * columns; a
    column that holds something that is no number is none itself.
    """
    count = len(x)
    if count <= 2 * columns:
        if low is high or np.array_equal(low, high, equal_nan=True):
            return x, low
        return np.repeat(x, 2), np.stack([low, high], axis=1).reshape(2 * count, -1)
    # whole columns of a width that only doubles: what was drawn once keeps its shape while the run goes on
    width = 1 << math.ceil(math.log2(count / (2 * columns)) + 1)
    edges = np.arange(0, count, width)
    bottom, top = np.minimum.reduceat(low, edges, axis=0), np.maximum.reduceat(high, edges, axis=0)
    return np.repeat(x[edges], 2), np.stack([bottom, top], axis=1).reshape(2 * len(edges), -1)


class Curves(QGraphicsItem):
    """Many polylines in one item, each with its pen: a few calls of Qt a frame, whatever the number of lanes.

    A line is painted thin where painting it wide would take more than its share of about a millisecond a frame: one
    that shakes takes no width from those that do not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[Any, QPen]] = []
        self._travel: list[tuple[Array, Array]] = []  # how far each line goes from point to point, along x and y
        #: which lines were painted wide at last, in order
        self.wide: list[bool] = []
        self._bounds = QRectF()

    def set_lines(self, lines: Sequence[tuple[Array, Array, QPen]]) -> None:
        """Draw (x, y) of each line; parts that are not numbers end a line there."""
        self.prepareGeometryChange()
        self._lines, self._travel, self._bounds = [], [], QRectF()
        for x, y, pen in lines:
            fine = np.isfinite(x) & np.isfinite(y)
            end = len(fine) if fine.all() else int(np.argmin(fine))
            if end:
                x, y = np.clip(x[:end], -LIMIT, LIMIT), np.clip(y[:end], -LIMIT, LIMIT)
                polygon = pg.functions.arrayToQPolygonF(x, y)
                self._lines.append((polygon, pen))
                self._travel.append((np.abs(np.diff(x)), np.abs(np.diff(y))))
                self._bounds = self._bounds.united(_with_room(x, y))
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        # An exception in here would be a segmentation fault; nothing below can raise on the values set_lines leaves.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._choose_widths(painter)
        for (polygon, pen), wide in zip(self._lines, self.wide, strict=True):
            draw_polyline(painter, polygon, pen, wide=wide)

    def _choose_widths(self, painter: QPainter) -> None:
        """Thin or wide, by the pixels to be painted; not to and fro at every change of the thinning."""
        scale, device = painter.worldTransform(), painter.device()
        across, ratio = device.width() + device.height(), device.devicePixelRatio()
        before = self.wide if len(self.wide) == len(self._lines) else [True] * len(self._lines)
        counts = [passes(pen, ratio) for _, pen in self._lines]
        share = AFFORDABLE / max(1, sum(count > 1 for count in counts))
        self.wide = []
        for count, (dx, dy), was_wide in zip(counts, self._travel, before, strict=True):
            # what lies outside of the picture is not painted
            along = float(np.minimum(dx * abs(scale.m11()) + dy * abs(scale.m22()), across).sum())
            self.wide.append(ratio * count * along < share * (1.0 if was_wide else 0.4))


class Bands(QGraphicsItem):
    """Areas between a lower and an upper line, each in its colour, faint."""

    def __init__(self) -> None:
        super().__init__()
        self._bands: list[tuple[Any, QColor]] = []
        self._bounds = QRectF()
        self.setZValue(-5)

    def set_bands(self, bands: Sequence[tuple[Array, Array, Array, str]], opacity: float = 0.22) -> None:
        """Fill between low and high over x, for each (x, low, high, colour); parts that are no numbers are left out."""
        self.prepareGeometryChange()
        self._bands, self._bounds = [], QRectF()
        for x, low, high, name in bands:
            fine = np.isfinite(x) & np.isfinite(low) & np.isfinite(high)
            if fine.sum() < 2:
                continue
            xs = np.concatenate([x[fine], x[fine][::-1]])
            ys = np.clip(np.concatenate([low[fine], high[fine][::-1]]), -LIMIT, LIMIT)
            color = QColor(name)
            color.setAlphaF(opacity)
            self._bands.append((pg.functions.arrayToQPolygonF(xs, ys), color))
            self._bounds = self._bounds.united(_with_room(xs, ys))
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon, color in self._bands:
            painter.setBrush(color)
            painter.drawPolygon(polygon)


def _with_room(x: Array, y: Array) -> QRectF:
    """The rectangle around a line, never empty, with room for the pen."""
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    dx, dy = 0.02 * (right - left) + 1e-9, 0.02 * (top - bottom) + 1e-9
    return QRectF(left - dx, bottom - dy, right - left + 2 * dx, top - bottom + 2 * dy)


def pen(color: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen that keeps its width in pixels whatever the scale of the plot."""
    made = QPen(QColor(color), width, style)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


class Marks(QGraphicsItem):
    """A symbol at each of a few points: where the lanes stand."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: list[tuple[QPointF, QBrush, Any, float]] = []
        self._pen = QPen()
        self._bounds = QRectF()
        self.setZValue(30)

    def set_marks(
        self, points: Array, colors: Sequence[str], symbols: Sequence[str], outline: str, size: float = 10
    ) -> None:
        """Put symbols, `size` pixels wide, at points (K, 2); those that are no numbers are left out."""
        self.prepareGeometryChange()
        keep = np.isfinite(points).all(axis=1) & (np.abs(points) < LIMIT).all(axis=1)
        rows = [int(i) for i in np.flatnonzero(keep)]
        self._marks = [
            (
                QPointF(points[i, 0], points[i, 1]),
                QBrush(QColor(colors[i])),
                Symbols[symbols[i]],
                size * _ENLARGED.get(symbols[i], 1.0),
            )
            for i in rows
        ]
        self._pen = QPen(QColor(outline), 0.12)  # in units of the symbol
        self._bounds = _with_room(points[rows, 0], points[rows, 1]) if rows else QRectF()
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        for point, brush, path, size in self._marks:
            painter.save()
            to_pixels(painter, point)
            painter.scale(size, size)
            painter.setBrush(brush)
            painter.drawPath(path)
            painter.restore()


def to_pixels(painter: QPainter, point: QPointF) -> None:
    """Move the origin to a point of the plot and count in pixels from there, y downwards."""
    scale = painter.worldTransform()
    painter.translate(point)
    painter.scale(1.0 / (scale.m11() or 1.0), 1.0 / (scale.m22() or 1.0))
