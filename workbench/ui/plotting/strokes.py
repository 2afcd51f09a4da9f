"""Wide lines at the price of thin ones.

Qt paints a line of at most one pixel of the device straight away. A wider one it turns into an outline and fills that,
which takes a hundred times as long where a line goes up and down within a few pixels, as losses of batches do. Several
thin lines side by side, less than a pixel apart, look the same.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPen, QTransform

#: Pixels of the device along thin lines that are painted in about a millisecond.
AFFORDABLE = 75_000.0
_TWO_THIN = 1.6  # pixels that two thin lines side by side are wide, at most


def draw_polyline(painter: QPainter, polygon: Any, pen: QPen, *, wide: bool = True) -> None:
    """Draw a polyline as wide as its cosmetic pen says, in pixels of the screen and not of the device.

    `wide` False draws it as thin as it goes. Pictures of vectors get the line itself.
    """
    engine, ratio = painter.paintEngine(), painter.device().devicePixelRatio()
    if engine is None or engine.type() != QPaintEngine.Type.Raster or pen.color().alpha() < 255:
        painter.setPen(pen)
        painter.drawPolyline(polygon)
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


def draw_path(painter: QPainter, path: QPainterPath, pen: QPen) -> None:
    """Draw a path of still lines, a little wider than a pixel at most, under a transformation to pixels."""
    engine, ratio = painter.paintEngine(), painter.device().devicePixelRatio()
    if engine is None or engine.type() != QPaintEngine.Type.Raster or ratio > 1.0 or pen.widthF() > _TWO_THIN:
        painter.setPen(pen)
        painter.drawPath(path)
        return
    thin, base, beyond = QPen(pen), painter.worldTransform(), max(0.0, pen.widthF() - 1.0)
    thin.setWidthF(min(1.0, pen.widthF()))
    painter.setPen(thin)
    for shift in (-beyond / 2, beyond / 2) if beyond else (0.0,):
        painter.setWorldTransform(base * QTransform.fromTranslate(shift, shift))
        painter.drawPath(path)
    painter.setWorldTransform(base)


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
