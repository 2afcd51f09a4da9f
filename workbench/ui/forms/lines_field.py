"""Several lines of text that are judged as they are typed, with the place of a fault marked among them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QTextCharFormat
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from workbench.engine.params import Value
from workbench.ui.forms.fault import FaultLabel
from workbench.ui.forms.line_edit import LinesEdit

#: lines that are seen at least and at most before one has to scroll
_FEWEST, _MOST = 3, 12


class LinesField(QWidget):
    """Lines of text, their fault below them and underlined where it is."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = LinesEdit(self)
        self.edit.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.edit.setTabChangesFocus(True)
        self._showing = False
        self._fault = FaultLabel(self)
        self._fault.setTextFormat(Qt.TextFormat.PlainText)
        self._note = QLabel(self)
        self._note.setObjectName("muted")
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.edit)
        column.addWidget(self._fault)
        column.addWidget(self._note)
        self.edit.textChanged.connect(self._on_text_changed)
        self._fit()

    def set_value(self, value: Value) -> None:
        """Show a text, unless a person is typing another one."""
        typing = self.edit.hasFocus() and self.edit.document().isModified()
        if not typing and self.edit.toPlainText() != value:
            self._showing = True
            self.edit.setPlainText(str(value))
            self._showing = False
            self.edit.document().setModified(False)
            self.show_fault("", -1, 0)
            self._fit()

    def set_tip(self, tip: str, name: str) -> None:
        self.edit.setToolTip(tip)
        self.edit.setAccessibleName(name)

    def show_fault(self, sentence: str, position: int, length: int) -> None:
        """Say what is wrong with the text, and underline it: `length` characters from `position`."""
        marks = []
        if sentence and position >= 0:
            mark, cursor = QTextEdit.ExtraSelection(), self.edit.textCursor()
            last = max(0, self.edit.document().characterCount() - 1)
            units = len(self.edit.toPlainText()[:position].encode("utf-16-le")) // 2  # which Qt counts in
            cursor.setPosition(min(units, max(0, last - 1)))
            cursor.setPosition(min(units + max(1, length), last), cursor.MoveMode.KeepAnchor)
            style = QTextCharFormat()
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._fault.palette().color(self._fault.foregroundRole()))  # the theme's
            mark.cursor, mark.format = cursor, style
            marks.append(mark)
        self.edit.setExtraSelections(marks)
        self._fault.say(sentence)
        if self.edit.property("faulty") != bool(sentence):
            self.edit.setProperty("faulty", bool(sentence))
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)

    def show_note(self, sentences: Sequence[str]) -> None:
        """Say below the text what is right and yet may not be meant; nothing for none."""
        self._note.setText("\n".join(sentences))
        self._note.setVisible(bool(sentences))

    @property
    def fault(self) -> str:
        """The sentence shown below the text, empty where there is none."""
        return "" if self._fault.isHidden() else self._fault.text()

    def _fit(self) -> None:
        """As high as the lines, within bounds."""
        lines = min(_MOST, max(_FEWEST, self.edit.document().blockCount()))
        rim = 2 * self.edit.frameWidth() + 2 * int(self.edit.document().documentMargin())
        bar = self.edit.horizontalScrollBar().sizeHint().height()
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setFixedHeight(lines * self.edit.fontMetrics().lineSpacing() + rim + bar)

    def _on_text_changed(self) -> None:
        if not self._showing:
            self._fit()
            self.edited.emit(self.edit.toPlainText())
