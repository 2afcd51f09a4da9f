"""Kept runs laid over the pictures: given to the worker as the ghosts are that edits leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.experiment import succession
from workbench.experiment.experiment import Experiment
from workbench.kept.entry import Entry
from workbench.kept.record import Record, ghosts
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.dialogs.runs.words import name_of

#: Runs that are laid over at a time: more could not be told from each other.
MOST = 4


class Overlays(QObject):
    """Which runs are laid over. Their ways are shown where the open experiment has the same landscape."""

    #: other runs are laid over now
    changed = Signal()

    def __init__(self, document: Document, worker: TrainingWorker, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._worker = document, worker
        self._runs: dict[str, tuple[Entry, Record, tuple[Any, ...] | None]] = {}
        self._ground = succession.ground(document.experiment)
        #: why the last one was not laid over, empty where it was
        self.refused = ""
        document.changed.connect(self._on_changed)

    @property
    def ids(self) -> frozenset[str]:
        """The runs that are laid over."""
        return frozenset(self._runs)

    def add(self, entry: Entry, record: Record, experiment: Experiment | None) -> None:
        """Lay a run over; without its experiment, which cannot be opened any more, its way is not shown."""
        self.refused = ""
        if len(self._runs) >= MOST and entry.id not in self._runs:
            self.refused = self.tr("{} runs are laid over, as many as can be told apart: take one away first.").format(
                MOST
            )
        else:
            self._runs[entry.id] = (entry, record, None if experiment is None else succession.ground(experiment))
            self._tell()
        self.changed.emit()

    def take_away(self, ids: Iterable[str]) -> None:
        """Lay these over no longer."""
        gone = self.ids & frozenset(ids)
        if gone:
            self._runs = {id_: run for id_, run in self._runs.items() if id_ not in gone}
            self.refused = ""
            self._tell()
            self.changed.emit()

    def _on_changed(self, experiment: Experiment) -> None:
        ground = succession.ground(experiment)
        if ground != self._ground:
            self._ground = ground
            if self._runs:
                self._tell()

    def _tell(self) -> None:
        found = [
            ghosts(record, entry, name_of(entry), path=ground == self._ground, place=place)
            for place, (entry, record, ground) in enumerate(self._runs.values())
        ]
        self._worker.set_overlays(tuple(ghost for each in found for ghost in each))
