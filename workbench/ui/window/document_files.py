"""The file of the open experiment: opened, saved, named in the title, and asked after before it would be lost."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.experiment import files
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.dialogs import files as dialogs
from workbench.ui.window import recent
from workbench.ui.window.commands import Commands


class DocumentFiles(QObject):
    """Reads files into the document and writes it to files; the title of the window says which one is open."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)
    #: a file was read that can be used, before it is shown
    opening = Signal()
    #: the list of the files opened last is another
    recent_changed = Signal()

    def __init__(self, window: QWidget, *, document: Document, worker: TrainingWorker, commands: Commands) -> None:
        super().__init__(window)
        self._document, self._worker, self._commands, self._window = document, worker, commands, window
        self.asks_before_losing = True
        document.file_changed.connect(self.show_title)

    def show_title(self) -> None:
        """Name the open experiment in the title of the window, and say whether there is something to save."""
        path = self._document.path
        name = path.name if path is not None else self._document.experiment.title or self.tr("Untitled")
        self._window.setWindowTitle(self.tr("{}[*] – Gradient Workbench").format(name))
        self._window.setWindowModified(self._document.is_modified)

    def ask_open(self) -> None:
        """Ask for a file and open it."""
        path = self._document.path
        chosen = dialogs.ask_open(self._window, path.parent if path else None)
        if chosen is not None:
            self.open(chosen)

    def open(self, path: Path, *, example: bool = False) -> bool:
        """Open an experiment file; one that cannot be used leaves the open experiment as it is."""
        if not self.may_lose_changes():
            return False
        try:
            experiment = files.read(path)
        except files.ExperimentFileError as error:
            self.failed.emit(str(error))
            return False
        self.opening.emit()
        self._worker.pause()
        self._document.open(experiment, None if example else path)
        self._worker.reset()  # a file begins at its start, however little sets it apart from what was open
        if not example:
            self._remember(path)
        self.said.emit(experiment.title or self.tr("Opened {}").format(path.name))
        return True

    def write(self, path: Path) -> bool:
        """Write the open experiment to a file."""
        try:
            files.write(self._document.experiment, path)
        except OSError as error:
            self.failed.emit(self.tr("{} was not written: {}").format(path, error.strerror or error))
            return False
        self._document.mark_saved(path)
        self._remember(path)
        said = self.tr("Saved to {}").format(path)
        if self._document.has_draft:
            said += self.tr(", without the points painted last: two classes are needed")
        self.said.emit(said)
        return True

    def save(self) -> bool:
        """Save to the document's file, asking for one where there is none."""
        return self.write(self._document.path) if self._document.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        proposed = self._document.path or Path.home() / "experiment.toml"
        path = dialogs.ask_save(self._window, proposed, "toml")
        return path is not None and self.write(path)

    def may_lose_changes(self) -> bool:
        """Whether the open experiment may be replaced, with what is being typed.

        It is as it was opened or saved, or the person says so.
        """
        self._commands.commit_edits()
        if not (self.asks_before_losing and self._document.is_modified):
            return True
        path, title = self._document.path, self._document.experiment.title
        answer = dialogs.ask_keep(self._window, path.name if path else title or self.tr("Untitled"))
        if answer != "save":
            return answer == "discard"
        if not self.save():
            return False
        if self._document.has_draft:
            self.failed.emit(
                self.tr(
                    "The points painted last are in no file: two classes are needed. "
                    "Paint a second class, or do not save them."
                )
            )
        return not self._document.has_draft

    def _remember(self, path: Path) -> None:
        recent.remember_file(path)
        self.recent_changed.emit()
