"""One map: cells over two axes, strips and colours beside it, and what the mouse does there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QGraphicsRectItem, QLabel, QVBoxLayout, QWidget

from workbench.studies.map_picture import MapAxis, MapPicture, Theory
from workbench.ui.plotting.cell_map import CellBorders, CellMap, CellStrip, ValueBar
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.marks import Marks
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.map import shades
from workbench.ui.views.map.borders import borders
from workbench.ui.views.shared.readout import Readout

#: pixels that a drag must go to be a rectangle and no click
_DRAGGED = 6


class MapPane(QWidget):
    """A plot of cells: a click names a cell, a rectangle a part to fly into."""

    #: (row, column): a cell was clicked; hovered over; (four shares of the axes) a part is wanted; back is wanted
    clicked = Signal(int, int)
    hovered = Signal(int, int)
    flown = Signal(float, float, float, float)
    back = Signal()

    def __init__(self, parent: QWidget, read: Callable[[MapPicture, int, int], str]) -> None:
        super().__init__(parent)
        self.picture: MapPicture | None = None
        self._say = read
        self.plot = _MapPlot(self)
        self.cells, self.borders, self.lines, self.best = CellMap(), CellBorders(), Curves(), Marks()
        self.lines.setZValue(5)
        for item in (self.cells, self.borders, self.lines, self.best):
            self.plot.box.addItem(item, ignoreBounds=True)
        self.band = QGraphicsRectItem()
        self.band.setZValue(20)
        self.band.hide()
        self.plot.box.addItem(self.band, ignoreBounds=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.along, self.up = CellStrip(self.plot, upright=False), CellStrip(self.plot, upright=True)
        self.along.setToolTip(self.tr("The best of each column: over all values of the vertical setting"))
        self.up.setToolTip(self.tr("The best of each row: over all values of the horizontal setting"))
        self.bar = ValueBar(self.plot)
        self.readout = Readout(self.plot, self._read)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.title = QLabel(self)
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.hide()
        layout.addWidget(self.title)
        layout.addWidget(self.plot, 1)

    def name(self, text: str) -> None:
        """Say whose map it is; nothing where there is one alone."""
        self.title.setText(text)
        self.title.setVisible(bool(text))

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.plot.set_theme(theme)
        self.readout.set_theme(theme)
        self.band.setPen(pen(theme.text, 1.5))
        tint = QColor(theme.accent)
        tint.setAlphaF(0.25)
        self.band.setBrush(tint)

    def show_picture(
        self,
        picture: MapPicture,
        scale: shades.Shades,
        theme: themes.Theme,
        *,
        strips: bool,
        contours: bool,
        bar: str,
    ) -> None:
        """Show what is known of a map on a scale; `bar` is the word over the colour bar, empty for none."""
        self.picture = picture
        x, y = picture.request.x, picture.request.y
        self.cells.set_cells(shades.colors(picture, scale, theme), _rect(x, y), theme)
        self._show_borders(borders(picture, scale) if contours else np.empty((0, 2)))
        for side, axis in (("bottom", x), ("left", y)):
            self.plot.set_log(side, is_log=axis.log)
            self.plot.set_label(side, axis.title)
        self.plot.set_range(_ends(x), _ends(y))
        self.along.set_cells(shades.strip(picture, scale, theme, 0) if strips else None, theme)
        self.up.set_cells(shades.strip(picture, scale, theme, 1) if strips else None, theme)
        self.bar.show_levels(scale.levels if bar else None, theme, bar)
        self.readout.refresh()

    def _show_borders(self, ends: Any) -> None:
        """Draw lines whose ends (2 K, 2) are in cells."""
        assert self.picture is not None  # noqa: S101 - for the type checker: they are of its cells
        rect, side = _rect(self.picture.request.x, self.picture.request.y), self.picture.side
        scale = np.array([rect.width() / side, rect.height() / side])
        self.borders.set_lines(np.array([rect.left(), rect.top()]) + ends * scale, rect)

    def show_theory(self, theory: Theory | None, theme: themes.Theme) -> None:
        """Draw what theory says over the map."""
        picture = self.picture
        if theory is None or picture is None:
            self.lines.set_lines([])
            self.best.set_marks(np.empty((0, 2)), [], [], theme.plot, 11)
            return
        x, y = picture.request.x, picture.request.y
        lines = []
        for line in theory.lines:
            inside = (line.x >= x.low) & (line.x <= x.high) & (line.y >= y.low) & (line.y <= y.high)
            style = Qt.PenStyle.SolidLine if line.name == "limit" else Qt.PenStyle.DashLine
            for part in _runs(inside):
                points = place(x, line.x[part]), place(y, line.y[part])
                lines.append((*points, pen("#ffffff", 3.0)))
                lines.append((*points, pen("#000000", 1.5, style)))
        self.lines.set_lines(lines)
        shown = theory.best
        if shown is not None and not (x.low <= shown[0] <= x.high and y.low <= shown[1] <= y.high):
            shown = None
        spot = [] if shown is None else [[float(place(x, shown[0])), float(place(y, shown[1]))]]
        spots = np.array(spot).reshape(-1, 2)
        self.best.set_marks(spots, ["#000000"] * len(spots), ["star"] * len(spots), "#ffffff", 14)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The cell under a point of the scene."""
        if self.picture is None or not self.plot.box.sceneBoundingRect().contains(point):
            return None
        at = self.plot.box.mapSceneToView(point)
        x, y = self.picture.request.x, self.picture.request.y
        return self.picture.cell(_value(x, at.x()), _value(y, at.y()))

    def shares(self, begin: QPointF, end: QPointF) -> tuple[float, float, float, float]:
        """The part of both axes between two points of the scene: from and to along x, then along y."""
        (x0, x1), (y0, y1) = self.plot.box.viewRange()
        a, b = self.plot.box.mapSceneToView(begin), self.plot.box.mapSceneToView(end)
        xs = sorted(min(1.0, max(0.0, (p.x() - x0) / (x1 - x0))) for p in (a, b))
        ys = sorted(min(1.0, max(0.0, (p.y() - y0) / (y1 - y0))) for p in (a, b))
        return xs[0], xs[1], ys[0], ys[1]

    def show_band(self, begin: QPointF | None, end: QPointF | None) -> None:
        """Show the rectangle between two points of the scene, or none."""
        if begin is None or end is None:
            self.band.hide()
            return
        a, b = self.plot.box.mapSceneToView(begin), self.plot.box.mapSceneToView(end)
        self.band.setRect(QRectF(QPointF(a.x(), a.y()), QPointF(b.x(), b.y())).normalized())
        self.band.show()

    def _read(self, x: float, y: float) -> str:
        if self.picture is None:
            return ""
        cell = self.picture.cell(_value(self.picture.request.x, x), _value(self.picture.request.y, y))
        if cell is None:
            return ""
        self.hovered.emit(*cell)
        return self._say(self.picture, *cell)


