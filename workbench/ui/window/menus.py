"""The menu bar: every command has its place here, with its key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QMenu, QMessageBox

from workbench import __version__
from workbench.experiment import files
from workbench.live.document import Document
from workbench.resources import resource_root
from workbench.ui.panels.transport import TransportBar
from workbench.ui.views import CENTRAL, VIEWS
from workbench.ui.window import recent
from workbench.ui.window.catalogue import Catalogue
from workbench.ui.window.centre import Centre
from workbench.ui.window.checking import Checking
from workbench.ui.window.commands import Commands
from workbench.ui.window.copying import Copying
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.exporting import Exporter
from workbench.ui.window.fair_races import FairRaces
from workbench.ui.window.forking import Forking
from workbench.ui.window.keeping import Keeping
from workbench.ui.window.layout import DockLayout
from workbench.ui.window.looks import SYSTEM, Looks
from workbench.ui.window.making import Making
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.picked_lane import PickedLane
from workbench.ui.window.presentation import Presentation
from workbench.ui.window.rate_finding import RateFinding
from workbench.ui.window.starting_points import StartingPoints
from workbench.ui.window.weights import TrainedWeights
from workbench.ui.words.text import engine_text

if TYPE_CHECKING:
    from workbench.ui.dialogs.code import CodeDialog
    from workbench.ui.window.results_opening import ResultsOpening


class _FileAction(QAction):
    """An action that opens one file."""

    def __init__(self, files: DocumentFiles, path: Path, text: str, *, example: bool, parent: QObject) -> None:
        super().__init__(text, parent)
        self._files, self._path, self._example = files, path, example
        self.setToolTip(str(path))
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self) -> None:
        self._files.open(self._path, example=self._example)


class Menus(QObject):
    """Fills the window's menu bar and carries out what is chosen there."""

    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        *,
        document: Document,
        files: DocumentFiles,
        commands: Commands,
        own_data: OwnData,
        exporters: Mapping[str, Exporter],
        centre: Centre,
        layout: DockLayout,
        looks: Looks,
        transport: TransportBar,
        new_seed: QAbstractButton,
        gradient_check: Checking,
        catalogue: Catalogue,
        copying: Copying,
        picked: PickedLane,
        presentation: Presentation,
        weights: TrainedWeights,
        forking: Forking,
        starting_points: StartingPoints,
        fair_races: FairRaces,
        making: Making,
        rates: RateFinding,
        keeping: Keeping,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._files, self._commands = window, document, files, commands
        self._own_data, self._exporters, self._centre = own_data, exporters, centre
        self._layout, self._looks = layout, looks
        self._copying, self._picked, self._presentation = copying, picked, presentation
        self.gradient_check, self._weights, self._making, self._keeping = gradient_check, weights, making, keeping
        self.code_dialog: CodeDialog | None = None
        self._results: ResultsOpening | None = None
        bar = window.menuBar()
        self._file(bar.addMenu(self.tr("&File")))
        self._edit(bar.addMenu(self.tr("&Edit")))
        run = bar.addMenu(self.tr("&Run"))
        run.addActions([transport.run, transport.run_back, transport.step, transport.back])
        run.addActions([transport.reset, transport.full])
        run.addSeparator()
        run.addActions([transport.mark_first, transport.mark_last, transport.loop])
        run.addSeparator()
        run.setToolTipsVisible(True)
        self.fork = self._add(run, self.tr("Fork here"), "Ctrl+K", forking.fork_picked)
        self.fork.setToolTip(
            self.tr("Let another lane go on from where the picked one stands now, and change its settings (Ctrl+K)")
        )
        self.dismiss = self._add(run, self.tr("Dismiss ghosts"), "Shift+Escape", forking.dismiss_ghosts)
        self.dismiss.setToolTip(self.tr("Show no more what edits have replaced, nor kept runs (Shift+Escape)"))
        self.add_starts = self._add(run, self.tr("Add starts …"), "Ctrl+Shift+K", starting_points.ask_everywhere)
        self.add_starts.setToolTip(
            self.tr("Run every lane from many more starts, in a grid or at random (Ctrl+Shift+K)")
        )
        self.keep_run = self._add(run, self.tr("Keep this run"), "Ctrl+D", keeping.keep_now)
        self.keep_run.setToolTip(self.tr("Keep the race as it stands among the runs, until you delete it (Ctrl+D)"))
        self.dismiss.setEnabled(False)
        forking.ghosts_changed.connect(self.dismiss.setEnabled)
        run.addSeparator()
        self.new_seed = self._add(run, self.tr("New seed"), "Ctrl+R", new_seed.click)
        self._studies(run, rates, fair_races)
        self._view(bar.addMenu(self.tr("&View")))
        self.examples = bar.addMenu(self.tr("E&xamples"))
        self.examples.aboutToShow.connect(self._on_examples_shown)
        help_menu = bar.addMenu(self.tr("&Help"))
        self.what_is_chosen = self._add(help_menu, self.tr("What is chosen"), "Shift+F1", catalogue.show_help)
        self._add(help_menu, self.tr("Keyboard shortcuts"), "F1", self._on_shortcuts)
        self._add(help_menu, self.tr("About Gradient Workbench"), "", self._on_about)
        looks.chosen.connect(self._on_theme_chosen)
        files.recent_changed.connect(self.fill_recent)

    def _studies(self, run: QMenu, rates: RateFinding, fair_races: FairRaces) -> None:
        """What takes many runs, or looks at the gradient itself."""
        run.addSeparator()
        self.find_rate = self._add(run, self.tr("Find a rate …"), "Ctrl+L", rates.bring_up)
        self.find_rate.setToolTip(
            self.tr("Measure the loss against the learning rate for every lane, and take the best one (Ctrl+L)")
        )
        self.check_gradient = self._add(run, self.tr("Check gradient"), "Ctrl+G", self.gradient_check.bring_up)
        self.fair_race = self._add(run, self.tr("Fair race …"), "Ctrl+Shift+R", fair_races.bring_up)
        self.fair_race.setToolTip(
            self.tr("Tune every lane by the same budget, and compare them under other seeds (Ctrl+Shift+R)")
        )

    @property
    def results(self) -> ResultsOpening:
        """The flow of results folders, made when one is first asked for."""
        if self._results is None:
            from workbench.ui.window.results_opening import ResultsOpening

            self._results = ResultsOpening(self._window, files=self._files, looks=self._looks, picked=self._picked)
        return self._results

    def open_folder(self, folder: Path) -> None:
        """Show a folder of results."""
        self.results.open(folder)

    def show_undo(self, can_undo: bool, can_redo: bool) -> None:
        """Enable what can be undone."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def name_undo(self, back: str, again: str) -> None:
        """Say what is undone and redone."""
        self.undo.setText(self.tr("&Undo: {}").format(back.replace("&", "&&")) if back else self.tr("&Undo"))
        self.redo.setText(self.tr("&Redo: {}").format(again.replace("&", "&&")) if again else self.tr("&Redo"))

    def shut_down(self) -> None:
        """Close the windows that the menus opened."""
        self.gradient_check.close()
        self._copying.finish()
        self._keeping.shut_down()
        if self._results is not None:
            self._results.shut_down()
        if self.code_dialog is not None:
            self.code_dialog.shut_down()

    def _add(self, menu: QMenu, text: str, keys: object, slot: object) -> QAction:
        action = menu.addAction(text)
        if keys:
            action.setShortcuts(keys if isinstance(keys, QKeySequence.StandardKey) else [QKeySequence(str(keys))])
        action.triggered.connect(slot)
        return action

    def _file(self, menu: QMenu) -> None:
        keys = QKeySequence.StandardKey
        new = menu.addMenu(self.tr("&New"))
        new.setToolTipsVisible(True)
        self.new_objective = self._add(new, self.tr("&Objective"), keys.New, self._files.new_objective)
        self.new_objective.setToolTip(self.tr("Two optimizers on a function of two coordinates"))
        self.new_network = self._add(new, self.tr("&Network"), "Ctrl+Shift+N", self._files.new_network)
        self.new_network.setToolTip(self.tr("Two optimizers that train a small network"))
        self.open = self._add(menu, self.tr("&Open …"), keys.Open, self._files.ask_open)
        self.recent = menu.addMenu(self.tr("Open &recent"))
        self.recent.setToolTipsVisible(True)
        self.open_data = self._add(menu, self.tr("Open &data (CSV) …"), "Ctrl+Shift+O", self._on_open_data)
        self.open_results = self._add(menu, self.tr("Open r&esults …"), "Ctrl+Shift+E", self._on_open_results)
        self.open_results.setToolTip(self.tr("A folder that a sweep or a fair race has written: its runs and charts"))
        self.save = self._add(menu, self.tr("&Save"), keys.Save, self._on_save)
        self.save_as = self._add(menu, self.tr("Save &as …"), "Ctrl+Shift+S", self._on_save_as)
        menu.addSeparator()
        export = menu.addMenu(self.tr("&Export"))
        self.exports = {entry.key: export.addMenu(engine_text(entry.title)) for entry in VIEWS}
        for key, part in self.exports.items():
            part.addActions(self._exporters[key].actions)
        export.aboutToShow.connect(self._on_export_shown)
        export.addSeparator()
        self.figure = self._add(export, self.tr("F&igure …"), "Ctrl+Shift+F", self._on_figure)
        self.figure.setToolTip(self.tr("Views on one page, for paper, a slide or the screen (Ctrl+Shift+F)"))
        self.film = self._add(export, self.tr("&Film …"), "", self._on_film)
        self.film.setToolTip(self.tr("The run as an animation: GIF, APNG, WebP, AVIF or MP4"))
        self.code = self._add(export, self.tr("&Code of a lane …"), "", self._on_code)
        self.code.setToolTip(self.tr("A script for PyTorch, Keras or NumPy alone that repeats what a lane does"))
        self.weights = self._add(export, self.tr("&Weights of the picked lane …"), "", self._weights.ask_save)
        self.weights.setToolTip(self.tr("The trained weights as a NumPy archive, which an experiment can begin with"))
        self.begin_with = self._add(menu, self.tr("Begin with &weights …"), "", self._weights.ask_begin)
        self.begin_with.setToolTip(self.tr("Let every lane begin with trained weights from a file"))
        menu.addSeparator()
        self._add(menu, self.tr("&Quit"), "Ctrl+Q", self._window.close)
        self.fill_recent()

    def _on_export_shown(self) -> None:
        """Offer the views that the problem has: what another kind of problem has in the centre shows nothing."""
        for entry in CENTRAL:
            self.exports[entry.key].menuAction().setEnabled(entry.key in self._centre.keys)
        self.weights.setEnabled("fit" in self._centre.keys)

    def fill_recent(self) -> None:
        """List the files opened last."""
        self.recent.clear()
        paths = recent.recent_files()
        for path, words in zip(paths, recent.told_apart(paths), strict=True):
            self.recent.addAction(_FileAction(self._files, path, words.replace("&", "&&"), example=False, parent=self))
        if self.recent.isEmpty():
            self.recent.addAction(self.tr("No file has been opened yet")).setEnabled(False)

    def _edit(self, menu: QMenu) -> None:
        keys = QKeySequence.StandardKey
        self.undo = self._add(menu, self.tr("&Undo"), keys.Undo, self._commands.undo)
        self.redo = self._add(menu, self.tr("&Redo"), keys.Redo, self._commands.redo)
        menu.addSeparator()
        self.copy = self._add(menu, self.tr("&Copy picture under the mouse"), keys.Copy, self._copying.copy)
        self.copy_table = self._add(
            menu, self.tr("Copy &table under the mouse"), "Ctrl+Shift+C", self._copying.copy_table
        )
        self.copy_table.setToolTip(self.tr("Copy the numbers of the view under the mouse as text (Ctrl+Shift+C)"))
        self.pick_none = self._add(menu, self.tr("Pick no lane"), "Ctrl+Shift+A", self._picked.clear)

    def _view(self, menu: QMenu) -> None:
        for dock in self._layout.docks.values():
            menu.addAction(dock.toggleViewAction())
        self.runs = self._add(menu, self.tr("Runs …"), "Ctrl+H", self._keeping.bring_up)
        menu.addSeparator()
        self._add(menu, self.tr("Restore layout"), "", self._layout.reset)
        menu.addSeparator()
        self.present = self._add(menu, self.tr("Present middle and curves"), "F11", self._presentation.toggle)
        self.present_one = self._add(menu, self.tr("Present one view"), "Shift+F11", self._presentation.toggle_one)
        menu.addSeparator()
        group = QActionGroup(self)
        self.theme_actions: dict[str, QAction] = {}
        for key, text in (
            (SYSTEM, self.tr("Theme of the system")),
            ("light", self.tr("Light theme")),
            ("dark", self.tr("Dark theme")),
        ):  # fmt: skip
            action = menu.addAction(text)
            action.setCheckable(True)
            group.addAction(action)
            self.theme_actions[key] = action
        self._on_theme_chosen(self._looks.choice)
        group.triggered.connect(self._on_theme_triggered)
        menu.addSeparator()
        self._add(menu, self.tr("Larger text"), "Ctrl++", self._looks.enlarge)
        self._add(menu, self.tr("Smaller text"), "Ctrl+-", self._looks.reduce)

    def _on_examples_shown(self) -> None:
        """List the examples, each by the title in its file: they are read when they are first looked for."""
        if not self.examples.isEmpty():
            return
        for path in sorted((resource_root() / "examples").glob("*.toml")):
            try:
                title = files.read(path).title or path.stem
            except files.ExperimentFileError:
                continue  # shown nowhere: the tests read every example
            self.examples.addAction(_FileAction(self._files, path, title, example=True, parent=self))

    def _on_open_data(self) -> None:
        self._commands.commit_edits()
        self._own_data.open_file()

    def _on_open_results(self) -> None:
        self.results.ask()

    def _on_save(self) -> None:
        self._commands.commit_edits()
        self._files.save()

    def _on_save_as(self) -> None:
        self._commands.commit_edits()
        self._files.save_as()

    def _on_film(self) -> None:
        self._commands.commit_edits()
        self._making.ask_film()

    def _on_figure(self) -> None:
        self._commands.commit_edits()
        self._making.ask_figure()

    def _on_code(self) -> None:
        if self.code_dialog is None:  # made when it is first asked for: the window opens without it
            from workbench.ui.dialogs.code import CodeDialog

            self.code_dialog = CodeDialog(self._window)
            self.code_dialog.done_writing.connect(self.said)
            self.code_dialog.failed.connect(self.failed)
            self._document.changed.connect(self.code_dialog.follow)
        self._commands.commit_edits()
        self.code_dialog.bring_up(self._document.experiment)

    def _on_theme_triggered(self, action: QAction) -> None:
        self._looks.choose(next(key for key, found in self.theme_actions.items() if found is action))

    def _on_theme_chosen(self, key: str) -> None:
        self.theme_actions[key].setChecked(True)

    def _on_shortcuts(self) -> None:
        rows = [
            (self.tr("Run or pause"), "Space"), (self.tr("One step"), "→"), (self.tr("One step back"), "←"),
            (self.tr("Reset"), "R"),
            (self.tr("Full speed and back"), "U"), (self.tr("Run backwards"), "Shift+Space"),
            (self.tr("Mark a stretch, loop it"), "A, B; L"), (self.tr("Fork the picked lane here"), "Ctrl+K"),
            (self.tr("Add a start, many starts"), "Shift+click, Shift+drag or Ctrl+Shift+K"),
            (self.tr("Figure of views"), "Ctrl+Shift+F"), (self.tr("Copy a view's numbers"), "Ctrl+Shift+C"),
            (self.tr("Fair race"), "Ctrl+Shift+R"),
            (self.tr("Go to the step of a path or curve"), "double click"),
            (self.tr("Dismiss ghosts"), "Shift+Escape"), (self.tr("New seed"), "Ctrl+R"),
            (self.tr("Kept runs, keep this one"), "Ctrl+H, Ctrl+D"),
            (self.tr("Whole landscape"), "Home"),
            (self.tr("Play the lines of a step, a line back, on; the table"), "P; comma, full stop; T"),
            (self.tr("Undo, redo"), "Ctrl+Z, Ctrl+Shift+Z"), (self.tr("New, open, save"), "Ctrl+N, Ctrl+O, Ctrl+S"),
            (self.tr("Open a folder of results"), "Ctrl+Shift+E"),
            (self.tr("Find a rate"), "Ctrl+L"), (self.tr("Check the gradient"), "Ctrl+G"),
            (self.tr("Pages of what is chosen"), "Shift+F1"),
            (self.tr("Move a lane or a layer"), "Alt+↑, Alt+↓"),
            (self.tr("Copy the picture under the mouse; drag it out"), "Ctrl+C; the handle above it"),
            (self.tr("Present, one view alone; leave"), "F11, Shift+F11; Escape"),
            (self.tr("Change a number by a tenth"), "↑ ↓"), (self.tr("Larger, smaller text"), "Ctrl++, Ctrl+−"),
        ]  # fmt: skip
        cell = "<td style='padding-right:24px; white-space:nowrap'>{}</td>"
        body = "".join(f"<tr>{cell.format(text)}{cell.format(keys)}</tr>" for text, keys in rows)
        self._tell(self.tr("Keyboard shortcuts"), f"<table>{body}</table>")

    def _on_about(self) -> None:
        text = self.tr(
            "See and understand gradient descent and backpropagation. Version {}. MIT licence. Digits: UCI Optical "
            "Recognition of Handwritten Digits. Typeface: Inter (SIL Open Font License)."
        ).format(__version__)
        self._tell(self.tr("About Gradient Workbench"), text)

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
