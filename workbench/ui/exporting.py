"""Export from the window: a view as a picture, its data as CSV."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from workbench.experiment.files import write_bytes
from workbench.export import tables
from workbench.export.figures import picture_bytes
from workbench.ui import dialogs
from workbench.ui.views.base import View


class Exporter(QObject):
    """The export commands of one view."""

    #: a sentence on what was written, or (second signal) what went wrong
    done = Signal(str)
    failed = Signal(str)
    #: something is about to be written: the view should show the race as it stands
    asked = Signal()

    def __init__(self, key: str, view: View, window: QWidget) -> None:
        super().__init__(window)
        self._key, self._view, self._window = key, view, window
        self.folder = Path.home()
        self.actions: list[QAction] = []
        for text, slot in (
            (self.tr("Export PNG …"), self._on_png_triggered),
            (self.tr("Export SVG …"), self._on_svg_triggered),
            (self.tr("Export PDF …"), self._on_pdf_triggered),
            (self.tr("Export data as CSV …"), self._on_csv_triggered),
        ):
            action = QAction(text, self)
            action.triggered.connect(slot)
            self.actions.append(action)

    def write_picture(self, path: Path, size: QSize | None = None) -> None:
        """Write the view as the kind of picture that the file's ending says."""
        kind = path.suffix.lower().lstrip(".")
        self.asked.emit()
        try:
            write_bytes(path, picture_bytes(self._view, kind, size))
        except (OSError, ValueError) as error:
            self.failed.emit(self.tr("{} was not written: {}").format(path, error))
            return
        self.done.emit(self.tr("Written to {}").format(path))

    def write_csv(self, path: Path) -> None:
        """Write the history of the race as a table."""
        self.asked.emit()
        snapshot = self._view.snapshot
        if snapshot is None:
            return
        try:
            write_bytes(path, self._view.data_csv() or tables.csv_bytes(snapshot))
        except OSError as error:
            self.failed.emit(self.tr("{} was not written: {}").format(path, error))
            return
        self.done.emit(self.tr("Written to {}").format(path))

    def _proposed(self, kind: str) -> Path:
        key = "race" if self._view.snapshot is None else self._view.snapshot.info.key
        return self.folder / f"{re.sub(r'[^a-z0-9_]+', '_', key)}_{self._key}.{kind}"

    def _ask_picture(self, kind: str) -> None:
        size: QSize | None = None
        if kind == "png":
            dialog = dialogs.PictureSizeDialog(self._view.size(), self._window)
            accepted = dialog.exec() == QDialog.DialogCode.Accepted
            size = dialog.size_in_pixels
            dialog.deleteLater()
            if not accepted:
                return
        path = dialogs.ask_save(self._window, self._proposed(kind), kind)
        if path is not None:
            self.folder = path.parent
            self.write_picture(path, size)

    def _on_png_triggered(self) -> None:
        self._ask_picture("png")

    def _on_svg_triggered(self) -> None:
        self._ask_picture("svg")

    def _on_pdf_triggered(self) -> None:
        self._ask_picture("pdf")

    def _on_csv_triggered(self) -> None:
        path = dialogs.ask_save(self._window, self._proposed("csv"), "csv")
        if path is not None:
            self.folder = path.parent
            self.write_csv(path)
