"""A line of text that gives way where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

_BESIDE = 4  # pixels that the style keeps free beside an entry


class ElidedLabel(QLabel):
    """Shortened where there is no room, and then told whole by its tooltip. It asks for no more than some letters."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, letters: int = 3) -> None:
        super().__init__(parent)
        self._letters = letters
        self.setText(text)

    def setText(self, words: str) -> None:  # noqa: N802 - Qt's name
        super().setText(" ".join(words.split()))  # lines of an error would push the views out of the window
        self._tell()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.fontMetrics().horizontalAdvance("n") * self._letters, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        self.setToolTip(self.text() if self.shown() != self.text() else "")

    def shown(self) -> str:
        """What is painted of the text."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self.style().drawItemText(
            painter, self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.palette(),
            self.isEnabled(), self.shown(), self.foregroundRole(),
        )  # fmt: skip
        painter.end()


class ElidedChoice(QComboBox):
    """A choice whose entry is shortened in its middle where there is no room; Qt would cut it off without a sign."""

    def shown(self) -> str:
        """What is painted of the entry."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        kind, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room, text = self.style().subControlRect(kind, option, part, self).width(), option.currentText
        if self.fontMetrics().horizontalAdvance(text) <= room + _BESIDE:  # as wide as the choice asks to be: whole
            return text
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room - _BESIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()
