"""A run at any step that is recorded: its point, and all that its rule remembers there."""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.alone import Alone
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, piece, statistics

#: Numbers of an array that are told one by one; of longer ones the length alone.
_TOLD = 4
#: Steps that are taken between two looks at the clock.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Remembered:
    """An array of the rule's state: its name, its Euclidean length, and its numbers where they are few (N,)."""

    name: str
    norm: float
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moment:
    """A run after so many steps.

    Attributes:
        theta: its parameters (P,), none where they are many.
        state: what its rule remembers, by the names of the rule's arrays; empty for a rule without memory.
    """

    run: int
    step: int
    theta: NDArray[np.float64]
    state: tuple[Remembered, ...]


def has_moment(race: Race, run: int, step: int) -> bool:
    """Whether a run has a state at a step: it has begun, has not diverged before, and the step is recorded."""
    if not 0 <= run < race.problem.runs or not 0 <= step <= race.history.last:
        return False
    return step >= race.forks.begins[run] and not 0 <= race.diverged_at[run] < step


def moment_of(alone: Alone, run: int) -> Moment | None:
    """The moment at which a run by itself stands; None where it has diverged."""
    race, row = alone.race, alone.run
    if not race.alive[row]:
        return None
    group = race.group_of(row)
    theta, told = np.asarray(race.theta[row], np.float64), []
    for name, array in group.optimizer.state_arrays.items():
        flat = np.asarray(array[row - group.rows.start], np.float64).reshape(-1)
        told.append(Remembered(name, float(np.linalg.norm(flat)), flat[: _TOLD if len(flat) <= _TOLD else 0].copy()))
    return Moment(run, race.step, theta[: _TOLD if len(theta) <= _TOLD else 0].copy(), tuple(told))


@statistics.register("moment")
class MomentStatistic(Statistic):
    """The moment of the run and step given with the demand; None until it is found, and where there is none.

    The run is repeated by itself from the nearest state that the race keeps, in short pieces, beside the race.
    """

    refresh, rest = 0.05, 4.0

    def __init__(self) -> None:
        self._asked: tuple[int, int] | None = None
        self._alone: Alone | None = None
        self._found: Moment | None = None
        self._of: tuple[Any, Any] = (None, None)  # the race and its changes on the way

    def compute(self, race: Race, given: Any, *, running: bool) -> Moment | None:
        run, step = given
        if not self._is_of(race) or self._asked != (run, step):
            self._of, self._asked, self._found = (weakref.ref(race), race.rules), (run, step), None
            self._alone = Alone(race, run) if has_moment(race, run, step) else None
            if self._alone is not None:
                self._alone.begin(race, step)
        alone, until = self._alone, time.perf_counter() + piece(running)
        while alone is not None and alone.race.step < step and time.perf_counter() < until:
            if not alone.race.advance(min(_AT_ONCE, step - alone.race.step)):
                alone = self._alone = None
        if alone is not None and alone.race.step == step:
            self._found, self._alone = moment_of(alone, run), None
        return self._found

    def _is_of(self, race: Race) -> bool:
        known, rules = self._of
        return known is not None and known() is race and rules is race.rules

    def is_whole(self, race: Race) -> bool:
        return self._alone is None and self._is_of(race)

    def let_go(self, race: Race) -> None:
        if not self._is_of(race):
            self._alone = None
