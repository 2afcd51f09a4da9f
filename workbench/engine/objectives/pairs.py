"""The errors of the pairs of a memory along the way of every run, as a statistic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, statistics

#: recorded states that are looked at, evenly chosen
_STATES = 320


@dataclass(frozen=True, slots=True, eq=False)
class PairErrors:
    """How far every run is from giving each pair.

    Attributes:
        steps: (T,); errors: ‖W k − v‖² of each pair at some recorded steps (T, R, n), first and last among them.
        step: the present one; now: the errors there (R, n).
    """

    steps: NDArray[np.int64]
    errors: NDArray[np.float64]
    step: int
    now: NDArray[np.float64]


def pair_errors(race: Race) -> PairErrors:
    """The errors of a race of an objective that has pairs.

    Raises:
        TypeError: it is a race of something else.
    """
    problem = race.problem
    if not isinstance(problem, ObjectiveProblem) or not problem.objective.pairs:
        raise TypeError("this is no race of a memory")
    rows = race.history.view()
    chosen = np.unique(np.linspace(0, len(rows.steps) - 1, min(len(rows.steps), _STATES)).round().astype(int))
    with np.errstate(all="ignore"):
        errors = problem.objective.pair_errors(rows.values["path"][chosen])
        now = problem.objective.pair_errors(race.theta)
    found = PairErrors(rows.steps[chosen].copy(), np.asarray(errors), race.step, np.asarray(now))
    for array in (found.steps, found.errors, found.now):
        array.flags.writeable = False
    return found


@statistics.register("pairs")
class PairStatistic(Statistic):
    """The `PairErrors` of all runs; nothing is to be given."""

    refresh, rest, follows_steps = 0.1, 6.0, True

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        """Objectives that have pairs have it."""
        return isinstance(problem, ObjectiveProblem) and bool(problem.objective.pairs)

    def compute(self, race: Race, given: Any, *, running: bool) -> PairErrors:
        return pair_errors(race)
