"""The menu bar: every command has its place here, with its key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox

from workbench import __version__
from workbench.resources import resource_root
from workbench.ui.dialogs import files as dialogs
from workbench.ui.dialogs.code import CodeDialog
from workbench.ui.dialogs.gradient_check.dialog import GradientCheckDialog
from workbench.ui.style import theme as themes
from workbench.ui.views import CENTRAL, VIEWS
from workbench.ui.window import recent
from workbench.ui.words.text import engine_text

if TYPE_CHECKING:
    from workbench.ui.window.main_window import MainWindow

_SMALLEST, _LARGEST = 8.0, 18.0


class _FileAction(QAction):
    """An action that opens one file."""

    def __init__(self, menus: Menus, path: Path, text: str, *, example: bool) -> None:
        super().__init__(text, menus)
        self._menus, self._path, self._example = menus, path, example
        self.setToolTip(str(path))
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self) -> None:
        self._menus.window.open_file(self._path, example=self._example)


class Menus(QObject):
    """Fills the window's menu bar and carries out what is chosen there."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.font_chosen = False
        self.code_dialog: CodeDialog | None = None
        bar = window.menuBar()
        self._file(bar.addMenu(self.tr("&File")))
        self._edit(bar.addMenu(self.tr("&Edit")))
        run = bar.addMenu(self.tr("&Run"))
        transport = window.transport
        run.addActions([transport.run, transport.step, transport.back, transport.reset])
        run.addSeparator()
        self.new_seed = self._add(run, self.tr("New seed"), "Ctrl+R", self._on_new_seed)
        run.addSeparator()
        self.gradient_check = GradientCheckDialog(window)
        self.check_gradient = self._add(run, self.tr("Check gradient"), "Ctrl+G", self.gradient_check.bring_up)
        self._view(bar.addMenu(self.tr("&View")))
        self._examples(bar.addMenu(self.tr("E&xamples")))
        help_menu = bar.addMenu(self.tr("&Help"))
        self._add(help_menu, self.tr("Keyboard shortcuts"), "F1", self._on_shortcuts)
        self._add(help_menu, self.tr("About Gradient Workbench"), "", self._on_about)

    def show_undo(self, can_undo: bool, can_redo: bool) -> None:
        """Enable what can be undone."""
        self.undo.setEnabled(can_undo)
        self.redo.setEnabled(can_redo)

    def shut_down(self) -> None:
        """Close the windows that the menus opened."""
        self.gradient_check.close()
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
        self.open = self._add(menu, self.tr("&Open …"), keys.Open, self._on_open)
        self.recent = menu.addMenu(self.tr("Open &recent"))
        self.recent.setToolTipsVisible(True)
        self.open_data = self._add(menu, self.tr("Open &data (CSV) …"), "Ctrl+Shift+O", self._on_open_data)
        self.save = self._add(menu, self.tr("&Save"), keys.Save, self._on_save)
        self.save_as = self._add(menu, self.tr("Save &as …"), "Ctrl+Shift+S", self._on_save_as)
        menu.addSeparator()
        export = menu.addMenu(self.tr("&Export"))
        self.exports = {entry.key: export.addMenu(engine_text(entry.title)) for entry in VIEWS}
        for key, part in self.exports.items():
            part.addActions(self.window.exporters[key].actions)
        export.aboutToShow.connect(self._on_export_shown)
        export.addSeparator()
        self.code = self._add(export, self.tr("&Code of a lane …"), "", self._on_code)
        self.code.setToolTip(self.tr("A script for PyTorch or Keras that repeats what a lane does"))
        menu.addSeparator()
        self._add(menu, self.tr("&Quit"), "Ctrl+Q", self.window.close)
        self.fill_recent()

    def _on_export_shown(self) -> None:
        """Offer the views that the problem has: what another kind of problem has in the middle shows nothing."""
        for entry in CENTRAL:
            self.exports[entry.key].menuAction().setEnabled(entry.key in self.window.centre.keys)

    def fill_recent(self) -> None:
        """List the files opened last."""
        self.recent.clear()
        paths = recent.recent_files()
        for path, words in zip(paths, recent.told_apart(paths), strict=True):
            self.recent.addAction(_FileAction(self, path, words.replace("&", "&&"), example=False))
        if self.recent.isEmpty():
            self.recent.addAction(self.tr("No file has been opened yet")).setEnabled(False)

    def _edit(self, menu: QMenu) -> None:
        keys = QKeySequence.StandardKey
        self.undo = self._add(menu, self.tr("&Undo"), keys.Undo, self.window.commands.undo)
        self.redo = self._add(menu, self.tr("&Redo"), keys.Redo, self.window.commands.redo)

    def _view(self, menu: QMenu) -> None:
        for dock in self.window.docks.values():
            menu.addAction(dock.toggleViewAction())
        menu.addSeparator()
        self._add(menu, self.tr("Restore layout"), "", self.window.reset_layout)
        menu.addSeparator()
        group = QActionGroup(self)
        self.theme_actions: dict[str, QAction] = {}
        for key, text in (
            ("system", self.tr("Theme of the system")),
            ("light", self.tr("Light theme")),
            ("dark", self.tr("Dark theme")),
        ):  # fmt: skip
            action = menu.addAction(text)
            action.setCheckable(True)
            group.addAction(action)
            self.theme_actions[key] = action
        chosen = "system" if self.window.follows_system else self.window.theme.name
        self.theme_actions[chosen].setChecked(True)
        group.triggered.connect(self._on_theme_triggered)
        menu.addSeparator()
        self._add(menu, self.tr("Larger text"), "Ctrl++", self._on_larger)
        self._add(menu, self.tr("Smaller text"), "Ctrl+-", self._on_smaller)

    def _examples(self, menu: QMenu) -> None:
        from workbench.experiment import files

        for path in sorted((resource_root() / "examples").glob("*.toml")):
            try:
                title = files.read(path).title or path.stem
            except files.ExperimentFileError:
                continue  # shown nowhere: the tests read every example
            menu.addAction(_FileAction(self, path, title, example=True))

    def _on_open(self) -> None:
        path = self.window.document.path
        chosen = dialogs.ask_open(self.window, path.parent if path else None)
        if chosen is not None:
            self.window.open_file(chosen)

    def _on_open_data(self) -> None:
        self.window.commands.commit_edits()
        self.window.own_data.open_file()

    def _on_save(self) -> None:
        self.window.commands.commit_edits()
        self.window.files.save()

    def _on_save_as(self) -> None:
        self.window.commands.commit_edits()
        self.window.files.save_as()

    def _on_code(self) -> None:
        if self.code_dialog is None:  # made when it is first asked for: the window opens without it
            self.code_dialog = CodeDialog(self.window)
            self.code_dialog.done_writing.connect(self.window.say)
            self.code_dialog.failed.connect(self.window.message.say)
            self.window.document.changed.connect(self.code_dialog.follow)
        self.window.commands.commit_edits()
        self.code_dialog.bring_up(self.window.document.experiment)

    def _on_new_seed(self) -> None:
        self.window.problem_panel.new_seed.click()

    def _on_theme_triggered(self, action: QAction) -> None:
        self.choose_theme(next(k for k, a in self.theme_actions.items() if a is action))

    def choose_theme(self, key: str) -> None:
        """Give the window `light`, `dark`, or the theme of the `system`."""
        self.theme_actions[key].setChecked(True)
        follow = key == "system"
        if follow != self.window.follows_system or not (follow or key == self.window.theme.name):
            self.window.set_theme(themes.system_theme() if follow else themes.THEMES[key], follow=follow)

    def _on_larger(self) -> None:
        self._change_font(1.0)

    def _on_smaller(self) -> None:
        self._change_font(-1.0)

    def _change_font(self, by: float) -> None:
        self.choose_points(QApplication.font().pointSizeF() + by)

    def choose_points(self, points: float) -> None:
        """Give all text another size, within what the window has room for."""
        application = QApplication.instance()
        points = min(_LARGEST, max(_SMALLEST, points))  # also of nan, which a settings file may say
        if isinstance(application, QApplication):
            self.font_chosen = True
            themes.apply(application, self.window.theme, points)
            self.window.set_theme(self.window.theme, follow=self.window.follows_system)

    def _on_shortcuts(self) -> None:
        rows = [
            (self.tr("Run or pause"), "Space"), (self.tr("One step"), "→"), (self.tr("One step back"), "←"),
            (self.tr("Reset"), "R"), (self.tr("New seed"), "Ctrl+R"), (self.tr("Whole landscape"), "Home"),
            (self.tr("Undo, redo"), "Ctrl+Z, Ctrl+Shift+Z"), (self.tr("Open, save"), "Ctrl+O, Ctrl+S"),
            (self.tr("Check the gradient"), "Ctrl+G"),
            (self.tr("Change a number by a tenth"), "↑ ↓"), (self.tr("Larger, smaller text"), "Ctrl++, Ctrl+−"),
        ]  # fmt: skip
        body = "".join(f"<tr><td style='padding-right:24px'>{text}</td><td>{keys}</td></tr>" for text, keys in rows)
        self._tell(self.tr("Keyboard shortcuts"), f"<table>{body}</table>")

    def _on_about(self) -> None:
        text = self.tr(
            "See and understand gradient descent and backpropagation. Version {}. MIT licence. Digits: UCI Optical "
            "Recognition of Handwritten Digits. Typeface: Inter (SIL Open Font License)."
        ).format(__version__)
        self._tell(self.tr("About Gradient Workbench"), text)

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
