"""The grip of a card: what it is dragged by to another place."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

_DOT = 1.1  # pixels


class Grip(QWidget):
    """Six dots. A drag tells how far down the window the mouse is, and where it was let go."""

    #: (height in the window, in pixels): the mouse is there while the grip is held; the drag has ended
    moved = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(8, 18)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Drag to another place (Alt+↑ and Alt+↓ by keys)"))
        self.setAccessibleName(self.tr("Grip"))
        self._pressed_at: int | None = None
        self._drags = False
        self.color = QColor()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.color)
        for x in (2.0, 6.0):
            for y in (4.5, 9.0, 13.5):
                painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at, self._drags = round(event.globalPosition().y()), False
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed_at is None:
            return
        y = round(event.globalPosition().y())
        self._drags = self._drags or abs(y - self._pressed_at) >= QApplication.startDragDistance()
        if self._drags:
            self.moved.emit(y)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed_at is None:
            return
        self._pressed_at = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if self._drags:
            self.released.emit()
