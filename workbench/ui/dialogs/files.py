"""What asks a person for something: a file's name, a picture's size, whether to keep changes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QMessageBox,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from workbench.export.formats import FILMS, FORMATS, PICTURES

_FILTERS = {
    "toml": "Experiments (*.toml)",
    **{entry.key: f"{entry.title} picture (*.{entry.key})" for entry in PICTURES},
    **{key: f"{entry.title} film (*.{key})" for key, entry in FILMS.items() if key not in FORMATS},
    "csv": "CSV table (*.csv)",
    "py": "Python script (*.py)",
    "npz": "Weights (*.npz)",
}


def ask_open(parent: QWidget, folder: Path | None) -> Path | None:
    """The experiment file to open."""
    title = QCoreApplication.translate("dialogs", "Open experiment")
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder or ""), _FILTERS["toml"])
    return Path(name) if name else None


def ask_csv(parent: QWidget, folder: Path | None) -> Path | None:
    """The table to learn from."""
    title = QCoreApplication.translate("dialogs", "Open data")
    filters = "Tables (*.csv *.tsv *.txt);;All files (*)"
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder or ""), filters)
    return Path(name) if name else None


def ask_weights(parent: QWidget, folder: Path | None) -> Path | None:
    """The trained weights to begin with."""
    title = QCoreApplication.translate("dialogs", "Begin with weights")
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder or ""), _FILTERS["npz"])
    return Path(name) if name else None


def ask_results(parent: QWidget, folder: Path | None) -> Path | None:
    """The folder of results to look at."""
    title = QCoreApplication.translate("dialogs", "Open a folder of results")
    name = QFileDialog.getExistingDirectory(parent, title, str(folder or ""))
    return Path(name) if name else None


def ask_save(parent: QWidget, proposed: Path, kind: str) -> Path | None:
    """Where to write a file of a kind, with its ending."""
    title = QCoreApplication.translate("dialogs", "Save as")
    name, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), _FILTERS[kind])
    if not name:
        return None
    path = with_ending(Path(name), kind)
    if path != Path(name) and path.exists() and not _ask_overwrite(parent, path.name):
        return None  # the dialog has asked for the name without the ending alone
    return path


def _ask_overwrite(parent: QWidget, name: str) -> bool:
    kinds = QMessageBox.StandardButton
    title = QCoreApplication.translate("dialogs", "Save as")
    text = QCoreApplication.translate("dialogs", "{} is there already. Write it anew?").format(name)
    return QMessageBox.question(parent, title, text, kinds.Yes | kinds.No, kinds.No) == kinds.Yes


def with_ending(path: Path, kind: str) -> Path:
    """The file with the ending of its kind, added where it has none: what follows a dot in `adam_lr0.01` is no ending.

    The ending of another kind stays, so that whoever wrote it learns that it does not fit.
    """
    known = path.suffix.lower().lstrip(".") in _FILTERS
    return path if known else path.with_name(f"{path.name}.{kind}")


def ask_keep(parent: QWidget, name: str) -> str:
    """`save`, `discard` or `cancel`: what to do with unsaved changes."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(QCoreApplication.translate("dialogs", "Save the changes to {}?").format(name))
    box.setInformativeText(QCoreApplication.translate("dialogs", "Otherwise they are lost."))
    kinds = QMessageBox.StandardButton
    box.setStandardButtons(kinds.Save | kinds.Discard | kinds.Cancel)
    box.setDefaultButton(kinds.Save)
    answer = box.exec()
    return {kinds.Save: "save", kinds.Discard: "discard"}.get(kinds(answer), "cancel")


def ask_changed(parent: QWidget, name: str) -> str:
    """`overwrite`, `other` (save to another file) or `cancel`: what to do where the file is another than was read."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(QCoreApplication.translate("dialogs", "{} was changed by another program.").format(name))
    told = QCoreApplication.translate("dialogs", "Saving to it replaces what is there now.")
    box.setInformativeText(told)
    roles = QMessageBox.ButtonRole
    overwrite = box.addButton(QCoreApplication.translate("dialogs", "Overwrite"), roles.DestructiveRole)
    other = box.addButton(QCoreApplication.translate("dialogs", "Save as…"), roles.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(other)
    box.exec()
    clicked = box.clickedButton()
    return "overwrite" if clicked is overwrite else "other" if clicked is other else "cancel"


class PictureSizeDialog(QDialog):
    """The size of a picture in pixels, with the usual ones to pick from."""

    def __init__(self, current: QSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Picture size"))
        self._current = current
        self.preset = QComboBox(self)
        self._sizes = (
            (self.tr("As on screen"), current.width(), current.height()),
            (self.tr("Twice the screen"), 2 * current.width(), 2 * current.height()),
            (self.tr("Slide, 1920 × 1080"), 1920, 1080),
            (self.tr("Paper column, 1200 × 900"), 1200, 900),
        )
        for title, _, _ in self._sizes:
            self.preset.addItem(title)
        self.across, self.down = QSpinBox(self), QSpinBox(self)
        for box in (self.across, self.down):
            box.setRange(100, 10_000)
            box.setSuffix(" px")
            box.setKeyboardTracking(False)
        form = QFormLayout()
        form.addRow(self.tr("Size"), self.preset)
        form.addRow(self.tr("Width"), self.across)
        form.addRow(self.tr("Height"), self.down)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.preset.currentIndexChanged.connect(self._on_preset_changed)
        self.preset.setCurrentIndex(1)

    @property
    def size_in_pixels(self) -> QSize:
        """The chosen size."""
        return QSize(self.across.value(), self.down.value())

    def _on_preset_changed(self, index: int) -> None:
        _, across, down = self._sizes[index]
        self.across.setValue(across)
        self.down.setValue(down)
