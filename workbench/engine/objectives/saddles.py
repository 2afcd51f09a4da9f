"""Saddles: the gradient vanishes, and yet there is a way down."""

from __future__ import annotations

from workbench.engine.objectives.base import Array, Objective, objectives
from workbench.engine.registry import Source


@objectives.register("saddle")
class Saddle(Objective):
    """The plain saddle. It has no minimum: a run that leaves the saddle point falls for ever and is marked diverged."""

    title = "Saddle"
    formula = "f(x, y) = x² − y²"
    source = Source(
        "Y. Dauphin et al., Identifying and attacking the saddle point problem, NeurIPS",
        2014,
        "https://arxiv.org/abs/1406.2572",
    )
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (-1.5, 0.001)
    rates = {
        "sgd": 0.02,
        "momentum": 0.005,
        "nesterov": 0.005,
        "adagrad": 0.2,
        "adadelta": 20.0,
        "rmsprop": 0.01,
        "adam": 0.02,
    }

    def value(self, x: Array) -> Array:
        return x[..., 0] * x[..., 0] - x[..., 1] * x[..., 1]

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = 2.0 * x[..., 0]
        out[..., 1] = -2.0 * x[..., 1]
        return out
