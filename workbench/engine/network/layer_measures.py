"""What is told of layers besides their gradients: activations, dead and saturated units, histograms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.layers import Workspace
from workbench.engine.network.problem import NetworkProblem

Floats = NDArray[np.floating[Any]]

#: samples that statistics are taken over: the first of the training set, the same at every step
PROBE = 256
#: a slope below this share of the steepest one counts as saturated (tanh: |a| > 0.975)
_FLAT = 0.05


@dataclass(frozen=True, slots=True)
class LayerStatistics:
    """Statistics of R runs and L layers, the output layer the last; each array is (R, L).

    Attributes:
        mean, deviation: of the activations, over units and samples.
        dead: the share of units whose slope is zero for every sample; 0 for activations that cannot die.
        saturated: the share of units by samples where a bounded activation is nearly flat; 0 for unbounded ones.
    """

    mean: Floats
    deviation: Floats
    dead: Floats
    saturated: Floats


def layer_statistics(problem: NetworkProblem, theta: Floats) -> LayerStatistics:
    """The statistics of theta (R, P) in evaluation: nothing dropped, running averages of batch normalisation."""
    found = np.zeros((4, len(theta), len(problem.network.layers)))
    pieces = problem.at_once(min(PROBE, len(problem.x_train)))
    with np.errstate(all="ignore"):
        for first in range(0, len(theta), pieces):
            runs = slice(first, first + pieces)
            _measure(problem, theta, runs, found[:, runs])
    return LayerStatistics(*found)


def _measure(problem: NetworkProblem, theta: Floats, runs: slice, out: Floats) -> None:
    """Write the four statistics of some runs to out (4, K, L)."""
    work = _probe(problem, theta, runs)
    for i, activation in enumerate(problem.network.activations):
        a, z = work.a[i], work.z[i]
        out[0, :, i] = a.mean(axis=(1, 2))
        out[1, :, i] = a.std(axis=(1, 2))
        if activation.dies:
            out[2, :, i] = (z <= 0).all(axis=1).mean(axis=1)
        if activation.saturates:
            steepest = float(activation.derivative(np.zeros(1))[0])
            out[3, :, i] = (activation.derivative(z) < _FLAT * steepest).mean(axis=(1, 2))


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of R runs over common bins: edges (bins + 1,), counts (R, bins). What is no number is left out."""

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]


def histogram(values: Floats, bins: int = 40) -> Histogram:
    """The histogram of values (R, K), from the smallest to the largest of all runs."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if high <= low:
        width = max(abs(low), 1.0) * 0.5
        low, high = low - width, high + width
    edges = np.linspace(low, high, bins + 1)
    counts = np.stack([np.histogram(row[np.isfinite(row)], edges)[0] for row in values])
    return Histogram(edges, counts.astype(np.int64))


def histograms(
    problem: NetworkProblem, theta: Floats, gradient: Floats, layer: int, bins: int = 40
) -> dict[Literal["weights", "activations", "gradients"], Histogram]:
    """Histograms of one layer's weights, activations and weight gradients, for theta and gradient (R, P)."""
    block = problem.network.blocks[layer]
    pieces = problem.at_once(min(PROBE, len(problem.x_train)))
    with np.errstate(all="ignore"):
        parts = [
            _probe(problem, theta, slice(first, first + pieces)).a[layer] for first in range(0, len(theta), pieces)
        ]
    return {
        "weights": histogram(theta[:, block.start : block.bias_start], bins),
        "activations": histogram(np.concatenate(parts).reshape(len(theta), -1), bins),
        "gradients": histogram(gradient[:, block.start : block.bias_start], bins),
    }


def _probe(problem: NetworkProblem, theta: Floats, runs: slice) -> Workspace:
    """A forward pass of some runs over the probe, in buffers of its own."""
    x, part = problem.x_train[None, :PROBE], theta[runs]
    work = problem.network.workspace(len(part), x.shape[1])
    running = problem.running[runs] if problem.network.moments else None
    problem.network.forward(part, x, work, running=running)
    return work
