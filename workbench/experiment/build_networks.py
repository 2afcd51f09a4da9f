"""The networks of an experiment's lanes: one problem where all train the same, else several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.params import RequestError
from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import NetworkInfo, RaceInfo
from workbench.engine.side_by_side import SideBySide
from workbench.experiment.data import fill_data
from workbench.experiment.experiment import DataSetup, Experiment, NetworkSetup
from workbench.experiment.lane_networks import network_of
from workbench.experiment.weights import read_start

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
    like: NetworkProblem | None = None
    if any(network != setup for network in wanted):
        like = _problem(setup, split_of(setup.data), full.seed, (0,), None)
    members, place, kinds = [], 0, _numbered(wanted)
    for kind, same in groupby(kinds):
        count = len(list(same))
        draws = tuple(lane.draw for lane in lanes[place : place + count])
        network = wanted[place]
        own, told = None if network == setup else like, "problem.weights"
        if network.weights != setup.weights:
            told = f"lanes[{full.enabled_lanes[place][0]}].network.weights"
        members.append((_problem(network, split_of(network.data), full.seed, draws, own, place=told), kind))
        place += count
    return members[0][0] if len(members) == 1 else SideBySide(members)


def _split(data: DataSetup, seed: int) -> datasets.Split:
    data, source = fill_data(data)
    try:
        return datasets.draw(source, seed, data.test_fraction, data.scaling, data.target_scaling)
    except RequestError as error:
        raise error.under("problem.data") from None


def _problem(
    setup: NetworkSetup,
    split: datasets.Split,
    seed: int,
    draws: tuple[int, ...],
    like: NetworkProblem | None,
    *,
    place: str = "problem.weights",
) -> NetworkProblem:
    """The problem of adjacent lanes that train one network; `like` is that of the problem's own.

    Faults of the weights it begins with are told of `place`.
    """
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
    made = NetworkProblem(
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
        like=None if like is None or setup.weights else like.network,
    )
    if setup.weights:
        made.begin_with(*read_start(setup.weights, made.network, place))
    elif like is not None and like.network.begun is not None and made.normalised == like.normalised:
        made.begin_with(None, like.averages)
    return made


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


def with_networks(info: RaceInfo, race: Race) -> RaceInfo:
    """What the views know of a race, with what only one of networks has: samples, chance, and each lane's network."""
    problems = [(part.kind, part.problem) for part in race.parts if isinstance(part.problem, NetworkProblem)]
    found = {
        kind: NetworkInfo(
            tuple(layer.name for layer in problem.layers),
            problem.size,
            problem.steps_per_epoch,
            problem.tensors,
            problem.normalised,
        )
        for kind, problem in problems
    }
    return replace(
        info,
        data=problems[0][1].split,  # which all share, however each has them scaled
        # chance moves the losses from step to step, so that their mean over some steps says more than each
        shakes=any(problem.steps_per_epoch > 1 or problem.drops for _, problem in problems),
        networks=tuple(found[kind] for kind in sorted(found)),
    )
