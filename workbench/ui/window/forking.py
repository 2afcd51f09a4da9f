"""Forking a lane: from the menu, a card or a point of a picture to the experiment, with the fork picked and open."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import origins
from workbench.experiment.experiment import replace
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.panels.lanes.new_lanes import fork_of, name_of
from workbench.ui.panels.lanes.panel import MOST_LANES, LanesPanel
from workbench.ui.views.shared.base import View
from workbench.ui.window.commands import Commands
from workbench.ui.window.edits import Edits
from workbench.ui.window.picked_lane import PickedLane
from workbench.ui.words.text import grouped


class Forking(QObject):
    """Makes forks. A fork begins with its parent's settings; what is then changed of it holds from the fork on."""

    #: a sentence on why nothing was done
    said = Signal(str)
    #: a sentence on what was done, to be said with the race that follows from it
    done = Signal(str)
    #: ghosts are to be shown no more
    dismissed = Signal()
    #: the race as it stands is about to be forked
    begins = Signal()
    #: whether anything is shown of runs that edits have replaced, or that were kept
    ghosts_changed = Signal(bool)

    def __init__(
        self,
        parent: QObject,
        *,
        document: Document,
        worker: TrainingWorker,
        edits: Edits,
        commands: Commands,
        picked: PickedLane,
        lanes: LanesPanel,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._document, self._edits, self._commands = document, edits, commands
        self._picked, self._lanes = picked, lanes
        self._snapshot: Snapshot | None = None

    def follow(self, view: View) -> None:
        """Fork what is asked for in a view."""
        view.fork_wanted.connect(self._on_view_wanted)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know where the race stands."""
        had = self._snapshot is not None and bool(self._snapshot.ghosts or self._snapshot.overlays)
        self._snapshot = snapshot
        if had != bool(snapshot.ghosts or snapshot.overlays):
            self.ghosts_changed.emit(not had)

    def dismiss_ghosts(self) -> None:
        """Show no more of them."""
        self._worker.dismiss_ghosts()
        self.dismissed.emit()

    def fork_picked(self) -> None:
        """Fork the picked lane where it stands; of no picked one the first that takes part."""
        index = self._picked.index
        self.fork(index if index >= 0 else self._document.experiment.enabled_lanes[0][0])

    def fork(self, index: int, step: int | None = None) -> None:
        """Let another lane go on from lane number `index` at a step, the present one where none is given."""
        self._commands.commit_edits()
        experiment = self._document.experiment
        if self._snapshot is None or not 0 <= index < len(experiment.lanes):
            return
        at = self._snapshot.step if step is None else step
        why = self._objection(index, at)
        if why:
            self.said.emit(why)
            return
        self.begins.emit()
        lanes = (*experiment.lanes, fork_of(experiment.lanes, index, at))
        self._edits.take(replace(experiment, lanes=lanes), "")
        if self._document.experiment.lanes != lanes:
            return  # refused, which was said
        self._picked.pick(len(lanes) - 1)
        self._lanes.open_card(len(lanes) - 1)
        words = self.tr("{} goes on from step {} as {}: what is changed of it holds from there on.")
        told = words.format(name_of(experiment.lanes[index]), grouped(at), name_of(lanes[-1]))
        self.done.emit(" ".join([told, *self._not_in_the_file(index, at)]))

    def _objection(self, index: int, step: int) -> str:
        """Why a lane cannot be forked there, in a sentence; empty where it can."""
        lanes = self._document.experiment.lanes
        if len(lanes) >= MOST_LANES:
            return self.tr("There are {} lanes, as many as there may be: remove one before you fork another.").format(
                len(lanes)
            )
        if not lanes[index].enabled:
            return self.tr("{} takes no part in the race: there is nothing to fork.").format(name_of(lanes[index]))
        begins = origins.first_step(lanes, index)
        if step < begins:
            return self.tr("{} begins at step {}: it can be forked from there on.").format(
                name_of(lanes[index]), grouped(begins)
            )
        return ""

    def _not_in_the_file(self, index: int, step: int) -> list[str]:
        """That settings were changed on the way to the fork, which is in the race and not in the experiment."""
        snapshot, lanes = self._snapshot, self._document.experiment.lanes
        if snapshot is None:
            return []
        past = {index} | origins.ancestors(lanes, index)
        changed = [c for c in snapshot.changes if snapshot.info.lanes[c.lane].index in past and c.step < step]
        if not changed:
            return []
        words = self.tr("A file does not hold that {} was changed at step {}: opened again, it runs as it is set now.")
        return [words.format(snapshot.info.lanes[changed[-1].lane].label, grouped(changed[-1].step))]

    def _on_view_wanted(self, lane: int, step: int) -> None:
        if self._snapshot is not None and 0 <= lane < len(self._snapshot.info.lanes):
            self.fork(self._snapshot.info.lanes[lane].index, step)
