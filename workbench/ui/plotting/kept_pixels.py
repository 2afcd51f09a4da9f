"""Pictures of items that stand still, painted once and then copied.

Qt's own cache of an item in pixels shifts them when the item seems only to have been moved. Where its content and the
range of its axes change together, as with another objective, pieces of the old picture stay under the new axes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget


class KeptPixels:
    """What an item painted last, and under which transformation."""

    def __init__(self) -> None:
        self._pixmap, self._at = QPixmap(), QPoint()
        self._of: tuple[Any, ...] | None = None

    def clear(self) -> None:
        """Paint anew at the next time: the item shows something else."""
        self._of = None

    def paint(
        self,
        painter: QPainter,
        widget: QWidget | None,
        draw: Callable[[QPainter], None],
        area: QRectF | None = None,
    ) -> None:
        """Paint what `draw` paints, in the item's coordinates, on the viewport `widget`.

        Where nothing is painted outside an `area` of these, no more pixels than its are kept.

        On anything but the viewport's own pixels, as in an exported picture, `draw` paints directly.
        """
        world = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        if widget is None or not is_plain(painter, world, ratio):
            draw(painter)
            return
        of = (QTransform(world), ratio, widget.size(), None if area is None else QRectF(area))
        if of != self._of:
            # as large as the viewport: pyqtgraph's points are painted in coordinates of its own, not the item's
            frame = widget.rect()
            if area is not None and ratio == int(ratio):
                frame = world.mapRect(area).toAlignedRect().adjusted(-1, -1, 1, 1) & frame
            self._pixmap, self._at = QPixmap(frame.size() * ratio), frame.topLeft()
            self._pixmap.setDevicePixelRatio(ratio)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._pixmap)
            inner.setRenderHints(painter.renderHints())
            inner.setFont(painter.font())
            inner.setWorldTransform(world * QTransform.fromTranslate(-frame.x(), -frame.y()))
            draw(inner)
            inner.end()
            self._of = of
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(self._at, self._pixmap)
        painter.restore()


def is_plain(painter: QPainter, world: QTransform, ratio: float) -> bool:
    """Whether painting goes to pixels that are as large as the viewport's."""
    if painter.paintEngine().type() != painter.paintEngine().Type.Raster or not world.isInvertible():
        return False
    beyond = world.inverted()[0] * painter.deviceTransform()
    return abs(beyond.m11() - ratio) < 1e-6 and abs(beyond.m22() - ratio) < 1e-6


class StillItem(QGraphicsItem):
    """An item whose picture is kept until `changed` says that it is another one. `draw` paints it."""

    def __init__(self, parent: QGraphicsItem | None = None) -> None:
        super().__init__(parent)
        self._kept = KeptPixels()

    def changed(self) -> None:
        """The item looks otherwise from now on."""
        self._kept.clear()
        self.update()

    def draw(self, painter: QPainter) -> None:
        """Paint the item, in its own coordinates."""
        raise NotImplementedError

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        self._kept.paint(painter, widget, self.draw)


class StillScatter(pg.ScatterPlotItem):
    """Many points that never move, painted once; `setData` shows others."""

    def __init__(self, **options: Any) -> None:
        self._kept = KeptPixels()
        super().__init__(**options)

    def invalidate(self) -> None:
        """The points are others, or look otherwise."""
        self._kept.clear()
        super().invalidate()

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        def draw(on: QPainter) -> None:
            pg.ScatterPlotItem.paint(self, on, option, widget)

        self._kept.paint(painter, widget, draw)
