"""The window: docks around a centre, and the wires between document, worker, panels and views."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.params import RequestError
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.live.document import Document
from workbench.live.frame_clock import FrameClock
from workbench.live.worker import TrainingWorker
from workbench.ui.forms.number_edit import EditBorder
from workbench.ui.panels.lanes.panel import LanesPanel
from workbench.ui.panels.problem.panel import ProblemPanel
from workbench.ui.panels.transport import TransportBar
from workbench.ui.style import theme as themes
from workbench.ui.views import SIDE, VIEWS, central_views
from workbench.ui.views.shared.base import View
from workbench.ui.window import race_words, remembered
from workbench.ui.window.centre import Centre
from workbench.ui.window.commands import Commands
from workbench.ui.window.docks import Dock, PaintTurns
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.dropping import DroppedFiles
from workbench.ui.window.exporting import Exporter, WaitingExports
from workbench.ui.window.menus import Menus
from workbench.ui.window.message_bar import MessageBar
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.side_turns import SideTurns
from workbench.ui.window.status import StatusBar
from workbench.ui.window.tab_order import CalmFocus
from workbench.ui.words.text import engine_text

_IDLE_MILLISECONDS = 300  # after the first paint


class MainWindow(QMainWindow):
    """Shows one document. It owns the worker and the frame clock, and ends both when it closes."""

    def __init__(self, experiment: Experiment, path: Path | None = None, *, theme: themes.Theme | None = None) -> None:
        super().__init__()
        self.theme = theme or themes.system_theme()
        self.follows_system = theme is None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            themes.apply(application, self.theme)
        self.document = Document(experiment, path, self)
        self.worker = TrainingWorker(self)
        self.clock = FrameClock(self.worker, self._show_snapshot, self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.worker.warm_up)
        self.remembers_layout = True
        self.asks_before_losing = True
        self.snapshot: Snapshot | None = None
        self._generation = -1
        self._submitted: Experiment | None = None  # the experiment that the worker was given last
        self.exports = WaitingExports(self.worker, self)
        self.setDockNestingEnabled(True)
        self.transport = TransportBar(self)
        self.addToolBar(self.transport)
        self.problem_panel, self.lanes_panel = ProblemPanel(self), LanesPanel(self)
        self.views: dict[str, View] = {}
        self.exporters: dict[str, Exporter] = {}
        for entry in VIEWS:
            view = entry.load()(self)
            view.setAccessibleName(engine_text(entry.title))
            self.views[entry.key] = view
            self.exporters[entry.key] = Exporter(entry.key, view, self)
        self.sides = SideTurns(self.views)
        self.own_data = OwnData(self.views["fit"], self.problem_panel, self)  # type: ignore[arg-type]
        self.files, self.dropped = DocumentFiles(self.document, self.worker, self), DroppedFiles(self)
        self.centre, self.message = Centre(self.views, self.exporters, self), MessageBar(self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.commands = Commands(
            self,
            document=self.document,
            worker=self.worker,
            painter=self.own_data.painter,
            transport=self.transport,
            status=self.status,
            panels=(self.problem_panel, self.lanes_panel),
        )
        self._make_center()
        self._make_docks()
        self.menus = Menus(self)
        docks = list(self.docks.values())
        self.focus = CalmFocus(self, [self.transport, *docks[:2], self.message, self.centre, *docks[2:]])
        self._connect()
        self.set_theme(self.theme, follow=self.follows_system)
        self.resize(1280, 800)
        self.default_layout = self.saveState(remembered.LAYOUT_VERSION)
        self.views["landscape"].setFocus()
        self.worker.start()
        self._on_document_changed(self.document.experiment)
        self.clock.start()

    # Parts

    def _make_center(self) -> None:
        center = QWidget(self)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.centre, 1)
        self.setCentralWidget(center)

    def _make_docks(self) -> None:
        self.docks: dict[str, Dock] = {}
        self.turns = PaintTurns(self.docks, self)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for key, title, panel in (
            ("problem", self.tr("Problem"), self.problem_panel), ("lanes", self.tr("Lanes"), self.lanes_panel),
        ):  # fmt: skip
            self._add_dock(left, Dock(key, title, panel, scrolls=True, parent=self))
        for entry in SIDE:
            view, actions = self.views[entry.key], self.exporters[entry.key].actions
            title = engine_text(entry.title)
            self._add_dock(right, Dock(entry.key, title, view, controls=view.controls, actions=actions, parent=self))

    def _add_dock(self, area: Qt.DockWidgetArea, dock: Dock) -> None:
        self.docks[dock.objectName()] = dock
        self.addDockWidget(area, dock)

    def _arrange(self) -> None:
        """The measures that the layout begins with: the middle keeps 45 % of the width and more."""
        width = self.width()
        side = self.fontMetrics().horizontalAdvance("n") * 40
        self.resizeDocks([self.docks["problem"]], [max(268, min(280, side))], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks[SIDE[0].key]], [round(0.321 * width)], Qt.Orientation.Horizontal)
        height = self.height()
        self.resizeDocks(
            [self.docks["problem"], self.docks["lanes"]], [round(0.5 * height), round(0.42 * height)],
            Qt.Orientation.Vertical,
        )  # fmt: skip
        self.resizeDocks(
            [self.docks[entry.key] for entry in SIDE], [round(entry.place.share * height) for entry in SIDE],
            Qt.Orientation.Vertical,
        )  # fmt: skip

    def _connect(self) -> None:
        self.document.changed.connect(self._on_document_changed)
        self.document.file_changed.connect(self._on_file_changed)
        self.worker.failed.connect(self.message.say)
        self.worker.noted.connect(self.status.note_pace)
        for panel in (self.problem_panel, self.lanes_panel):
            panel.edited.connect(self._on_edited)
            panel.grew.connect(self.focus.ask)
        self.problem_panel.new_seed.pressed.connect(self.commands.commit_edits)
        self.views["fit"].sample_picked.connect(self.views["backpropagation"].show_sample)  # type: ignore[attr-defined]
        self.views["backpropagation"].stage_shown.connect(self.views["diagram"].show_stage)  # type: ignore[attr-defined]
        self.own_data.edited.connect(self._on_edited)
        self.own_data.said.connect(self.say)
        self.own_data.settled.connect(self.status.withdraw)
        self.own_data.painter.drawn.connect(self._on_drawn)
        self.files.opening.connect(self.message.hide)
        self.files.opening.connect(self.turns.ask)
        self.files.opening.connect(self.commands.let_go_edits)
        self.files.opening.connect(self.own_data.painter.begin_anew)
        self.files.said.connect(self.say)
        self.files.failed.connect(self.message.say)
        self.files.recent_changed.connect(self.menus.fill_recent)
        self.dropped.experiment_dropped.connect(self.open_file)
        self.dropped.table_dropped.connect(self.own_data.show_table)
        self.transport.speed_changed.connect(self.status.set_speed)
        for view in self.views.values():
            view.demand_changed.connect(self._on_demand_changed)
            view.start_moved.connect(self._on_start_moved)
            view.drag_began.connect(self.document.begin_gesture)
            view.drag_ended.connect(self.document.end_gesture)
        self.exports.said.connect(self.say)
        self.exports.changed.connect(self._on_demand_changed)
        for exporter in self.exporters.values():
            exporter.asked.connect(self._on_export_asked)
            exporter.done.connect(self.say)
            exporter.failed.connect(self.message.say)
        for dock in self.docks.values():
            dock.shown_changed.connect(self._on_demand_changed)
        self.centre.currentChanged.connect(self._on_demand_changed)
        self.menus.gradient_check.demand_changed.connect(self._on_demand_changed)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    # What the document says

    def _on_document_changed(self, experiment: Experiment) -> None:
        self.problem_panel.show_experiment(experiment)
        self.lanes_panel.show_experiment(experiment)
        self.own_data.follow(experiment)
        self.focus.ask()
        self._tell_of_new_race(experiment)
        self.worker.submit(experiment)
        self._on_drawn()
        self._on_file_changed()

    def _on_drawn(self, _points: object = None) -> None:
        painter = self.own_data.painter
        self.document.has_draft = painter.has_draft
        self.menus.show_undo(
            self.document.can_undo or painter.can_take_back, self.document.can_redo or painter.can_take_again
        )

    def _tell_of_new_race(self, experiment: Experiment) -> None:
        """An edit that begins again takes away what there was to see: say what did."""
        before, self._submitted, shown = self._submitted, experiment, self.snapshot
        if shown is None or before is None or not (shown.running or shown.step > 0):
            return
        # a standing race on the same objective is repeated up to its step
        repeated = not shown.running and build.same_ground(before, experiment)
        self.status.say_of_next_race("" if repeated else race_words.new_race(before, experiment))

    def _on_file_changed(self) -> None:
        path = self.document.path
        name = path.name if path is not None else self.document.experiment.title or self.tr("Untitled")
        self.setWindowTitle(self.tr("{}[*] – Gradient Workbench").format(name))
        self.setWindowModified(self.document.is_modified)

    def _on_edited(self, experiment: Experiment, merge: str) -> None:
        """An edit that the engine refuses is said and undone; the open experiment stays."""
        try:
            build.validate(experiment)
        except RequestError as error:
            self.message.say(str(error))
            self.problem_panel.show_experiment(self.document.experiment)
            self.lanes_panel.show_experiment(self.document.experiment)
            return
        self.message.hide()
        self.document.replace(experiment, merge)

    def _on_start_moved(self, index: int, x: float, y: float) -> None:
        problem = self.document.experiment.problem
        info = None if self.snapshot is None else self.snapshot.info
        if not isinstance(problem, ObjectiveSetup) or info is None or info.points is None:
            return
        points = list(problem.points or (tuple(info.points[0].tolist()),))
        if index < len(points):
            points[index] = (float(f"{x:.6g}"), float(f"{y:.6g}"), *points[index][2:])
            start = tuple(points) if len(points) > 1 else points[0]
            moved = replace(self.document.experiment, problem=replace(problem, start=start))
            self._on_edited(moved, f"start.{index}")

    # What the worker says

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        """One frame: hand the snapshot to what can be seen. Called by the frame clock alone."""
        self.snapshot = snapshot
        fresh = snapshot.generation != self._generation
        if fresh and central_views(snapshot.info) != self.centre.keys:
            self.turns.ask()  # other views come to the middle, which is enough for a frame
        if self.turns.proceed(fresh=fresh):
            self.clock.refresh()
        if fresh:
            self._generation = snapshot.generation
            self.centre.show_views(central_views(snapshot.info))
            self.focus.ask(anew=True)
            self.own_data.show_data(snapshot.info.data)
        self.transport.show_snapshot(snapshot)
        self.lanes_panel.show_snapshot(snapshot)
        self.menus.gradient_check.show_snapshot(snapshot)
        for view in self.sides.of_frame(snapshot):
            view.show_snapshot(snapshot)
        if self.exports:
            self.exports.proceed(snapshot)
            self.clock.refresh()  # the answer may come without another step
        self.status.show_snapshot(snapshot, self.clock.frames_per_second)

    def say(self, sentence: str) -> None:
        """Say in the status bar what happened last; it is more than what could be said of a new race."""
        self.status.say_of_next_race("")
        self.status.say(sentence)

    # What the person asks for

    def _on_demand_changed(self, *_: object) -> None:
        """Tell the worker what the visible views need, and draw what has come to light."""
        demands: dict[str, Any] = {"health": ()} | dict(self.menus.gradient_check.demand())
        for view in self.views.values():
            if view.isVisible() or self.exports.hold(view):
                demands |= view.demand()
        self.worker.set_demands(demands)
        self.clock.refresh()

    def _on_export_asked(self, exporter: Exporter) -> None:
        if self.snapshot is not None:
            self.exports.begin(exporter, self.snapshot)

    def open_file(self, path: Path, *, example: bool = False) -> bool:
        """Open an experiment file; one that cannot be used leaves the open experiment as it is."""
        return self.may_lose_changes() and self.files.open(path, example=example)

    def may_lose_changes(self) -> bool:
        """Whether the open experiment may be replaced, with what is being typed."""
        self.commands.commit_edits()
        return not self.asks_before_losing or self.files.may_lose_changes()

    # Looks

    def set_theme(self, theme: themes.Theme, *, follow: bool = False) -> None:
        """Give the window a theme; `follow` keeps it with the system's."""
        self.theme, self.follows_system = theme, follow
        application = QApplication.instance()
        if isinstance(application, QApplication):
            themes.apply(
                application, theme, application.font().pointSizeF() if self.menus.font_chosen else themes.BASE_POINTS
            )
        self.transport.set_theme(theme)
        self.lanes_panel.set_theme(theme)
        self.message.set_theme(theme)
        self.menus.gradient_check.set_theme(theme)
        self.problem_panel.set_theme(theme)
        self.centre.set_theme(theme)
        self.status.fit_figures()
        for dock in self.docks.values():
            dock.bar.set_theme(theme)
        for view in self.views.values():
            view.set_theme(theme)
        self.clock.refresh()

    def _on_color_scheme_changed(self) -> None:
        if self.follows_system:
            self.set_theme(themes.system_theme(), follow=True)

    def reset_layout(self) -> None:
        """Put every dock back to where it was at first."""
        self.restoreState(self.default_layout, remembered.LAYOUT_VERSION)
        for dock in self.docks.values():
            dock.show()
        self._arrange()

    # Qt's own events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, EditBorder):
            self.document.begin_gesture() if event.begins else self.document.end_gesture()
            return True
        # Keys that a focused control needs itself are not taken as shortcuts: Space presses a button reached by Tab.
        if event.type() == QEvent.Type.ShortcutOverride:
            focus, key = QApplication.focusWidget(), event.key()  # type: ignore[attr-defined]
            self.transport.note_key(event)  # type: ignore[arg-type]
            pressed = isinstance(focus, (QAbstractButton, QComboBox)) and key == Qt.Key.Key_Space
            moved = isinstance(focus, QAbstractSlider) and key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)
            if pressed or moved:
                event.accept()
                return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self.snapshot is None:
            self._arrange()
            if self.remembers_layout:
                remembered.restore(self.menus, theme=self.follows_system)
            self._on_demand_changed()
            self._idle.start(_IDLE_MILLISECONDS)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if not self.may_lose_changes():
            event.ignore()
            return
        if self.remembers_layout:
            remembered.keep(self.menus)
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """End the clock and the worker; safe to call twice."""
        self.focus.stop()
        self.menus.shut_down()
        self.status.shut_down()
        self._idle.stop()  # a window closed at once must not start what it has just ended
        self.clock.stop()
        self.worker.close()
        for exporter in self.exporters.values():
            exporter.finish()
