"""Curves over learning rates computed in the background, of all lanes at a time, coarse ones first."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.checkpoints import Checkpoint
from workbench.studies.background import Background
from workbench.studies.range_test import RangeCurve, range_curve
from workbench.studies.rate_curve import RateCurve, RateRequest, curve_of, finer
from workbench.studies.rate_runs import RangePiece, RangeTask, RateRows, RateTask, measure, stretch

#: seconds that a task is to take, and parts of a level while nobody knows how long its runs take
_TASK_SECONDS, _FIRST_PARTS = 0.3, 4
#: steps of a range test at first
_FIRST_STEPS = 20


@dataclass(slots=True)
class _Job:
    """What is measured of one lane."""

    text: str
    request: RateRequest
    rows: list[RateRows] = field(default_factory=list)
    waiting: deque[tuple[float, ...]] = field(default_factory=deque)
    level: int = 0
    out: int = 0
    cost: float = 0.0  # seconds a rate
    whole: bool = False
    losses: list[NDArray[np.float64]] = field(default_factory=list)
    state: Checkpoint | None = None
    tested: bool = True
    testing: bool = False
    test_cost: float = 0.0  # seconds a step
    missing: int = 0  # parts of the level that have not come

    def begin(self, rates: tuple[float, ...]) -> None:
        """Have these rates measured."""
        self.waiting.extend(_parts(rates, self.cost))
        self.missing = len(self.waiting)

    @property
    def busy(self) -> bool:
        return not (self.whole and self.tested)

    @property
    def progress(self) -> float:
        """The share of its levels that are done."""
        if self.whole:
            return 1.0
        parts = self.missing + len(self.rows) if not self.level else self.missing + 1
        return (self.level + 1.0 - self.missing / max(1, parts)) / self.request.levels


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is known of the lanes that were asked for, by their places.

    Attributes:
        curves, tests: loss against rate, and range tests.
        faults: what went wrong with a lane, in a sentence.
        progress: the share of the levels that are done, of all lanes.
    """

    curves: Mapping[int, RateCurve]
    tests: Mapping[int, RangeCurve]
    faults: Mapping[int, str]
    progress: float
    busy: bool


NOTHING = Finding({}, {}, {}, 0.0, busy=False)


class RateWorker(Background):
    """Measures lanes, told apart by their places; what is asked for takes the place of all that was before."""

    def __init__(self, notify: Callable[[], None], workers: int | None = None) -> None:
        """Nothing is started before something is asked for."""
        super().__init__(notify, workers, "rates")
        self._jobs: dict[int, _Job] = {}
        self._faults: dict[int, str] = {}
        self._asks = self._begun = 0
        #: the newest of what is known, in place of the one before; read in any thread
        self.finding = NOTHING

    # Called from outside

    def ask(self, texts: Mapping[int, tuple[str, RateRequest]]) -> None:
        """Measure lanes, each the only one of the experiment in its text."""
        self._asks += 1
        self.finding = replace(NOTHING, busy=bool(texts))
        self._tell(partial(self._on_ask, dict(texts), self._asks))

    def cancel(self) -> None:
        """Measure no more; what is known stays."""
        self._tell(self._on_cancel)

    # In the thread

    def _on_ask(self, texts: Mapping[int, tuple[str, RateRequest]], number: int) -> None:
        self._jobs, self._faults, self._begun = {}, {}, number
        for lane, (text, request) in texts.items():
            job = _Job(text, request, tested=not request.parameters)
            job.begin(request.first_rates())
            self._jobs[lane] = job
        self._show()

    def _on_cancel(self) -> None:
        for job in self._jobs.values():
            job.waiting.clear()
            job.whole = job.tested = True
        self._show()

    def _hand_out(self) -> None:
        while sum(job.out for job in self._jobs.values()) < self._allowed:
            tests = [lane for lane, job in self._jobs.items() if not job.tested and not job.testing]
            waiting = [(job.level, lane) for lane, job in self._jobs.items() if job.waiting]
            if waiting and not (tests and min(waiting)[0] > 0):  # tests come after the first level
                self._measure(min(waiting)[1])
            elif tests:
                self._test(tests[0])
            else:
                return

    def _measure(self, lane: int) -> None:
        job = self._jobs[lane]
        rates = job.waiting.popleft()
        job.out += 1
        task = RateTask(job.text, rates, job.request.steps, job.request.tolerance)
        self._submit(partial(self._on_measured, lane, job, time.monotonic()), measure, task)

    def _on_measured(self, lane: int, job: _Job, began: float, future: Future[Any]) -> None:
        job.out -= 1
        fault = self._fault(future)
        if self._jobs.get(lane) is not job or job.whole:
            return  # nobody wants it any more
        if fault:
            self._fail(lane, fault)
            return
        rows: RateRows = future.result()
        job.rows.append(rows)
        job.cost = (time.monotonic() - began) / len(rows.rates)
        job.missing -= 1
        if not job.missing:
            self._finer(job)
        self._show()

    def _finer(self, job: _Job) -> None:
        """Go on between the rates that are known; a level that tells nothing new is the last."""
        job.level += 1
        rates = finer(curve_of(job.rows), job.level) if job.level < job.request.levels else ()
        job.whole = not rates
        job.begin(rates)

    def _test(self, lane: int) -> None:
        job = self._jobs[lane]
        job.out += 1
        job.testing = True
        request, taken = job.request, sum(map(len, job.losses))
        count = max(1, int(_TASK_SECONDS / job.test_cost)) if job.test_cost else _FIRST_STEPS
        task = RangeTask(
            job.text, request.low, request.high, request.test_steps, min(count, request.test_steps - taken), job.state
        )
        self._submit(partial(self._on_tested, lane, job, time.monotonic()), stretch, task)

    def _on_tested(self, lane: int, job: _Job, began: float, future: Future[Any]) -> None:
        job.out -= 1
        job.testing = False
        fault = self._fault(future)
        if self._jobs.get(lane) is not job or job.tested:
            return
        if fault:
            self._fail(lane, fault)
            return
        piece: RangePiece = future.result()
        job.losses.append(piece.losses)
        job.state = piece.state
        job.test_cost = (time.monotonic() - began) / len(piece.losses)
        curve = _test_curve(job)
        job.tested = job.state is None or len(curve.losses) >= job.request.test_steps or curve.lost
        self._show()

    def _fail(self, lane: int, said: str) -> None:
        self._faults[lane] = said
        del self._jobs[lane]
        self._show()

    def _show(self) -> None:
        if self._begun != self._asks:
            return  # something else has been asked for
        jobs = self._jobs
        self.finding = Finding(
            {lane: curve_of(job.rows) for lane, job in jobs.items() if job.rows},
            {lane: _test_curve(job) for lane, job in jobs.items() if job.losses},
            dict(self._faults),
            sum(job.progress for job in jobs.values()) / max(1, len(jobs)),
            busy=any(job.busy for job in jobs.values()),
        )
        self._notify()


def _test_curve(job: _Job) -> RangeCurve:
    request = job.request
    return range_curve(request.low, request.high, request.test_steps, np.concatenate(job.losses))


def _parts(rates: tuple[float, ...], cost: float) -> list[tuple[float, ...]]:
    """Rates in parts of some time each, all over the range, so that a picture is whole as early as may be."""
    count = math.ceil(cost * len(rates) / _TASK_SECONDS) if cost else _FIRST_PARTS
    count = max(1, min(count, len(rates)))
    return [rates[first::count] for first in range(count)] if rates else []
