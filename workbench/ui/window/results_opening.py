"""The flow of results folders: one is read in the background and shown, and a run of it becomes the open experiment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.params import RequestError
from workbench.experiment import files as experiment_files
from workbench.ui.dialogs import files as dialogs
from workbench.ui.window.document_files import DocumentFiles
from workbench.ui.window.looks import Looks
from workbench.ui.window.picked_lane import PickedLane

if TYPE_CHECKING:  # loaded with the first folder
    from workbench.studies.results_worker import ResultsWorker
    from workbench.ui.dialogs.results.dialog import ResultsDialog


class ResultsOpening(QObject):
    """Owns the dialog of results and the worker behind it."""

    #: there is something new, told from another thread
    news = Signal()

    def __init__(self, window: QWidget, *, files: DocumentFiles, looks: Looks, picked: PickedLane) -> None:
        super().__init__(window)
        self._window, self._files, self._looks, self._picked = window, files, looks, picked
        self.dialog: ResultsDialog | None = None
        self.worker: ResultsWorker | None = None
        self._folder = ""
        self._shown: tuple[object, object, object] = (None, None, None)
        self.news.connect(self._show)

    def ask(self) -> None:
        """Ask for a folder and show it."""
        folder = dialogs.ask_results(self._window, Path(self._folder).parent if self._folder else None)
        if folder is not None:
            self.open(folder)

    def open(self, folder: Path) -> None:
        """Show a folder of results."""
        dialog, worker = self._made()
        self._folder = str(folder)
        self._shown = (None, None, None)
        dialog.show_nothing(self._folder, "", busy=True)
        dialog.bring_up()
        worker.read(self._folder)

    def shut_down(self) -> None:
        """Close the dialog, end thread and process; safe to call twice."""
        if self.dialog is not None:
            self.dialog.close()
        if self.worker is not None:
            self.worker.close()

    def _made(self) -> tuple[ResultsDialog, ResultsWorker]:
        if self.dialog is None or self.worker is None:
            from workbench.studies.results_worker import ResultsWorker
            from workbench.ui.dialogs.results.dialog import ResultsDialog

            self.worker, self.dialog = ResultsWorker(self.news.emit), ResultsDialog(self._window)
            self.dialog.rows_wanted.connect(self._ask_rows)
            self.dialog.run_wanted.connect(self._ask_run)
            self.dialog.folder_wanted.connect(self.ask)
            self.dialog.again.connect(self._read_again)
            self.dialog.stopped.connect(self._stop)
            self._looks.dress_also(self.dialog)
        return self.dialog, self.worker

    def _read_again(self) -> None:
        self.open(Path(self._folder))

    def _stop(self) -> None:
        if self.worker is not None and self.dialog is not None:
            self.worker.cancel()
            self.dialog.show_nothing(self._folder, self.tr("The folder was not read to its end."))

    def _ask_rows(self, column: int, query: str, descending: bool) -> None:
        if self.worker is not None:
            self.worker.show(column, query, descending=descending)

    def _ask_run(self, number: int) -> None:
        if self.worker is not None:
            self.worker.ask_run(self._folder, number)

    def _show(self) -> None:
        """Show what is new."""
        worker, dialog = self.worker, self.dialog
        if worker is None or dialog is None or worker.is_busy:
            return
        table, rows, charts = worker.table, worker.rows, worker.charts
        before, self._shown = self._shown, (table, rows, charts)
        if table is None:
            if worker.fault:
                dialog.show_nothing(self._folder, worker.fault)
            return
        if table is not before[0]:
            dialog.show_table(self._folder, table, rows)
        elif rows is not before[1]:
            dialog.show_rows(rows)
        if table is not before[0] or charts is not before[2]:
            dialog.show_charts(charts)
        if worker.fault:
            dialog.refuse(worker.fault)
        opened, worker.opened = worker.opened, None
        if opened is not None:
            self._open_run(opened.text, opened.lane)

    def _open_run(self, text: str, lane: int) -> None:
        assert self.dialog is not None  # noqa: S101 - for the type checker: it asked for the run
        try:
            experiment = experiment_files.loads(text)
        except RequestError as error:
            self.dialog.refuse(f"{error}.")
            return
        if self._files.open_experiment(experiment):
            self._picked.pick(lane)
            self._window.raise_()
            self._window.activateWindow()
