"""A block in a plot whose unit is the pixel: painted from its points on screens, in flat pieces where lines stay lines.

While it is turned it is painted coarsely, once a frame; at rest it is painted finely, some columns at a time.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneMouseEvent, QGraphicsSceneWheelEvent, QWidget

from workbench.ui.plotting.block import Block, Quads, painted, quads
from workbench.ui.plotting.rays import Seen, cast
from workbench.ui.plotting.space import Sight

#: points of a picture that is turned, about, and to a pixel at most; at rest; where one is made to be printed
_COARSE_POINTS, _COARSEST = 200_000, 1.0
#: seconds that finding a picture may take while it is turned, and the fewest points that a slow machine finds for it
_COARSE_SECONDS, _FEWEST_POINTS = 0.005, 50_000
_FINE_DENSITY, _FINE_POINTS = 2.0, 2_600_000
_PRINTED_POINTS = 8_000_000
_COLUMNS = 48  # found at once: what they need fits the processor's cache
_SLICES_A_PIXEL = 0.62  # along the cuts, for the longer side of the picture
_REST = 140  # milliseconds from the last turn to the fine picture
_STROKE, _STRONG_STROKE = 0.6, 1.1


@dataclass(frozen=True, slots=True)
class _Fine:
    """A fine picture, and of what it is."""

    block: Block | None
    sight: Sight | None
    image: QImage
    seen: Seen | None


def _density_of(sight: Sight, fineness: float) -> float:
    """The points to a pixel of a fine picture, for a medium with so many."""
    most = _FINE_POINTS if fineness <= 1.0 else _PRINTED_POINTS
    return min(_FINE_DENSITY * max(1.0, fineness), math.sqrt(most / max(1.0, sight.width * sight.height)))


class BlockPainter(QObject):
    """Finds what is seen of a block, coarsely at once, and finely in pieces when nothing has changed for a while."""

    #: the fine picture is whole
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.block: Block | None = None
        self.sight: Sight | None = None
        self.seen: Seen | None = None
        self.image = QImage()
        #: of a picture that is being found its colours by row and column, and what is seen by column and row
        self._made: tuple[NDArray[np.uint32], NDArray[Any], NDArray[Any]] | None = None
        self._density, self._next = 0.0, -1
        #: the fine picture of the sight before, where that was another size from the same place: it may come back
        self._before: _Fine | None = None
        self._spare: BlockPainter | None = None  # finds a picture to be printed, while this one is looked at
        self._coarse_points = float(_COARSE_POINTS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def look(self, block: Block, sight: Sight) -> None:
        """Have the picture of a block as it is seen from there: a coarse one now."""
        if block is self.block and sight == self.sight:
            return
        before = self._before
        self._before = self._fine_for(sight)
        self.block, self.sight = block, sight
        if before is not None and before.block is block and before.sight == sight:
            self._take(before)
            return
        self._begin(min(_COARSEST, (self._coarse_points / max(1.0, sight.width * sight.height)) ** 0.5))
        began = time.thread_time()
        while self._next >= 0:
            self._work()
        self._take_pace(time.thread_time() - began)
        self._density = 0.0  # the fine one is still to come
        self._timer.start(_REST)

    def _take_pace(self, seconds: float) -> None:
        """Find more points or fewer from now on while it is turned, as the machine has the time for them."""
        if seconds > _COARSE_SECONDS:
            self._coarse_points = max(float(_FEWEST_POINTS), 0.85 * self._coarse_points)
        elif seconds < 0.7 * _COARSE_SECONDS:
            self._coarse_points = min(float(_COARSE_POINTS), 1.1 * self._coarse_points)

    def finish(self, fineness: float = 1.0) -> None:
        """Have the fine picture now, for a medium with so many points to a pixel."""
        if self.sight is None:
            return
        density = _density_of(self.sight, fineness)
        if self._has(density):
            return
        self._timer.stop()
        spare, self._spare = self._spare, None
        if spare is not None and spare.is_of(self) and spare._has(density):
            self._take(_Fine(spare.block, spare.sight, spare.image, spare.seen))
            self.finished.emit()
            return
        self._begin(density)
        while self._next >= 0:
            self._work()
        self.finished.emit()

    def prepare(self, fineness: float) -> bool:
        """Begin, in pieces beside events, what `finish` would find at once; whether there is nothing left to find."""
        if self.block is None or self.sight is None:
            return True
        density = _density_of(self.sight, fineness)
        if self._has(density):
            return True
        spare = self._spare
        if spare is None or not spare.is_of(self) or spare._density != density:
            if spare is not None:
                spare.rest()
            spare = self._spare = BlockPainter()
            spare.block, spare.sight = self.block, self.sight
            spare._begin(density)
            spare._timer.start(0)
        return spare._has(density)

    @property
    def is_preparing(self) -> bool:
        """Whether what was prepared is still being found."""
        spare = self._spare
        return spare is not None and spare.block is self.block and not spare.is_fine

    def is_of(self, other: BlockPainter) -> bool:
        """Whether both look at the same."""
        return self.block is other.block and self.sight == other.sight

    def _has(self, density: float) -> bool:
        return self.seen is not None and self._next < 0 and self.seen.density >= 0.999 * density

    def _fine_for(self, sight: Sight) -> _Fine | None:
        """The fine picture there is, where another sight sets it aside for its size alone."""
        same = self.sight is not None and self.sight.camera == sight.camera
        return _Fine(self.block, self.sight, self.image, self.seen) if same and self.is_fine and self.seen else None

    def _take(self, fine: _Fine) -> None:
        self._timer.stop()
        self.image, self.seen, self._made, self._next = fine.image, fine.seen, None, -1
        self._density = 0.0 if fine.seen is None else fine.seen.density

    @property
    def is_fine(self) -> bool:
        """Whether nothing finer is to come."""
        return self.sight is None or (self._density > 0.0 and self._next < 0)

    def rest(self) -> None:
        """Do no more by itself."""
        self._timer.stop()
        if self._spare is not None:
            self._spare.rest()

    def _begin(self, density: float) -> None:
        self._density, self._next, self._made = density, 0, None

    def _on_timeout(self) -> None:
        if self.sight is None:
            return
        if self._density == 0.0:
            self._begin(_density_of(self.sight, 1.0))
        self._work()
        if self._next >= 0:
            self._timer.start(0)
        else:
            self.finished.emit()

    def _work(self) -> None:
        """Find some more columns; with the last of them the picture is there."""
        block, sight = self.block, self.sight
        if block is None or sight is None:
            return
        whole = max(1, round(self._density * sight.width))
        first, last = self._next, min(whole, self._next + _COLUMNS)
        fine = self._density > _COARSEST
        slices = round(_SLICES_A_PIXEL * max(self._density, 0.6) * max(sight.width, sight.height))
        # one column more than is painted: lines run between neighbours
        before = min(first, 1)
        seen = cast(block.z, sight, self._density, slice(first - before, last), max(96, slices), finely=fine)
        self._put(first, whole, painted(block, seen)[before:], seen.index[before:], seen.away[before:])
        self._next = last if last < whole else -1
        if self._next < 0:
            self._put_together()

    def _put(self, first: int, whole: int, colors: NDArray[np.uint32], index: Any, away: Any) -> None:
        """Lay found columns where they belong: all at once, those of a picture to be printed took half a second."""
        if self._made is None:
            height = colors.shape[1]
            self._made = (
                np.empty((height, whole), np.uint32),
                np.empty((whole, height), index.dtype),
                np.empty((whole, height), away.dtype),
            )
        here = slice(first, first + len(colors))
        self._made[0][:, here] = colors.T[::-1]
        self._made[1][here], self._made[2][here] = index, away

    def _put_together(self) -> None:
        if self._made is None:
            return
        (rows, index, away), self._made = self._made, None
        height, width = rows.shape
        self.image = QImage(rows.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        self.seen = Seen(index, away, self._density)


class TurnOwner:
    """What a block tells of the mouse."""

    def turned_by(self, right: float, up: float) -> None:
        """It is dragged by so many pixels."""
        raise NotImplementedError

    def moved_by(self, right: float, up: float) -> None:
        """It is dragged so, with Shift or the right button."""
        raise NotImplementedError

    def zoomed_by(self, factor: float, x: float, y: float) -> None:
        """The wheel is turned over a place, in pixels from the lower left."""
        raise NotImplementedError

    def clicked_at(self, x: float, y: float) -> None:
        """It is clicked, not dragged."""
        raise NotImplementedError


class BlockItem(QGraphicsItem):
    """The block's picture over the whole plot, and what the mouse does there."""

    def __init__(self, painter: BlockPainter, owner: TurnOwner) -> None:
        super().__init__()
        self._painter, self._owner = painter, owner
        self._rect = QRectF()
        #: points to a pixel of a picture that is made now; 0 while it is looked at
        self.fineness = 0.0
        self._quads: tuple[Any, Quads] | None = None
        self._last: QPointF | None = None
        self._dragged = False
        self.setZValue(-90)
        self.setAcceptedMouseButtons(Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def fit(self, width: float, height: float) -> None:
        """Take the size of the plot, and paint what is seen now."""
        rect = QRectF(0, 0, width, height)
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        block, sight = self._painter.block, self._painter.sight
        if block is None or sight is None:
            return
        world = painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        engine = painter.paintEngine()
        if engine is not None and engine.type() == QPaintEngine.Type.Raster:
            if self.fineness:
                self._painter.finish(self.fineness)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(world.mapRect(self._rect), self._painter.image)
        else:
            self._paint_pieces(painter, world, block, sight)
        painter.restore()

    def _paint_pieces(self, painter: QPainter, world: QTransform, block: Block, sight: Sight) -> None:
        if self._quads is None or self._quads[0] != (id(block), sight):
            self._quads = ((id(block), sight), quads(block, sight))
        found = self._quads[1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strokes: dict[int, list[int]] = {}
        for stroke, piece in enumerate(found.on.tolist()):
            strokes.setdefault(piece, []).append(stroke)
        pens = [
            QPen(QColor.fromRgba(color), width)
            for color, width in zip(block.line_colors, (_STROKE, _STRONG_STROKE), strict=True)
        ]
        for piece, (corners, color) in enumerate(zip(found.corners.tolist(), found.colors.tolist(), strict=True)):
            shade = QColor.fromRgba(color)
            painter.setPen(QPen(shade, 0.35))  # closes the seam to the next one
            painter.setBrush(shade)
            painter.drawConvexPolygon(world.map(QPolygonF([QPointF(x, y) for x, y in corners])))
            for stroke in strokes.get(piece, ()):
                (x0, y0), (x1, y1) = found.lines[stroke].tolist()
                painter.setPen(pens[int(found.strong[stroke])])
                painter.drawLine(world.map(QPointF(x0, y0)), world.map(QPointF(x1, y1)))

    # The mouse

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._last, self._dragged = event.pos(), False
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._last is None:
            return
        way = event.pos() - self._last
        if not self._dragged and abs(way.x()) + abs(way.y()) < 3.0:
            return
        self._dragged, self._last = True, event.pos()
        moves = event.buttons() & Qt.MouseButton.RightButton or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        (self._owner.moved_by if moves else self._owner.turned_by)(way.x(), way.y())

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._last is not None and not self._dragged and event.button() == Qt.MouseButton.LeftButton:
            self._owner.clicked_at(event.pos().x(), event.pos().y())
        self._last = None

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()
        self._owner.zoomed_by(1.0015 ** event.delta(), event.pos().x(), event.pos().y())
