"""A ring in a plot that one drags."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneMouseEvent, QWidget

from workbench.ui.style import theme as themes

#: pixels within which a drag that comes back has come back to where it began
_AT_ITS_BEGINNING = 0.5


class Handle(QGraphicsItem):
    """A ring that one drags: a starting point."""

    def __init__(self, owner: HandleOwner) -> None:
        super().__init__()
        self._owner = owner
        self._color = "#000000"
        self._hovered = False
        self._pressed_at: QPointF | None = None  # in the scene, while the button is held
        self._away = False  # whether the drag is elsewhere than it began
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setAcceptHoverEvents(True)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setZValue(50)
        self.index = 0
        self._number = ""

    def set_number(self, number: str) -> None:
        """Write a number beside the ring, or none."""
        if number != self._number:
            self.prepareGeometryChange()
            self._number = number
            self.update()

    def set_color(self, color: str) -> None:
        self._color = color
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return QRectF(-26, -20, 38, 32) if self._number else QRectF(-12, -12, 24, 24)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._color), 2.5 if self._hovered else 1.8))
        painter.drawEllipse(QPointF(0, 0), 8.0, 8.0)
        if self._number:
            painter.setFont(themes.font(themes.SMALL_POINTS - 0.5, bold=True))
            painter.drawText(QRectF(-26, -20, 18, 16), int(Qt.AlignmentFlag.AlignRight), self._number)

    def hoverEnterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self._hovered = False
        self.update()

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self._pressed_at, self._away = event.scenePos(), False
            self._owner.drag_begins()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        parent = self.parentItem()
        if parent is not None and self._pressed_at is not None:
            way = event.scenePos() - self._pressed_at
            self._away = abs(way.x()) > _AT_ITS_BEGINNING or abs(way.y()) > _AT_ITS_BEGINNING
            point = parent.mapFromScene(event.scenePos())
            self._owner.handle_dragged(self.index, point.x(), point.y())

    def sceneEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        taken = super().sceneEvent(event)
        # comes after the release, and also where the mouse is taken away in the middle of a drag
        if event.type() == QEvent.Type.UngrabMouse and self._pressed_at is not None:
            self._pressed_at = None
            self._owner.drag_ends(away=self._away)
        return taken


class HandleOwner:
    """What a handle tells of its being dragged."""

    def drag_begins(self) -> None:
        raise NotImplementedError

    def drag_ends(self, *, away: bool) -> None:
        """The button is up; `away` unless the mouse is back where it was pressed."""
        raise NotImplementedError

    def handle_dragged(self, index: int, x: float, y: float) -> None:
        raise NotImplementedError
