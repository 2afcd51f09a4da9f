"""The window: docks around the landscape, and the wires between document, worker, panels and views."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLabel,
    QMainWindow,
    QScrollBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.network.report import HealthReport
from workbench.engine.params import RequestError
from workbench.engine.snapshot import RaceInfo, Snapshot
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.live.document import Document
from workbench.live.frame_clock import FrameClock
from workbench.live.worker import TrainingWorker
from workbench.ui import dialogs, recent
from workbench.ui import theme as themes
from workbench.ui.data_opening import DataOpening
from workbench.ui.docks import BarRow, Dock
from workbench.ui.exporting import Exporter
from workbench.ui.health_words import gravest, layer_name, run_label, sentence
from workbench.ui.menus import Menus
from workbench.ui.message_bar import MessageBar
from workbench.ui.painting import Dab, PointPainter
from workbench.ui.panels.lanes import LanesPanel
from workbench.ui.panels.problem import ProblemPanel
from workbench.ui.panels.transport import TransportBar
from workbench.ui.views import VIEWS
from workbench.ui.views.base import View
from workbench.ui.words import engine_text

_HEROES = ("fit", "landscape", "diagram", "layers", "plane", "backpropagation")
_STATUS_SECONDS = 0.25
_LAYOUT_VERSION = 1
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
        self._frame = 0
        self._said: tuple[Any, ...] = ()
        self._warned: set[tuple[str, int]] = set()
        self._status_at = 0.0
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
        self.data_opening, self.painter = DataOpening(self), PointPainter(self)
        self._make_hero()
        self._make_docks()
        self._make_status()
        self.menus = Menus(self)
        self._connect()
        self._calm_focus()
        self.set_theme(self.theme, follow=self.follows_system)
        self.resize(1280, 800)
        self.default_layout = self.saveState(_LAYOUT_VERSION)
        for key in _HEROES:
            self.views[key].setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.views["landscape"].setFocus()
        self.worker.start()
        self._on_document_changed(self.document.experiment)
        self.clock.start()

    # Parts

    def _make_hero(self) -> None:
        """The middle of the window: the landscape, for a network what it has learned; a message bar above."""
        self.message = MessageBar(self)
        self.hero = QTabWidget(self)
        self.hero.setDocumentMode(True)
        self.hero.tabBar().setAccessibleName(self.tr("Main view"))
        # it would hand the focus to its tab bar, which is hidden with a single tab: Tab would end there
        self.hero.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._hero_pages: dict[str, QWidget] = {}
        self._hero_bars: list[BarRow] = []
        for key in _HEROES:
            view = self.views[key]
            entry = next(e for e in VIEWS if e.key == key)
            page = QWidget(self)
            bar = BarRow(engine_text(entry.title), view.controls, page)
            for action in self.exporters[key].actions:
                bar.menu.addAction(action)
            layout = QVBoxLayout(page)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
            layout.addWidget(bar)
            layout.addWidget(view, 1)
            self._hero_pages[key] = page
            self._hero_bars.append(bar)
        center = QWidget(self)
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.message)
        column.addWidget(self.hero, 1)
        self.setCentralWidget(center)
        self.hero.setTabBarAutoHide(True)
        self._set_heroes(("landscape",))

    def _set_heroes(self, keys: tuple[str, ...]) -> None:
        """Show these views in the middle, the first one in front."""
        current = [
            next(k for k, p in self._hero_pages.items() if p is self.hero.widget(i)) for i in range(self.hero.count())
        ]
        if tuple(current) == keys:
            return
        focus, front = self.focusWidget(), self.hero.currentWidget()
        held = focus is None or self.hero.isAncestorOf(focus)
        while self.hero.count():
            self.hero.removeTab(0)
        for key in keys:
            entry = next(e for e in VIEWS if e.key == key)
            self.hero.addTab(self._hero_pages[key], engine_text(entry.title))
            self.hero.setTabToolTip(self.hero.count() - 1, engine_text(entry.doc))
        for key, page in self._hero_pages.items():
            if key not in keys:
                page.hide()
        # a view that was in front stays there, where the new race has it and was not given another kind of picture
        self.hero.setCurrentIndex(max(0, self.hero.indexOf(front)) if len(current) > 1 else 0)
        if held:  # left to itself, the focus goes on to some button, which then catches the Space that runs the race
            self.views[keys[self.hero.currentIndex()]].setFocus()

    def _make_docks(self) -> None:
        self.docks: dict[str, Dock] = {}
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for key, title, panel in (
            ("problem", self.tr("Problem"), self.problem_panel), ("lanes", self.tr("Lanes"), self.lanes_panel),
        ):  # fmt: skip
            self._add_dock(left, Dock(key, title, panel, scrolls=True, parent=self))
        for entry in VIEWS:
            if entry.key not in _HEROES:
                view = self.views[entry.key]
                actions = self.exporters[entry.key].actions
                title = engine_text(entry.title)
                self._add_dock(
                    right, Dock(entry.key, title, view, controls=view.controls, actions=actions, parent=self)
                )

    def _add_dock(self, area: Qt.DockWidgetArea, dock: Dock) -> None:
        self.docks[dock.objectName()] = dock
        self.addDockWidget(area, dock)

    def _arrange(self) -> None:
        """The measures that the layout begins with: the middle keeps 45 % of the width and more."""
        width = self.width()
        side = self.fontMetrics().horizontalAdvance("n") * 40
        self.resizeDocks([self.docks["problem"]], [max(268, min(280, side))], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["loss"]], [round(0.315 * width)], Qt.Orientation.Horizontal)
        height = self.height()
        self.resizeDocks(
            [self.docks["problem"], self.docks["lanes"]], [round(0.46 * height), round(0.46 * height)],
            Qt.Orientation.Vertical,
        )  # fmt: skip
        self.resizeDocks(
            [self.docks["loss"], self.docks["gradients"], self.docks["race"]],
            [round(0.33 * height), round(0.29 * height), round(0.29 * height)], Qt.Orientation.Vertical,
        )  # fmt: skip

    def _make_status(self) -> None:
        self.status = QLabel(self)
        self.pace, self.frames = QLabel(self), QLabel(self)
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(10, 0, 10, 0)
        bar.addWidget(self.status, 1)
        for label in (self.pace, self.frames):
            label.setObjectName("muted")
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            bar.addPermanentWidget(label)
        self.pace.setToolTip(self.tr("Steps that the engine takes each second"))
        self.frames.setToolTip(self.tr("Pictures painted each second"))

    def _connect(self) -> None:
        self.document.changed.connect(self._on_document_changed)
        self.document.file_changed.connect(self._on_file_changed)
        self.worker.failed.connect(self._on_worker_failed)
        self.worker.noted.connect(self._on_worker_noted)
        for panel in (self.problem_panel, self.lanes_panel):
            panel.edited.connect(self._on_edited)
        fit: Any = self.views["fit"]
        fit.dabbed.connect(self._on_dabbed)
        fit.stroke_ended.connect(self.painter.flush)
        fit.cleared.connect(self.painter.clear)
        fit.sample_picked.connect(self.views["backpropagation"].show_sample)  # type: ignore[attr-defined]
        self.painter.drawn.connect(fit.show_points)
        self.painter.edited.connect(self._on_edited)
        self.painter.said.connect(self.say)
        self.data_opening.chosen.connect(self._on_edited)
        self.problem_panel.network_form.data.file_requested.connect(self._on_file_requested)
        self.transport.run_toggled.connect(self._on_run_toggled)
        self.transport.step_requested.connect(self._on_step_requested)
        self.transport.reset_requested.connect(self.worker.reset)
        self.transport.speed_changed.connect(self.worker.set_speed)
        self.transport.seek_requested.connect(self.worker.seek)
        for view in self.views.values():
            view.demand_changed.connect(self._on_demand_changed)
            view.start_moved.connect(self._on_start_moved)
        for exporter in self.exporters.values():
            exporter.asked.connect(self._on_export_asked)
            exporter.done.connect(self.say)
            exporter.failed.connect(self.message.say)
        for dock in self.docks.values():
            dock.shown_changed.connect(self._on_demand_changed)
        self.hero.currentChanged.connect(self._on_demand_changed)
        self.menus.gradient_check.demand_changed.connect(self._on_demand_changed)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_color_scheme_changed)

    def _calm_focus(self) -> None:
        """Buttons and sliders take the focus by Tab alone: a click must not catch the Space that runs the race."""
        for widget in self.findChildren(QWidget):
            if isinstance(widget, (QAbstractButton, QAbstractSlider, QComboBox)) and not isinstance(widget, QScrollBar):
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    # What the document says

    def _on_document_changed(self, experiment: Experiment) -> None:
        self.problem_panel.show_experiment(experiment)
        self.lanes_panel.show_experiment(experiment)
        self.painter.follow(experiment)
        self._calm_focus()
        self.worker.submit(experiment)
        self.menus.show_document(self.document)
        self._on_file_changed()

    def _say_what_to_press(self) -> None:
        said = self.tr("Press Space to run, → for one step.")
        if isinstance(self.document.experiment.problem, ObjectiveSetup):
            said += " " + self.tr("Drag the ring to move the start.")
        self.say(said)

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

    def _on_dabbed(self, dab: Dab) -> None:
        self.painter.touch(dab, None if self.snapshot is None else self.snapshot.info.data)

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
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self._set_heroes(_heroes_of(snapshot.info))
            self._warned = set()
        self.transport.show_snapshot(snapshot)
        self.lanes_panel.show_snapshot(snapshot)
        self.menus.gradient_check.show_snapshot(snapshot)
        self._frame += 1
        for key, view in self.views.items():
            # while it runs, the middle is drawn each frame and the others take turns: drawing is what costs
            if view.isVisible() and (key in _HEROES or not snapshot.running or self._takes_turn(key)):
                view.show_snapshot(snapshot)
        self._show_status(snapshot)

    def _takes_turn(self, key: str) -> bool:
        sides = [k for k in self.views if k not in _HEROES and self.views[k].isVisible()]
        return self._frame % len(sides) == sides.index(key)

    def _show_status(self, snapshot: Snapshot) -> None:
        event = (snapshot.generation, snapshot.finished, tuple(snapshot.diverged_at.tolist()))
        if event != self._said:
            self._said = event
            self._say_event(snapshot)
        else:
            self._say_new_warning(snapshot)
        now = time.monotonic()
        if snapshot.running and now - self._status_at < _STATUS_SECONDS:
            return
        self._status_at = now
        running = snapshot.running
        pace, frames = snapshot.steps_per_second, self.clock.frames_per_second
        self.pace.setText(self.tr("{} steps/s").format(f"{pace:,.0f}".replace(",", " ")) if running else "")
        self.frames.setText(self.tr("{} frames/s").format(round(frames)) if running else "")

    def _say_event(self, snapshot: Snapshot) -> None:
        """Say what happened to the race, in a sentence."""
        info = snapshot.info
        gone = [run for run in range(info.runs) if snapshot.diverged_at[run] >= 0]
        said = []
        if gone:
            last = max(gone, key=lambda run: int(snapshot.diverged_at[run]))
            label, layer = run_label(info, last), int(snapshot.diverged_layer[last])
            where = self.tr(" ({})").format(layer_name(info, layer)) if layer >= 0 else ""
            said.append(self.tr("{} diverged at step {}{}.").format(label, int(snapshot.diverged_at[last]), where))
            if len(gone) > 1:
                said.append(self.tr("{} runs in all have diverged.").format(len(gone)))
        if snapshot.finished:
            if len(gone) == info.runs:
                said.append(self.tr("No run is left; smaller learning rates may help."))
            else:
                said.append(self.tr("Finished at step {}.").format(snapshot.step))
        if said:
            self.say(" ".join(said))
        elif not snapshot.running and (snapshot.step == 0 or not self.status.text()):
            self._say_what_to_press()

    def _say_new_warning(self, snapshot: Snapshot) -> None:
        """Say that a layer vanishes, explodes, dies or saturates, once for each run and ailment."""
        found = snapshot.extras.get("health")
        if not isinstance(found, HealthReport) or snapshot.finished:
            return
        fresh = [w for w in found.now if (w.key, w.run) not in self._warned]
        if fresh:
            self._warned |= {(w.key, w.run) for w in fresh}
            self.say(sentence(gravest(fresh), snapshot.info))

    def _on_worker_failed(self, sentence: str) -> None:
        self.message.say(sentence)

    def _on_worker_noted(self, sentence: str) -> None:
        self.say(sentence)
        self.pace.setToolTip(sentence)  # where it stays

    def say(self, sentence: str) -> None:
        """Say in the status bar what happened last."""
        self.status.setText(sentence)

    # What the person asks for

    def _on_run_toggled(self, run: bool) -> None:
        (self.worker.go if run else self.worker.pause)()
        if run:
            self.say(self.tr("Running. Space pauses; settings may be changed meanwhile."))

    def _on_step_requested(self, count: int) -> None:
        self.worker.step(count)

    def _on_demand_changed(self, *_: object) -> None:
        """Tell the worker what the visible views need, and draw what has come to light."""
        demands: dict[str, Any] = {"health": ()} | dict(self.menus.gradient_check.demand())
        for view in self.views.values():
            if view.isVisible():
                demands |= view.demand()
        self.worker.set_demands(demands)
        self.clock.refresh()

    def _on_export_asked(self) -> None:
        """Views that are hidden stand where they were seen last, or show nothing yet."""
        for view in self.views.values():
            if self.snapshot is not None and not view.isVisible():
                view.show_snapshot(self.snapshot)

    def open_file(self, path: Path, *, example: bool = False) -> bool:
        """Open an experiment file; one that cannot be used leaves the open experiment as it is."""
        if not self.may_lose_changes():
            return False
        try:
            experiment = files.read(path)
        except files.ExperimentFileError as error:
            self.message.say(str(error))
            return False
        self.message.hide()
        self.worker.pause()
        self.document.open(experiment, None if example else path)
        self.worker.reset()  # a file begins at its start, however little sets it apart from what was open
        if not example:
            recent.remember_file(path)
            self.menus.fill_recent()
        self.say(experiment.title or self.tr("Opened {}").format(path.name))
        return True

    def open_data(self, *, again: bool = False) -> None:
        """Ask for a table to learn from; `again` for other columns of the present one."""
        self.data_opening.ask(self.document.experiment, self.problem_panel.network, again=again)

    def _on_file_requested(self) -> None:
        self.open_data(again=True)

    def save_file(self, path: Path) -> bool:
        """Write the open experiment to a file."""
        try:
            files.write(self.document.experiment, path)
        except OSError as error:
            self.message.say(self.tr("{} was not written: {}").format(path, error.strerror or error))
            return False
        self.document.mark_saved(path)
        recent.remember_file(path)
        self.menus.fill_recent()
        self.say(self.tr("Saved to {}").format(path))
        return True

    def save(self) -> bool:
        """Save to the document's file, asking for one where there is none."""
        return self.save_file(self.document.path) if self.document.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        proposed = self.document.path or Path.home() / "experiment.toml"
        path = dialogs.ask_save(self, proposed, "toml")
        return path is not None and self.save_file(path)

    def may_lose_changes(self) -> bool:
        """Whether the open experiment may be replaced: it is saved, or the person says so."""
        if not self.asks_before_losing or self.document.path is None or not self.document.is_modified:
            return True
        answer = dialogs.ask_keep(self, self.document.path.name)
        return self.save() if answer == "save" else answer == "discard"

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
        for bar in [dock.bar for dock in self.docks.values()] + self._hero_bars:
            bar.set_theme(theme)
        metrics = self.fontMetrics()
        self.pace.setMinimumWidth(metrics.horizontalAdvance("000 000 steps/s"))
        self.frames.setMinimumWidth(metrics.horizontalAdvance("000 frames/s"))
        for view in self.views.values():
            view.set_theme(theme)
        self.clock.refresh()

    def _on_color_scheme_changed(self) -> None:
        if self.follows_system:
            self.set_theme(themes.system_theme(), follow=True)

    def reset_layout(self) -> None:
        """Put every dock back to where it was at first."""
        self.restoreState(self.default_layout, _LAYOUT_VERSION)
        for dock in self.docks.values():
            dock.show()
        self._arrange()

    # Qt's own events

    def event(self, event: QEvent) -> bool:
        # Keys that a focused control needs itself are not taken as shortcuts: Space presses a button reached by Tab.
        if event.type() == QEvent.Type.ShortcutOverride:
            focus, key = QApplication.focusWidget(), event.key()  # type: ignore[attr-defined]
            pressed = isinstance(focus, (QAbstractButton, QComboBox)) and key == Qt.Key.Key_Space
            moved = isinstance(focus, QAbstractSlider) and key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)
            if pressed or moved:
                event.accept()
                return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self._said == () or self.snapshot is None:
            settings = QSettings()
            geometry, state = settings.value("geometry"), settings.value("layout")
            self._arrange()
            if self.remembers_layout and isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
                self.restoreGeometry(geometry)
                self.restoreState(state, _LAYOUT_VERSION)
            self._on_demand_changed()
            self._idle.start(_IDLE_MILLISECONDS)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if not self.may_lose_changes():
            event.ignore()
            return
        if self.remembers_layout:
            settings = QSettings()
            settings.setValue("geometry", self.saveGeometry())
            settings.setValue("layout", self.saveState(_LAYOUT_VERSION))
        self.shut_down()
        event.accept()

    def shut_down(self) -> None:
        """End the clock and the worker; safe to call twice."""
        self.menus.gradient_check.close()
        self._idle.stop()  # a window closed at once must not start what it has just ended
        self.clock.stop()
        self.worker.close()


def _heroes_of(info: RaceInfo) -> tuple[str, ...]:
    """The views that a race has in the middle: two parameters have their landscape itself, more a plane through it."""
    if info.kind != "network":
        return ("landscape",)
    return ("fit", "diagram", "layers", "landscape" if info.size == 2 else "plane", "backpropagation")
