"""What is wrong with a field, below it: a fault never makes its panel, and so the window, wider."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LONGEST_WORD = 24  # characters


class FaultLabel(QLabel):
    """A sentence in as many lines as the field's width asks for, hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fault")
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the label."""
        self.setText(sentence)
        self.setVisible(bool(sentence))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(0, super().minimumSizeHint().height())  # Qt's own is as wide as the longest word


def clipped(word: str) -> str:
    """A word of a person's with its middle left out where no line could hold it."""
    return word if len(word) <= _LONGEST_WORD else word[: _LONGEST_WORD - 6] + "…" + word[-5:]
