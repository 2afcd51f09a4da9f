"""Networks with their defaults written out: the part of `filling` that is loaded for networks alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.engine.network.activations import activations
from workbench.engine.network.configured import Configured
from workbench.engine.network.features import check_features
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.params import RequestError, Value
from workbench.experiment.completing import settings
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import Lane, LaneNetwork, LayerSetup, NetworkSetup, Setup, replace
from workbench.experiment.lane_networks import network_of
from workbench.experiment.weights import check_layers


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
        whole = fill_network(network_of(problem, own))
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


def fill_network(problem: NetworkSetup) -> NetworkSetup:
    """The network with every default written out. Raises RequestError for the first fault."""
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
    if problem.weights:
        check_layers(problem.weights, [layer.units for layer in layers], "problem.weights")
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
    return settings(entry.params, given, path, f'the {entry.noun} "{entry.key}"')


def _fill_layer(layer: LayerSetup, path: str) -> LayerSetup:
    activation = activations.get(layer.activation, f"{path}.activation")
    initializer = initializers.get(layer.initializer, f"{path}.initializer")
    filled: LayerSetup = replace(
        layer,
        activation_parameters=_own(activation, layer.activation_parameters, f"{path}.activation_parameters"),
        initializer_parameters=_own(initializer, layer.initializer_parameters, f"{path}.initializer_parameters"),
    )
    return filled
