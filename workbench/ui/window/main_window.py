"""The window: what parts it has, what flows between them, and its life from the first frame to the last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.live.document import Document
from workbench.live.worker import TrainingWorker
from workbench.ui.panels.base import Panel
from workbench.ui.panels.lanes.panel import LanesPanel
from workbench.ui.panels.problem.panel import ProblemPanel
from workbench.ui.panels.transport import TransportBar
from workbench.ui.style.theme import Theme
from workbench.ui.window import keeping, keys, remembered, wires
from workbench.ui.window.catalogue import Catalogue
from workbench.ui.window.centre import Centre
from workbench.ui.window.checking import Checking
from workbench.ui.window.commands import Commands
from workbench.ui.window.copying import Copying
from workbench.ui.window.demands import Demands
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.dropping import DroppedFiles
from workbench.ui.window.edits import Edits
from workbench.ui.window.exports import Exports
from workbench.ui.window.fair_races import FairRaces
from workbench.ui.window.field_events import FieldEvents
from workbench.ui.window.forking import Forking
from workbench.ui.window.frames import Frames
from workbench.ui.window.layout import DockLayout
from workbench.ui.window.looks import Looks
from workbench.ui.window.making import Making
from workbench.ui.window.menus import Menus
from workbench.ui.window.message_bar import MessageBar
from workbench.ui.window.offer_bar import OfferBar
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.pace import Pace
from workbench.ui.window.picked_lane import PickedLane
from workbench.ui.window.presentation import Presentation
from workbench.ui.window.rate_finding import RateFinding
from workbench.ui.window.starting_points import StartingPoints
from workbench.ui.window.status import StatusBar
from workbench.ui.window.tab_order import CalmFocus
from workbench.ui.window.trying import Trying
from workbench.ui.window.unsaved import UnsavedWork
from workbench.ui.window.view_choices import ViewChoices
from workbench.ui.window.view_set import ViewSet
from workbench.ui.window.view_wires import MapWires, ViewWires, WhyWires, at_first
from workbench.ui.window.weights import TrainedWeights


class MainWindow(QMainWindow):
    """Shows one document. Owns document and worker, makes parts and flows, and ends the worker when it closes."""

    field_events: FieldEvents | None = None  # Qt's events come before all is made

    def __init__(self, experiment: Experiment, path: Path | None = None, *, theme: Theme | None = None) -> None:
        super().__init__()
        self.remembers_layout = True
        self.looks = Looks(self, theme)
        self.document = Document(experiment, path, self)
        self.worker = TrainingWorker(self)
        self._make_parts()
        self._make_flows()
        self._wire()
        self._begin()

    # Parts: what can be seen

    def _make_parts(self) -> None:
        self.transport = TransportBar(self)
        self.addToolBar(self.transport)
        self.problem_panel, self.lanes_panel = ProblemPanel(self), LanesPanel(self)
        self.panels: tuple[Panel, ...] = (self.problem_panel, self.lanes_panel)
        self.views = ViewSet(self)
        self.exports = Exports(self.views, self.worker, self)
        self.exporters = self.exports.exporters
        self.centre = Centre(self.views, self.exporters, self, first=at_first(self.document.experiment))
        self.message, self.status, self.offer = MessageBar(self), StatusBar(self), OfferBar(self)
        self.setStatusBar(self.status)
        self.dock_layout = DockLayout(
            self, centre=(self.offer, self.message, self.centre), panels=self.panels, views=self.views,
            exporters=self.exporters,
        )  # fmt: skip
        self.docks = self.dock_layout.docks
        self.gradient_check = Checking(self, looks=self.looks)

    # Flows: what goes from one part to others, each in an object of its own

    def _make_flows(self) -> None:
        self.own_data = OwnData(self.problem_panel, self)
        self.view_wires = ViewWires(self, views=self.views, own_data=self.own_data)
        self.commands = Commands(
            self, document=self.document, worker=self.worker, painter=self.own_data.painter, transport=self.transport,
            status=self.status, panels=self.panels,
        )  # fmt: skip
        self.files = DocumentFiles(self, document=self.document, worker=self.worker, commands=self.commands)
        self.unsaved = UnsavedWork(self, document=self.document, document_files=self.files, bar=self.offer)
        self.edits = Edits(self, document=self.document, worker=self.worker, panels=self.panels, own_data=self.own_data)
        self.pace, self.dropped = Pace(self, document=self.document, transport=self.transport), DroppedFiles(self)
        self.picked = PickedLane(self, views=self.views)
        self.trying = Trying(self, document=self.document, worker=self.worker, edits=self.edits, picked=self.picked)
        self.why_wires = WhyWires(self, views=self.views, trying=self.trying, status=self.status, centre=self.centre)
        self.weights = TrainedWeights(self, document=self.document, edits=self.edits, picked=self.picked)
        self.forking = Forking(
            self, document=self.document, worker=self.worker, edits=self.edits, commands=self.commands,
            picked=self.picked, lanes=self.lanes_panel,
        )  # fmt: skip
        self.making = Making(self, document=self.document, centre=self.centre)
        self.keeping = keeping.Keeping(self, self.document, self.worker, self.files, self.looks)
        self.starting_points = StartingPoints(self, document=self.document, edits=self.edits)
        self.fair_races = FairRaces(self, document=self.document, edits=self.edits, looks=self.looks)
        self.rates = RateFinding(self, document=self.document, edits=self.edits, looks=self.looks, picked=self.picked)
        self.catalogue = Catalogue(self, document=self.document, looks=self.looks, picked=self.picked)
        self.view_choices = ViewChoices(self, document=self.document, views=self.views)
        self.maps = MapWires(self, views=self.views, document=self.document, edits=self.edits)
        self.copying = Copying(self, views=self.views, front=self.centre)
        self.presentation = Presentation(
            self, middle=self.dock_layout.middle, looks=self.looks, views=self.views, docks=self.docks)  # fmt: skip
        self.menus = Menus(
            self, document=self.document, files=self.files, commands=self.commands, own_data=self.own_data,
            exporters=self.exporters, centre=self.centre, layout=self.dock_layout, looks=self.looks,
            transport=self.transport, new_seed=self.problem_panel.new_seed, gradient_check=self.gradient_check,
            catalogue=self.catalogue, copying=self.copying, picked=self.picked, presentation=self.presentation,
            weights=self.weights, forking=self.forking, starting_points=self.starting_points, making=self.making,
            fair_races=self.fair_races, rates=self.rates, keeping=self.keeping,
        )  # fmt: skip
        docks, left = list(self.docks.values()), len(self.panels)
        around = [self.transport, *docks[:left], self.offer, self.message, self.centre, *docks[left:]]
        self.focus = CalmFocus(self, around)
        self.field_events = FieldEvents(document=self.document, catalogue=self.catalogue, focus=self.focus)
        self.frames = Frames(
            self, worker=self.worker, views=self.views, docks=self.docks,
            followers=(
                self.edits, self.transport, self.lanes_panel, self.picked, self.gradient_check, self.trying,
                self.weights, self.forking, self.starting_points, self.maps, self.making, self.rates,
            ), centre=self.centre, own_data=self.own_data, exports=self.exports, status=self.status, focus=self.focus,
        )  # fmt: skip
        self.clock = self.frames.clock
        self.demands = Demands(
            self, self.worker, self.clock, views=self.views, check=self.gradient_check, exports=self.exports
        )

    def _wire(self) -> None:
        status, message, edits, files, menus = self.status, self.message, self.edits, self.files, self.menus
        wires.wire_edits(
            edits=edits, document=self.document, views=self.views, problem_panel=self.problem_panel,
            weights=self.weights, lanes_panel=self.lanes_panel, picked=self.picked, commands=self.commands, menus=menus,
            focus=self.focus,
        )  # fmt: skip
        wires.wire_time(
            worker=self.worker, views=self.views, forking=self.forking, lanes_panel=self.lanes_panel, files=files,
            starting_points=self.starting_points, rates=self.rates, message=message, transport=self.transport,
            status=status, keeping=self.keeping,
        )  # fmt: skip
        wires.wire_files(
            files=files, dropped=self.dropped, message=message, frames=self.frames, commands=self.commands,
            own_data=self.own_data, pace=self.pace, layout=self.dock_layout, menus=menus, choices=self.view_choices,
        )  # fmt: skip
        wires.wire_words(
            message=message, edits=edits, files=files, menus=menus, fair_races=self.fair_races, exports=self.exports,
            transport=self.transport, own_data=self.own_data, unsaved=self.unsaved, weights=self.weights, status=status,
            copying=self.copying, making=self.making, keeping=self.keeping, worker=self.worker, trying=self.trying,
        )  # fmt: skip
        wires.wire_frames(
            frames=self.frames, demands=self.demands, docks=self.docks, centre=self.centre, looks=self.looks,
            status=status,
        )  # fmt: skip

    # From the first frame to the last

    def _begin(self) -> None:
        parts = (self.transport, self.lanes_panel, self.message, self.problem_panel, self.centre)
        self.looks.dress([*parts, *(dock.bar for dock in self.docks.values())])
        self.views.when_made(self.looks.dress_also)
        self.resize(1280, 800)
        self.dock_layout.note_default()
        self.centre.focus_front()
        self.worker.start()
        self.edits.show_experiment(self.document.experiment)
        self.view_choices.show_experiment(self.document.experiment)
        self.pace.begin()
        self.files.show_title()
        self.clock.start()

    @property
    def snapshot(self) -> Snapshot | None:
        """What is shown, None before the first frame."""
        return self.frames.snapshot

    def open_file(self, path: Path, *, example: bool = False) -> bool:
        """Open an experiment file; one that cannot be used leaves the open experiment as it is."""
        return self.files.open(path, example=example)

    def end_now(self) -> None:
        """Close without a question, with what is unsaved kept for the next start: the program is told to end."""
        self.unsaved.leave()
        self.files.asks_before_losing = False
        self.close()

    def shut_down(self) -> None:
        """End the clock and the worker; safe to call twice."""
        self.focus.stop()
        self.frames.stop()
        self.worker.close()
        for part in (self.menus, self.catalogue, self.status, self.maps, self.fair_races, self.making, self.rates):
            part.shut_down()
        self.exports.finish()

    def event(self, event: QEvent) -> bool:
        if self.field_events is not None and self.field_events.answer(event):
            return True
        if event.type() == QEvent.Type.ShortcutOverride:
            self.transport.note_key(event)  # type: ignore[arg-type]
            if keys.is_of(QApplication.focusWidget(), event):  # type: ignore[arg-type]
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        self.focus.go_on()
        return super().focusNextPrevChild(forward)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self.snapshot is None:
            self.dock_layout.arrange()
            if self.remembers_layout:
                remembered.restore(self.dock_layout, self.looks, theme=self.looks.follows_system)
                remembered.restore_speed(self.pace)
            self.demands.tell()
            self.frames.warm_up_soon()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if not self.files.may_lose_changes():
            event.ignore()
            return
        self.presentation.leave()
        if self.remembers_layout:
            remembered.keep(self.dock_layout, self.looks)
            remembered.keep_speed(self.pace)
        self.unsaved.close()
        self.shut_down()
        event.accept()
