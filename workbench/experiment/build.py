"""From an experiment to a race: building one, and whether one that runs can go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import LaneInfo, RaceInfo
from workbench.engine.race.stopping import StopRule
from workbench.engine.schedules import schedules
from workbench.engine.side_by_side import part_of
from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup
from workbench.experiment.filling import fill, fill_lane
from workbench.experiment.lane_colors import color_of
from workbench.experiment.origins import forks_of


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
            parent=-1 if fork is None else fork.lane,
            begins=0 if fork is None else fork.step,
        )
        for (i, lane), fork in zip(experiment.enabled_lanes, forks_of(experiment), strict=True)
    )


def make_problem(experiment: Experiment) -> Problem:
    """The problem of an experiment, for as many runs as its enabled lanes and starts.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    full = fill(experiment)
    setup = full.problem
    if not isinstance(setup, ObjectiveSetup):
        from workbench.experiment.build_networks import make_networks  # loaded for networks alone

        return make_networks(full, setup)
    draws = tuple(lane.draw for _, lane in full.enabled_lanes)
    objective = objectives.get(setup.objective)(setup.parameters)
    difference = setup.difference if setup.gradient == "numerical" else None
    return ObjectiveProblem(
        objective, setup.points, len(draws), draws=draws, seed=full.seed, difference=difference, noise=setup.noise
    )


def make_race(
    experiment: Experiment, *, record_every: int = 1, capacity: int | None = 8192, evaluate_every: int = 0
) -> Race:
    """The race of an experiment, at step 0.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    problem = make_problem(experiment)
    for place, (i, _) in enumerate(experiment.enabled_lanes):
        refuse_too_many_parameters(experiment, i, part_of(problem, place * problem.starts).problem.size)
    return Race(
        problem,
        lane_rules(experiment),
        limit=experiment.steps,
        tolerance=experiment.tolerance,
        stop=stop_rule(experiment),
        record_every=record_every,
        capacity=capacity,
        evaluate_every=evaluate_every,
        forks=forks_of(experiment),
    )


def stop_rule(experiment: Experiment) -> StopRule | None:
    """When runs end by their test loss."""
    stop = experiment.stop
    return None if stop is None else StopRule(stop.patience, stop.improvement, stop.target)


def refuse_too_many_parameters(experiment: Experiment, index: int, size: int) -> None:
    """Refuse a problem of more parameters than the optimizer of the lane at a place can take. Raises RequestError."""
    lane = experiment.lanes[index]
    largest = optimizers.get(lane.optimizer).largest
    if largest is not None and size > largest:
        raise RequestError(
            f"lanes[{index}].optimizer",
            f'must be another than "{lane.optimizer}", which takes at most {largest} parameters; '
            f"this problem has {size}",
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
    info = RaceInfo(
        kind="objective" if isinstance(setup, ObjectiveSetup) else "network",
        key=setup.objective if isinstance(setup, ObjectiveSetup) else setup.data.name or "file",
        lanes=tuple(
            replace(lane, network=part_of(problem, i * problem.starts).kind)
            for i, lane in enumerate(lane_infos(experiment))
        ),
        starts=problem.starts,
        layers=tuple(part.name for part in problem.layers),
        points=points,
        minima=minima,
        domain=domain,
        size=problem.size,
        steps_per_epoch=problem.steps_per_epoch,
        limit=experiment.steps,
        metrics=problem.metrics,
        values=values,
        tolerance=experiment.tolerance,
        measure=problem.measure,
        stop=stop_rule(experiment),
        pairs=problem.objective.pairs if isinstance(problem, ObjectiveProblem) else (),
    )
    if isinstance(setup, ObjectiveSetup):
        return replace(info, shakes=setup.noise > 0)
    from workbench.experiment.build_networks import with_networks

    return with_networks(info, race)


def _domain_around(race: Race) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square around the starts of a network with two parameters, wide enough for what such networks learn."""
    center = race.theta.mean(axis=0)
    reach = 5.0
    return (float(center[0] - reach), float(center[0] + reach)), (float(center[1] - reach), float(center[1] + reach))


def same_race(old: Experiment, new: Experiment) -> bool:
    """Whether a race of `old` can go on as one of `new`: only live settings, names and colours differ."""
    if (old.problem, old.seed, old.tolerance, old.stop) != (new.problem, new.seed, new.tolerance, new.stop):
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
    rule = LaneRule(full.optimizer, full.convention, full.hyperparameters)
    return (*rule.fixed, full.draw, full.network, full.origin)
