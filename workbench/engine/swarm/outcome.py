"""What came of the runs of a swarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats
from workbench.engine.swarm.plan import Plan

_DISTANCES_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of each run, in the shape of what was asked for; theta has P as a last axis.

    Attributes:
        ended: whether the run has ended; of one that has not, only `best` and `reached_at` mean anything yet.
        theta: the parameters where it ended.
        loss: the loss there, for the batch that the next step would use; where a run diverged, that of this state.
        best: the lowest loss that its steps saw.
        steps: the number of steps it took.
        reached_at: the first step whose loss was at or below the target, -1 for none.
        diverged_at: the step at which it diverged, -1 where it did not.
        metrics: the problem's metrics at the end, by name.
        minima: the known minima (M, P).
        nearest: the number of the known minimum that is nearest to theta, -1 without any and where a run diverged.
        distance: how far away that is; not-a-number without one.
        looked: what each look saw, looks first; not-a-number where the run had ended before.
        spent: gradients that had been computed to come there: one a step, each trial of a line search, and the columns
            of a Hessian; -1 likewise.
    """

    ended: NDArray[np.bool_]
    theta: Floats
    loss: Floats
    best: Floats
    steps: NDArray[np.int64]
    reached_at: NDArray[np.int64]
    diverged_at: NDArray[np.int64]
    metrics: Mapping[str, Floats]
    minima: Floats
    nearest: NDArray[np.int64]
    distance: Floats
    looked: Floats
    spent: NDArray[np.int64]

    def minimum(self, within: float) -> NDArray[np.int64]:
        """The number of the known minimum at most so far from where each run ended, -1 where there is none."""
        with np.errstate(invalid="ignore"):
            return np.where(self.distance <= within, self.nearest, -1)


class Results:
    """Where the blocks of a swarm write what came of their runs: flat arrays (N,) with the fields of `Outcome`."""

    def __init__(self, plan: Plan) -> None:
        problem, runs = plan.problem, plan.runs
        self.ended = np.zeros(runs, bool)
        self.theta = np.full((runs, problem.size), np.nan, problem.dtype)
        self.loss = np.full(runs, np.nan, problem.dtype)
        self.best = np.full(runs, np.inf, problem.dtype)
        self.steps = np.zeros(runs, np.int64)
        self.reached_at = np.full(runs, -1, np.int64)
        self.diverged_at = np.full(runs, -1, np.int64)
        self.metrics = {name: np.full(runs, np.nan, problem.dtype) for name in problem.metrics}
        self.looked = np.full((len(plan.looks), runs), np.nan)
        self.spent = np.full((len(plan.looks), runs), -1, np.int64)
        #: gradients besides those of the states: trials of a line search, and columns of a Hessian
        self.extra = np.zeros(runs, np.int64)

    def outcome(self, plan: Plan) -> Outcome:
        """Copies in the shape of the plan."""
        known = plan.problem.known_minima
        minima = np.empty((0, plan.problem.size)) if known is None else known[0]
        nearest, distance = _nearest(self.theta, minima)
        lost = ~self.ended | (self.diverged_at >= 0)
        nearest[lost], distance[lost] = -1, np.nan
        shaped = {name: values.reshape(plan.shape).copy() for name, values in vars(self).items() if name not in _APART}
        return Outcome(
            **shaped,
            theta=self.theta.reshape(*plan.shape, -1).copy(),
            metrics={name: values.reshape(plan.shape).copy() for name, values in self.metrics.items()},
            minima=minima,
            nearest=nearest.reshape(plan.shape),
            distance=distance.reshape(plan.shape),
            looked=self.looked.reshape(-1, *plan.shape).copy(),
            spent=self.spent.reshape(-1, *plan.shape).copy(),
        )


_APART = {"theta", "metrics", "looked", "spent", "extra"}


def _nearest(theta: Floats, minima: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The nearest of minima (M, P) to each point of theta (N, P), and its distance (N,)."""
    nearest, distance = np.full(len(theta), -1, np.int64), np.full(len(theta), np.nan)
    if not len(minima):
        return nearest, distance
    at_once = max(1, _DISTANCES_AT_ONCE // minima.size)
    for first in range(0, len(theta), at_once):
        here = slice(first, first + at_once)
        apart = theta[here, None, :] - minima
        squares = np.vecdot(apart, apart)
        nearest[here] = squares.argmin(axis=1)
        distance[here] = np.sqrt(squares.min(axis=1))
    return nearest, distance
