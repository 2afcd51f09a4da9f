"""The file of the open experiment: opened, saved, named in the title, and asked after before it would be lost."""

from __future__ import annotations

import contextlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.params import RequestError
from workbench.experiment import build, files, fresh
from workbench.experiment.experiment import Experiment
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.dialogs import files as dialogs
from workbench.ui.panels import titles
from workbench.ui.window import recent
from workbench.ui.window.commands import Commands


class DocumentFiles(QObject):
    """Reads files into the document and writes it to files; the title of the window says which one is open."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)
    #: a file was read that can be used, before it is shown
    opening = Signal()
    #: (whether the race is the same one): another experiment is about to be opened, in place of the one before
    replacing = Signal(bool)
    #: another experiment is open now
    shown = Signal()
    #: the list of the files opened last is another
    recent_changed = Signal()

    def __init__(self, window: QWidget, *, document: Document, worker: TrainingWorker, commands: Commands) -> None:
        super().__init__(window)
        self._document, self._worker, self._commands, self._window = document, worker, commands, window
        self.asks_before_losing = True
        if document.path is not None:
            document.digest = files.digest(document.path)
        document.file_changed.connect(self.show_title)

    def show_title(self) -> None:
        """Name the open experiment in the title of the window, and say whether there is something to save."""
        path = self._document.path
        name = path.name if path is not None else self._name()
        self._window.setWindowTitle(self.tr("{}[*] – Gradient Workbench").format(name))
        self._window.setWindowModified(self._document.is_modified)

    def _name(self) -> str:
        """What an experiment is called that is in no file."""
        return self._document.experiment.title or self.tr("Untitled")

    def new_objective(self) -> None:
        """Begin an experiment on an objective."""
        self._begin(fresh.objective_race())

    def new_network(self) -> None:
        """Begin an experiment on a network."""
        self._begin(fresh.network_race())

    def _begin(self, experiment: Experiment) -> None:
        if self.may_lose_changes():
            self._show(experiment, None)
            self.said.emit(self.tr("A new experiment: {}").format(titles.described(experiment)))

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
        self._show(experiment, None if example else path)
        if not example:
            self._remember(path)
        self.said.emit(experiment.title or self.tr("Opened {}").format(path.name))
        return True

    def open_kept(self, experiment: Experiment) -> bool:
        """Open the experiment of a kept run."""
        return self.open_experiment(experiment, self.tr("Opened a kept run: {}"))

    def open_experiment(self, experiment: Experiment, words: str = "{}") -> bool:
        """Open an experiment that is in no file, as a run of a study; `words` tell it, with a place for its title."""
        if not self.may_lose_changes():
            return False
        self._show(experiment, None)
        self.said.emit(words.format(experiment.title or titles.described(experiment)))
        return True

    def restore(self, draft: Experiment, path: Path | None, digest: str) -> None:
        """Open a draft as changes to its file, which held what the digest says; without one to what is open now."""
        before, known = self._document.experiment, ""
        if path is not None:
            known = digest
            with contextlib.suppress(files.ExperimentFileError):  # a file that is gone can be saved to again
                before = files.read(path)
        self._show(before, path, known)
        self._document.replace(draft)

    def _show(self, experiment: Experiment, path: Path | None, digest: str = "") -> None:
        """Make an experiment the open one, at its start; `digest` is what its file held, where that is not read now."""
        self.opening.emit()
        self.replacing.emit(build.same_race(self._document.experiment, experiment))
        self._worker.pause()
        self._document.open(experiment, path, digest or (files.digest(path) if path is not None else ""))
        self._worker.reset()  # a file begins at its start, however little sets it apart from what was open
        self.shown.emit()

    def write(self, path: Path) -> bool:
        """Write the open experiment to a file; one that somebody else has changed is asked about."""
        if self.asks_before_losing and self._is_changed(path):
            answer = dialogs.ask_changed(self._window, path.name)
            if answer != "overwrite":
                return answer == "other" and self.save_as()
        try:
            files.write(self._document.experiment, path)
        except (OSError, RequestError) as error:
            why = error.strerror if isinstance(error, OSError) else None
            self.failed.emit(self.tr("{} was not written: {}").format(path, why or error))
            return False
        self._document.mark_saved(path, files.digest(path))
        self._remember(path)
        said = self.tr("Saved to {}").format(path)
        if self._document.has_draft:
            said += self.tr(", without the points painted last: two classes are needed")
        self.said.emit(said)
        return True

    def _is_changed(self, path: Path) -> bool:
        """Whether the open file holds something else than when it was read or written last."""
        known, own = self._document.digest, self._document.path
        return bool(known) and path == own and files.digest(path) not in {known, ""}

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
        path = self._document.path
        answer = dialogs.ask_keep(self._window, path.name if path else self._name())
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
