"""The contour lines of a surface: found level by level, drawn with their values where there is room for them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTransform

from workbench.engine.objectives.landscape import Surface
from workbench.engine.objectives.levels import Level
from workbench.ui.plotting.contour_labels import Label, place_labels, without_labels
from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.plotting.strokes import draw_path
from workbench.ui.style import theme as themes
from workbench.ui.style.theme import Theme

Points = NDArray[np.float64]
#: pixels that a line may be off by where points of it are left out
_SPECK = 2.5  # cells: so small a line is around a single point of the grid, and smaller than a pixel or two
_TINY = 5.0  # cells of the grid, a cell on either side included
_ZOOMED = 1.15  # by so much labels stay where they are
_REMAIN = 0.6  # the share of labels that must still be seen whole where the ground is moved, or they are placed anew
_TOLERANCE = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """The lines (K, 2) of a level, apart by rows that are no numbers."""

    level: Level
    points: Points

    @property
    def pieces(self) -> list[Points]:
        """The lines one by one; one that comes back to its first point is closed."""
        breaks = np.flatnonzero(np.isnan(self.points[:, 0]))
        return [p for p in (part[~np.isnan(part[:, 0])] for part in np.split(self.points, breaks)) if len(p)]


class ContourFinder:
    """Finds the contours of a surface one level after the other, so that nobody waits for all of them.

    In a valley that is narrow for the grid a line would leave islands behind: closed lines that hold no minimum or
    maximum of the loss itself, where the surface knows those, are left out.
    """

    def __init__(self, surface: Surface, levels: Sequence[Level]) -> None:
        self._surface = surface
        self._generator: Any = None
        self._cell = np.array([surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]])
        self._extrema = None if surface.extrema is None else Extrema(surface.extrema, self._cell)
        self._waiting = list(levels)[::-1]
        self._found: list[Contour] = []

    def work(self, seconds: float) -> bool:
        """Go on for about so long; whether all are found."""
        until = time.perf_counter() + seconds
        while self._waiting:
            if self._generator is None:  # a piece of work by itself
                self._generator = _generator(self._surface)
                if time.perf_counter() >= until:
                    break
            level = self._waiting.pop()
            points = self._generator.lines(level.value)[0][0]
            contour = Contour(level, np.zeros((0, 2)) if points is None else np.asarray(points))
            if self._extrema is not None:
                contour = self._without_islands(contour, self._extrema)
            # where a line is straight, every fourth point is enough, and drawing it costs less each time
            self._found.append(Contour(level, simplified(contour.points / self._cell, passes=2) * self._cell))
            if time.perf_counter() >= until:
                break
        return not self._waiting

    def _without_islands(self, contour: Contour, extrema: Extrema) -> Contour:
        pieces = contour.pieces
        true = [p for p in pieces if len(p) < 2 or (p[0] != p[-1]).any() or extrema.any_inside(p)]
        if len(true) == len(pieces):
            return contour
        gap = np.full((1, 2), np.nan)
        joined = [part for piece in true for part in (piece, gap)][:-1]
        return Contour(contour.level, np.concatenate([np.zeros((0, 2)), *joined]))

    @property
    def contours(self) -> tuple[Contour, ...]:
        """What is found."""
        return tuple(self._found)


def _generator(surface: Surface) -> Any:
    values = np.asarray(surface.values, np.float64)
    finite = np.isfinite(values)
    masked = values if finite.all() else np.ma.array(values, mask=~finite)
    return contourpy.contour_generator(surface.x, surface.y, masked, line_type=contourpy.LineType.ChunkCombinedNan)


class Extrema:
    """The minima and maxima (K, 2) of a surface, to be looked for inside of lines on its grid of such cells."""

    def __init__(self, places: Points, cell: Points) -> None:
        self._x, self._y = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
        self._cell = cell

    def any_inside(self, line: Points) -> bool:
        """Whether a closed line (K, 2) holds one of them, and is large enough for the grid to know."""
        if (np.ptp(line, axis=0) < _SPECK * self._cell).all():
            return False
        (left, low), (right, high) = line.min(axis=0) - self._cell, line.max(axis=0) + self._cell
        near = (self._x >= left) & (self._x <= right) & (self._y >= low) & (self._y <= high)
        places = zip(self._x[near].tolist(), self._y[near].tolist(), strict=True)
        if right - left < _TINY * self._cell[0] and high - low < _TINY * self._cell[1]:
            return bool(near.any())  # around a place between the grid's points a line may just miss it
        return any(is_inside(line, x, y) for x, y in places)


def is_inside(line: Points, x: float, y: float) -> bool:
    """Whether a point lies inside of a closed line (K, 2): a ray from it crosses the line an odd number of times."""
    above = line[:, 1] > y
    crosses = above[1:] != above[:-1]
    (x0, y0), (x1, y1) = line[:-1][crosses].T, line[1:][crosses].T
    return bool(np.count_nonzero(x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x) % 2)


class ContourLines(StillItem):
    """All contour lines, every fifth one or each decade's stronger, with gaps where their values are written."""

    def __init__(self) -> None:
        super().__init__()
        self._contours: tuple[Contour, ...] = ()
        self._rect = QRectF()
        self._theme = themes.LIGHT
        self._labels: list[Label] = []
        self._labels_for: QTransform | None = None
        self.setZValue(-90)

    @property
    def contours(self) -> tuple[Contour, ...]:
        """What is drawn."""
        return self._contours

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have lines here."""
        return tuple(contour.level for contour in self._contours if len(contour.points))

    def set_contours(self, contours: Sequence[Contour], surface: Surface, theme: Theme) -> None:
        """Draw these lines of a surface."""
        self.prepareGeometryChange()
        if tuple(contours) != self._contours:
            self._labels_for = None
        self._contours, self._theme = tuple(contours), theme
        self._rect = QRectF(surface.x[0], surface.y[0], surface.x[-1] - surface.x[0], surface.y[-1] - surface.y[0])
        self.changed()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1.5))
        world = painter.worldTransform()
        labels = self._kept_labels(painter)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        lines = self._on_screen(world)
        for strong, color, width in ((False, self._theme.contour, 0.9), (True, self._theme.strong_contour, 1.3)):
            kept = [p for c, p in zip(self._contours, lines, strict=True) if c.level.strong is strong and len(p)]
            if kept:
                points = without_labels(simplified(joined(kept)), labels)
                path = pg.functions.arrayToQPath(points[:, 0].copy(), points[:, 1].copy(), connect="finite")
                draw_path(painter, path, pen(color, width))
        painter.setPen(QColor(self._theme.muted))
        for label in labels:
            painter.setWorldTransform(QTransform().translate(label.x, label.y).rotate(label.angle))
            painter.drawText(label.box, int(Qt.AlignmentFlag.AlignCenter), label.text)
        painter.restore()

    def _kept_labels(self, painter: QPainter) -> list[Label]:
        """The labels where they were placed last, moved along, unless the zoom is clearly another one."""
        world, before = painter.worldTransform(), self._labels_for
        if before is not None:
            scale_x, scale_y = world.m11() / before.m11(), world.m22() / before.m22()
            if all(1 / _ZOOMED < scale < _ZOOMED for scale in (scale_x, scale_y)):
                back = before.inverted()[0] * world
                places = [back.map(QPointF(label.x, label.y)) for label in self._labels]
                moved = [replace(b, x=p.x(), y=p.y()) for b, p in zip(self._labels, places, strict=True)]
                area = self._seen(world)
                whole = [label for label in moved if area.contains(label.bounds)]
                if len(whole) >= _REMAIN * len(moved):
                    return whole
        self._labels, self._labels_for = self.placed(painter), QTransform(world)
        return self._labels

    def placed(self, painter: QPainter) -> list[Label]:
        """The labels, in the painter's font, that have room; they keep a distance from each other in pixels."""
        world, metrics = painter.worldTransform(), painter.fontMetrics()
        lines = self._on_screen(world)
        texts = [(c.level.label, metrics.horizontalAdvance(c.level.label) + 4.0) for c in self._contours]
        order = sorted(range(len(lines)), key=lambda i: not self._contours[i].level.strong)
        wanted = [(lines[i], *texts[i]) for i in order if len(lines[i])]
        return place_labels(wanted, float(metrics.height()) - 1.0, self._seen(world))

    def _seen(self, world: QTransform) -> QRectF:
        """What is seen of the surface, in pixels: it may reach beyond the plot, where a label would be cut off."""
        parent = self.parentItem()
        while parent is not None and not isinstance(parent, pg.ViewBox):
            parent = parent.parentItem()
        seen = self._rect if parent is None else self._rect.intersected(parent.viewRect())
        return world.mapRect(seen)

    def _on_screen(self, world: QTransform) -> list[Points]:
        """The lines in pixels."""
        scale, shift = np.array([world.m11(), world.m22()]), np.array([world.dx(), world.dy()])
        return [contour.points * scale + shift for contour in self._contours]


def joined(lines: Sequence[Points]) -> Points:
    """Lines (K, 2) one after the other, a row that is no number between them: all labels are cut out of all at once."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in lines for part in (line, gap)][:-1])


def simplified(points: Points, *, passes: int = 3) -> Points:
    """A line (K, 2), in pixels or as small a unit, without the points that lie on the way between their neighbours."""
    for _ in range(passes):
        if len(points) < 5:
            break
        before, here, after = points[:-2:2], points[1:-1:2], points[2::2]
        count = min(len(before), len(here), len(after))
        before, here, after = before[:count], here[:count], after[:count]
        along = after - before
        length = np.hypot(along[:, 0], along[:, 1])
        off = np.abs(along[:, 0] * (here[:, 1] - before[:, 1]) - along[:, 1] * (here[:, 0] - before[:, 0]))
        stays = np.ones(len(points), bool)
        stays[1 : 2 * count : 2] = ~(off <= _TOLERANCE * length)  # what is no number stays: it ends a line
        points = points[stays]
    return points
