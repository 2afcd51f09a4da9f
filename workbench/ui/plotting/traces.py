"""Paths over a landscape: what is past strong, its age by fading, what is still to come pale, a dot a step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPaintEngine, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.race.thinning import first_numbers
from workbench.ui.plotting.curves import pen, with_room
from workbench.ui.plotting.strokes import AFFORDABLE, draw_polyline, fineness, for_picture, ring
from workbench.ui.style.colors import mixed
from workbench.ui.style.theme import Theme

Points = NDArray[Any]
_WIDTH, _HALO = 2.0, 1.2  # pixels of a path, and of its halo on either side
_DOT = 4.0
_AGES = 5  # parts of a path that are faded each by itself
_OLDEST, _FUTURE = 0.65, 0.3  # of a path's own colour, the rest being the ground's
_PASSES = 14  # thin lines that a path and its halo are made of


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A run's way: `past` (K, 2) ends where it stands, `future` (M, 2) begins there, `dots` (N, 2) are steps."""

    past: Points
    future: Points
    dots: Points
    color: str


class Traces(QGraphicsItem):
    """Paths with a halo, so that they are read on any ground and where they cross each other.

    Those that shake too much for it are painted thin, without a halo: all together take some milliseconds a frame.
    """

    def __init__(self) -> None:
        super().__init__()
        self._traces: list[tuple[Trace, list[tuple[Any, QPen]], Any, Any, QPen]] = []
        self._length: list[tuple[Points, Points]] = []
        self._halo, self._ground = QPen(), ""
        self._bounds, self._has_halo = QRectF(), True

    def set_traces(self, traces: Sequence[Trace], theme: Theme, *, halo: bool = True) -> None:
        """Draw these paths, the later ones over those before."""
        self._has_halo = halo
        self.prepareGeometryChange()
        self._traces, self._length, self._bounds = [], [], QRectF()
        self._ground, self._halo = theme.plot, pen(theme.plot, _WIDTH + 2 * _HALO)
        for trace in traces:
            past, ahead_of = _numbers(trace.past), _numbers(trace.future)
            if not len(past) and not len(ahead_of):
                continue
            parts = [
                (polygon_of(part), pen(mixed(trace.color, theme.plot, share), _WIDTH)) for part, share in _aged(past)
            ]
            future = polygon_of(ahead_of)
            ahead = pen(mixed(trace.color, theme.plot, _FUTURE), 1.4)
            self._traces.append((trace, parts, polygon_of(past), future, ahead))
            self._length.append((np.abs(np.diff(past[:, 0])), np.abs(np.diff(past[:, 1]))))
            for points in (past, ahead_of):
                if len(points):
                    self._bounds = self._bounds.united(with_room(points[:, 0], points[:, 1]))
        self.update()

    @property
    def traces(self) -> list[Trace]:
        """What is drawn."""
        return [trace for trace, *_ in self._traces]

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for _, _, _, future, ahead in self._traces:
            if future.size():
                draw_polyline(painter, future, ahead, wide=False)
        for (trace, parts, whole, _, _), wide in zip(self._traces, self._widths(painter), strict=True):
            if wide and self._has_halo:
                self._draw_halo(painter, whole)
            for polygon, stroke in parts:
                draw_polyline(painter, polygon, stroke, wide=wide)
            if wide and len(trace.dots):
                self._draw_dots(painter, trace)

    def _draw_halo(self, painter: QPainter, whole: Any) -> None:
        engine, ratio, finer = painter.paintEngine(), painter.device().devicePixelRatio(), fineness(painter)
        painter.setPen(for_picture(self._halo, finer * ratio) if finer > 1.0 else self._halo)
        if engine is None or engine.type() != QPaintEngine.Type.Raster or finer > 1.0:
            painter.drawPolyline(whole)
            return
        thin = QPen(self._halo)
        thin.setWidthF(1.0)
        painter.setPen(thin)
        base = painter.worldTransform()
        for dx, dy in ring(_WIDTH / 2 + _HALO / 2):
            painter.setWorldTransform(base * QTransform.fromTranslate(dx, dy))
            painter.drawPolyline(whole)
        if ratio > 1.0:  # between the thin lines of an enlarged picture there would be gaps
            painter.setWorldTransform(base)
            painter.setPen(self._halo)
            painter.drawPolyline(whole)
        painter.setWorldTransform(base)

    def _draw_dots(self, painter: QPainter, trace: Trace) -> None:
        """Dots of pixels: a round pen under the plot's transformation would give ellipses."""
        world = painter.worldTransform()
        points = polygon_of(trace.dots)
        painter.save()
        painter.setWorldTransform(QTransform())
        for color, size in ((self._ground, _DOT + 1.6), (trace.color, _DOT)):
            dot = QPen(QColor(color), size)
            dot.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(dot)
            painter.drawPoints(world.map(points))
        painter.restore()

    def _widths(self, painter: QPainter) -> list[bool]:
        """Which paths are wide, by the pixels to be painted."""
        scale, device = painter.worldTransform(), painter.device()
        across = device.width() + device.height()
        share = 3.0 * AFFORDABLE / max(1, len(self._traces))
        lengths = [
            float(np.minimum(dx * abs(scale.m11()) + dy * abs(scale.m22()), across).sum()) for dx, dy in self._length
        ]
        return [device.devicePixelRatio() * _PASSES * length < share for length in lengths]


def _numbers(points: Points) -> Points:
    """The first points in a row that are numbers."""
    begin, end = first_numbers(np.asarray(np.isfinite(points).all(axis=1)))
    return points[begin:end]


def polygon_of(points: Points) -> Any:
    """Points (K, 2) as Qt has them."""
    if not len(points):  # pyqtgraph fails at none
        return QPolygonF()
    return pg.functions.arrayToQPolygonF(points[:, 0], points[:, 1])


def _aged(past: Points) -> list[tuple[Points, float]]:
    """A path in parts, the oldest first, each with the share of its own colour that is left of it."""
    if not len(past):
        return []
    count = min(_AGES, max(1, len(past) - 1))
    edges = np.linspace(0, len(past) - 1, count + 1).astype(int)
    shares = np.linspace(_OLDEST, 1.0, count) if count > 1 else [1.0]
    return [(past[a : b + 1], float(share)) for a, b, share in zip(edges[:-1], edges[1:], shares, strict=True)]
