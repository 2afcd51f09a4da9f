"""Wide lines at the price of thin ones.

Qt paints a line of at most one pixel of the device straight away. A wider one it turns into an outline and fills that,
which takes a hundred times as long where a line goes up and down within a few pixels, as losses of batches do. Several
thin lines side by side, less than a pixel apart, look the same. In a picture that is finer than the screen, where it
would take too many of them, a line is outlined piece by piece: in all a twentieth of the time of the whole.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen, QTransform

#: Pixels of the device along thin lines that are painted in about a millisecond.
AFFORDABLE = 75_000.0
_TWO_THIN = 1.6  # pixels that two thin lines side by side are wide, at most
_PIECE = 16  # segments that are outlined at once: of longer pieces each takes longer


def draw_polyline(painter: QPainter, polygon: Any, pen: QPen, *, wide: bool = True) -> None:
    """Draw a polyline as wide as its cosmetic pen says, in pixels of the screen and not of the device.

    `wide` False draws it as thin as it goes. Pictures of vectors get the line itself.
    """
    engine, ratio, finer = painter.paintEngine(), painter.device().devicePixelRatio(), fineness(painter)
    if engine is None or engine.type() != QPaintEngine.Type.Raster:
        painter.setPen(pen)
        painter.drawPolyline(polygon)
        return
    if pen.color().alpha() < 255 or finer > 1.0:
        _draw_in_pieces(painter, polygon, for_picture(pen, finer * ratio) if finer > 1.0 else pen)
        return
    thin = QPen(pen)
    thin.setWidthF(1.0)
    painter.setPen(thin)
    width = pen.widthF() * ratio if wide else 1.0
    base = painter.worldTransform()
    for dx, dy in offsets(width):
        painter.setWorldTransform(base * QTransform.fromTranslate(dx / ratio, dy / ratio))
        painter.drawPolyline(polygon)
    painter.setWorldTransform(base)


def _draw_in_pieces(painter: QPainter, polygon: Any, pen: QPen) -> None:
    """Draw a line as wide as its pen says in pixels of the device, dashes and all, without outlining it as a whole."""
    if pen.widthF() <= 1.0 or polygon.size() <= _PIECE + 1:
        painter.setPen(pen)
        painter.drawPolyline(polygon)
        return
    points = pg.functions.ndarray_from_qpolygonf(polygon)
    piece = QPen(pen)
    if pen.style() == Qt.PenStyle.SolidLine:
        # a round end fills the bend between two pieces, where a pale line would be seen twice
        pale = pen.color().alpha() < 255
        piece.setCapStyle(Qt.PenCapStyle.FlatCap if pale else Qt.PenCapStyle.RoundCap)
    painter.setPen(piece)
    offsets = _lengths(points, painter.deviceTransform()) / pen.widthF()
    for first in range(0, len(points) - 1, _PIECE):
        if pen.style() != Qt.PenStyle.SolidLine:
            piece.setDashOffset(float(offsets[first]))
            painter.setPen(piece)
        part = points[first : first + _PIECE + 1]
        painter.drawPolyline(pg.functions.arrayToQPolygonF(part[:, 0], part[:, 1]))


def _lengths(points: NDArray[Any], to_device: QTransform) -> NDArray[Any]:
    """How far along a line its points (N, 2) lie, (N,), in pixels of the device."""
    across = points[:, 0] * to_device.m11() + points[:, 1] * to_device.m21()
    down = points[:, 0] * to_device.m12() + points[:, 1] * to_device.m22()
    return np.append(0.0, np.cumsum(np.hypot(np.diff(across), np.diff(down))))


def draw_path(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    """Draw a path of still lines, a little wider than a pixel at most, under a transformation to pixels."""
    engine, ratio, finer = painter.paintEngine(), painter.device().devicePixelRatio(), fineness(painter)
    if engine is None or engine.type() != QPaintEngine.Type.Raster or ratio * finer > 1.0 or pen.widthF() > _TWO_THIN:
        painter.setPen(for_picture(pen, finer * ratio) if finer > 1.0 else pen)
        painter.drawPath(path)
        return
    thin, base, beyond = QPen(pen), painter.worldTransform(), max(0.0, pen.widthF() - 1.0)
    thin.setWidthF(min(1.0, pen.widthF()))
    painter.setPen(thin)
    for shift in (-beyond / 2, beyond / 2) if beyond else (0.0,):
        painter.setWorldTransform(base * QTransform.fromTranslate(shift, shift))
        painter.drawPath(path)
    painter.setWorldTransform(base)


def fineness(painter: QPainter) -> float:
    """Pixels of what is painted on to one of the widget's own, along a side: other than 1 of pictures alone."""
    engine = painter.paintEngine()
    if engine is None or engine.type() != QPaintEngine.Type.Raster:
        return 1.0
    return engine.paintDevice().devicePixelRatioF() / painter.device().devicePixelRatioF()


def for_picture(pen: QPen, ratio: float) -> QPen:
    """A cosmetic pen, which counts pixels of the device, of which there are `ratio` to one of the screen."""
    made = QPen(pen)
    made.setWidthF((pen.widthF() or 1.0) * ratio)
    return made


def passes(pen: QPen, ratio: float) -> int:
    """The number of thin lines that one of this pen is made of; `ratio` pixels of the device are one of the screen."""
    return len(offsets(pen.widthF() * ratio)) if pen.color().alpha() == 255 else 1


@cache
def offsets(width: float) -> tuple[tuple[float, float], ...]:
    """Where thin lines stand, in pixels of the device, to fill one of this width: a square grid around its middle."""
    reach = (width - 1.0) / 2
    if reach <= 0:
        return ((0.0, 0.0),)
    count = math.ceil(2 * reach) + 1
    places = [reach * (2 * i / (count - 1) - 1) for i in range(count)]
    return tuple((x, y) for x in places for y in places)


@cache
def ring(radius: float) -> tuple[tuple[float, float], ...]:
    """Where thin lines stand to make a halo around a line: eight places around its middle."""
    return tuple((radius * math.cos(k * math.pi / 4), radius * math.sin(k * math.pi / 4)) for k in range(8))
