"""What networks have learned, beside their data: curves, decision maps, pages of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats

_CURVE_POINTS = 129
_MAP_POINTS = 56
_PICTURES = 72
_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Fit:
    """The outputs of networks where a picture needs them.

    Attributes:
        kind: `curves` (one input), `map` (two inputs) or `pictures` (samples are images).
        x: the inputs of the curves (K,); of the map the two axes (2, G); of pictures the samples (K, n_in).
        outputs: curves (R, K, n_out); map (G, G) of the chosen run, the class as a number, or the value; pictures
            the predicted classes (K,) of the chosen run.
        margin: map: how sure the network is, 0 to 1, (G, G); pictures: the probability of the predicted class (K,).
        truth: the true classes (K,) of pictures, else None.
    """

    kind: str
    x: NDArray[Any]
    outputs: NDArray[Any]
    margin: NDArray[Any] | None = None
    truth: NDArray[Any] | None = None


def fit_kind(problem: NetworkProblem) -> str:
    """Which picture fits the data; empty where none does (many inputs that are no image)."""
    if problem.split.image is not None:
        return "pictures"
    return {1: "curves", 2: "map"}.get(problem.split.x_train.shape[1], "")


def fit(problem: NetworkProblem, theta: Floats, run: int) -> Fit | None:
    """The fit of theta (R, P); maps and pictures show the run chosen. None where no picture fits the data."""
    kind, run = fit_kind(problem), min(run, len(theta) - 1)
    with np.errstate(all="ignore"):
        if kind == "curves":
            (low,), (high,) = _bounds(problem)
            x = np.linspace(low, high, _CURVE_POINTS)
            return Fit(kind, x, problem.outputs(theta, x[:, None]))
        if kind == "map":
            low, high = _bounds(problem)
            axes = np.linspace(low, high, _MAP_POINTS)
            grid = np.stack(np.meshgrid(axes[:, 0], axes[:, 1]), axis=-1).reshape(-1, 2)
            outputs = problem.outputs(theta[run : run + 1], grid, runs=[run])[0]
            classes, margin = _decide(problem, outputs)
            shape = (_MAP_POINTS, _MAP_POINTS)
            return Fit(kind, axes.T, classes.reshape(shape), margin.reshape(shape))
        if kind == "pictures":
            test = len(problem.x_test) > 0
            x = (problem.split.x_test if test else problem.split.x_train)[:_PICTURES]
            truth = (problem.split.y_test if test else problem.split.y_train)[:_PICTURES]
            classes, margin = _decide(problem, problem.outputs(theta[run : run + 1], x, runs=[run])[0])
            return Fit(kind, x, classes, margin, truth)
    return None


def _bounds(problem: NetworkProblem) -> tuple[Floats, Floats]:
    low, high = problem.split.x_train.min(axis=0), problem.split.x_train.max(axis=0)
    room = _MARGIN * np.maximum(high - low, 1e-9)
    return low - room, high + room


def _decide(problem: NetworkProblem, outputs: Floats) -> tuple[NDArray[Any], Floats]:
    """The class of each sample (K,) and its probability; for values the value itself and certainty 1."""
    if not problem.split.classes:
        return outputs[:, 0], np.ones(len(outputs))
    classes = problem.predicted(outputs[None])[0]
    if problem.network.loss.binary:
        sureness = 0.5 + 0.5 * np.tanh(0.5 * np.abs(outputs[:, 0]))
    elif problem.network.loss.takes_classes:
        sureness = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        sureness = sureness.max(axis=1) / sureness.sum(axis=1)
    else:
        sureness = np.clip(outputs.max(axis=1), 0.0, 1.0)
    return classes, sureness
