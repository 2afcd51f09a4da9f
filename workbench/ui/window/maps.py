"""The flow of maps: what the view wants is computed in the background; a run that is picked becomes a lane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.live.document import Document
from workbench.studies import theory
from workbench.studies.map_cells import axes_of, with_settings
from workbench.studies.map_picture import MapAxis, MapRequest
from workbench.studies.map_requests import GAP, alone, requests_of, text_of
from workbench.studies.map_wanted import Wanted
from workbench.studies.map_worker import MapWorker
from workbench.ui.panels.lanes.new_lanes import copy_of
from workbench.ui.views.landscape.view import LandscapeView
from workbench.ui.views.map.view import MapView
from workbench.ui.window.edits import Edits

#: the map of the basins under the landscape: its key, cells along a side, and steps of a run at most
_BASINS, _BASIN_CELLS, _BASIN_STEPS = "basins", 256, 1000


class Maps(QObject):
    """Gives the view of maps what it wants; knows the open experiment and whether its race runs."""

    #: there is something new, told from another thread
    news = Signal()

    def __init__(
        self, parent: QObject, *, document: Document, view: MapView, landscape: LandscapeView, edits: Edits
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._landscape, self._edits = document, view, landscape, edits
        self._basins: tuple[str, MapRequest] | None = None
        self._worker = MapWorker(self.news.emit)
        self._asked: tuple[tuple[str, MapRequest], ...] = ()
        self._lanes: tuple[int, ...] = ()
        self._theory: tuple[Any, ...] = ()
        self._curve: Any = None
        self._fault = ""
        self.news.connect(self._show)
        view.asked.connect(self.ask)
        view.stopped.connect(self._stop)
        view.curve_wanted.connect(self._ask_curve)
        view.run_wanted.connect(self._take_run)
        document.changed.connect(self._on_changed)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Leave the race a processor while it runs; with one alone, maps wait."""
        self._worker.allow(max(0, self._worker.workers - 1) if snapshot.running else self._worker.workers)

    def shut_down(self) -> None:
        """End thread and processes."""
        self._worker.close()

    def ask(self, wanted: Wanted | None) -> None:
        """Have maps computed, unless they are those that were asked for last and are there or on their way."""
        if wanted is None:
            return
        experiment = self._document.experiment
        try:
            axes = {lane: axes_of(experiment, lane) for lane in wanted.lanes}
            self._view.show_axes(axes, wanted.lanes)
            requests = requests_of(experiment, wanted, axes)
        except (RequestError, IndexError) as error:
            # a lane that is gone is no fault: the view is still of the race before, and asks again with the next one
            self._asked, self._lanes, self._theory = (), (), ()
            self._fault = str(error) if isinstance(error, RequestError) else ""
            self._show()
            return
        self._fault = ""
        keys = tuple((text_of(experiment, lane, request), request) for lane, request in requests)
        self._lanes = tuple(lane for lane, _ in requests)
        if keys == self._asked and all(self._worker.busy(i) or self._is_whole(i) for i in range(len(keys))):
            return
        self._theory = tuple(theory.theory(alone(experiment, lane), request) for lane, request in requests)
        for i in range(len(keys), len(self._asked)):
            self._worker.forget(i)
        before, self._asked = self._asked, keys
        for i, (text, request) in enumerate(keys):
            if keys[i : i + 1] != before[i : i + 1] or not (self._worker.busy(i) or self._is_whole(i)):
                self._worker.ask(i, text, request)
        self._show()

    def _is_whole(self, key: int) -> bool:
        picture = self._worker.pictures.get(key)
        return (
            picture is not None and key < len(self._asked) and picture.request == self._asked[key][1] and picture.whole
        )

    def _on_changed(self, _experiment: Experiment) -> None:
        self.ask(self._view.wanted())
        self.ask_basins()

    def ask_basins(self) -> None:
        """Have the basins computed that the landscape wants to show."""
        wanted, experiment = self._landscape.basins.wanted, self._document.experiment
        if wanted is None or not isinstance(experiment.problem, ObjectiveSetup) or wanted[0] >= len(experiment.lanes):
            if self._basins is not None:
                self._basins = None
                self._worker.forget(_BASINS)
            return
        lane, (x0, x1), (y0, y1) = wanted
        x, y = MapAxis("start.0", "x", x0, x1), MapAxis("start.1", "y", y0, y1)
        request = MapRequest(0, x, y, _BASIN_CELLS, min(experiment.steps or _BASIN_STEPS, _BASIN_STEPS), GAP)
        asked = (text_of(experiment, lane, request), request)
        if asked != self._basins:
            self._basins = asked
            self._worker.ask(_BASINS, *asked)

    def _stop(self) -> None:
        for key in range(len(self._asked)):
            self._worker.cancel(key)

    def _show(self) -> None:
        """Show what there is to the view."""
        self._landscape.basins.show_picture(self._worker.pictures.get(_BASINS), self._landscape.theme)
        keys = range(len(self._asked))
        shown = [self._worker.pictures.get(key) for key in keys]  # at first that of the map before
        faults = [self._fault, *(self._worker.faults.get(key, "") for key in keys)]
        fault = next((said for said in faults if said), "")
        theories = [
            found if picture is not None and picture.request == request else None
            for found, picture, (_, request) in zip(self._theory, shown, self._asked, strict=True)
        ]
        self._view.show_pictures(shown, theories, fault, busy=any(self._worker.busy(key) for key in keys))
        if self._worker.curve is not None and self._worker.curve is not self._curve:
            self._curve = self._worker.curve
            self._view.show_curve(*self._curve)

    def _ask_curve(self, place: int, settings: Mapping[str, float]) -> None:
        if place < len(self._asked):
            self._worker.ask_curve(*self._asked[place], settings)

    def _take_run(self, place: int, settings: Mapping[str, float], new: bool) -> None:
        """Make a run of a map a lane of its own, or give the lane its settings."""
        experiment, lane = self._document.experiment, self._lanes[place]
        changed = with_settings(experiment, lane, settings)
        if changed is None:
            return
        if new:
            made = copy_of(changed.lanes[lane], experiment.lanes)
            changed = replace(changed, lanes=(*experiment.lanes, replace(made, enabled=True, origin=None)))
        self._edits.take(changed, "")
