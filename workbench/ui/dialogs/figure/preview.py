"""The preview of a figure: the picture as it came last, as large as there is room, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_ROOM, _EDGE = QSize(380, 320), 8


class Preview(QWidget):
    """Shows a page with its edge; what is being made anew stays until it comes, paler."""

    #: there is another room
    resized = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(_ROOM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Preview of the figure"))
        self.image, self.word = QImage(), ""
        self._waits = False

    @property
    def room(self) -> tuple[int, int]:
        """Width and height that a picture may have, in pixels of the screen."""
        ratio = self.devicePixelRatioF()
        return round((self.width() - 2 * _EDGE) * ratio), round((self.height() - 2 * _EDGE) * ratio)

    def show_image(self, image: QImage) -> None:
        """This is the figure."""
        self.image, self.word, self._waits = image, "", False
        self.update()

    def say(self, word: str) -> None:
        """There is none, for this reason."""
        self.image, self.word, self._waits = QImage(), word, False
        self.update()

    def wait(self, word: str) -> None:
        """Another one comes; the word stands there until the first has come."""
        self._waits = True
        if self.image.isNull():
            self.word = word
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.image.isNull():
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(
                self.rect().adjusted(16, 16, -16, -16),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self.word,
            )  # fmt: skip
        else:
            place = self._place()
            painter.setOpacity(0.6 if self._waits else 1.0)
            painter.drawImage(place, self.image)
            painter.setOpacity(1.0)
            painter.setPen(QColor(self.palette().mid().color()))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    def _place(self) -> QRect:
        size = self.image.size().scaled(self.size() - QSize(2 * _EDGE, 2 * _EDGE), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        return place

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.resized.emit()
