"""An experiment with its defaults written out, which checks all that depends on the catalogues."""

from __future__ import annotations

from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.schedules import schedules
from workbench.experiment import view_options
from workbench.experiment.completing import settings
from workbench.experiment.experiment import (
    Experiment,
    Lane,
    NetworkSetup,
    ObjectiveSetup,
    Schedule,
    replace,
)
from workbench.experiment.origins import check_origins


def fill(experiment: Experiment) -> Experiment:
    """The same experiment with every default written out, so that it means the same under other defaults.

    Raises:
        RequestError: the first fault, with its place in the experiment.
    """
    if not experiment.enabled_lanes:
        raise RequestError("lanes", "must have at least one lane that is enabled")
    problem = experiment.problem
    filled: ObjectiveSetup | NetworkSetup
    _check_stop(experiment)
    if isinstance(problem, ObjectiveSetup):
        filled = _fill_objective(problem)
    else:
        # loaded for networks alone, with all that they are made of
        from workbench.experiment.fill_networks import fill_network

        filled = fill_network(problem)
    lanes = tuple(_fill_whole_lane(filled, lane, f"lanes[{i}]") for i, lane in enumerate(experiment.lanes))
    full: Experiment = replace(experiment, problem=filled, lanes=lanes, view=view_options.filled(experiment.view))
    check_origins(full)
    return full


def _check_stop(experiment: Experiment) -> None:
    stop, problem = experiment.stop, experiment.problem
    if stop is None:
        return
    if not isinstance(problem, NetworkSetup):
        raise RequestError("stop", "goes with a network alone; `tolerance` ends a race on an objective")
    if not stop.patience and stop.target is None:
        raise RequestError("stop", "must have a `patience` above 0 or a `target`")
    if not problem.data.test_fraction:
        raise RequestError("stop", "needs test samples: `problem.data.test_fraction` is 0")


def _fill_objective(problem: ObjectiveSetup) -> ObjectiveSetup:
    entry = objectives.get(problem.objective, "problem.objective")
    owner = f'the objective "{problem.objective}"'
    try:
        parameters = entry.complete(problem.parameters)
    except RequestError as error:
        raise error.under("problem.parameters") from None
    if any(isinstance(p, tuple) for p in problem.start) and not all(isinstance(p, tuple) for p in problem.start):
        raise RequestError("problem.start", "must be one point or a list of points, not a mixture")
    objective = entry(parameters)
    least, most = objective.dimensions
    owner = objective.called
    points = problem.points or (objective.usual_start(),)
    for i, point in enumerate(points):
        place = f"problem.start[{i}]" if len(points) > 1 else "problem.start"
        if not least <= len(point) <= most:
            count = (
                f"{least} coordinate{'s' if least > 1 else ''}" if least == most else f"{least} to {most} coordinates"
            )
            raise RequestError(place, f"must have {count} for {owner}, got {len(point)}")
        if len(point) != len(points[0]):
            raise RequestError(
                place, f"must have as many coordinates as the first start, {len(points[0])}, got {len(point)}"
            )
    start = points if len(points) > 1 else points[0]
    filled: ObjectiveSetup = replace(problem, start=start, parameters=parameters)
    return filled


def _fill_whole_lane(problem: ObjectiveSetup | NetworkSetup, lane: Lane, path: str) -> Lane:
    """The lane with the network that it may have of its own; `problem` is filled."""
    filled = fill_lane(lane, path)
    if filled.network is None:
        return filled
    from workbench.experiment.fill_networks import fill_network_of

    return fill_network_of(problem, filled, f"{path}.network")


def fill_lane(lane: Lane, path: str) -> Lane:
    """The lane with every setting written out; faults are told from `path` on. Raises RequestError."""
    entry = optimizers.get(lane.optimizer, f"{path}.optimizer")
    try:
        values = entry.complete(lane.hyperparameters, lane.convention)
    except RequestError as error:
        raise error.under(f"{path}.hyperparameters") from None
    schedule = lane.schedule
    if schedule is not None:
        kind = schedules.get(schedule.kind, f"{path}.schedule.kind")
        owner = f'the schedule "{schedule.kind}"'
        given = settings(kind.params, schedule.parameters, f"{path}.schedule", owner, beside=("kind",))
        schedule = Schedule(kind=schedule.kind, parameters=given)
    gradient = settings(GRADIENT_OPTIONS, lane.gradient, f"{path}.gradient", "a lane's gradient")
    filled: Lane = replace(lane, hyperparameters=values, schedule=schedule, gradient=gradient)
    return filled
