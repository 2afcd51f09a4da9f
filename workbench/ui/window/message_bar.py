"""A bar for what went wrong: a sentence that one can dismiss, never a box that stops the work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from workbench.ui.style import theme as themes


class MessageBar(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QToolButton(self)
        self.details.setText(self.tr("Details"))
        self.details.setCheckable(True)
        self.details.setToolTip(self.tr("Show what the program knows besides"))
        self.dismiss = QToolButton(self)
        self.dismiss.setToolTip(self.tr("Dismiss this message"))
        self.dismiss.setAccessibleName(self.tr("Dismiss"))
        self._more = QPlainTextEdit(self)
        self._more.setReadOnly(True)
        self._more.setMaximumHeight(140)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        row.addWidget(self.details)
        row.addWidget(self.dismiss)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 6, 5)
        layout.addLayout(row)
        layout.addWidget(self._more)
        self.details.toggled.connect(self._more.setVisible)
        self.dismiss.clicked.connect(self.hide)
        self._more.hide()
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, empty where the bar is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, sentence: str, details: str = "") -> None:
        """Show a sentence, with details behind a button where there are some."""
        self._text.setText(sentence[:1].upper() + sentence[1:])
        self._more.setPlainText(details)
        self.details.setChecked(False)
        self.details.setVisible(bool(details))
        self.show()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.dismiss.setIcon(themes.icon("remove", theme.text))
