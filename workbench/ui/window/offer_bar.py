"""A bar that offers something, with an answer to take it and one to let it go; the work goes on beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget


class OfferBar(QFrame):
    """Hidden until there is something to offer."""

    taken = Signal()
    refused = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offer")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.take, self.refuse = QPushButton(self), QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 6, 5)
        row.addWidget(self._text, 1)
        row.addWidget(self.take)
        row.addWidget(self.refuse)
        self.take.clicked.connect(self.taken)
        self.refuse.clicked.connect(self.refused)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, empty where the bar is hidden."""
        return "" if self.isHidden() else self._text.text()

    def offer(self, sentence: str, take: str, refuse: str) -> None:
        """Show a sentence with its two answers."""
        self._text.setText(sentence)
        self.take.setText(take)
        self.refuse.setText(refuse)
        self.show()
