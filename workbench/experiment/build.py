"""From an experiment to a race: building one, and whether one that runs can go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import LaneInfo, RaceInfo
from workbench.engine.schedules import schedules
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import Experiment, Lane, NetworkSetup, ObjectiveSetup
from workbench.experiment.filling import fill, fill_lane
from workbench.experiment.lane_colors import color_of

#: Numbers that a race may keep in memory: two gigabytes in double precision.
_NUMBERS_AT_MOST = 1 << 28


def validate(experiment: Experiment) -> None:
    """Check all that depends on the catalogues.

    Raises:
        RequestError: the first fault, with its place in the experiment.
    """
    fill(experiment)


def lane_rules(experiment: Experiment) -> tuple[LaneRule, ...]:
    """How each enabled lane moves. Raises RequestError for a fault in a lane."""
    return tuple(lane_rule(experiment, i) for i, _ in experiment.enabled_lanes)


def lane_rule(experiment: Experiment, index: int) -> LaneRule:
    """How the lane at a place among all moves. Raises RequestError for a fault in it."""
    full = fill_lane(experiment.lanes[index], f"lanes[{index}]")
    schedule = None
    if full.schedule is not None:
        made = schedules.get(full.schedule.kind)(full.schedule.parameters, total=experiment.steps or 0)
        schedule = None if made.is_level else made
    return LaneRule(full.optimizer, full.convention, full.hyperparameters, schedule, full.gradient)


def lane_infos(experiment: Experiment) -> tuple[LaneInfo, ...]:
    """Names and colours of the enabled lanes; a colour not chosen follows from the lane's place."""
    return tuple(
        LaneInfo(
            lane.label or optimizers.get(lane.optimizer).title,
            color_of(lane, i),
            i,
            lane.optimizer,
            lane.draw if experiment.problem.is_random else 0,
        )
        for i, lane in experiment.enabled_lanes
    )


def make_problem(experiment: Experiment) -> Problem:
    """The problem of an experiment, for as many runs as its enabled lanes and starts.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    full = fill(experiment)
    draws = tuple(lane.draw for _, lane in full.enabled_lanes)
    lanes, setup = len(draws), full.problem
    if isinstance(setup, ObjectiveSetup):
        objective = objectives.get(setup.objective)(setup.parameters)
        difference = setup.difference if setup.gradient == "numerical" else None
        return ObjectiveProblem(
            objective, setup.points, lanes, draws=draws, seed=full.seed, difference=difference, noise=setup.noise
        )
    data, source = fill_data(setup.data)
    try:
        split = datasets.draw(source, full.seed, data.test_fraction, data.scaling, data.target_scaling)
    except RequestError as error:
        raise error.under("problem.data") from None
    _refuse_too_large(setup, split, lanes * setup.starts)
    hidden = [
        LayerSpec(
            layer.units,
            layer.activation,
            layer.initializer,
            layer.dropout,
            layer.batch_norm,
            layer.activation_parameters,
            layer.initializer_parameters,
        )
        for layer in setup.layers
    ]
    return NetworkProblem(
        split,
        hidden,
        loss=setup.loss,
        loss_parameters=setup.loss_parameters,
        lanes=lanes,
        draws=draws,
        starts=setup.starts,
        seed=full.seed,
        batch_size=setup.batch_size,
        dtype=setup.dtype,
        output_initializer=setup.output_initializer,
        output_initializer_parameters=setup.output_initializer_parameters,
        l1=setup.l1,
        l2=setup.l2,
        features=setup.features,
    )


def _refuse_too_large(setup: NetworkSetup, split: datasets.Split, runs: int) -> None:
    """Refuse what would need more memory than a computer at hand has, before it is asked for.

    Counted are some eight buffers of all parameters (parameters, gradient, state, scratch), and three of each layer's
    units for the samples of a batch or of an evaluation.
    """
    train, n_in = split.x_train.shape
    units = [layer.units for layer in setup.layers] + [len(split.classes) or split.y_train.shape[-1]]
    parameters = sum((a + 1) * b for a, b in zip([n_in, *units], units, strict=False))
    samples = max(runs * (min(setup.batch_size, train) or train), train, len(split.x_test))
    numbers = 8 * runs * parameters + 3 * samples * sum(units)
    if numbers > _NUMBERS_AT_MOST:
        raise RequestError(
            "problem",
            f"needs room for {numbers:.2g} numbers, there may be at most {_NUMBERS_AT_MOST:.2g}: "
            "take fewer lanes, starts, units, or samples in a batch",
        )


def make_race(
    experiment: Experiment, *, record_every: int = 1, capacity: int | None = 8192, evaluate_every: int = 0
) -> Race:
    """The race of an experiment, at step 0.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    problem = make_problem(experiment)
    refuse_too_many_parameters(experiment, problem, [i for i, _ in experiment.enabled_lanes])
    return Race(
        problem,
        lane_rules(experiment),
        limit=experiment.steps,
        tolerance=experiment.tolerance,
        record_every=record_every,
        capacity=capacity,
        evaluate_every=evaluate_every,
    )


