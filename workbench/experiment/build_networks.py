"""The networks of an experiment's lanes: one problem where all train the same, else several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec, Network
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.side_by_side import SideBySide
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import DataSetup, Experiment, NetworkSetup
from workbench.experiment.lane_networks import network_of

#: Numbers that a race may keep in memory: two gigabytes in double precision.
_NUMBERS_AT_MOST = 1 << 28


def _numbered(wanted: Sequence[NetworkSetup]) -> tuple[int, ...]:
    kinds: list[NetworkSetup] = []
    for network in wanted:
        if network not in kinds:
            kinds.append(network)
    return tuple(kinds.index(network) for network in wanted)


def make_networks(full: Experiment, setup: NetworkSetup) -> Problem:
    """The problem of a filled experiment of networks.

    Raises:
        RequestError: a fault in the experiment, with its place.
    """
    lanes = [lane for _, lane in full.enabled_lanes]
    wanted = [network_of(setup, lane.network) for lane in lanes]
    splits: dict[tuple[str, str], datasets.Split] = {}

    def split_of(data: DataSetup) -> datasets.Split:
        key = (data.scaling, data.target_scaling)
        if key not in splits:
            splits[key] = _split(data, full.seed)
        return splits[key]

    _refuse_too_large([(network, split_of(network.data)) for network in wanted])
    like: Network | None = None
    if any(network != setup for network in wanted):
        like = _problem(setup, split_of(setup.data), full.seed, (0,), None).network
    members, place, kinds = [], 0, _numbered(wanted)
    for kind, same in groupby(kinds):
        count = len(list(same))
        draws = tuple(lane.draw for lane in lanes[place : place + count])
        network = wanted[place]
        own = None if network == setup else like
        members.append((_problem(network, split_of(network.data), full.seed, draws, own), kind))
        place += count
    return members[0][0] if len(members) == 1 else SideBySide(members)


def _split(data: DataSetup, seed: int) -> datasets.Split:
    data, source = fill_data(data)
    try:
        return datasets.draw(source, seed, data.test_fraction, data.scaling, data.target_scaling)
    except RequestError as error:
        raise error.under("problem.data") from None


def _problem(
    setup: NetworkSetup, split: datasets.Split, seed: int, draws: tuple[int, ...], like: Network | None
) -> NetworkProblem:
    """The problem of adjacent lanes that train one network."""
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
        lanes=len(draws),
        draws=draws,
        starts=setup.starts,
        seed=seed,
        batch_size=setup.batch_size,
        dtype=setup.dtype,
        output_initializer=setup.output_initializer,
        output_initializer_parameters=setup.output_initializer_parameters,
        l1=setup.l1,
        l2=setup.l2,
        features=setup.features,
        like=like,
    )


def _refuse_too_large(networks: Sequence[tuple[NetworkSetup, datasets.Split]]) -> None:
    """Refuse what would need more memory than a computer at hand has, before it is asked for.

    Counted are some eight buffers of all parameters (parameters, gradient, state, scratch), each lane's as long as that
    of the largest network, and three of each layer's units for the samples of a batch or of an evaluation.
    """
    largest = samples = 0
    for setup, split in networks:
        train, n_in = split.x_train.shape
        n_in = len(setup.features) or n_in
        units = [layer.units for layer in setup.layers] + [len(split.classes) or split.y_train.shape[-1]]
        largest = max(largest, sum((a + 1) * b for a, b in zip([n_in, *units], units, strict=False)))
        batches = len(networks) * setup.starts * (min(setup.batch_size, train) or train)
        samples = max(samples, max(batches, train, len(split.x_test)) * sum(units))
    numbers = 8 * len(networks) * networks[0][0].starts * largest + 3 * samples
    if numbers > _NUMBERS_AT_MOST:
        raise RequestError(
            "problem",
            f"needs room for {numbers:.2g} numbers, there may be at most {_NUMBERS_AT_MOST:.2g}: "
            "take fewer lanes, starts, units, or samples in a batch",
        )
