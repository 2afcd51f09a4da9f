"""Saddles, plateaus and cliffs: the gradient vanishes, and yet there is a way down."""

from __future__ import annotations

import math

import numpy as np

from workbench.engine.logistic import logistic
from workbench.engine.objectives.base import ANY, Array, Minimum, Objective, constant_point, objectives, square
from workbench.engine.params import Param
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
    domain = square(2.0)
    start = (-1.5, 0.001)

    def value(self, x: Array) -> Array:
        return x[..., 0] * x[..., 0] - x[..., 1] * x[..., 1]

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = 2.0 * x[..., 0]
        out[..., 1] = -2.0 * x[..., 1]
        return out


@objectives.register("monkey_saddle")
class MonkeySaddle(Objective):
    """Three ways down and three up, a third for the tail: even the second derivatives vanish at its centre."""

    title = "Monkey saddle"
    formula = "f(x, y) = x³ − 3xy²"
    source = Source("D. Hilbert, S. Cohn-Vossen, Anschauliche Geometrie, Springer", 1932)
    domain = square(2.0)
    start = (1.2, 0.02)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        return u * (u * u - 3.0 * v * v)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        out[..., 0] = 3.0 * (u * u - v * v)
        out[..., 1] = -6.0 * u * v
        return out


@objectives.register("sine_saddle")
class SineSaddle(Objective):
    """A trough that rises and falls: saddle points and minima take turns along it."""

    title = "Sine saddle"
    formula = "f(x, y) = sin x + y²"
    source = Source(
        "L. Jiang, Gradient Descent Viz, the surface saddle point",
        2020,
        "https://github.com/lilipads/gradient_descent_viz",
    )
    domain = ((-2.5, 5.5), (-2.0, 2.0))
    start = (1.5, 1.5)

    def value(self, x: Array) -> Array:
        return np.asarray(np.sin(x[..., 0]) + x[..., 1] ** 2)

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = np.cos(x[..., 0])
        out[..., 1] = 2.0 * x[..., 1]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((-math.pi / 2.0, 0.0), -1.0), Minimum((1.5 * math.pi, 0.0), -1.0))

    def lowest_near(self, x: Array) -> Array:
        found = np.zeros_like(x)
        turns = np.round((x[..., 0] + 0.5 * math.pi) / (2.0 * math.pi))
        found[..., 0] = 2.0 * math.pi * turns - 0.5 * math.pi
        return found


@objectives.register("strict_saddle")
class StrictSaddle(Objective):
    """A saddle between two equal minima: how long a method waits near the saddle is what is seen."""

    title = "Saddle between two minima"
    formula = "f(x, y) = ½ x² + ¼ y⁴ − ½ y²"
    source = Source("Y. Nesterov, Introductory Lectures on Convex Optimization, example 1.2.2", 2004)
    domain = square(1.8)
    start = (-1.5, 0.01)

    def value(self, x: Array) -> Array:
        s, t = x[..., 0] ** 2, x[..., 1] ** 2
        return np.asarray(0.5 * s + t * (0.25 * t - 0.5))

    def gradient(self, x: Array, out: Array) -> Array:
        v = x[..., 1]
        out[..., 0] = x[..., 0]
        out[..., 1] = v * (v * v - 1.0)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((0.0, 1.0), -0.25), Minimum((0.0, -1.0), -0.25))


@objectives.register("plateau")
class Plateau(Objective):
    """Rings that flatten into ledges, with a hole in the middle: plain descent rests where the slope gives out."""

    title = "Rings and plateau"
    formula = "f(x, y) = −sin(r)/r + 0.01 r²,  r = 10 √(x² + y²)"
    source = Source(
        "L. Jiang, Gradient Descent Viz, the surface plateau", 2020, "https://github.com/lilipads/gradient_descent_viz"
    )
    domain = square(2.0)
    start = (1.5, 1.5)

    def value(self, x: Array) -> Array:
        s = 100.0 * (x * x).sum(axis=-1)
        return np.asarray(0.01 * s - np.sinc(np.sqrt(s) / math.pi))

    def gradient(self, x: Array, out: Array) -> Array:
        s = 100.0 * (x * x).sum(axis=-1, keepdims=True)
        r = np.sqrt(s)
        near = s < 1e-4
        far = np.where(near, 1.0, r)
        # (sin r − r cos r) / r³, whose series begins 1/3 − r²/30
        slope = np.where(near, 1.0 / 3.0 - s / 30.0, (np.sin(far) - far * np.cos(far)) / far**3)
        np.multiply(x, 100.0 * (slope + 0.02), out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2, -1.0)


@objectives.register("cliff")
class Cliff(Objective):
    """A plain, a cliff, and a hollow at its foot: a gradient taken on the cliff throws a long step far away."""

    title = "Plain and cliff"
    formula = "f(x, y) = h / (1 + exp(−k x)) + ½ (0.2 (x + 2)² + y²)"
    source = Source(
        "R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML",
        2013,
        "https://arxiv.org/abs/1211.5063",
    )
    params = (
        Param(
            name="height", default=4.0, low=0, high=1e3, slider=(0, 20), symbol="h", doc="How high the cliff stands."
        ),
        Param(
            name="steepness",
            default=20.0,
            low=0,
            low_open=True,
            high=1e3,
            scale="log",
            slider=(1, 200),
            symbol="k",
            doc="How steep it is.",
        ),
    )
    domain = ((-4.0, 3.0), (-2.5, 2.5))
    start = (2.5, 1.8)

    height: float
    steepness: float

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        step = logistic(self.steepness * u)
        return np.asarray(self.height * step + 0.1 * (u + 2.0) ** 2 + 0.5 * v * v)

    def gradient(self, x: Array, out: Array) -> Array:
        u = x[..., 0]
        edge = self.height * self.steepness * logistic(self.steepness * u) * logistic(-self.steepness * u)
        out[..., 0] = edge + 0.2 * (u + 2.0)
        out[..., 1] = x[..., 1]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        # left of −2 the slope rises all the way from negative to positive, and right of it it is positive: bisect
        low, high = -2.0 - 2.0 * self.height * self.steepness, -2.0
        out = np.empty(2)
        while low < (middle := 0.5 * (low + high)) < high:
            if self.gradient(np.array([middle, 0.0]), out)[0] < 0.0:
                low = middle
            else:
                high = middle
        return (Minimum((high, 0.0), float(self.value(np.array([high, 0.0])))),)


@objectives.register("terraces")
class Terraces(Objective):
    """Flat terraces joined by slopes, down to the middle: rules that measure the slope's size step on across them."""

    title = "Terraces"
    formula = "f(x) = Σ ½ x_i² − a x_i sin(2πx_i)/(2π) + a sin²(πx_i)/(2π²)"
    source = Source(
        "K. Fukumizu, S. Amari, Local minima and plateaus in hierarchical structures of multilayer perceptrons",
        2000,
        "https://doi.org/10.1016/S0893-6080(00)00009-5",
    )
    params = (
        Param(
            name="flatness",
            default=0.95,
            low=0,
            high=0.99,
            slider=(0, 0.99),
            symbol="a",
            doc="How level the terraces are; 0 leaves a plain bowl.",
        ),
    )
    dimensions = ANY
    domain = square(4.0)
    start = (-3.5, 2.6)

    flatness: float

    def value(self, x: Array) -> Array:
        wave = x * np.sin(2.0 * math.pi * x) / math.pi - (np.sin(math.pi * x) / math.pi) ** 2
        return np.asarray(0.5 * (x * x - self.flatness * wave).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, 1.0 - self.flatness * np.cos(2.0 * math.pi * x), out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)
