"""A network with its defaults written out: the part of `filling` that is loaded for networks alone."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.engine.network.activations import activations
from workbench.engine.network.configured import Configured
from workbench.engine.network.features import check_features
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.params import RequestError, Value
from workbench.experiment.completing import settings
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import LayerSetup, NetworkSetup, replace


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
