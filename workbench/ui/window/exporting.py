"""Export from the window: a view as a picture, its data as CSV; its picture dragged to where it is wanted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QThread, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QWidget

from workbench.experiment.files import write_bytes
from workbench.export.formats import FORMATS, PICTURES
from workbench.export.pictures import image_bytes, is_prepared, picture_bytes, picture_image, size_on_screen
from workbench.ui.dialogs import files as dialogs
from workbench.ui.views import VIEWS
from workbench.ui.views.shared.base import Table, View
from workbench.ui.window.dragging import PictureHandle

_LONGEST_WAIT = 20.0
#: Seconds that what takes long of a picture is made beside the window's frames; it may be in vain while a race runs.
_LONGEST_MAKING = 5.0


@dataclass(frozen=True, slots=True)
class _Job:
    """A file to write, what makes its content or what does so in a thread, and since when it waits.

    The time is in monotonic seconds. `is_prepared` tells whether `made` takes no long time in the window's thread.
    """

    path: Path
    made: Callable[[], bytes | Table]
    began: float
    is_prepared: Callable[[], bool]


class _Writing(QThread):
    """Makes a table of values that stay as they are, or packs pixels, and writes it, while the window goes on."""

    def __init__(self, path: Path, made: Table, parent: QObject) -> None:
        super().__init__(parent)
        self.path, self.fault = path, ""
        self._made = made

    def run(self) -> None:  # Qt's name for the body of a thread
        try:
            content = self._made()
            if content:
                write_bytes(self.path, content)
            else:
                self.fault = self.tr("the view shows no numbers now")
        except OSError as error:  # its own words name the file that would have been renamed in the end
            self.fault = error.strerror or str(error)
        except MemoryError:
            self.fault = self.tr("the table is too large for the memory of this machine")


class _FormatAction(QAction):
    """Asks for a picture of one format."""

    chosen = Signal(str)

    def __init__(self, text: str, kind: str, parent: QObject) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self.triggered.connect(self._on_triggered)

    def _on_triggered(self) -> None:
        self.chosen.emit(self._kind)


class Exporter(QObject):
    """The export commands of one view.

    What is written is what the view shows when all that it draws is there. Of a view that is hidden, or has just come
    to light, this may take a moment: the window shows it what it demands, and calls `proceed` until it is written.
    """

    #: a sentence on what was written, or (second signal) what went wrong
    done = Signal(str)
    failed = Signal(str)
    #: (self): something is to be written: the view should show the race as it stands
    asked = Signal(object)
    #: (view, name of its file, widget): a picture is dragged out from there
    dragged = Signal(object, str, object)
    #: (view): it is to be copied
    copy_wanted = Signal(object)

    def __init__(self, key: str, views: Mapping[str, View], window: QWidget) -> None:
        super().__init__(window)
        self.key, self._views, self._window = key, views, window
        self._kinds = next(entry.kinds for entry in VIEWS if entry.key == key)
        self._jobs: list[_Job] = []
        self._writing: list[_Writing] = []
        self.folder = Path.home()
        #: for the row above the view, as the actions are for its menu
        self.handle = PictureHandle(window)
        self.handle.dragged.connect(self._on_dragged)
        self.handle.clicked.connect(self._on_handle_clicked)
        self.actions: list[QAction] = []
        for entry in PICTURES:
            action = _FormatAction(self.tr("Export {} …").format(entry.title), entry.key, self)
            action.chosen.connect(self._ask_picture)
            self.actions.append(action)
        table = QAction(self.tr("Export data as CSV …"), self)
        table.triggered.connect(self._on_csv_triggered)
        self.actions.append(table)

    @property
    def view(self) -> View:
        """The view, which is made now if it has not been seen."""
        return self._views[self.key]

    def write_picture(self, path: Path, size: QSize | None = None) -> None:
        """Write the view as the kind of picture that the file's ending says."""
        kind = path.suffix.lower().lstrip(".")
        is_raster = kind in FORMATS and FORMATS[kind].is_raster
        prepared = partial(self._is_prepared, size) if is_raster else lambda: True
        self._write(path, partial(self._picture, kind, size), prepared)

    def _is_prepared(self, size: QSize | None) -> bool:
        return not self.view.is_preparing and is_prepared(self.view, size)

    def _picture(self, kind: str, size: QSize | None) -> bytes | Table:
        """The content of the file; of pixels, which take longer to be packed than to be painted, what packs them.

        Raises ValueError, in words, where the view has nothing to show, or the format is unknown.
        """
        view = self.view
        word = "" if view.snapshot is None else view.empty_word(view.snapshot)
        if word:
            raise ValueError(self.tr("there is nothing to show now. {}").format(word))
        if kind in FORMATS and FORMATS[kind].is_raster:
            return partial(image_bytes, picture_image(view, size), kind)
        return picture_bytes(view, kind, size)

    def write_csv(self, path: Path) -> None:
        """Write what the view shows as a table; of the losses of a race that is its history."""
        self._write(path, self._table, lambda: True)

    def _table(self) -> Table:
        """What makes the table in a thread: snapshots stay as they are."""
        from workbench.export import results

        snapshot = self.view.snapshot
        if snapshot is None:
            return bytes
        return self.view.data_csv() or partial(results.csv_bytes, snapshot)

    def _write(self, path: Path, made: Callable[[], bytes | Table], prepared: Callable[[], bool]) -> None:
        self._jobs.append(_Job(path, made, time.monotonic(), prepared))
        self.asked.emit(self)

    def proceed(self, *, busy: bool) -> bool:
        """Write, if the view has all that it draws; `busy`: it may be out of date. Whether there is nothing left to do.

        What does not come is said after a while, and nothing is written.
        """
        while self._jobs:
            job = self._jobs[0]
            ready, waited = self._is_ready(busy=busy), time.monotonic() - job.began
            if not ready and waited < _LONGEST_WAIT:
                return False
            if ready and waited < _LONGEST_MAKING and not job.is_prepared():
                return False
            del self._jobs[0]
            self._finish(job, ready=ready)
        return True

    def _finish(self, job: _Job, *, ready: bool) -> None:
        if not ready:
            self.failed.emit(self.tr("{} was not written: what the view shows did not come").format(job.path))
            return
        try:
            made = job.made()
            if not isinstance(made, bytes):
                self._write_beside(job.path, made)
                return
            write_bytes(job.path, made)
        except OSError as error:  # its own words name the file that would have been renamed in the end
            self.failed.emit(self.tr("{} was not written: {}").format(job.path, error.strerror or error))
        except ValueError as error:
            self.failed.emit(self.tr("{} was not written: {}").format(job.path, error))
        else:
            self.done.emit(self.tr("Written to {}").format(job.path))

    def _write_beside(self, path: Path, made: Table) -> None:
        """Write in a thread; of one file after the other."""
        for before in self._writing:
            if before.path == path:
                before.wait()
        writing = _Writing(path, made, self)
        writing.finished.connect(self._on_written)
        self._writing.append(writing)
        writing.start()

    def _on_written(self) -> None:
        writing = self.sender()
        if not isinstance(writing, _Writing):
            return
        writing.wait()
        self._writing.remove(writing)
        writing.deleteLater()
        if writing.fault:
            self.failed.emit(self.tr("{} was not written: {}").format(writing.path, writing.fault))
        else:
            self.done.emit(self.tr("Written to {}").format(writing.path))

    def finish(self) -> None:
        """Wait until what is being written has been: the window goes."""
        for writing in self._writing:
            writing.wait()

    def _is_ready(self, *, busy: bool) -> bool:
        view = self.view
        snapshot = view.snapshot
        if snapshot is None:
            return False
        if snapshot.info.kind not in self._kinds or not view.demand():
            return True
        if not view.has_what_it_demands(snapshot) or (busy and not view.isVisible()):
            return False
        view.finish()
        return True

    def _proposed(self, kind: str) -> Path:
        return self.folder / self._name(kind)

    def _name(self, kind: str) -> str:
        snapshot = self.view.snapshot
        key = "race" if snapshot is None else snapshot.info.key
        return f"{re.sub(r'[^a-z0-9_]+', '_', key)}_{self.key}.{kind}"

    def _on_dragged(self) -> None:
        self.dragged.emit(self.view, self._name("png"), self.handle)

    def _on_handle_clicked(self) -> None:
        self.copy_wanted.emit(self.view)

    def _ask_picture(self, kind: str) -> None:
        size: QSize | None = None
        if FORMATS[kind].is_raster:
            dialog = dialogs.PictureSizeDialog(size_on_screen(self.view), self._window)
            accepted = dialog.exec() == QDialog.DialogCode.Accepted
            size = dialog.size_in_pixels
            dialog.deleteLater()
            if not accepted:
                return
        path = dialogs.ask_save(self._window, self._proposed(kind), kind)
        if path is not None:
            self.folder = path.parent
            self.write_picture(path, size)

    def _on_csv_triggered(self) -> None:
        path = dialogs.ask_save(self._window, self._proposed("csv"), "csv")
        if path is not None:
            self.folder = path.parent
            self.write_csv(path)
