"""The network that a lane trains: the problem's, with what differs of it in the lane."""

from __future__ import annotations

from typing import Any

from workbench.experiment.experiment import Experiment, Lane, LaneNetwork, LayerSetup, NetworkSetup, replace

#: what a lane says of every hidden layer, with the settings that go when it is another one
_OF_LAYERS = {
    "activation": "activation_parameters",
    "initializer": "initializer_parameters",
    "batch_norm": None,
    "dropout": None,
}
#: what takes its own defaults when another one is named
_WITH_SETTINGS = {"output_initializer": "output_initializer_parameters", "loss": "loss_parameters"}
_OF_DATA = ("scaling", "target_scaling")
_PLAIN = ("features", "l1", "l2", "batch_size", *_WITH_SETTINGS, *_WITH_SETTINGS.values())


def network_of(problem: NetworkSetup, own: LaneNetwork | None) -> NetworkSetup:
    """The network of a lane, `own` being what differs of it; the problem itself where nothing does."""
    if own is None:
        return problem
    changes: dict[str, Any] = {}
    for name, settings in _WITH_SETTINGS.items():
        if getattr(own, name) not in (None, getattr(problem, name)):
            changes[settings] = {}
    changes |= {name: value for name in _PLAIN if (value := getattr(own, name)) is not None}
    scalings = {name: value for name in _OF_DATA if (value := getattr(own, name)) is not None}
    if scalings:
        changes["data"] = replace(problem.data, **scalings)
    if problem.weights:  # what fits of them comes layer by layer
        changes["weights"] = ""
    if own.weights is not None:
        changes["weights"] = own.weights
    layers = problem.layers if own.layers is None else own.layers
    made: NetworkSetup = replace(problem, layers=tuple(_layer_of(layer, own) for layer in layers), **changes)
    return made


def _layer_of(layer: LayerSetup, own: LaneNetwork) -> LayerSetup:
    changes: dict[str, Any] = {}
    for name, settings in _OF_LAYERS.items():
        value = getattr(own, name)
        if value is not None and value != getattr(layer, name):
            changes[name] = value
            if settings:
                changes[settings] = {}
    made: LayerSetup = replace(layer, **changes)
    return made


def of_lane(experiment: Experiment, lane: Lane) -> NetworkSetup | None:
    """The network that a lane of an experiment trains; None for an objective."""
    problem = experiment.problem
    return network_of(problem, lane.network) if isinstance(problem, NetworkSetup) else None


def without_needless(problem: NetworkSetup, own: LaneNetwork | None) -> LaneNetwork | None:
    """What differs of a lane's network and does say something: None where the lane trains the problem's."""
    if own is None:
        return None
    kept, whole = own, network_of(problem, own)
    for name in own.__struct_fields__:
        if getattr(kept, name) is not None:
            less = replace(kept, **{name: None})
            if network_of(problem, less) == whole:
                kept = less
    return None if kept == LaneNetwork() else kept
