"""The flow of the rate finder: lanes are measured in the background, and a rate that is taken is an edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import files
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, replace
from workbench.experiment.filling import fill_lane
from workbench.experiment.lane_colors import color_of
from workbench.experiment.writing import write_bytes
from workbench.live.document import Document
from workbench.ui.dialogs import files as dialogs
from workbench.ui.window.edits import Edits
from workbench.ui.window.looks import Looks
from workbench.ui.window.picked_lane import PickedLane
from workbench.ui.words.text import engine_text, readable

if TYPE_CHECKING:  # loaded when a rate is first looked for
    from workbench.studies.rate_curve import RateRequest
    from workbench.studies.rate_worker import RateWorker
    from workbench.ui.dialogs.rates.dialog import RateDialog

#: powers of ten of the rates that are tried
_OBJECTIVE, _NETWORK = (-6, 3), (-5, 2)
#: steps of a run that nobody has said anything of, and at most where the race says more: of a large network few
_STEPS, _MOST_STEPS, _MOST_OF_LARGE, _LARGE = 300, 1000, 300, 1000
#: how far above the lowest known loss a run has arrived, and what loss of a network is low
_GAP, _LOSS = 1e-3, 0.1
#: milliseconds after an edit in which another one may follow
_REST = 300


class RateFinding(QObject):
    """Owns the dialog and the worker behind it; knows the open experiment and whether its race runs."""

    #: there is something new, told from another thread
    news = Signal()
    #: a sentence on what was done, or (second signal) on what went wrong
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, edits: Edits, looks: Looks, picked: PickedLane) -> None:
        super().__init__(window)
        self._window, self._document, self._edits = window, document, edits
        self._looks, self._picked = looks, picked
        self._snapshot: Snapshot | None = None
        self._worker: RateWorker | None = None
        self._asked: object = None
        self._cut = False  # what was asked for is not all there: it was stopped
        self._fault = ""
        self.dialog: RateDialog | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._ask_if_other)
        self.news.connect(self._show)
        document.changed.connect(self._on_changed)

    # What the window calls

    def bring_up(self) -> None:
        """Look for a rate of the picked lane, or of the first."""
        self.look_for(self._picked.index)

    def look_for(self, place: int) -> None:
        """Look for a rate of the lane at a place of the experiment."""
        if self.dialog is None:
            self._make()
        dialog = self.dialog
        assert dialog is not None  # noqa: S101 - for the type checker
        if not dialog.isVisible():
            self._begin(dialog)
            self._asked = None if self._cut else self._asked
        dialog.bring_up()
        self._ask_if_other(place)
        dialog.choose(place)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Leave the race a processor while it runs; with one alone, lanes are measured when it rests."""
        self._snapshot = snapshot
        if self._worker is not None:
            free = self._worker.workers - 1 if snapshot.running else self._worker.workers
            self._worker.allow(max(0, free))

    def shut_down(self) -> None:
        """End thread and processes."""
        if self.dialog is not None:
            self.dialog.close()
        if self._worker is not None:
            self._worker.close()

    # What is measured

    def _make(self) -> None:
        from workbench.studies.rate_worker import RateWorker
        from workbench.ui.dialogs.rates.dialog import RateDialog

        self._worker = RateWorker(self.news.emit)
        self.dialog = RateDialog(self._window)
        self.dialog.asked.connect(self._ask)
        self.dialog.stopped.connect(self._stop)
        self.dialog.taken.connect(self._take)
        self.dialog.table_wanted.connect(self._save_table)
        self._looks.dress_also(self.dialog)

    def _begin(self, dialog: RateDialog) -> None:
        experiment, network = self._document.experiment, self._is_network
        most = _MOST_OF_LARGE if network and self._size > _LARGE else _MOST_STEPS
        dialog.begin(*(_NETWORK if network else _OBJECTIVE), min(experiment.steps or _STEPS, most))

    @property
    def _is_network(self) -> bool:
        return isinstance(self._document.experiment.problem, NetworkSetup)

    @property
    def _size(self) -> int:
        """How many parameters there are, so far as the race that is shown says."""
        return 1 if self._snapshot is None else self._snapshot.info.size

    def _places(self, wanted: int) -> list[int]:
        """The lanes that take part, and the one that was asked for."""
        lanes = self._document.experiment.lanes
        return [i for i, lane in enumerate(lanes) if lane.enabled or i == wanted]

    def _requests(self, places: list[int]) -> dict[int, tuple[str, RateRequest]]:
        """What is to be measured of each lane: all that it depends on as text, whatever its rate is now."""
        from workbench.studies.rate_curve import RateRequest
        from workbench.studies.rate_runs import alone

        dialog, experiment = self.dialog, self._document.experiment
        assert dialog is not None  # noqa: S101 - for the type checker
        low, high = dialog.ends
        steps, tolerance = dialog.steps.value(), experiment.tolerance or (_LOSS if self._is_network else _GAP)
        size = max(1, self._size) if self._is_network else 0
        request = RateRequest(low, high, steps, float(tolerance), size)
        found = {}
        for place in places:
            one = alone(experiment, place)
            lane = _with_rate(one.lanes[0], 1.0)
            found[place] = (files.dumps(replace(one, lanes=(lane,), steps=steps)), request)
        return found

    def _ask(self) -> None:
        """Measure all lanes that take part, as they are now."""
        self._asked = None
        self._ask_if_other()

    def _ask_if_other(self, wanted: int = -1) -> None:
        """Measure, unless that is what was asked for last."""
        dialog, worker = self.dialog, self._worker
        if dialog is None or worker is None or not dialog.isVisible():
            return
        places = self._places(wanted if wanted >= 0 else dialog.place)
        self._fault = ""
        self._show_lanes(places)
        try:
            requests = self._requests(places)
        except RequestError as error:
            requests, self._fault = {}, str(error)
        if requests != self._asked:
            self._asked, self._cut = requests, False
            worker.ask(requests)
        self._show()

    def _stop(self) -> None:
        if self._worker is not None and self._worker.finding.busy:
            self._cut = True
            self._worker.cancel()

    def _show_lanes(self, places: list[int]) -> None:
        from workbench.ui.dialogs.rates.dialog import RateLane

        experiment, dialog = self._document.experiment, self.dialog
        assert dialog is not None  # noqa: S101 - for the type checker
        lanes = [
            RateLane(i, label_of(experiment.lanes[i]), color_of(experiment.lanes[i], i), rate_of(experiment, i))
            for i in places
        ]
        dialog.show_lanes(lanes, tested=self._is_network)

    def _on_changed(self, _experiment: Experiment) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self._show_lanes(self._places(self.dialog.place))
            self._rest.start()

    def _show(self) -> None:
        if self.dialog is not None and self._worker is not None and self.dialog.isVisible():
            self.dialog.show_finding(self._worker.finding, self._fault)

    # What comes of it

    def _take(self, place: int, rate: float) -> None:
        """Give a lane a rate, as one edit of its own."""
        experiment = self._document.experiment
        if place >= len(experiment.lanes):
            return
        own = _with_rate(experiment.lanes[place], rate)
        lanes = tuple(own if i == place else lane for i, lane in enumerate(experiment.lanes))
        edited = replace(experiment, lanes=lanes)
        self._edits.take(edited, "")
        if self._document.experiment.lanes[place] == own:
            words = self.tr("The learning rate of {} is now {}. Ctrl+Z puts it back.")
            self.done.emit(words.format(label_of(own), readable(rate)))

    def _save_table(self) -> None:
        from workbench.export.rate_tables import rates_csv

        if self._worker is None or self.dialog is None:
            return
        curves, lanes = self._worker.finding.curves, self._document.experiment.lanes
        told = [(label_of(lanes[place]), curve) for place, curve in curves.items() if place < len(lanes)]
        folder = self._document.path.parent if self._document.path else Path.home()
        path = dialogs.ask_save(self.dialog, folder / "rates.csv", "csv")
        if path is None:
            return
        try:
            write_bytes(path, rates_csv(told))
        except OSError as error:
            self.failed.emit(self.tr("{} was not written: {}").format(path, error.strerror or error))
            return
        self.done.emit(self.tr("Saved to {}").format(path))


def _with_rate(lane: Lane, rate: float) -> Lane:
    found: Lane = replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rate})
    return found


def label_of(lane: Lane) -> str:
    """What a lane is called."""
    return lane.label or engine_text(optimizers.get(lane.optimizer).title)


def rate_of(experiment: Experiment, place: int) -> float:
    """The learning rate of a lane, its rule's own where it says none."""
    return float(fill_lane(experiment.lanes[place], f"lanes[{place}]").hyperparameters["learning_rate"])
