"""A ring in a plot that one drags."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneMouseEvent, QWidget


class Handle(QGraphicsItem):
    """A ring that one drags: a starting point."""

    def __init__(self, owner: HandleOwner) -> None:
        super().__init__()
        self._owner = owner
        self._color = "#000000"
        self._hovered = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setZValue(50)
        self.index = 0

    def set_color(self, color: str) -> None:
        self._color = color
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(-12, -12, 24, 24)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._color), 2.5 if self._hovered else 1.8))
        painter.drawEllipse(QPointF(0, 0), 8.0, 8.0)

    def hoverEnterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self._hovered = False
        self.update()

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        parent = self.parentItem()
        if parent is not None:
            point = parent.mapFromScene(event.scenePos())
            self._owner.handle_dragged(self.index, point.x(), point.y())


class HandleOwner:
    """What a handle tells of its being dragged."""

    def handle_dragged(self, index: int, x: float, y: float) -> None:
        raise NotImplementedError
