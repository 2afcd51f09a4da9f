"""A network as a drawing: the units that matter, their weights and gradients, and what each makes of the inputs."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.features import expand
from workbench.engine.network.fit import shares
from workbench.engine.network.layer_measures import PROBE
from workbench.engine.network.layers import Workspace
from workbench.engine.network.network_statistic import NetworkStatistic, is_of_networks, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.report import forward_one, gradient_of
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

Floats = NDArray[np.floating[Any]]

#: units of a layer up to which all are drawn; of a wider one so many that matter
MOST_UNITS, CHOSEN_UNITS = 24, 14
#: of those: by their largest weights, by their gradients, and dead ones
_BY_GRADIENT, _BY_DEATH = 4, 3
#: how much more a unit counts that is drawn already, so that the drawing does not flicker while the race runs
_STAYS = 1.5
#: seconds for which they are the same while it runs: gradients of single batches would change them at every look
_CHOSEN_EVERY = 3.0
_MAP_POINTS, _FEWEST_MAP_POINTS = 28, 8
#: products in the maps, and in the pass that looks for dead units
_WORK = 1e9
_FEWEST_PROBED = 8
_MARGIN = 0.15

#: the units of each column that were drawn before, in their order
Kept = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network of L layers with the units of each column that are drawn: the inputs and each layer.

    Attributes:
        units: how many there are in each column (L + 1,).
        weight_count: the number of weights, biases left out.
        step, run: the state that it is of.
        shown: the places of the units drawn, in ascending order, of each column. Inputs that are an image all are.
        inputs: names of the inputs drawn; classes: names of the outputs drawn, empty where they are values.
        weights, gradients: (n_in, n_out) of each layer, between the units drawn; gradients are those of the batch that
            the next step uses.
        biases, bias_gradients: (n_out,) of each layer's units drawn.
        dead: (n_out,) of each layer's units drawn, whether the slope is zero for all samples that were looked at.
        gradient_rms: of each layer, over all its weights (L,); dead_counts: dead units of each layer (L,).
        probed: the number of training samples that were looked at for that.
        maps: what each unit drawn gives over a plane of two inputs, (n, G, G) for each column, row 0 at the
            smallest second input; empty where the data have not two inputs, or the network is too large for it.
        class_maps: what speaks for each class over that plane (C, G, G), from 0 to 1; None where there are none.
        picture: of data that are images a sample, (height, width), as it was before scaling.
        starts: where weights and biases of each layer begin in the parameter vector (L, 2); weights lie row by row.
    """

    units: tuple[int, ...]
    weight_count: int
    step: int
    run: int
    shown: Kept
    inputs: tuple[str, ...]
    classes: tuple[str, ...]
    weights: tuple[Floats, ...]
    gradients: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    bias_gradients: tuple[Floats, ...]
    dead: tuple[NDArray[np.bool_], ...]
    gradient_rms: Floats
    dead_counts: NDArray[np.intp]
    probed: int
    maps: tuple[Floats, ...] = ()
    class_maps: Floats | None = None
    picture: Floats | None = None
    starts: tuple[tuple[int, int], ...] = ()

    def place_of(self, layer: int, read: int, unit: int) -> int:
        """The place in the parameter vector of a unit's weight for what it reads; of its bias where `read` is −1."""
        weights, biases = self.starts[layer]
        return biases + unit if read < 0 else weights + read * self.units[layer + 1] + unit

    @property
    def is_whole(self) -> bool:
        """Whether every unit is drawn."""
        return all(len(shown) == count for shown, count in zip(self.shown, self.units, strict=True))


def diagram(race: Race, run: int, kept: Kept = (), *, same: bool = False) -> Diagram | None:
    """The network of one run at its present state; None where the problem is no network.

    `kept` are the units that were drawn before; of a wide layer they stay unless others matter clearly more, and
    whatever others do where the `same` are asked for.
    """
    if not is_of_networks(race.problem):
        return None
    own = network_of(race, run)
    problem, run = own.problem, own.run
    blocks = problem.network.blocks
    units = (blocks[0].n_in, *(block.n_out for block in blocks))
    theta = own.theta[run : run + 1].copy()
    image = problem.split.image if not problem.features else None
    with np.errstate(all="ignore"):
        gradient = gradient_of(problem, theta, run, race.step)
        weights = [block.weight(theta)[0] for block in blocks]
        slopes = [block.weight(gradient)[0] for block in blocks]
        dead, probed = _dead(problem, theta, run)
        fits = len(kept) == len(units) and all(max(k, default=-1) < n for k, n in zip(kept, units, strict=True))
        if not (same and fits):
            kept = _choose(units, weights, slopes, dead, kept if fits else ((),) * len(units))
        shown = kept
        if image is not None:
            shown = (tuple(range(units[0])), *shown[1:])
        maps, class_maps = _maps(problem, theta, run, shown)
        rms = np.array([float(np.sqrt(np.mean(np.square(slope)))) for slope in slopes])
    pairs = [np.ix_(before, after) for before, after in pairwise(shown)]
    later = [list(column) for column in shown[1:]]
    return Diagram(
        units=units,
        weight_count=sum(block.n_in * block.n_out for block in blocks),
        step=race.step,
        run=own.part.rows.start + run,
        shown=shown,
        inputs=_input_names(problem, shown[0]),
        classes=_class_names(problem, shown[-1]),
        weights=tuple(weight[pair] for weight, pair in zip(weights, pairs, strict=True)),
        gradients=tuple(slope[pair] for slope, pair in zip(slopes, pairs, strict=True)),
        biases=tuple(block.bias(theta)[0, 0, places] for block, places in zip(blocks, later, strict=True)),
        bias_gradients=tuple(block.bias(gradient)[0, 0, places] for block, places in zip(blocks, later, strict=True)),
        dead=tuple(found[places] for found, places in zip(dead, later, strict=True)),
        gradient_rms=rms,
        dead_counts=np.array([int(found.sum()) for found in dead]),
        probed=probed,
        maps=maps,
        class_maps=class_maps,
        picture=None if image is None else problem.split.unscaled(problem.split.x_train[0]).reshape(image),
        starts=tuple((block.start, block.bias_start) for block in blocks),
    )


