"""Lines and bands over a plot: thinned to the pixels, cut where they stop being numbers, painted in one item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.race.thinning import LIMIT, first_numbers
from workbench.ui.plotting.strokes import AFFORDABLE, draw_polyline, passes

Array = NDArray[Any]

#: x and y of the points of a polyline, and the pen that draws it
Line = tuple[Array, Array, QPen]


@lru_cache(maxsize=1024)
def pen(color: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen that keeps its width in pixels whatever the scale of the plot. All share it: who changes it, copies it."""
    made = QPen(QColor(color), width, style)
    made.setCosmetic(True)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return made


class Curves(QGraphicsItem):
    """Many polylines in one item, each with its pen: a few calls of Qt a frame, whatever the number of lanes.

    A line is painted thin where painting it wide would take more than its share of about a millisecond a frame: one
    that shakes takes no width from those that do not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[Any, QPen]] = []
        self._travel: list[tuple[Array, Array] | None] = []  # how far from point to point, of lines painted wide at all
        self._points: list[tuple[int, tuple[Array, Array]]] = []  # each line's place among those given, and its points
        #: the lines as they were last given
        self.given: tuple[Line, ...] = ()
        #: which lines were painted wide at last, in order
        self.wide: list[bool] = []
        self._bounds = QRectF()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Draw (x, y) of each line, from its first number on; what is no number ends it there."""
        self.prepareGeometryChange()
        self.given = tuple(lines)
        self._lines, self._travel, self._points, self._bounds = [], [], [], QRectF()
        shown = [(place, *line) for place, line in enumerate(lines) if len(line[0])]
        if shown:  # all at once: a network of thirty layers has sixty lines
            xs, ys = (np.concatenate([line[axis] for line in shown]) for axis in (1, 2))
            fine = np.isfinite(xs) & np.isfinite(ys)
            whole = bool(fine.all())
            xs, ys = np.clip(xs, -LIMIT, LIMIT), np.clip(ys, -LIMIT, LIMIT)
            at = 0
            for place, x, _, pen in shown:
                first, at = at, at + len(x)
                begin, end = (0, len(x)) if whole else first_numbers(fine[first:at])
                if end > begin:
                    points = xs[first + begin : first + end], ys[first + begin : first + end]
                    self._lines.append((pg.functions.arrayToQPolygonF(*points), pen))
                    self._points.append((place, points))
            self._travel = [None] * len(self._lines)
            if self._points:
                if not whole:
                    xs, ys = (np.concatenate([points[axis] for _, points in self._points]) for axis in (0, 1))
                self._bounds = with_room(xs, ys)
        self.update()

    def nearest(self, x: float, y: float, pixel: tuple[float, float], within: float = 8.0) -> int | None:
        """The place among the lines last set of the one nearest to a point, None where none is `within` pixels of it.

        `pixel` is the size of a pixel along x and y. Of lines equally near it is the one drawn last, which is seen.
        """
        found, least = None, within
        for place, (xs, ys) in self._points:
            dx, dy = (xs - x) / pixel[0], (ys - y) / pixel[1]
            apart = float(np.hypot(dx, dy).min())
            if len(dx) > 1:
                along_x, along_y = np.diff(dx), np.diff(dy)
                squares = np.maximum(along_x * along_x + along_y * along_y, 1e-300)
                share = np.clip(-(dx[:-1] * along_x + dy[:-1] * along_y) / squares, 0.0, 1.0)
                apart = float(np.hypot(dx[:-1] + share * along_x, dy[:-1] + share * along_y).min())
            if apart <= least:
                found, least = place, apart
        return found

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
        for i, (count, was_wide) in enumerate(zip(counts, before, strict=True)):
            if count == 1:
                self.wide.append(True)
                continue
            travel = self._travel[i]
            if travel is None:
                x, y = self._points[i][1]
                travel = self._travel[i] = np.abs(np.diff(x)), np.abs(np.diff(y))
            dx, dy = travel
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
            self._bounds = self._bounds.united(with_room(xs, ys))
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon, color in self._bands:
            painter.setBrush(color)
            painter.drawPolygon(polygon)


def with_room(x: Array, y: Array) -> QRectF:
    """The rectangle around a line, never empty, with room for the pen."""
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    dx, dy = 0.02 * (right - left) + 1e-9, 0.02 * (top - bottom) + 1e-9
    return QRectF(left - dx, bottom - dy, right - left + 2 * dx, top - bottom + 2 * dy)