class _MapPlot(Plot):
    """Hands what the mouse does to its pane."""

    def __init__(self, pane: MapPane) -> None:
        super().__init__(pane)
        self._pane = pane
        self._begin: QPointF | None = None

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin = self.mapToScene(event.position().toPoint())
            self.setFocus()
        elif event.button() in (Qt.MouseButton.BackButton, Qt.MouseButton.RightButton):
            self._pane.back.emit()
        event.accept()

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        point = self.mapToScene(event.position().toPoint())
        if self._begin is not None and _far(self._begin, point):
            self._pane.show_band(self._begin, point)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        begin, self._begin = self._begin, None
        self._pane.show_band(None, None)
        event.accept()
        if begin is None or event.button() != Qt.MouseButton.LeftButton:
            return
        end = self.mapToScene(event.position().toPoint())
        if not _far(begin, end):
            cell = self._pane.cell_at(end)
            if cell is not None:
                self._pane.clicked.emit(*cell)
            return
        x0, x1, y0, y1 = self._pane.shares(begin, end)
        if x1 > x0 and y1 > y0:
            self._pane.flown.emit(x0, x1, y0, y1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self._begin is not None:
            self._begin = None
            self._pane.show_band(None, None)
        elif event.key() == Qt.Key.Key_Backspace:
            self._pane.back.emit()
        else:
            event.ignore()

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        event.ignore()


def place(axis: MapAxis, value: Any) -> Any:
    """Where a value stands on the plot: log10 of it on a logarithmic axis."""
    return np.log10(value) if axis.log else np.asarray(value)


def _value(axis: MapAxis, at: float) -> float:
    return float(10.0**at) if axis.log and at < 300 else at


def _ends(axis: MapAxis) -> tuple[float, float]:
    return float(place(axis, axis.low)), float(place(axis, axis.high))


def _rect(x: MapAxis, y: MapAxis) -> QRectF:
    (x0, x1), (y0, y1) = _ends(x), _ends(y)
    return QRectF(x0, y0, x1 - x0, y1 - y0)


def _far(a: QPointF, b: QPointF) -> bool:
    return math.hypot(a.x() - b.x(), a.y() - b.y()) >= _DRAGGED


def _runs(inside: Any) -> list[slice]:
    """The stretches in which something holds, with a point more at each end where there is one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    return [slice(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True) if b - a > 1]
