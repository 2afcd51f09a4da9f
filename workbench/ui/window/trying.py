"""From a warning to a lane that tries what may help: the flow behind the view that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.window import edit_words
from workbench.ui.window.edits import Edits
from workbench.ui.window.picked_lane import PickedLane

if TYPE_CHECKING:  # loaded for networks alone
    from workbench.engine.network.ailing import Treatment


class Trying(QObject):
    """Adds a lane with a remedy below the one that suffers, and brings the new race to where the old one stood."""

    #: it cannot be tried: a sentence
    failed = Signal(str)

    def __init__(
        self, parent: QObject, *, document: Document, worker: TrainingWorker, edits: Edits, picked: PickedLane
    ) -> None:
        super().__init__(parent)
        self._document, self._worker, self._edits, self._picked = document, worker, edits, picked
        self._snapshot: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race that a remedy is tried in."""
        self._snapshot = snapshot

    def try_remedy(self, lane: int, treatment: object) -> None:
        """Add a lane as lane `lane` of the race is, but for the treatment; a race that stood goes to its step again."""
        from workbench.experiment.treating import with_treatment  # loaded for networks alone
        from workbench.ui.words.why import remedy_title

        snapshot, wanted = self._snapshot, cast("Treatment", treatment)
        if snapshot is None or lane >= len(snapshot.info.lanes):
            return
        before, index = self._document.experiment, snapshot.info.lanes[lane].index
        label = f"{edit_words.name_of(before.lanes[index])} · {remedy_title(wanted)}"
        try:
            treated = with_treatment(before, index, wanted, label)
        except RequestError as error:
            self.failed.emit(str(error))
            return
        self._edits.take(treated, "")
        if self._document.experiment == treated:
            self._picked.pick(index + 1)
            if not snapshot.running:
                self._worker.seek(snapshot.step)

    def go_to(self, step: int) -> None:
        """Stand at a step."""
        self._worker.seek(step)
