"""A folder of results read in the background: a process reads, and a thread puts its rows in order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.studies.background import Background, end
from workbench.studies.charts import Chart
from workbench.studies.results_folder import read_charts, read_run, read_table
from workbench.studies.results_rows import Opened
from workbench.studies.results_table import ResultsTable


class ResultsWorker(Background):
    """One folder at a time; what is asked for replaces what was.

    Attributes, read in any thread:
        table: its runs, None until they are read.
        rows: which of them are shown, in order.
        charts: what is drawn of it, None until that is there.
        fault: what went wrong, in a sentence.
        opened: the experiment that was asked for last, once; whoever takes it puts None there.
    """

    def __init__(self, notify: Callable[[], None]) -> None:
        """Nothing is started before a folder is opened."""
        super().__init__(notify, 1, "results")
        self.table: ResultsTable | None = None
        self.rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.charts: tuple[Chart, ...] | None = None
        self.fault = ""
        self.opened: Opened | None = None
        self._wanted = 0  # which folder, by the number of the wish
        self._asked = 0  # which order of rows
        self._reading = False

    # Called from outside

    @property
    def is_busy(self) -> bool:
        """Whether a folder is being read."""
        return self._reading

    def read(self, folder: str) -> None:
        """Read a folder, in place of the one before."""
        at_work = self._reading or (self.table is not None and self.charts is None)
        self._forget()
        self._reading = True
        self._tell(partial(self._on_read, folder, self._wanted, at_work))

    def cancel(self) -> None:
        """Read no more; what is known stays."""
        self._wanted += 1
        self._reading = False
        self._tell(self._on_cancel)

    def show(self, column: int, query: str, *, descending: bool) -> None:
        """Put the rows in the order of a column, -1 for their own, and leave out those without the words of a query."""
        self._asked += 1
        self._tell(partial(self._on_show, column, query, descending, self._asked))

    def ask_run(self, folder: str, number: int) -> None:
        """Have the experiment that a run is repeated with."""
        self.fault = ""
        self._tell(partial(self._on_run, folder, number, self._wanted))

    def _forget(self) -> None:
        self._wanted += 1
        self._asked += 1
        self.table, self.charts, self.fault, self.opened = None, None, "", None
        self.rows = np.empty(0, np.intp)

    # In the thread

    def _hand_out(self) -> None:
        """What is asked for is handed out as it comes."""

    def _on_read(self, folder: str, wish: int, at_work: bool) -> None:
        if wish == self._wanted:
            if at_work:  # at what nobody wants any more
                self._drop_pool()
            self._submit(partial(self._on_table, folder, wish), read_table, folder)

    def _on_cancel(self) -> None:
        self._drop_pool()
        self._notify()

    def _drop_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            end(pool)
            pool.shutdown(wait=False, cancel_futures=True)

    def _on_table(self, folder: str, wish: int, future: Future[Any]) -> None:
        if wish != self._wanted:
            return
        self._reading = False
        self.fault = self._fault(future)
        if not self.fault:
            table: ResultsTable = future.result()
            self.rows, self.table = np.arange(table.rows), table
            if table.charts:
                self._submit(partial(self._on_charts, wish), read_charts, folder)
            else:
                self.charts = ()
        self._notify()

    def _on_charts(self, wish: int, future: Future[Any]) -> None:
        if wish == self._wanted:
            self.fault = self._fault(future)
            self.charts = () if self.fault else future.result()
            self._notify()

    def _on_show(self, column: int, query: str, descending: bool, asked: int) -> None:
        table = self.table
        if table is None or asked != self._asked:
            return
        rows = table.shown(column, descending=descending, query=query, stopped=lambda: asked != self._asked)
        if asked == self._asked:
            self.rows = rows
            self._notify()

    def _on_run(self, folder: str, number: int, wish: int) -> None:
        if wish == self._wanted:
            self._submit(partial(self._on_opened, wish), read_run, folder, number)

    def _on_opened(self, wish: int, future: Future[Any]) -> None:
        if wish != self._wanted:
            return
        fault = self._fault(future)
        if fault:
            self.fault = fault
        else:
            self.opened = future.result()
        self._notify()
