"""The experiment's title, and the notes beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextBrowser, QToolButton, QVBoxLayout, QWidget

from workbench.experiment.experiment import LONGEST_NOTES, LONGEST_TITLE, Experiment
from workbench.ui.forms.line_edit import NameEdit
from workbench.ui.panels import titles
from workbench.ui.panels.base import Panel
from workbench.ui.style import theme as themes

_HIGHEST = 190  # pixels of the notes; longer ones scroll
_WRITING = 120
_MARGIN = 8


class NotesText(QTextBrowser):
    """Markdown as it is meant to be read: as high as it is long, up to a bound. It loads nothing and opens nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notes")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self._shown = ""

    def show_notes(self, text: str, *, stay: bool = False) -> None:
        """Show Markdown from its beginning, or from where one has scrolled to; what is HTML in it stands as text."""
        if text != self._shown:
            self._shown, place = text, self.verticalScrollBar().value() if stay else 0
            features = (
                QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
            )
            self.document().setMarkdown(text, features)
            self.moveCursor(QTextCursor.MoveOperation.Start)  # it is left at the end, and kept in sight there
            self._fit()
            self.verticalScrollBar().setValue(place)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """No picture from elsewhere: notes are text."""
        return None

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(min(_HIGHEST, round(self.document().size().height()) + 4))


class NotesForm(Panel):
    """Edits title and notes: a line, the notes as they are read, and a field to write them in on demand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = NameEdit(self)
        self.name.setMaxLength(LONGEST_TITLE)
        self.name.set_tip(self.tr("The experiment's title, in the window, in its file and in code made from it"))
        self.name.setAccessibleName(self.tr("Title"))
        self.name.editingFinished.connect(self._on_name_edited)
        self.write = QToolButton(self)
        self.write.setCheckable(True)
        self.write.setToolTip(self.tr("Write notes on the experiment, in Markdown; they are saved with it"))
        self.write.setAccessibleName(self.tr("Write notes"))
        self.write.toggled.connect(self._on_write_toggled)
        self.text = NotesText(self)
        self.text.setAccessibleName(self.tr("Notes"))
        self.text.setToolTip(self.tr("Notes on the experiment"))
        self.source = QPlainTextEdit(self)
        self.source.setTabChangesFocus(True)
        self.source.setFixedHeight(_WRITING)
        self.source.setPlaceholderText(self.tr("Notes in Markdown: **bold**, *italics*, # heading, - list"))
        self.source.setAccessibleName(self.tr("Notes in Markdown"))
        self.source.setToolTip(self.tr("Notes on the experiment in Markdown, shown as they are read above"))
        self.source.textChanged.connect(self._on_text_changed)
        self.source.hide()
        self.text.hide()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.name, 1)
        row.addWidget(self.write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.text)
        layout.addWidget(self.source)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.write.setIcon(themes.icon("note", theme.text))

    def refresh(self, experiment: Experiment) -> None:
        if not (self.name.hasFocus() and self.name.isModified()) and self.name.text() != experiment.title:
            self.name.setText(experiment.title)
            self.name.setCursorPosition(0)
        self.name.setPlaceholderText(titles.described(experiment))
        self.text.show_notes(experiment.notes, stay=self.source.isVisible())
        self.text.setVisible(bool(experiment.notes))
        if self.source.toPlainText() != experiment.notes:
            self.source.blockSignals(True)
            self.source.setPlainText(experiment.notes)
            self.source.blockSignals(False)

    def _on_name_edited(self) -> None:
        if self.experiment is not None and self.name.text() != self.experiment.title:
            self.change("title", title=self.name.text())

    def _on_write_toggled(self, writes: bool) -> None:
        self.source.setVisible(writes)
        if writes:
            self.source.setFocus()

    def _on_text_changed(self) -> None:
        text = self.source.toPlainText()
        if len(text) > LONGEST_NOTES:  # what is too long is taken back, where the cursor stands
            self.source.undo()
            text = self.source.toPlainText()[:LONGEST_NOTES]
        if self.experiment is not None and text != self.experiment.notes:
            self.change("notes", notes=text)
