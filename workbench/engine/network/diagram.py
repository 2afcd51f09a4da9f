"""A network as a drawing: its weights and gradients, and what each of its neurons says of a plane of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.features import expand
from workbench.engine.network.network_statistic import NetworkStatistic, is_of_networks, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.report import forward_one, gradient_of
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

Floats = NDArray[np.floating[Any]]

#: what is drawn at most: units a layer (inputs are one), layers, weights
LARGEST = (24, 12, 1500)
_MAP_POINTS = 28
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network of L layers, or, where it is too large to be drawn, its measures alone.

    Attributes:
        units: of the inputs and of each layer (L + 1,).
        weight_count: the number of weights, biases left out.
        step, run: the state that it is of.
        inputs: names of the inputs, empty where the data have none.
        weights, gradients: (n_in, n_out) of each layer; gradients are those of the batch that the next step uses.
        biases, bias_gradients: (n_out,) of each layer.
        maps: what each unit gives over a plane of two inputs, (n, G, G) for the inputs and each layer, row 0 at the
            smallest second input; empty where the data have not two inputs.
    """

    units: tuple[int, ...]
    weight_count: int
    step: int = 0
    run: int = 0
    inputs: tuple[str, ...] = ()
    weights: tuple[Floats, ...] = ()
    gradients: tuple[Floats, ...] = ()
    biases: tuple[Floats, ...] = ()
    bias_gradients: tuple[Floats, ...] = ()
    maps: tuple[Floats, ...] = ()

    @property
    def too_large(self) -> bool:
        """Whether the network is larger than what is drawn."""
        units, layers, weights = LARGEST
        return max(self.units) > units or len(self.units) - 1 > layers or self.weight_count > weights


def diagram(race: Race, run: int) -> Diagram | None:
    """The network of one run at its present state; None where the problem is no network."""
    if not is_of_networks(race.problem):
        return None
    own = network_of(race, run)
    problem, run = own.problem, own.run
    blocks = problem.network.blocks
    units = (blocks[0].n_in, *(block.n_out for block in blocks))
    empty = Diagram(units, sum(block.n_in * block.n_out for block in blocks))
    if empty.too_large:
        return empty
    theta = own.theta[run : run + 1].copy()
    with np.errstate(all="ignore"):
        gradient = gradient_of(problem, theta, run, race.step)
        maps = _maps(problem, theta, run) if problem.split.x_train.shape[1] == 2 else ()
    return Diagram(
        units,
        empty.weight_count,
        race.step,
        own.part.rows.start + run,
        _input_names(problem),
        tuple(block.weight(theta)[0] for block in blocks),
        tuple(block.weight(gradient)[0] for block in blocks),
        tuple(block.bias(theta)[0, 0] for block in blocks),
        tuple(block.bias(gradient)[0, 0] for block in blocks),
        maps,
    )


def _input_names(problem: NetworkProblem) -> tuple[str, ...]:
    if problem.features:
        return problem.features
    names = problem.split.columns
    count = problem.x_train.shape[1]
    return names if len(names) == count else tuple(f"x{i + 1}" for i in range(count))


def _maps(problem: NetworkProblem, theta: Floats, run: int) -> tuple[Floats, ...]:
    """What each input and unit gives over the plane of the two inputs."""
    x = problem.split.x_train
    room = _MARGIN * np.maximum(np.ptp(x, axis=0), 1e-9)
    axes = np.linspace(x.min(axis=0) - room, x.max(axis=0) + room, _MAP_POINTS)
    grid = np.stack(np.meshgrid(axes[:, 0], axes[:, 1]), axis=-1).reshape(-1, 2)
    inputs = expand(grid, problem.features).astype(problem.dtype)
    work = forward_one(problem, theta, run, inputs)
    shape = (_MAP_POINTS, _MAP_POINTS)
    return tuple(
        np.ascontiguousarray(values.T, dtype=np.float32).reshape(-1, *shape)
        for values in (inputs, *(a[0] for a in work.a))
    )


@statistics.register("diagram")
class DiagramStatistic(NetworkStatistic):
    """The drawing of the run given, as `diagram` gives it."""

    refresh, rest = 0.2, 9.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Diagram | None:
        return diagram(race, *given)
