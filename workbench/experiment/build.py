"""From an experiment to a race: checking what the types cannot, building, and changing a race that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.engine import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.configured import Configured
from workbench.engine.network.features import check_features
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError, Value, complete
from workbench.engine.problem import Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import LaneInfo, RaceInfo
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Schedule,
    replace,
)
from workbench.experiment.names import check_name

#: Okabe and Ito's colours (2008), safe for the colour-blind, in the order in which lanes take them.
LANE_COLORS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#000000")

#: Numbers that a race may keep in memory: two gigabytes in double precision.
_NUMBERS_AT_MOST = 1 << 28


def validate(experiment: Experiment) -> None:
    """Check all that depends on the catalogues.

    Raises:
        RequestError: the first fault, with its place in the experiment.
    """
    fill(experiment)


def fill(experiment: Experiment) -> Experiment:
    """The same experiment with every default written out, so that it means the same under other defaults.

    Raises:
        RequestError: as `validate`.
    """
    if not experiment.enabled_lanes:
        raise RequestError("lanes", "must have at least one lane that is enabled")
    check_name(experiment.title, "title")
    problem = experiment.problem
    filled: ObjectiveSetup | NetworkSetup
    if isinstance(problem, ObjectiveSetup):
        filled = _fill_objective(problem)
    else:
        filled = _fill_network(problem)
    lanes = tuple(_fill_lane(lane, f"lanes[{i}]") for i, lane in enumerate(experiment.lanes))
    full: Experiment = replace(experiment, problem=filled, lanes=lanes)
    return full


def _settings(
    params: Any,
    given: Mapping[str, object],
    path: str,
    owner: str,
    *,
    convention: str = "pytorch",
    beside: tuple[str, ...] = (),
) -> dict[str, Value]:
    try:
        return complete(params, given, convention, owner=owner, beside=beside)
    except RequestError as error:
        raise error.under(path) from None


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


def _fill_network(problem: NetworkSetup) -> NetworkSetup:
    data, source = _fill_data(problem.data)
    layers = tuple(_fill_layer(layer, f"problem.layers[{i}]") for i, layer in enumerate(problem.layers))
    initializer = initializers.get(problem.output_initializer, "problem.output_initializer")
    loss = problem.loss or ("softmax_cross_entropy" if source.n_classes else "mean_squared_error")
    chosen = losses.get(loss, "problem.loss")
    owner = f'the data set "{data.name or data.file}"'
    if chosen.takes_classes and not source.n_classes:
        raise RequestError("problem.loss", f'must be a loss for values, as {owner} has no classes, got "{loss}"')
    if chosen.binary and source.n_classes != 2:
        raise RequestError(
            "problem.loss", f'must be a loss for {source.n_classes} classes, which {owner} has, got "{loss}"'
        )
    try:
        check_features(problem.features, source.n_in)
    except RequestError as error:
        raise error.under("problem") from None
    filled: NetworkSetup = replace(
        problem,
        data=data,
        layers=layers,
        loss=loss,
        loss_parameters=_own(chosen, problem.loss_parameters, "problem.loss_parameters"),
        output_initializer_parameters=_own(
            initializer, problem.output_initializer_parameters, "problem.output_initializer_parameters"
        ),
    )
    return filled


def _own(entry: type[Configured], given: Mapping[str, object], path: str) -> dict[str, Value]:
    return _settings(entry.params, given, path, f'the {entry.noun} "{entry.key}"')


def _fill_layer(layer: LayerSetup, path: str) -> LayerSetup:
    activation = activations.get(layer.activation, f"{path}.activation")
    initializer = initializers.get(layer.initializer, f"{path}.initializer")
    filled: LayerSetup = replace(
        layer,
        activation_parameters=_own(activation, layer.activation_parameters, f"{path}.activation_parameters"),
        initializer_parameters=_own(initializer, layer.initializer_parameters, f"{path}.initializer_parameters"),
    )
    return filled


def _fill_data(data: DataSetup) -> tuple[DataSetup, datasets.Dataset]:
    """The data set with its settings complete, and the source of samples that it names."""
    if not data.name and not data.file:
        raise RequestError("problem.data.name", "is missing, and no `file` stands in its place")
    if data.name and data.file:
        raise RequestError("problem.data.file", "must be left out where `name` names a data set")
    if not data.file and (data.target or data.columns or data.target_kind != "auto"):
        given = "target" if data.target else "columns" if data.columns else "target_kind"
        raise RequestError(f"problem.data.{given}", "goes with a `file` alone")
    if data.points and data.name != "points":
        raise RequestError("problem.data.points", 'goes with the data set "points" alone')
    parameters: dict[str, Value] = {}
    try:
        if data.file:
            complete((), data.parameters, owner="a `file`")
            return data, datasets.CsvFile(data.file, data.target, data.columns, data.target_kind)
        entry = datasets.datasets.get(data.name, "name")
        beside = tuple(name for name in data.__struct_fields__ if name != "parameters")
        owner = f'the data set "{data.name}"'
        parameters = complete(entry.params, data.parameters, owner=owner, beside=beside)
        source = datasets.Points(parameters, data.points) if data.name == "points" else entry(parameters)
    except RequestError as error:
        raise error.under("problem.data") from None
    points = source.points if isinstance(source, datasets.Points) else ()
    filled: DataSetup = replace(data, parameters=parameters, points=points)
    return filled, source


def _fill_lane(lane: Lane, path: str) -> Lane:
    check_name(lane.label, f"{path}.label")
    entry = optimizers.get(lane.optimizer, f"{path}.optimizer")
    values = _settings(
        entry.params,
        lane.hyperparameters,
        f"{path}.hyperparameters",
        f'the optimizer "{lane.optimizer}"',
        convention=lane.convention,
    )
    schedule = lane.schedule
    if schedule is not None:
        kind = schedules.get(schedule.kind, f"{path}.schedule.kind")
        owner = f'the schedule "{schedule.kind}"'
        given = _settings(kind.params, schedule.parameters, f"{path}.schedule", owner, beside=("kind",))
        schedule = Schedule(kind=schedule.kind, parameters=given)
    gradient = _settings(GRADIENT_OPTIONS, lane.gradient, f"{path}.gradient", "a lane's gradient")
    filled: Lane = replace(lane, hyperparameters=values, schedule=schedule, gradient=gradient)
    return filled


def lane_rules(experiment: Experiment) -> tuple[LaneRule, ...]:
    """How each enabled lane moves. Raises RequestError for a fault in a lane."""
    rules = []
    for i, lane in experiment.enabled_lanes:
        full = _fill_lane(lane, f"lanes[{i}]")
        schedule = None
        if full.schedule is not None and full.schedule.kind != "constant":
            kind = schedules.get(full.schedule.kind)
            schedule = kind(full.schedule.parameters, total=experiment.steps or 0)
        rules.append(LaneRule(full.optimizer, full.convention, full.hyperparameters, schedule, full.gradient))
    return tuple(rules)


def lane_infos(experiment: Experiment) -> tuple[LaneInfo, ...]:
    """Names and colours of the enabled lanes; a colour not chosen follows from the lane's place."""
    return tuple(
        LaneInfo(
            lane.label or optimizers.get(lane.optimizer).title,
            lane.color or LANE_COLORS[i % len(LANE_COLORS)],
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
    data, source = _fill_data(setup.data)
    try:
        split = datasets.draw(source, full.seed, data.test_fraction, data.scaling)
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
    for i, lane in experiment.enabled_lanes:
        largest = optimizers.get(lane.optimizer).largest
        if largest is not None and problem.size > largest:
            raise RequestError(
                f"lanes[{i}].optimizer",
                f'must be another than "{lane.optimizer}", which takes at most {largest} parameters; '
                f"this problem has {problem.size}",
            )
    return Race(
        problem,
        lane_rules(experiment),
        limit=experiment.steps,
        record_every=record_every,
        capacity=capacity,
        evaluate_every=evaluate_every,
    )


def race_info(experiment: Experiment, race: Race) -> RaceInfo:
    """What the views need to know of a race besides its numbers."""
    problem, setup = race.problem, experiment.problem
    points = minima = domain = None
    if isinstance(problem, ObjectiveProblem):
        points, domain = problem.points, problem.objective.domain[: problem.size]
        known = problem.objective.minima(problem.size)
        minima = np.array([m.point for m in known]).reshape(-1, problem.size)
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
    )


def _domain_around(race: Race) -> tuple[tuple[float, float], tuple[float, float]]:
    """A square around the starts of a network with two parameters, wide enough for what such networks learn."""
    center = race.theta.mean(axis=0)
    reach = 5.0
    return (float(center[0] - reach), float(center[0] + reach)), (float(center[1] - reach), float(center[1] + reach))


def same_race(old: Experiment, new: Experiment) -> bool:
    """Whether a race of `old` can go on as one of `new`: only live settings, names and colours differ."""
    if (old.problem, old.seed) != (new.problem, new.seed):
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
    full = _fill_lane(lane, f"lanes[{index}]")
    return (*LaneRule(full.optimizer, full.convention, full.hyperparameters).fixed, full.draw)
