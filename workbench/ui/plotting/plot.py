"""A plot in the program's look, and the ranges that a view may set on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGraphicsGridLayout, QSizePolicy, QWidget

from workbench.ui.plotting.axes import ValueAxis
from workbench.ui.style import theme as themes

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True, background=None)

_MARGINS = (2, 6, 8, 2)  # pixels around axes and curves
_PLACES = {"left": (1, 0), "bottom": (2, 1)}  # of the axes: row and column
_BOX, _ABOVE, _RIGHT, _BESIDE = (1, 1), (0, 1), (1, 2), (1, 3)
_ROWS, _COLUMNS = (1, 100, 1), (1, 100, 1, 1)  # how they share what is left: what is drawn takes it
_FOOT = 36  # pixels of a plot's height that are not its left axis


class _Pane(pg.GraphicsWidget):
    """A view box with an axis at its left and one below it, and room at its right for what a plot puts there.

    pyqtgraph's own `PlotItem` has two axes more, a title, and a menu with all its controls, seen or not: three quarters
    of the 10 ms that it takes to make one.
    """

    def __init__(self, axes: Mapping[str, ValueAxis]) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.layout = QGraphicsGridLayout(self)
        self.layout.setContentsMargins(*_MARGINS)
        self.layout.setSpacing(0.0)
        self.box = pg.ViewBox(parent=self, enableMenu=False)
        self.layout.addItem(self.box, *_BOX)
        for side, axis in axes.items():
            axis.linkToView(self.box)
            axis.setZValue(0.5)  # above pictures
            axis.setFlag(axis.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
            self.layout.addItem(axis, *_PLACES[side])
        for row, stretch in enumerate(_ROWS):
            self.layout.setRowStretchFactor(row, stretch)
        for column, stretch in enumerate(_COLUMNS):
            self.layout.setColumnStretchFactor(column, stretch)

    def put_beside(self, item: Any) -> None:
        """Give an item the room at the right of the view box."""
        self.layout.addItem(item, *_BESIDE)

    def put_along(self, item: Any, *, upright: bool) -> None:
        """Give an item the edge of the view box: the right one where it is `upright`, else the upper one."""
        self.layout.addItem(item, *(_RIGHT if upright else _ABOVE))


class Plot(pg.GraphicsView):
    """A plot in the program's look, whose ranges are set by its view and not guessed while a race runs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._labels: dict[str, str] = {}
        self._has_grid = False
        super().__init__(parent, background=None)
        self.axes: dict[str, ValueAxis] = {side: ValueAxis(orientation=side) for side in _PLACES}
        self.plot_item = _Pane(self.axes)
        self.enableMouse(False)
        self.setCentralItem(self.plot_item)
        self.box.disableAutoRange()
        self.box.setDefaultPadding(0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFrameShape(pg.GraphicsView.Shape.NoFrame)
        # Each frame changes most of a plot: keeping account of the changed parts costs more than it saves.
        self.setViewportUpdateMode(pg.GraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setMinimumSize(120, 90)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # it has no keys of its own that Tab should lead to
        self._written: dict[str, tuple[str, float, str]] = {}
        self._theme = themes.LIGHT
        for axis in self.axes.values():
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

    def show_grid(self) -> None:
        """Draw faint lines at the numbers of both axes, behind what the plot shows."""
        self._has_grid = True
        self.box.setZValue(0.0)
        for axis in self.axes.values():
            axis.setGrid(255)
            axis.setZValue(-1.0)
            axis.setStyle(tickAlpha=255)

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
            axis.setGrid(255 if self._has_grid else False)
            if side in self._labels:
                self._write_label(side)

    def set_range(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Show a range; an empty one is widened, one that is already shown costs nothing."""
        box = self.box
        (x0, x1), (y0, y1) = box.viewRange()
        x = (x0, x1) if x is None else widened(*x)
        y = (y0, y1) if y is None else widened(*y)
        if (x0, x1) != x or (y0, y1) != y:
            box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def set_equal(self, *, equal: bool) -> None:
        """Give a unit of both axes the same length, or no longer."""
        if bool(self.box.state["aspectLocked"]) != equal:
            self.box.setAspectLocked(equal)
            # an axis that gives back the room of its longest number widens the box, which at equal scales changes the
            # range and with it the numbers: the plot would go to and fro for ever
            self.axes["left"].setStyle(autoReduceTextSpace=not equal)

    def keep_foot(self, height: float) -> None:
        """Keep so many pixels free under the axes, for what stands there."""
        left, top, right, bottom = _MARGINS
        self.plot_item.layout.setContentsMargins(left, top, right, bottom + height)
        self.plot_item.layout.activate()  # now, and not when the picture has been painted
        self.plot_item.setGeometry(QRectF(self.rect()))  # a plot too low for the foot had become higher than its view

    @property
    def box(self) -> Any:
        return self.plot_item.box

    def show_axis(self, side: str, *, shown: bool) -> None:
        """Show an axis, or leave its room to what is drawn."""
        axis = self.axes[side]
        (axis.show if shown else axis.hide)()  # pyqtgraph's own, which also give the room back


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
