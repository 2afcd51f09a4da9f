"""Runs that differ in numbers alone, computed together: what a task is made of. Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.swarm.outcome import Outcome
from workbench.engine.swarm.swarm import Swarm
from workbench.experiment import build
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace

_HYPERPARAMETER = re.compile(r"lanes\[(\d+)\]\.hyperparameters\.(\w+)")
_GRADIENT = re.compile(r"lanes\[(\d+)\]\.gradient\.(\w+)")
_COORDINATE = re.compile(r"problem\.start\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Columns:
    """What differs between the runs of a batch, by name: lists or arrays of one length.

    Attributes:
        hyperparameters, gradient: settings of the lane, and of what happens to its gradients.
        points: where runs start, of an objective.
    """

    hyperparameters: Mapping[str, ArrayLike] = field(default_factory=dict)
    gradient: Mapping[str, ArrayLike] = field(default_factory=dict)
    points: Any = None

    def arrays(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Settings as columns (N, 1), which go with the starts of each."""
        return (
            {name: np.asarray(values)[:, None] for name, values in self.hyperparameters.items()},
            {name: np.asarray(values)[:, None] for name, values in self.gradient.items()},
        )


def is_column(path: str, experiment: Experiment) -> bool:
    """Whether runs that differ in the value at a path alone can be computed together."""
    match = _HYPERPARAMETER.fullmatch(path)
    if match and int(match[1]) < len(experiment.lanes):
        lane = experiment.lanes[int(match[1])]
        rule = optimizers.get(lane.optimizer)
        known = rule.settings(rule.spelt(lane.hyperparameters), lane.convention)
        return any(param.name == match[2] and not param.switch for param in known)
    match = _GRADIENT.fullmatch(path)
    if match:
        return any(param.name == match[2] for param in GRADIENT_OPTIONS)
    setup = experiment.problem
    starts = path == "problem.start" or _COORDINATE.fullmatch(path) is not None
    return starts and isinstance(setup, ObjectiveSetup) and len(setup.points) == 1


def columns_of(settings: Mapping[str, Sequence[Any]], lane: int, experiment: Experiment) -> Columns | None:
    """The columns of a lane's runs for values (N,) by path; None where none of them concerns it."""
    hyperparameters: dict[str, list[float]] = {}
    gradient: dict[str, list[float]] = {}
    points: list[list[float]] | None = None
    for path, values in settings.items():
        for pattern, found in ((_HYPERPARAMETER, hyperparameters), (_GRADIENT, gradient)):
            match = pattern.fullmatch(path)
            if match and int(match[1]) == lane:
                found[match[2]] = [float(value) for value in values]
        setup = experiment.problem
        coordinate = _COORDINATE.fullmatch(path)
        if isinstance(setup, ObjectiveSetup) and (path == "problem.start" or coordinate):
            points = points or [list(setup.points[0]) for _ in values]
            for point, value in zip(points, values, strict=True):
                if coordinate:
                    point[int(coordinate[1])] = float(value)
                else:
                    point[:] = [float(each) for each in value]
    return Columns(hyperparameters, gradient, points) if hyperparameters or gradient or points else None


class Batch:
    """Runs of one lane of an experiment from all its starts, as a swarm: N rows of columns times S starts.

    Where the columns have points, these are the starts, one for each row.
    """

    def __init__(
        self,
        experiment: Experiment,
        lane: int,
        columns: Columns | None,
        *,
        steps: int,
        tolerance: float | None = None,
        problem: Problem | None = None,
        starts: ArrayLike | None = None,
    ) -> None:
        """Build the problem, unless one of the same experiment is given; `starts` are all of them unless said.

        Raises:
            RequestError: a setting out of range, or a problem too large.
        """
        columns = columns or Columns()
        problem = problem or problem_of(experiment, lane)
        if columns.points is not None:
            if not isinstance(problem, ObjectiveProblem):
                raise RequestError("problem.start", "goes with an objective alone")
            problem = from_points(problem, columns.points)
        build.refuse_too_many_parameters(experiment, lane, problem.size)
        self.problem, self._tolerance = problem, tolerance
        known = problem.known_minima
        self.lowest = float(known[1].min()) if problem.measure == "gap" and known is not None else None
        hyperparameters, gradient = columns.arrays()
        numbers = np.asarray(np.arange(problem.starts) if starts is None else starts)
        if columns.points is not None:
            numbers = np.arange(problem.starts)[:, None]
        self._swarm = Swarm(
            problem,
            build.lane_rule(experiment, lane),
            steps=steps,
            starts=numbers,
            draws=experiment.lanes[lane].draw,
            hyperparameters=hyperparameters,
            gradient=gradient,
            target=self._target(),
            stops=False,
        )

    def _target(self) -> float | None:
        if self._tolerance is None:
            return None
        if self.problem.measure == "gap" and self.lowest is not None:
            return self.lowest + self._tolerance
        return self._tolerance if self.problem.measure == "loss" else None

    def run(self, interrupted: Callable[[], bool] | None = None) -> Outcome | None:
        """What came of the runs, in any shape, in the order of rows and starts; None where it was interrupted."""
        return self._swarm.outcome() if self._swarm.advance(interrupted) else None


def problem_of(experiment: Experiment, lane: int) -> Problem:
    """The problem of one lane alone."""
    lanes = tuple(replace(each, enabled=i == lane) for i, each in enumerate(experiment.lanes))
    return build.make_problem(replace(experiment, lanes=lanes))


def from_points(problem: ObjectiveProblem, points: Any) -> ObjectiveProblem:
    """The same problem from other starts (S, D), each with the noise of the first start."""
    other = ObjectiveProblem(
        problem.objective, points, seed=problem.streams.seed, difference=problem.difference, noise=problem.noise
    )
    other.numbers = np.zeros(len(points), np.intp)
    return other


def rows_of(outcome: Outcome, lowest: float | None) -> dict[str, list[Any]]:
    """An outcome as plain columns, one value a run: what stands in a row of a sweep's results.

    Of a run that diverged the loss is that of the state which did; steps to the target are -1 where it was not
    reached, the known minimum is -1 where there is none.
    """
    found: dict[str, Any] = {
        "steps": outcome.steps,
        "diverged_at": outcome.diverged_at,
        "final_loss": outcome.loss.astype(np.float64),
        "best_loss": outcome.best.astype(np.float64),
        "steps_to_target": outcome.reached_at,
        "minimum": outcome.nearest,
        "distance": outcome.distance,
        **{name: values.astype(np.float64) for name, values in outcome.metrics.items()},
    }
    if lowest is not None:
        found["gap"] = found["final_loss"] - lowest
    return {name: values.ravel().tolist() for name, values in found.items()}
