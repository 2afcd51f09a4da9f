"""Many objectives in one race: each stands in the place of a start, so that what a step costs is shared by them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives import Objective
from workbench.engine.optimizers import optimizers
from workbench.engine.problem import Floats, LayerSlice, TensorSlice
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race


class ManyObjectives:
    """A problem whose start s is objective s, from its usual start; all have as many coordinates.

    Rules that ask for exact second derivatives take differences here: nothing tells them of which objective.
    """

    steps_per_epoch = 0
    metrics: tuple[str, ...] = ()
    metrics_every = 1
    loss_unit = 1.0
    measure = "loss"
    known_minima = None
    exact_hessian: Callable[[Floats], Floats] | None = None

    def __init__(self, entries: Sequence[type[Objective]], lanes: int, begun: Floats | None = None) -> None:
        """`begun` (R, D) is where the runs begin, if not at the usual starts."""
        self.objectives = [entry() for entry in entries]
        self.points = np.array([objective.usual_start() for objective in self.objectives])
        self._begun = begun
        self.starts, self.size = self.points.shape
        self.runs = lanes * self.starts
        self.dtype = np.dtype(np.float64)
        self.layers = (LayerSlice("x", 0, self.size),)
        self.tensors = (TensorSlice("x", 0, self.objectives[0].shape or (self.size,)),)
        self.numbers_a_point = 8 * self.size

    def initial(self) -> Floats:
        if self._begun is not None:
            return self._begun.copy()
        return np.tile(self.points, (self.runs // self.starts, 1))

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        loss = np.empty(len(theta))
        for start, objective in enumerate(self.objectives):
            rows: Any = slice(start, None, self.starts)
            if runs is not None:
                rows = np.flatnonzero(runs % self.starts == start)
                if not len(rows):
                    continue
            points = np.ascontiguousarray(theta[rows])
            out[rows] = objective.gradient(points, np.empty_like(points))
            loss[rows] = objective.value(points)
        return loss

    def step_losses(self, theta: Floats, step: int, run: int) -> Floats:
        return self.objectives[run % self.starts].value(theta)

    def precise(self, run: int) -> ManyObjectives:
        return self

    def losses(self, theta: Floats) -> Floats:
        raise NotImplementedError("points alone do not tell of which objective they are")

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        return {}

    def distance(self, theta: Floats) -> Floats | None:
        return None

    def shortfall(self, theta: Floats, step: int, loss: Floats, gradient_norm: Floats) -> Floats | None:
        return loss

    def save(self) -> dict[str, Floats]:
        return {}

    def load(self, saved: Mapping[str, Floats]) -> None:
        pass

    def diverged_layer(self, theta: Floats, gradient: Floats) -> NDArray[np.int64]:
        return np.full(len(gradient), -1, np.int64)


def _not_asked(theta: Floats, rows: NDArray[np.intp], out: Floats) -> Floats:
    raise NotImplementedError("rules that look before they step have no place here")


def run_all(
    entries: Sequence[type[Objective]],
    rules: Sequence[LaneRule],
    rates: NDArray[np.float64],
    steps: int,
    begun: NDArray[np.float64] | None = None,
) -> tuple[Floats, Floats]:
    """The losses (T, L, S) and points (T, L, S, D) of L rules on S objectives.

    `rates` (L, S) are their rates, and `begun` (L, S, D) the points from which they go, if not the usual ones.
    """
    at = None if begun is None else begun.reshape(-1, begun.shape[-1])
    problem = ManyObjectives(entries, len(rules), at)
    race = Race(problem, rules, capacity=256)
    for group in race._groups:  # a lane has one rate in a race, and here one for each objective
        settings = [
            {**rules[lane].hyperparameters, "learning_rate": float(rates[lane, start])}
            for lane in group.lanes
            for start in range(problem.starts)
        ]
        optimizer = optimizers.get(rules[group.lanes.start].optimizer)(settings, rules[group.lanes.start].convention)
        optimizer.bind(group.theta, tensors=problem.tensors, evaluate=_not_asked, hessian=None)
        group.optimizer = optimizer
    shape = (len(rules), problem.starts)
    loss, path = np.empty((steps + 1, *shape)), np.empty((steps + 1, *shape, problem.size))
    for step in range(steps + 1):
        if step:
            race.advance(1)
        gone = race.gone().reshape(shape)
        loss[step], path[step] = np.where(gone, np.nan, race.loss.reshape(shape)), race.theta.reshape(path.shape[1:])
        if not race.alive.any():
            loss[step + 1 :], path[step + 1 :] = np.nan, race.theta.reshape(path.shape[1:])
            break
    return loss, path
