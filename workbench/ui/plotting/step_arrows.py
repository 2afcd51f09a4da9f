"""Arrows of one step in a plot, and the sizes that it is measured by, drawn in pixels whatever the axes' scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.engine.race.thinning import LIMIT
from workbench.ui.plotting.curves import with_room
from workbench.ui.style import theme as themes

_HEAD, _WING = 9.0, 0.42  # pixels of a head, and half its width in lengths of it
_SHORTEST = 3.0  # pixels: of a shorter arrow there is only its mark
_PALE, _LIT = 0.28, 2.2  # what is left of an arrow beside a lit one; pixels that a lit one is wider

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from `start` to `end` in the plot's units, with what stands at its head.

    Attributes:
        names: the quantities that it stands for: it is lit with any of them.
        width: pixels.
        share: of its colour, what is left of it over the ground: a broad one has others on it.
    """

    start: Point
    end: Point
    color: str
    label: str = ""
    names: tuple[str, ...] = ()
    width: float = 2.0
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a quantity is along both axes, as an ellipse around a point, in the plot's units."""

    middle: Point
    half: Point
    color: str
    label: str = ""
    names: tuple[str, ...] = ()


class StepArrows(QGraphicsItem):
    """Arrows and ellipses of a step, and a ring, its ghost, where the point stands behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.arrows: tuple[Arrow, ...] = ()
        self.extents: tuple[Extent, ...] = ()
        self.ghosts: tuple[tuple[Point, str], ...] = ()
        self.lit = ""
        self._theme = themes.LIGHT
        self._bounds = QRectF()
        self.setZValue(40)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_step(
        self,
        arrows: Sequence[Arrow],
        extents: Sequence[Extent],
        ghosts: Sequence[tuple[Point, str]],
        theme: themes.Theme,
    ) -> None:
        """Show these; what is not finite, or far beyond any plot, is left out. A ghost is a place with a colour."""
        self.prepareGeometryChange()
        self.arrows = tuple(arrow for arrow in arrows if _drawable(*arrow.start, *arrow.end))
        self.extents = tuple(each for each in extents if _drawable(*each.middle, *each.half))
        self.ghosts = tuple(ghost for ghost in ghosts if _drawable(*ghost[0]))
        self._theme = theme
        points = [arrow.start for arrow in self.arrows] + [arrow.end for arrow in self.arrows]
        for each in self.extents:
            (x, y), (a, b) = each.middle, each.half
            points += [(x - a, y - b), (x + a, y + b)]
        points += [place for place, _ in self.ghosts]
        if points:
            xs, ys = np.array(points).T
            self._bounds = with_room(xs, ys)
        else:
            self._bounds = QRectF()
        self.update()

    def light(self, name: str) -> None:
        """Bring out what stands for a quantity; an empty name, or one that nothing stands for, brings out none."""
        if name != self.lit:
            self.lit = name
            self.update()

    @property
    def lit_ones(self) -> list[Arrow | Extent]:
        """What is brought out now."""
        every: tuple[Arrow | Extent, ...] = (*self.arrows, *self.extents)
        return [each for each in every if self.lit and self.lit in each.names]

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        world = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS, bold=True))
        lit = self.lit_ones
        for each in self.extents:
            self._paint_extent(painter, world, each, pale=bool(lit) and each not in lit, wide=each in lit)
        for place, color in self.ghosts:
            self._paint_ghost(painter, world.map(QPointF(*place)), color)
        for arrow in self.arrows:
            self._paint_arrow(painter, world, arrow, pale=bool(lit) and arrow not in lit, wide=arrow in lit)
        taken: list[QRectF] = []
        every: tuple[Arrow | Extent, ...] = (*self.arrows, *self.extents)
        for mark in (*lit, *(mark for mark in every if mark not in lit)):
            self._write(painter, world, mark, taken, pale=bool(lit) and mark not in lit)
        painter.restore()

    def _paint_arrow(self, painter: QPainter, world: QTransform, arrow: Arrow, *, pale: bool, wide: bool) -> None:
        start, end = world.map(QPointF(*arrow.start)), world.map(QPointF(*arrow.end))
        way = QPointF(end - start)
        length = math.hypot(way.x(), way.y())
        if length < _SHORTEST:
            return
        width = arrow.width + (_LIT if wide else 0.0)
        color, halo = QColor(arrow.color), QColor(self._theme.plot)
        for shade in (color, halo):
            shade.setAlphaF(_PALE if pale else 1.0 if wide else arrow.share)
        u = QPointF(way.x() / length, way.y() / length)
        head = min(_HEAD + width, 0.6 * length)
        neck = QPointF(end.x() - 0.8 * head * u.x(), end.y() - 0.8 * head * u.y())
        if not pale:
            painter.setPen(QPen(halo, width + 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(start, neck)
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(start, neck)
        side = QPointF(-u.y() * _WING * head, u.x() * _WING * head)
        back = QPointF(end.x() - head * u.x(), end.y() - head * u.y())
        painter.setPen(QPen(halo, 1.0))
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([end, back + side, neck, back - side]))

    def _paint_extent(self, painter: QPainter, world: QTransform, each: Extent, *, pale: bool, wide: bool) -> None:
        middle = world.map(QPointF(*each.middle))
        a, b = abs(world.m11()) * each.half[0], abs(world.m22()) * each.half[1]
        color = QColor(each.color)
        color.setAlphaF(_PALE if pale else 1.0)
        fill = QColor(color)
        fill.setAlphaF(0.05 if pale else 0.10)
        painter.setPen(QPen(color, 1.4 + (_LIT if wide else 0.0), Qt.PenStyle.DashLine))
        painter.setBrush(fill)
        painter.drawEllipse(middle, a, b)

    def _paint_ghost(self, painter: QPainter, at: QPointF, color: str) -> None:
        shade = QColor(color)
        fill = QColor(color)
        fill.setAlphaF(0.25)
        painter.setPen(QPen(QColor(self._theme.plot), 3.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 6.0, 6.0)
        painter.setPen(QPen(shade, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(fill)
        painter.drawEllipse(at, 6.0, 6.0)

    def _write(
        self, painter: QPainter, world: QTransform, each: Arrow | Extent, taken: list[QRectF], *, pale: bool
    ) -> None:
        """The label beyond a head, or the top of an ellipse; where others stand it gives way or is left out."""
        if not each.label or pale:
            return
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(each.label) + 4.0, float(metrics.height())
        if isinstance(each, Arrow):
            start, end = world.map(QPointF(*each.start)), world.map(QPointF(*each.end))
            way = QPointF(end - start)
            length = math.hypot(way.x(), way.y())
            if length < _SHORTEST:
                return
            out = QPointF(way.x() / length, way.y() / length)
        else:
            end = world.map(QPointF(each.middle[0], each.middle[1] + each.half[1]))
            out = QPointF(0.0, -1.0)
        for reach in (0.62, 1.25, 1.9):
            middle = QPointF(end.x() + out.x() * (reach * width / 1.4 + 4), end.y() + out.y() * (reach * height + 2))
            box = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
            if not any(box.intersects(other) for other in taken):
                break
        else:
            return
        taken.append(box)
        path = QPainterPath()
        path.addText(QPointF(box.left() + 2.0, box.top() + metrics.ascent()), painter.font(), each.label)
        painter.strokePath(path, QPen(QColor(self._theme.plot), 3.0))
        painter.fillPath(path, QColor(each.color))


def _drawable(*numbers: float) -> bool:
    return all(math.isfinite(number) and abs(number) < LIMIT for number in numbers)
