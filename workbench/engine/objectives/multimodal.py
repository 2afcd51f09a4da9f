"""Many minima: which one a run ends in depends on the start, the rate and the method."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from workbench.engine.objectives.base import Array, Minimum, Objective, objectives
from workbench.engine.params import Param
from workbench.engine.registry import Source


@cache
def _himmelblau_minima() -> tuple[Minimum, ...]:
    """The four zeros to the last digit: Newton's method on the two equations from the published four-digit values."""
    found = []
    for x, y in ((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)):
        for _ in range(20):
            a, b = x * x + y - 11.0, x + y * y - 7.0
            det = 4.0 * x * y - 1.0
            x, y = x - (2.0 * y * a - b) / det, y - (2.0 * x * b - a) / det
        found.append(Minimum((x, y), 0.0))
    return tuple(found)


@objectives.register("himmelblau")
class Himmelblau(Objective):
    """Four equal minima around a hill."""

    title = "Himmelblau"
    formula = "f(x, y) = (x² + y − 11)² + (x + y² − 7)²"
    source = Source("D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill", 1972)
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-0.5, -1.0)
    rates = {
        "sgd": 0.005,
        "momentum": 0.002,
        "nesterov": 0.002,
        "adagrad": 0.5,
        "adadelta": 50.0,
        "rmsprop": 0.02,
        "adam": 0.1,
    }

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        a = u * u + v - 11.0
        b = u + v * v - 7.0
        return a * a + b * b

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        a = u * u + v - 11.0
        b = u + v * v - 7.0
        dx = 4.0 * u * a + 2.0 * b
        dy = 2.0 * a + 4.0 * v * b
        out[..., 0] = dx
        out[..., 1] = dy
        return out

    def minima(self) -> tuple[Minimum, ...]:
        return _himmelblau_minima()


@objectives.register("rastrigin")
class Rastrigin(Objective):
    """A bowl under a regular lattice of dents, one minimum in each; for any number of dimensions."""

    title = "Rastrigin"
    formula = "f(x) = A D + Σ (x_i² − A cos 2πx_i)"
    source = Source("L. A. Rastrigin, Systems of Extremal Control, Nauka, Moscow", 1974)
    params = (
        Param(
            name="amplitude",
            default=10.0,
            low=0,
            high=1000,
            slider=(0, 20),
            symbol="A",
            doc="How deep the dents are; 0 leaves a plain bowl.",
        ),
    )
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    start = (-3.6, 2.6)
    rates = {
        "sgd": 0.002,
        "momentum": 0.001,
        "nesterov": 0.001,
        "adagrad": 0.5,
        "adadelta": 50.0,
        "rmsprop": 0.02,
        "adam": 0.1,
    }

    amplitude: float

    def value(self, x: Array) -> Array:
        terms = x * x - self.amplitude * np.cos(2.0 * math.pi * x)
        return np.asarray(self.amplitude * x.shape[-1] + terms.sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, 2.0, out=out)
        out += 2.0 * math.pi * self.amplitude * np.sin(2.0 * math.pi * x)
        return out

    def minima(self) -> tuple[Minimum, ...]:
        return (Minimum((0.0, 0.0), 0.0),)