def refuse_too_many_parameters(experiment: Experiment, problem: Problem, lanes: Sequence[int]) -> None:
    """Refuse a problem of more parameters than the optimizer of one of the lanes can take. Raises RequestError."""
    for i in lanes:
        lane = experiment.lanes[i]
        largest = optimizers.get(lane.optimizer).largest
        if largest is not None and problem.size > largest:
            raise RequestError(
                f"lanes[{i}].optimizer",
                f'must be another than "{lane.optimizer}", which takes at most {largest} parameters; '
                f"this problem has {problem.size}",
            )


def race_info(experiment: Experiment, race: Race) -> RaceInfo:
    """What the views need to know of a race besides its numbers."""
    problem, setup = race.problem, experiment.problem
    points = minima = values = domain = None
    if isinstance(problem, ObjectiveProblem):
        points, domain = problem.points, problem.objective.domain[: problem.size]
        known = problem.objective.minima(problem.size)
        minima = np.array([m.point for m in known]).reshape(-1, problem.size)
        values = np.array([m.value for m in known])
    elif problem.size == 2:
        domain = _domain_around(race)
    return RaceInfo(
        kind="objective" if isinstance(setup, ObjectiveSetup) else "network",
        key=setup.objective if isinstance(setup, ObjectiveSetup) else setup.data.name or "file",
        lanes=lane_infos(experiment),
        starts=problem.starts,
        layers=tuple(part.name for part in problem.layers),
        points=points,
        minima=minima,
        domain=domain,
        size=problem.size,
        steps_per_epoch=problem.steps_per_epoch,
        limit=experiment.steps,
        metrics=problem.metrics,
        data=problem.split if isinstance(problem, NetworkProblem) else None,
        values=values,
        shakes=_shakes(setup, problem),
        tolerance=experiment.tolerance,
        measure=problem.measure,
    )


def _shakes(setup: ObjectiveSetup | NetworkSetup, problem: Problem) -> bool:
    """Whether chance moves the losses from step to step, so that their mean over some steps says more than each."""
    if isinstance(setup, ObjectiveSetup):
        return setup.noise > 0
    return problem.steps_per_epoch > 1 or any(layer.dropout > 0 for layer in setup.layers)


def _domain_around(race: Race) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square around the starts of a network with two parameters, wide enough for what such networks learn."""
    center = race.theta.mean(axis=0)
    reach = 5.0
    return (float(center[0] - reach), float(center[0] + reach)), (float(center[1] - reach), float(center[1] + reach))


def same_race(old: Experiment, new: Experiment) -> bool:
    """Whether a race of `old` can go on as one of `new`: only live settings, names and colours differ."""
    if (old.problem, old.seed, old.tolerance) != (new.problem, new.seed, new.tolerance):
        return False
    if [i for i, _ in old.enabled_lanes] != [i for i, _ in new.enabled_lanes]:
        return False
    return all(
        _fixed_part(a, i) == _fixed_part(b, i)
        for (i, a), (_, b) in zip(old.enabled_lanes, new.enabled_lanes, strict=True)
    )


def same_ground(old: Experiment | None, new: Experiment) -> bool:
    """Whether an edit leaves the objective what it is, so that a paused race should show it at the same step."""
    if old is None or not isinstance(old.problem, ObjectiveSetup) or not isinstance(new.problem, ObjectiveSetup):
        return False
    return old.problem.objective == new.problem.objective


def _fixed_part(lane: Lane, index: int) -> tuple[Any, ...]:
    full = fill_lane(lane, f"lanes[{index}]")
    return (*LaneRule(full.optimizer, full.convention, full.hyperparameters).fixed, full.draw)
