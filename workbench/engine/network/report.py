"""How the layers of a network fare at one step: their activations, and histograms of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.layer_measures import (
    PROBE,
    Histogram,
    LayerStatistics,
    histogram,
    layer_statistics,
)
from workbench.engine.network.layers import Workspace
from workbench.engine.network.network_statistic import NetworkStatistic, is_of_networks, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LayersReport:
    """The layers of all runs, and one layer of one run taken apart.

    Attributes:
        step: the state that it is of.
        statistics: of all runs and layers.
        run, layer: which ones the histograms are of; of a run without such a layer, its nearest one.
        histograms: of `weights`, `activations` (over the probe) and `gradients` (of the batch the next step uses).
    """

    step: int
    statistics: LayerStatistics
    run: int
    layer: int
    histograms: Mapping[str, Histogram]


def layers_report(race: Race, run: int, layer: int) -> LayersReport | None:
    """The report of a race's present state; None where its problem is no network."""
    if not is_of_networks(race.problem):
        return None
    own = network_of(race, run)
    problem, run, layer = own.problem, own.run, own.column(layer)
    block = problem.network.blocks[layer]
    weights = slice(block.start, block.bias_start)
    with np.errstate(all="ignore"):
        theta = own.theta[run : run + 1]
        activations = forward_one(problem, theta, run, problem.x_train[:PROBE]).a[layer]
        found = {
            "weights": histogram(theta[:, weights]),
            "activations": histogram(activations.reshape(1, -1)),
            "gradients": histogram(gradient_of(problem, theta, run, race.step)[:, weights]),
        }
    return LayersReport(race.step, statistics_of(race), own.part.rows.start + run, own.part.columns[layer], found)


def statistics_of(race: Race) -> LayerStatistics:
    """The statistics of all runs and layers of a race of networks, no numbers where a run has no such layer."""
    if len(race.parts) == 1:
        own = network_of(race)
        return layer_statistics(own.problem, own.theta)
    found = np.full((4, race.problem.runs, len(race.problem.layers)), np.nan)
    for part in race.parts:
        own = network_of(race, part.rows.start)
        each = layer_statistics(own.problem, own.theta)
        found[:, part.rows, part.columns] = np.stack([each.mean, each.deviation, each.dead, each.saturated])
    return LayerStatistics(*found)


def forward_one(problem: NetworkProblem, theta: Floats, run: int, x: Floats) -> Workspace:
    """A forward pass of run `run` with parameters theta (1, P) over inputs x (N, n_in), in buffers of its own.

    The inputs are those of the network, features computed; batch normalisation takes the run's averages.
    """
    work = problem.network.workspace(1, len(x))
    running = problem.running[run : run + 1] if problem.network.moments else None
    problem.network.forward(theta, x[None], work, running=running)
    return work


def gradient_of(problem: NetworkProblem, theta: Floats, run: int, step: int) -> Floats:
    """The gradient (1, P) of one run's parameters theta (1, P) for the batch, and the dropout, of a step.

    Nothing of the problem changes by it: running averages stay what they are.
    """
    x, y = problem.batch(step)
    masks = problem.masks(step, x.shape[1])
    if len(x) > 1:
        x, y = x[run : run + 1], y[run : run + 1]
    if masks is not None:
        masks = [mask if mask is None or len(mask) == 1 else mask[run : run + 1] for mask in masks]
    out = np.empty_like(theta)
    work = problem.network.workspace(1, x.shape[1])
    problem.network.loss_and_gradient(theta, x, y, work, out, masks=masks)
    return out


@statistics.register("layers")
class LayersStatistic(NetworkStatistic):
    """The report of the run and the layer given, as `layers_report` gives it."""

    refresh, rest = 0.2, 9.0

    def compute(self, race: Race, given: Any, *, running: bool) -> LayersReport | None:
        return layers_report(race, *given)
