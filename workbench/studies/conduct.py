"""A sweep carried out: tasks handed to an executor, what comes of them kept, and what goes wrong told in its rows."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.studies.executors import Workers
from workbench.studies.results import Results
from workbench.studies.tasks import Done, Task, Tasks, work

#: Seconds between two looks at whether one should stop.
_LOOK_SECONDS = 0.1
#: Seconds that tasks which are being computed are waited for when one should stop.
_PATIENCE_SECONDS = 3.0
#: times that a task is tried which fails by itself, or ends its process where it is alone there
_TRIES = 3


class Journal(Protocol):
    """What keeps what is done as it comes, such as `journal.Journal` on disk."""

    def note(self, rows: tuple[int, ...], result: dict[str, list[Any]] | str) -> None:
        """What came of the points whose first runs have these numbers: columns, or why there are none."""


@dataclass(slots=True)
class _Job:
    """A task that an executor has, and how many times it was tried before."""

    task: Task
    tries: int


class Conductor:
    """Hands the tasks of a sweep to workers and writes down what comes back, until all is done or one says stop."""

    def __init__(self, tasks: Tasks, workers: Workers, results: Results, journal: Journal) -> None:
        self._tasks, self._workers, self._results, self._journal = tasks, workers, results, journal
        self._given: dict[int, _Job] = {}
        self._futures: dict[int, Future[Any]] = {}
        self._back: queue.SimpleQueue[tuple[int, Future[Any]]] = queue.SimpleQueue()
        self._again: list[_Job] = []
        self._number = 0
        self._alone = 0

    def carry_out(self, stopped: Callable[[], bool], show: Callable[[], None]) -> bool:
        """Work until nothing is left; gives whether all is done. `show` is called now and then.

        Raises:
            OSError: what is done cannot be written down.
            BrokenExecutor: the executor takes no more tasks, and is not this program's to make anew.
        """
        while not stopped():
            self._hand_out()
            show()
            if not self._given:
                return True
            self._collect(_LOOK_SECONDS)
        self._give_up()
        show()
        return False

    def _hand_out(self) -> None:
        # Tasks one of which has ended its process are tried one by one: then it is known which.
        while len(self._given) < (1 if self._alone else self._workers.at_a_time):
            job = self._again.pop() if self._again else self._next()
            if job is None:
                return
            self._number += 1
            number = self._number
            self._given[number] = job
            try:
                future = self._workers.executor.submit(work, job.task)
            except BrokenExecutor as error:
                self._failed(number, error)
                return
            self._futures[number] = future
            future.add_done_callback(lambda done, number=number: self._back.put((number, done)))  # type: ignore[misc]

    def _next(self) -> _Job | None:
        task = self._tasks.take()
        return None if task is None else _Job(task, 0)

    def _collect(self, seconds: float) -> None:
        """Take what has come back, waiting for a while where nothing has."""
        try:
            number, future = self._back.get(timeout=seconds)
        except queue.Empty:
            return
        while True:
            self._take(number, future)
            try:
                number, future = self._back.get_nowait()
            except queue.Empty:
                return

    def _take(self, number: int, future: Future[Any]) -> None:
        if number not in self._given:
            return  # it was given up
        try:
            done: Done = future.result(timeout=0)
        except (Exception, CancelledError) as error:
            self._failed(number, error)
            return
        self._futures.pop(number)
        job = self._given.pop(number)
        self._alone = max(0, self._alone - 1)
        self._tasks.timed(job.task, done)
        for piece, result in zip(job.task.pieces, done.results, strict=True):
            self._note(piece.rows, result)

    def _note(self, rows: tuple[int, ...], result: dict[str, list[Any]] | str) -> None:
        self._journal.note(rows, result)
        self._results.fill(rows, result)

    def _failed(self, number: int, error: BaseException) -> None:
        """A task did not come back: it is tried again, piece by piece, and in the end noted as failed."""
        broken = isinstance(error, BrokenExecutor)
        jobs = [self._given.pop(number)]
        self._futures.pop(number, None)
        if broken:  # with it all others that the executor had
            jobs += self._given.values()
            self._given.clear()
            self._futures.clear()
            if not self._workers.renew():
                raise error
        for job in jobs:
            job.tries += not broken or self._alone > 0  # beside others it need not have been this one
            if job.tries < _TRIES:
                self._again += [_Job(task, job.tries) for task in job.task.singly()]
                continue
            for piece in job.task.pieces:
                said = "the process that computed it ended" if broken else f"{type(error).__name__}: {error}"
                self._note(piece.rows, said)
        self._alone = len(self._again) if broken else self._alone

    def _give_up(self) -> None:
        """Cancel what has not begun, one by one, and wait a while for the rest."""
        for number, future in [*self._futures.items()]:
            if future.cancel():  # some executors never report a future that was cancelled
                self._given.pop(number, None)
                self._futures.pop(number, None)
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._given and time.monotonic() < until:
            self._collect(_LOOK_SECONDS)
        self._given.clear()
        self._futures.clear()
