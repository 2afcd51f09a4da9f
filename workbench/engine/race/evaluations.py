"""The metrics of a race that need all samples: evaluated every few epochs, recorded, and found again by their step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats, Problem
from workbench.engine.race.history import History

Metrics = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class _State:
    """What is evaluated only if somebody looks: parameters, running averages, and which runs are behind their end."""

    theta: Floats
    problem: Mapping[str, Floats]
    gone: NDArray[np.bool_]


class Evaluations:
    """The metrics at each step, the same whichever way the race came there: those of the last evaluation due.

    Evaluations are due every `every` steps, and further apart as a long record thins, as if the race had run straight
    to its step. What the record still holds is read from it; what it has dropped is evaluated again on the way
    through its step, and only where it is looked at. Where the race is let down between two such steps there is
    nothing to show: not-a-number.

    Attributes:
        record: a row for each evaluation, by its number; None where the problem has no metrics.
        step: the step of the metrics shown.
    """

    def __init__(self, problem: Problem, every: int, capacity: int | None) -> None:
        self.problem = problem
        self.every = every or problem.metrics_every
        self.record: History | None = None
        if problem.metrics:
            self.record = History(dict.fromkeys(problem.metrics, (problem.runs,)), stride=1, capacity=capacity)
        self.step = 0
        self._shown: Metrics = {}
        self._waiting: _State | None = None
        self._missing = False

    @property
    def metrics(self) -> Metrics:
        """The metrics shown, (R,) each; not-a-number for a run behind its divergence."""
        if self._waiting is not None:
            state, self._waiting = self._waiting, None
            self._shown = _without(self.problem.evaluate(state.theta, state.problem), state.gone)
        return self._shown

    def show(self, metrics: Metrics, step: int) -> None:
        """Show the metrics that another race of the same experiment found at a step; all not-a-number, it had none."""
        self._shown, self.step, self._waiting = dict(metrics), step, None
        self._missing = bool(metrics) and all(np.isnan(values).all() for values in metrics.values())

    def evaluate(self, theta: Floats, step: int, gone: NDArray[np.bool_]) -> None:
        """Evaluate theta (R, P) now; `gone` (R,) are the runs that diverged before this step."""
        self.show(_without(self.problem.evaluate(theta), gone), step)

    def at(self, name: str, theta: Floats, step: int) -> Floats:
        """A metric (R,) of the race's present state theta (R, P), from the record where it has it."""
        record = self.record
        if record is not None and step % self.every == 0 and self._holds(step // self.every):
            return np.asarray(record.rows[name][step // self.every // record.stride])
        return self.problem.evaluate(theta)[name]

    def arrive(self, theta: Floats, step: int, gone: Callable[[], NDArray[np.bool_]]) -> None:
        """Take the state that the race has reached: evaluate it, or find it again, where an evaluation is due."""
        record = self.record
        if record is None or step % self.every:
            return
        number = step // self.every
        if record.wants(number):
            self.evaluate(theta, step, gone())
            record.record(number, self._shown)
        elif number == self._due(step) and not self._recall(number):
            self._wait(theta, step, gone())

    def come_back(self, theta: Floats, step: int, gone: NDArray[np.bool_]) -> None:
        """Show what is known of the metrics at a state that the race was put to."""
        if self.record is None:
            return
        number = self._due(step)
        if self._recall(number):
            return
        if step == number * self.every:
            self._wait(theta, step, gone)
        else:
            none = np.full(self.problem.runs, np.nan)
            self.show(dict.fromkeys(self.problem.metrics, none), number * self.every)

    def reached_from(self, step: int, now: int) -> int:
        """The last step of which a race that stands at `now` may take a kept state on its way to `step`.

        A later state would come without the metrics of `step`, which may have to be evaluated on the way.
        """
        if self.record is None:
            return step
        number = self._due(step)
        at = number * self.every
        if self._holds(number):
            return step
        return now if self.step == at <= now <= step and not self._missing else at

    def truncate(self, step: int) -> None:
        """Forget the evaluations after `step`."""
        if self.record is not None:
            self.record.truncate(step // self.every)

    def _wait(self, theta: Floats, step: int, gone: NDArray[np.bool_]) -> None:
        """Evaluate this state if somebody looks: of those on the way through a long run again, few are looked at."""
        self.step, self._missing = step, False
        self._waiting = _State(theta.copy(), self.problem.save(), gone)

    def _due(self, step: int) -> int:
        """The number of the evaluation that a straight run shows at a step."""
        number = step // self.every
        return number if self.record is None else number - number % self.record.stride_at(number)

    def _holds(self, number: int) -> bool:
        record = self.record
        return record is not None and number <= record.last and number % record.stride == 0

    def _recall(self, number: int) -> bool:
        """Show an evaluation from the record, where it holds it."""
        if self.record is None or not self._holds(number):
            return False
        row = number // self.record.stride
        self.show({name: values[row].copy() for name, values in self.record.rows.items()}, number * self.every)
        return True


def _without(metrics: Metrics, gone: NDArray[np.bool_]) -> Metrics:
    """The metrics with nothing for runs that are gone: what stands there is where they flew to."""
    if not gone.any():
        return metrics
    return {name: np.where(gone, values.dtype.type(np.nan), values) for name, values in metrics.items()}
