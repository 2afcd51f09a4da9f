"""A block in a plot whose unit is the pixel: painted from its points on screens, in flat pieces where lines stay lines.

While it is turned it is painted coarsely, once a frame; at rest it is painted finely, some columns at a time.
"""

from __future__ import annotations

import time
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
        self._pieces: list[tuple[NDArray[np.uint32], Seen]] = []
        self._density, self._next = 0.0, -1
        self._coarse_points = float(_COARSE_POINTS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def look(self, block: Block, sight: Sight) -> None:
        """Have the picture of a block as it is seen from there: a coarse one now."""
        if block is self.block and sight == self.sight:
            return
        self.block, self.sight = block, sight
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
        area = max(1.0, self.sight.width * self.sight.height)
        most = _FINE_POINTS if fineness <= 1.0 else _PRINTED_POINTS
        density = min(_FINE_DENSITY * max(1.0, fineness), (most / area) ** 0.5)
        if self.seen is not None and self._next < 0 and self.seen.density >= 0.999 * density:
            return
        self._timer.stop()
        self._begin(density)
        while self._next >= 0:
            self._work()
        self.finished.emit()

    @property
    def is_fine(self) -> bool:
        """Whether nothing finer is to come."""
        return self.sight is None or (self._density > 0.0 and self._next < 0)

    def rest(self) -> None:
        """Do no more by itself."""
        self._timer.stop()

    def _begin(self, density: float) -> None:
        self._density, self._next, self._pieces = density, 0, []

    def _on_timeout(self) -> None:
        if self.sight is None:
            return
        if self._density == 0.0:
            area = max(1.0, self.sight.width * self.sight.height)
            self._begin(min(_FINE_DENSITY, (_FINE_POINTS / area) ** 0.5))
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
        colors = painted(block, seen)[before:]
        self._pieces.append((colors, Seen(seen.index[before:], seen.away[before:], seen.density)))
        self._next = last if last < whole else -1
        if self._next < 0:
            self._put_together()

    def _put_together(self) -> None:
        colors = np.concatenate([piece for piece, _ in self._pieces])
        rows = np.ascontiguousarray(colors.T[::-1])
        height, width = rows.shape
        self.image = QImage(rows.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        self.seen = Seen(
            np.concatenate([seen.index for _, seen in self._pieces]),
            np.concatenate([seen.away for _, seen in self._pieces]),
            self._density,
        )
        self._pieces = []


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
