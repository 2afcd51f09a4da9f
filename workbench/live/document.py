"""The one open experiment, with its file, undo and redo."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.experiment.experiment import Experiment

_MERGE_SECONDS = 1.5
_KEPT = 200


class Document(QObject):
    """Holds the newest `Experiment`; `changed` is the one signal that says there is another.

    Undo is a list of earlier values. Edits with the same `merge` key in quick succession (a dragged slider) make one
    step of undo; a key that begins with `gesture.` names a single one, which takes as long as it takes. Edits that
    come back to where they began leave no step at all.
    """

    changed = Signal(object)
    #: the file or the saved state is another: what a title bar shows
    file_changed = Signal()

    def __init__(self, experiment: Experiment, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self._saved = experiment
        self._path = path
        self._undo: list[Experiment] = []
        self._redo: list[Experiment] = []
        self._last_merge = ("", 0.0)
        self._gesture = False
        self._has_draft = False
        #: what the file held when it was read or written last, as `files.digest` gives it; empty where that is unknown
        self.digest = ""

    @property
    def experiment(self) -> Experiment:
        return self._experiment

    @property
    def path(self) -> Path | None:
        return self._path

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save, or a draft that would be lost."""
        return self._has_draft or self.is_unsaved

    @property
    def is_unsaved(self) -> bool:
        """Whether the experiment is another than the one that was opened or saved."""
        return self._experiment != self._saved

    @property
    def has_draft(self) -> bool:
        """Whether a person has begun something that is no experiment yet, so that no file can hold it."""
        return self._has_draft

    @has_draft.setter
    def has_draft(self, has: bool) -> None:
        if has != self._has_draft:
            self._has_draft = has
            self.file_changed.emit()

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    @property
    def undo_value(self) -> Experiment | None:
        """What `undo` goes back to, None where there is nothing to undo."""
        return self._undo[-1] if self._undo else None

    @property
    def redo_value(self) -> Experiment | None:
        """What `redo` goes on to, None where nothing was undone."""
        return self._redo[-1] if self._redo else None

    @property
    def saved(self) -> Experiment:
        """The experiment as it was opened or saved last."""
        return self._saved

    def replace(self, experiment: Experiment, merge: str = "") -> None:
        """Make `experiment` the open one; an equal one changes nothing."""
        if experiment == self._experiment:
            return
        now = time.monotonic()
        key, then = self._last_merge
        soon = self._gesture or now - then < _MERGE_SECONDS or merge.startswith("gesture.")
        if not (merge and merge == key and soon and self._undo):
            self._undo.append(self._experiment)
            del self._undo[:-_KEPT]
        self._last_merge = (merge, now)
        self._redo.clear()
        if merge and self._undo[-1] == experiment:
            self._undo.pop()
            self._last_merge = ("", 0.0)  # what goes on from here is a step of its own
        self._set(experiment)

    def begin_gesture(self) -> None:
        """From here on, edits with the same key are one step of undo, however long a person rests between them."""
        self._last_merge, self._gesture = ("", 0.0), True

    def end_gesture(self, kept: bool = True) -> None:
        """What comes next is a step of undo of its own; a gesture that is not `kept` leaves all as it was before."""
        key = self._last_merge[0]
        if self._gesture and key and not kept and self._undo:
            self.replace(self._undo[-1], key)
        self._last_merge, self._gesture = ("", 0.0), False

    def undo(self) -> None:
        """Go back to the value before the last edit."""
        if self._undo:
            self._redo.append(self._experiment)
            self._last_merge = ("", 0.0)
            self._set(self._undo.pop())

    def redo(self) -> None:
        """Take the last undone edit again."""
        if self._redo:
            self._undo.append(self._experiment)
            self._last_merge = ("", 0.0)
            self._set(self._redo.pop())

    def open(self, experiment: Experiment, path: Path | None, digest: str = "") -> None:
        """Begin with another experiment and an empty undo list."""
        self._undo.clear()
        self._redo.clear()
        self._saved, self._path, self.digest = experiment, path, digest
        self._last_merge = ("", 0.0)
        self._set(experiment)

    def mark_saved(self, path: Path, digest: str = "") -> None:
        """Remember that the open value is the one in this file."""
        self._saved, self._path, self.digest = self._experiment, path, digest
        self.file_changed.emit()

    def _set(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.changed.emit(experiment)
        self.file_changed.emit()
