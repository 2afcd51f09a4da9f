"""The frame of a block in space: its far walls with lines at round heights, and numbers along its near edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.space import TALL, Sight
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

_TICK = 5.0  # pixels
_GAP = 3.0
_APART = 6.0  # pixels between two numbers side by side
_LEVEL = 0.05  # so little downwards, a direction leads to the side
_STEEPEST = 78.0  # degrees: seen from higher up, the upright axis has no length that could be read


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its name, and where on it (from 0 to 1) which numbers stand."""

    name: str
    ticks: tuple[tuple[float, str], ...]


def even_ticks(low: float, high: float, most: int = 6) -> tuple[tuple[float, str], ...]:
    """Round numbers from low to high with their places, at most so many."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return ()
    least = (high - low) / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= least * (1 - 1e-9))
    values = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return tuple(((float(v) - low) / (high - low), readable(float(v))) for v in values)


def room_beside(upright: Axis) -> float:
    """Pixels that the numbers of an upright axis take up beside it."""
    metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
    widest = max((metrics.horizontalAdvance(text) for _, text in upright.ticks), default=0.0)
    return widest + _TICK + 2 * _GAP + 2.0


class BlockFrame(QGraphicsItem):
    """Paints the frame behind the block, or, `before` it, the numbers and names of the axes."""

    def __init__(self, *, before: bool) -> None:
        super().__init__()
        self._before = before
        self._rect = self._seen = QRectF()
        self._sight: Sight | None = None
        self._axes: tuple[Axis, ...] = ()
        self._theme = themes.LIGHT
        self.setZValue(-80 if before else -95)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_frame(self, sight: Sight | None, axes: Sequence[Axis], theme: themes.Theme) -> None:
        """Show the frame of x, y and height as it is seen from there; none hides it."""
        rect = QRectF() if sight is None else QRectF(0, 0, sight.width, sight.height)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self._sight, self._axes, self._theme = sight, tuple(axes), theme
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        sight = self._sight
        if sight is None or len(self._axes) != 3:
            return
        world = painter.worldTransform()
        self._seen = world.mapRect(self._rect)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        if self._before:
            self._paint_numbers(painter, world, sight)
        else:
            self._paint_walls(painter, world, sight)
        painter.restore()

    # Places

    def _near(self, sight: Sight) -> tuple[float, float]:
        """On which side, -1 or 1, the near walls across x and across y stand."""
        towards = sight.towards()
        return (1.0 if towards[0] > 0 else -1.0), (1.0 if towards[1] > 0 else -1.0)

    def _at(self, world: QTransform, sight: Sight, *points: tuple[float, float, float]) -> list[QPointF]:
        found = sight.project(np.array(points, np.float64))
        return [world.map(QPointF(x, y)) for x, y in found[:, :2].tolist()]

    def _upright(self, world: QTransform, sight: Sight) -> tuple[float, float]:
        """The foot of the upright edge at the left of the picture."""
        corners = [(x, y) for x in (-1.0, 1.0) for y in (-1.0, 1.0)]
        places = self._at(world, sight, *((x, y, 0.0) for x, y in corners))
        return corners[min(range(4), key=lambda i: places[i].x())]

    # Painting

    def _paint_walls(self, painter: QPainter, world: QTransform, sight: Sight) -> None:
        """Lines at the heights on both far walls, at x and y up them, and their edges."""
        near_x, near_y = self._near(sight)
        far_x, far_y = -near_x, -near_y
        faint, edge = QPen(QColor(self._theme.grid), 1.0), QPen(QColor(self._theme.line), 1.0)
        lines: list[QLineF] = []
        if sight.camera.tilt < _STEEPEST:
            for place, _ in self._axes[2].ticks:
                z = TALL * place
                a, b, c = self._at(world, sight, (near_x, far_y, z), (far_x, far_y, z), (far_x, near_y, z))
                lines += [QLineF(a, b), QLineF(b, c)]
            for place, _ in self._axes[0].ticks:
                lines.append(QLineF(*self._at(world, sight, (2 * place - 1, far_y, 0.0), (2 * place - 1, far_y, TALL))))
            for place, _ in self._axes[1].ticks:
                lines.append(QLineF(*self._at(world, sight, (far_x, 2 * place - 1, 0.0), (far_x, 2 * place - 1, TALL))))
        painter.setPen(faint)
        painter.drawLines(lines)
        painter.setPen(edge)
        corners = [(near_x, far_y), (far_x, far_y), (far_x, near_y)]
        for z in (0.0, TALL):
            a, b, c = self._at(world, sight, *((x, y, z) for x, y in corners))
            painter.drawLines([QLineF(a, b), QLineF(b, c)])
        for x, y in corners:
            painter.drawLine(QLineF(*self._at(world, sight, (x, y, 0.0), (x, y, TALL))))

    def _paint_numbers(self, painter: QPainter, world: QTransform, sight: Sight) -> None:
        near_x, near_y = self._near(sight)
        middle = self._at(world, sight, (0.0, 0.0, 0.0))[0]
        taken: list[QRectF] = []  # where two axes meet, only one of them has its number
        names: list[tuple[str, QRectF, float]] = []
        for axis, ends in (
            (self._axes[0], ((-1.0, near_y, 0.0), (1.0, near_y, 0.0))),
            (self._axes[1], ((near_x, -1.0, 0.0), (near_x, 1.0, 0.0))),
        ):
            start, end = self._at(world, sight, *ends)
            out = _away(start, end, middle)
            names.append((axis.name, self._paint_axis(painter, axis, (start, end), out, taken), out.y()))
        if sight.camera.tilt < _STEEPEST:
            x, y = self._upright(world, sight)
            start, end = self._at(world, sight, (x, y, 0.0), (x, y, TALL))
            box = self._paint_axis(painter, self._axes[2], (start, end), QPointF(-1.0, 0.0), taken)
            names.append((self._axes[2].name, box, 0.0))
        self._paint_names(painter, names, taken)

    def _paint_names(
        self, painter: QPainter, names: Sequence[tuple[str, QRectF, float]], taken: Sequence[QRectF]
    ) -> None:
        """Each within the picture, and on nothing that is there: below it, or of the upright axis above it."""
        painter.setPen(QColor(self._theme.text))
        there = list(taken)
        for name, box, downwards in names:
            box.moveLeft(max(self._seen.left(), min(box.left(), self._seen.right() - box.width())))
            sideways = box.adjusted(-_APART, 0, _APART, 0)
            for other in sorted(there, key=lambda b: b.top() if downwards > _LEVEL else -b.bottom()):
                if sideways.intersects(other) and downwards > _LEVEL:
                    sideways.moveTop(other.bottom() + 1.0)
                elif sideways.intersects(other):
                    sideways.moveBottom(other.top() - 1.0)
            box.moveTop(sideways.top())
            there.append(box)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), name)

    def _paint_axis(
        self, painter: QPainter, axis: Axis, ends: tuple[QPointF, QPointF], out: QPointF, taken: list[QRectF]
    ) -> QRectF:
        """Strokes and numbers along an edge, on the side that `out` points to; gives where its name is to stand.

        No number stands on those that are there, `taken`, or so near that both read as one.
        """
        start, end = ends
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.drawLine(QLineF(start, end))
        metrics = QFontMetricsF(painter.font())
        along = QPointF(end - start)
        length = math.hypot(along.x(), along.y())
        reach = 0.0
        for place, text in axis.ticks:
            at = start + along * place
            box = self._beside(metrics, at + out * (_TICK + _GAP), out, text)
            painter.setPen(QPen(QColor(self._theme.line), 1.0))
            painter.drawLine(QLineF(at, at + out * _TICK))
            if length < 40.0 or any(box.adjusted(-_APART, -1, _APART, 1).intersects(other) for other in taken):
                continue
            taken.append(box)
            reach = max(reach, abs(out.x()) * box.width() + abs(out.y()) * box.height())
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        name_at = start + along * (0.5 if abs(out.y()) > _LEVEL else 1.0)
        if abs(out.y()) > _LEVEL:
            return self._beside(metrics, name_at + out * (_TICK + 2 * _GAP + reach + 4.0), out, axis.name)
        width = metrics.horizontalAdvance(axis.name) + 2
        return QRectF(name_at.x() - width / 2, name_at.y() - metrics.height() - 6.0, width, metrics.height())

    @staticmethod
    def _beside(metrics: QFontMetricsF, at: QPointF, out: QPointF, text: str) -> QRectF:
        """Where a text stands that begins at a point and goes away from the block."""
        width, height = metrics.horizontalAdvance(text) + 2.0, metrics.height()
        return QRectF(at.x() + (out.x() - 1.0) * width / 2, at.y() + (out.y() - 1.0) * height / 2, width, height)


def _away(start: QPointF, end: QPointF, middle: QPointF) -> QPointF:
    """The direction across an edge that leads away from the middle, as painters count, y downwards."""
    along = QPointF(end - start)
    length = math.hypot(along.x(), along.y()) or 1.0
    out = QPointF(-along.y() / length, along.x() / length)
    towards = QPointF((start + end) / 2 - middle)
    return out if out.x() * towards.x() + out.y() * towards.y() >= 0 else QPointF(-out.x(), -out.y())
