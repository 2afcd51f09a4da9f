"""The way of an edit: into the document, and from there to panels, worker and menus."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import build, succession
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.experiment.fitting_lanes import fitting
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.panels import titles
from workbench.ui.panels.base import Panel
from workbench.ui.window import edit_words, new_race_words
from workbench.ui.window.own_data import OwnData
from workbench.ui.words.text import readable


class Edits(QObject):
    """Holds an edit against the engine before the document takes it, and shows what the document has taken.

    An edit that the engine refuses is said and undone; the open experiment stays.
    """

    #: an edit can be had; (second signal) it cannot: a sentence
    accepted = Signal()
    refused = Signal(str)
    #: the panels show another experiment, perhaps in other fields
    shown = Signal()
    #: what has changed, to be said when the new race is there; empty where there is none
    race_announced = Signal(str)
    #: (whether there is something to undo, to redo)
    undo_changed = Signal(bool, bool)
    #: (what the next undo takes back, the next redo takes again), empty where there is nothing
    undo_named = Signal(str, str)

    def __init__(
        self,
        parent: QObject,
        *,
        document: Document,
        worker: TrainingWorker,
        panels: Sequence[Panel],
        own_data: OwnData,
    ) -> None:
        super().__init__(parent)
        self._document, self._worker, self._panels, self._own_data = document, worker, tuple(panels), own_data
        self._submitted: Experiment | None = None  # what the worker was given last
        self._snapshot: Snapshot | None = None
        self._lost = ""  # what the last edit did to changes on the way
        self._moved = -1  # the start that the last edit moved
        document.changed.connect(self.show_experiment)
        for panel in self._panels:
            panel.edited.connect(self.take)
        own_data.edited.connect(self.take)
        own_data.painter.drawn.connect(self._on_drawn)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know the race that edits are made of."""
        self._snapshot = snapshot

    # What is asked for

    def take(self, experiment: Experiment, merge: str) -> None:
        """Make an edited experiment the open one, if it can be run; `merge` as in `Document.replace`."""
        try:
            if experiment.problem != self._document.experiment.problem:
                experiment = fitting(experiment, self._document.experiment)
            build.validate(experiment)
        except RequestError as error:
            self.refused.emit(str(error))
            for panel in self._panels:
                panel.show_experiment(self._document.experiment)
            return
        self.accepted.emit()
        before, opened = self._document.experiment, self._document.saved
        self._document.replace(titles.without_what_is_gone(before, experiment, opened), merge)

    def move_start(self, index: int, x: float, y: float) -> None:
        """Put a start of an objective elsewhere in its first two coordinates."""
        problem = self._document.experiment.problem
        info = None if self._snapshot is None else self._snapshot.info
        if not isinstance(problem, ObjectiveSetup) or info is None or info.points is None:
            return
        points = list(problem.points or (tuple(info.points[0].tolist()),))
        if index < len(points):
            points[index] = (float(f"{x:.6g}"), float(f"{y:.6g}"), *points[index][2:])
            start = tuple(points) if len(points) > 1 else points[0]
            moved = replace(self._document.experiment, problem=replace(problem, start=start))
            # an earlier move of the same drag has lost what there was to lose
            said = self._lost if self._moved == index else ""
            self.take(moved, f"start.{index}")
            self._moved, self._lost = index, self._lost or said
            if self._document.experiment == moved:
                self._say_moved(points[index][:2])

    def _say_moved(self, point: tuple[float, ...]) -> None:
        place = ", ".join(readable(coordinate) for coordinate in point)
        words = self.tr("The start is now at ({}). Ctrl+Z puts it back.").format(place)
        self.race_announced.emit(f"{words} {self._lost}".strip())

    # What the document says

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the open experiment to panels and worker, and what can be undone."""
        for panel in self._panels:
            panel.show_experiment(experiment)
        self._own_data.follow(experiment)
        self.shown.emit()
        self._announce(experiment)
        self._worker.submit(experiment, self._document.undo_value)
        self._on_drawn()

    def _announce(self, experiment: Experiment) -> None:
        """An edit that begins again takes away what there was to see: say what did."""
        before, self._submitted, shown = self._submitted, experiment, self._snapshot
        if shown is None or before is None or not (shown.running or shown.step > 0):
            return
        # a standing race on the same objective is repeated up to its step
        kept = succession.keeps(before, experiment)
        repeated = kept or (not shown.running and build.same_ground(before, experiment))
        lost = repeated and not kept and shown.changes != () and not build.same_race(before, experiment)
        self._moved = -1
        self._lost = self.tr("Settings that were changed on the way now hold from step 0.") if lost else ""
        self.race_announced.emit(self._lost if repeated else new_race_words.new_race(before, experiment))

    def _on_drawn(self, _points: object = None) -> None:
        """Strokes of the brush that are no experiment yet are steps of undo, too."""
        painter = self._own_data.painter
        self._document.has_draft = painter.has_draft
        self.undo_changed.emit(
            self._document.can_undo or painter.can_take_back, self._document.can_redo or painter.can_take_again
        )
        now, before, after = self._document.experiment, self._document.undo_value, self._document.redo_value
        strokes = self.tr("painted points")
        back = "" if before is None else edit_words.edit(before, now)
        again = "" if after is None else edit_words.edit(now, after)
        self.undo_named.emit(strokes if painter.can_take_back else back, strokes if painter.can_take_again else again)