def _dead(problem: NetworkProblem, theta: Floats, run: int) -> tuple[list[NDArray[np.bool_]], int]:
    """Of each layer which units have the slope zero for all samples looked at (n,), and how many samples those are."""
    network = problem.network
    if not any(activation.dies for activation in network.activations):
        return [np.zeros(block.n_out, bool) for block in network.blocks], 0
    probed = int(min(PROBE, max(_FEWEST_PROBED, _WORK / problem.size)))
    work = forward_one(problem, theta, run, problem.x_train[:probed])
    found = []
    for activation, z in zip(network.activations, work.z, strict=True):
        if activation.dies:
            found.append((z[0] <= 0).all(axis=0))
        else:
            found.append(np.zeros(z.shape[2], bool))
    return found, min(probed, len(problem.x_train))


def _choose(
    units: tuple[int, ...], weights: list[Floats], slopes: list[Floats], dead: list[NDArray[np.bool_]], kept: Kept
) -> Kept:
    """The units that are drawn of each column: all of a narrow one; of a wide one those that matter."""
    found: list[tuple[int, ...]] = []
    for column, count in enumerate(units):
        if count <= MOST_UNITS:
            found.append(tuple(range(count)))
            continue
        stays = np.ones(count)
        stays[list(kept[column])] = _STAYS
        gone = dead[column - 1] if column else np.zeros(count, bool)
        by_gradient, by_weight = (_sizes(part, column, count) * stays for part in (slopes, weights))
        chosen: list[int] = [int(unit) for unit in np.flatnonzero(gone)[:_BY_DEATH]]
        chosen += _largest(by_gradient, chosen, _BY_GRADIENT)
        chosen += _largest(by_weight, chosen, CHOSEN_UNITS - len(chosen))
        found.append(tuple(sorted(chosen)))
    return tuple(found)


def _sizes(arrays: list[Floats], column: int, count: int) -> Floats:
    """The length of what leads to each unit of a column, and away from it (n,); numbers that are none count nothing."""
    squares = np.zeros(count)
    if column:
        squares += np.nan_to_num(np.square(arrays[column - 1]).sum(axis=0), posinf=0.0)
    if column < len(arrays):
        squares += np.nan_to_num(np.square(arrays[column]).sum(axis=1), posinf=0.0)
    return np.sqrt(squares)


def _largest(sizes: Floats, taken: list[int], count: int) -> list[int]:
    """The places of the largest, of equal ones the first, without those that are taken."""
    order = [int(place) for place in np.argsort(-sizes, kind="stable") if int(place) not in taken]
    return order[:count]


def _input_names(problem: NetworkProblem, shown: tuple[int, ...]) -> tuple[str, ...]:
    count = problem.x_train.shape[1]
    names = problem.features or problem.split.columns
    if len(names) != count:
        names = tuple(f"x{i + 1}" for i in range(count))
    return tuple(names[place] for place in shown)


def _class_names(problem: NetworkProblem, shown: tuple[int, ...]) -> tuple[str, ...]:
    """Of one output that means two classes, the one that it means when it is large."""
    classes = problem.split.classes
    if problem.network.loss.binary:
        return classes[1:]
    return tuple(classes[place] for place in shown) if classes else ()


def _maps(problem: NetworkProblem, theta: Floats, run: int, shown: Kept) -> tuple[tuple[Floats, ...], Floats | None]:
    """What each unit drawn gives over the plane of the two inputs, and the probabilities of the classes there."""
    side = int(min(_MAP_POINTS, (_WORK / problem.size) ** 0.5))
    if problem.split.x_train.shape[1] != 2 or side < _FEWEST_MAP_POINTS:
        return (), None
    x = problem.split.x_train
    room = _MARGIN * np.maximum(np.ptp(x, axis=0), 1e-9)
    axes = np.linspace(x.min(axis=0) - room, x.max(axis=0) + room, side)
    grid = np.stack(np.meshgrid(axes[:, 0], axes[:, 1]), axis=-1).reshape(-1, 2)
    inputs = expand(grid, problem.features).astype(problem.dtype)
    work: Workspace = forward_one(problem, theta, run, inputs)

    def tiles(values: Floats) -> Floats:
        return np.ascontiguousarray(values.T, dtype=np.float32).reshape(-1, side, side)

    columns = (inputs, *(a[0] for a in work.a))
    maps = tuple(tiles(values[:, list(places)]) for values, places in zip(columns, shown, strict=True))
    if not problem.split.classes:
        return maps, None
    return maps, tiles(np.asarray(shares(problem, work.a[-1][0])))


@statistics.register("diagram")
class DiagramStatistic(NetworkStatistic):
    """The drawing of the run given, as `diagram` gives it; with the run may be given what was drawn before."""

    refresh, rest = 0.2, 9.0

    def __init__(self) -> None:
        super().__init__()
        self._chosen, self._of = -math.inf, -1  # when the units drawn of wide layers were, and of which run

    def compute(self, race: Race, given: Any, *, running: bool) -> Diagram | None:
        now = time.monotonic()
        same = running and given[0] == self._of and now - self._chosen < _CHOSEN_EVERY
        if not same:
            self._chosen, self._of = now, given[0]
        return diagram(race, *given, same=same)
