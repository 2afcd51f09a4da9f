"""The flow of fair races: its dialog asks, processes compute, and what came of it is shown, opened and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from workbench.engine.params import RequestError
from workbench.experiment.experiment import Experiment, ObjectiveSetup
from workbench.live.document import Document
from workbench.ui.window.edits import Edits
from workbench.ui.window.looks import Looks

if TYPE_CHECKING:  # loaded when a race is first asked for
    from workbench.studies.tuning_worker import TuningWorker
    from workbench.ui.dialogs.fair_race.dialog import FairRaceDialog


class FairRaces(QObject):
    """Owns the dialog of the fair race, and the one that is at work."""

    #: there is something new, told from another thread
    news = Signal()
    #: a sentence on what was done, or (second signal) on what went wrong
    said = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, *, document: Document, edits: Edits, looks: Looks) -> None:
        super().__init__(window)
        self._window, self._document, self._edits, self._looks = window, document, edits, looks
        self.dialog: FairRaceDialog | None = None
        self.worker: TuningWorker | None = None
        self.news.connect(self._show)
        document.changed.connect(self._on_changed)

    def bring_up(self) -> None:
        """Show the dialog, for the open experiment."""
        from workbench.studies.tuning_contests import groups

        if self.dialog is None:
            from workbench.ui.dialogs.fair_race.dialog import FairRaceDialog

            self.dialog = FairRaceDialog(self._window)
            self.dialog.wanted.connect(self._begin)
            self.dialog.cancelled.connect(self._cancel)
            self.dialog.run_wanted.connect(self._open)
            self.dialog.saving.connect(self._save)
            self._looks.dress_also(self.dialog)
        experiment = self._document.experiment
        self._show_ranges(experiment)
        known = groups() if isinstance(experiment.problem, ObjectiveSetup) else {}
        self.dialog.bring_up(known, experiment.steps)

    def _show_ranges(self, experiment: Experiment) -> None:
        """Offer what could be tuned of the lanes as they are now."""
        from workbench.studies.results import label_of_lane
        from workbench.studies.tuning_space import ranges_of

        if self.dialog is not None:
            lanes = [lane for _, lane in experiment.enabled_lanes]
            self.dialog.ranges.show_ranges([each for lane in lanes for each in ranges_of(lane, label_of_lane(lane))])

    def _on_changed(self, experiment: Experiment) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self._show_ranges(experiment)

    def shut_down(self) -> None:
        """Close the dialog and end what is at work; safe to call twice."""
        if self.dialog is not None:
            self.dialog.close()
        if self.worker is not None:
            self.worker.close()

    def _begin(self, settings: dict[str, object]) -> None:
        from workbench.studies import tuning_file
        from workbench.studies.tuning_worker import TuningWorker

        assert self.dialog is not None  # noqa: S101 - for the type checker: it is the one who asks
        try:
            tuning = tuning_file.of_experiment(self._document.experiment, settings)
        except RequestError as error:
            self.dialog.refuse(f"{error}.")
            return
        if self.worker is not None:
            self.worker.close()
        self.worker = TuningWorker(tuning, self.news.emit)
        self.dialog.show_progress(0, tuning.runs)
        self.worker.start()

    def _cancel(self) -> None:
        if self.worker is not None and self.dialog is not None:
            self.worker.cancel()
            self.dialog.refuse(self.tr("Cancelled."))

    def _show(self) -> None:
        """Show how far it is, or what came of it."""
        from workbench.studies.tuning_tables import overall_table, page_table
        from workbench.studies.tuning_words import doubts, late
        from workbench.ui.dialogs.fair_race.dialog import Table

        worker, dialog = self.worker, self.dialog
        if worker is None or dialog is None:
            return
        results, report = worker.results, worker.report
        if worker.fault:
            dialog.refuse(worker.fault)
        elif report is not None:
            general, pages = doubts(results, report)
            near = late(results.tuning, report)
            tables = [
                Table(page.name, *page_table(results.tuning, page), [*said, *general, *near])
                for page, said in zip(report.pages, pages, strict=True)
            ]
            if len(tables) > 1:
                over_all = overall_table(results.tuning, report)
                tables.append(Table(self.tr("over all"), *over_all, [*general, *near], opens=False))
            said = self.tr("Done. What is to be doubted stands below the table.")
            dialog.show_result(tables, results.tuning.seeds, said, worker.charts)
        elif worker.is_busy:
            dialog.show_progress(int((results.status != 0).sum()), len(results.status))

    def _open(self, contest: int, seed: int) -> None:
        from workbench.studies.tuning_tables import run_of

        if self.worker is not None and self.worker.report is not None:
            self._edits.take(run_of(self.worker.results, contest, seed), "")

    def _save(self, folder: str) -> None:
        from workbench.experiment.writing import write_bytes
        from workbench.export.cells import table
        from workbench.studies.tuning_tables import report_files

        worker = self.worker
        if worker is None or worker.report is None:
            return
        try:
            for name, content in report_files(worker.results, worker.report, table):
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_bytes(path, content, safe=False)
        except OSError as error:
            self.failed.emit(self.tr("{} was not written: {}").format(folder, error.strerror or error))
        else:
            self.said.emit(self.tr("Written to {}").format(folder))
