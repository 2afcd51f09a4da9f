"""An experiment with its defaults written out, which checks all that depends on the catalogues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.engine.network.activations import activations
from workbench.engine.network.configured import Configured
from workbench.engine.network.features import check_features
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError, Value, complete
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.schedules import schedules
from workbench.experiment import view_options
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import (
    Experiment,
    Lane,
    LaneNetwork,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Schedule,
    Setup,
    replace,
)
from workbench.experiment.lane_networks import network_of


def fill(experiment: Experiment) -> Experiment:
    """The same experiment with every default written out, so that it means the same under other defaults.

    Raises:
        RequestError: the first fault, with its place in the experiment.
    """
    if not experiment.enabled_lanes:
        raise RequestError("lanes", "must have at least one lane that is enabled")
    problem = experiment.problem
    filled: ObjectiveSetup | NetworkSetup
    if isinstance(problem, ObjectiveSetup):
        filled = _fill_objective(problem)
    else:
        filled = _fill_network(problem)
    lanes = tuple(
        fill_network_of(filled, fill_lane(lane, f"lanes[{i}]"), f"lanes[{i}].network")
        for i, lane in enumerate(experiment.lanes)
    )
    full: Experiment = replace(experiment, problem=filled, lanes=lanes, view=view_options.filled(experiment.view))
    return full


def _settings(
    params: Any,
    given: Mapping[str, object],
    path: str,
    owner: str,
    *,
    beside: tuple[str, ...] = (),
) -> dict[str, Value]:
    try:
        return complete(params, given, owner=owner, beside=beside)
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


def fill_network_of(problem: Setup, lane: Lane, path: str) -> Lane:
    """A filled lane with what differs of its network checked and written out; faults are told from `path` on.

    `problem` is filled, too. Raises RequestError.
    """
    own = lane.network
    if own is None:
        return lane
    if not isinstance(problem, NetworkSetup):
        raise RequestError(path, "goes with a network alone; this problem is an objective")
    try:
        whole = _fill_network(network_of(problem, own))
    except RequestError as error:
        raise _told_of_lane(error, own, path) from None
    layers = None
    if own.layers is not None:
        # what stands in all layers alike goes on standing there alone
        layers = tuple(_fill_layer(layer, f"{path}.layers[{i}]") for i, layer in enumerate(own.layers))
    filled: Lane = replace(
        lane,
        network=replace(
            own,
            layers=layers,
            loss=None if own.loss is None else whole.loss,
            loss_parameters=None if own.loss_parameters is None else whole.loss_parameters,
            output_initializer_parameters=None
            if own.output_initializer_parameters is None
            else whole.output_initializer_parameters,
        ),
    )
    return filled


def _told_of_lane(error: RequestError, own: LaneNetwork, path: str) -> RequestError:
    """A fault of a whole network, told of the key of the lane that it comes from."""
    place = error.path.removeprefix("problem.").removeprefix("data.")
    found = re.fullmatch(r"layers\[\d+\]\.(\w+)", place)
    if found is not None and getattr(own, found[1], None) is not None:
        place = found[1]
    return RequestError(f"{path}.{place}", error.problem)


def _fill_network(problem: NetworkSetup) -> NetworkSetup:
    data, source = fill_data(problem.data)
    if data.target_scaling != "none" and source.n_classes:
        raise RequestError("problem.data.target_scaling", f'must be "none" for classes, got "{data.target_scaling}"')
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
        given = _settings(kind.params, schedule.parameters, f"{path}.schedule", owner, beside=("kind",))
        schedule = Schedule(kind=schedule.kind, parameters=given)
    gradient = _settings(GRADIENT_OPTIONS, lane.gradient, f"{path}.gradient", "a lane's gradient")
    filled: Lane = replace(lane, hyperparameters=values, schedule=schedule, gradient=gradient)
    return filled
