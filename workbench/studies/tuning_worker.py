"""A fair race carried out in the background, in a thread and processes, with nothing of it on disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from workbench.engine.pool import make_pool
from workbench.studies.charts import Chart
from workbench.studies.conduct import Conductor
from workbench.studies.executors import Workers
from workbench.studies.tuning import Tuning
from workbench.studies.tuning_charts import charts
from workbench.studies.tuning_report import Report, report_of
from workbench.studies.tuning_results import Results
from workbench.studies.tuning_tasks import Tasks, report_pieces, tuning_pieces, work

_NICENESS = 10


class _Unwritten:
    """A journal that keeps nothing: what is done is in the results."""

    def note(self, rows: tuple[int, ...], result: dict[str, list[Any]] | str) -> None:
        """Keep nothing."""


class TuningWorker:
    """One fair race: begun by `start`, ended by itself, by `cancel`, or with a fault.

    Attributes, read in any thread:
        results: what came so far.
        report, charts: all that it came to, once it is done, and what is drawn of it.
        fault: what went wrong, in a sentence.
    """

    def __init__(self, tuning: Tuning, notify: Callable[[], None], workers: Workers | None = None) -> None:
        """`notify` is called in the thread now and then, and at its end; without `workers` there are processes."""
        self.results, self.fault = Results(tuning), ""
        self.report: Report | None = None
        self.charts: tuple[Chart, ...] = ()
        self._notify, self._workers = notify, workers
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fair race", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """End soon, without a report."""
        self._cancelled.set()

    def close(self) -> None:
        """Cancel, and wait for the end; safe to call twice."""
        self.cancel()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_busy(self) -> bool:
        """Whether it is at work."""
        return self._thread.is_alive() and self.report is None and not self.fault and not self._cancelled.is_set()

    def _run(self) -> None:
        try:
            self._carry_out()
        except Exception as error:  # of any kind: the window says it
            self.fault = f"{type(error).__name__}: {error}"
        self._notify()

    def _carry_out(self) -> None:
        results, tuning, workers = self.results, self.results.tuning, self._workers or _processes()
        try:
            tasks = Tasks(tuning, tuning_pieces(tuning, results.trials, results.done), tuning.looks)
            if self._conduct(tasks, workers):
                pieces = report_pieces(tuning, results.chosen_settings(), results.done)
                if self._conduct(Tasks(tuning, pieces, tuning.long_looks), workers):
                    report = report_of(results)
                    self.charts = tuple(charts(results, report))
                    self.report = report  # last: who sees it sees all
        finally:
            workers.close()

    def _conduct(self, tasks: Tasks, workers: Workers) -> bool:
        conductor = Conductor(tasks, workers, self.results, _Unwritten(), work)
        return conductor.carry_out(self._cancelled.is_set, self._notify)


def _processes() -> Workers:
    """Processes that leave the window a processor, and are nice to it."""
    count = max(1, (os.cpu_count() or 1) - 1)

    def close(pool: Any) -> None:
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.terminate()
        pool.shutdown(wait=True)

    return Workers(
        make_pool(count, niceness=_NICENESS), count, renew=lambda: make_pool(count, niceness=_NICENESS), close=close
    )
