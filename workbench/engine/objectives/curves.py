"""Functions of one coordinate: drawn as a curve, with the ball on it."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from workbench.engine.logistic import logistic
from workbench.engine.objectives.base import Array, Minimum, Objective, objectives
from workbench.engine.params import Param
from workbench.engine.registry import Source


class _Curve(Objective):
    """A function of x alone: subclasses give `_f` and `_slope` of plain arrays (...)."""

    dimensions = (1, 1)

    def value(self, x: Array) -> Array:
        return np.asarray(self._f(x[..., 0]))

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = self._slope(x[..., 0])
        return out

    def _f(self, x: Array) -> Array:
        raise NotImplementedError

    def _slope(self, x: Array) -> Array:
        raise NotImplementedError


@objectives.register("parabola")
class Parabola(_Curve):
    """The simplest of all: rates below 1/k glide down, up to 2/k swing from side to side, beyond it fly apart."""

    title = "Parabola"
    formula = "f(x) = ½ k x²"
    source = Source("A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées", 1847)
    params = (
        Param(
            name="curvature",
            default=1.0,
            low=0,
            low_open=True,
            high=1e6,
            scale="log",
            slider=(0.01, 100),
            symbol="k",
            doc="The second derivative.",
        ),
    )
    domain = ((-4.0, 4.0),)
    start = (-3.0,)

    curvature: float

    def _f(self, x: Array) -> Array:
        return 0.5 * self.curvature * x * x

    def _slope(self, x: Array) -> Array:
        return self.curvature * x

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((0.0,), 0.0),)


@objectives.register("double_well")
class DoubleWell(_Curve):
    """Two wells with a hump between them, one deeper by the tilt: which one a ball ends in depends on its speed."""

    title = "Tilted double well"
    formula = "f(x) = ¼ x⁴ − ½ x² + c x"
    source = Source("G. Duffing, Erzwungene Schwingungen bei veränderlicher Eigenfrequenz, Vieweg", 1918)
    params = (
        Param(
            name="tilt",
            default=0.15,
            low=-10,
            high=10,
            slider=(-0.5, 0.5),
            symbol="c",
            doc="The slope laid over both wells; beyond 0.385 only one is left.",
        ),
    )
    domain = ((-2.0, 2.0),)
    start = (1.9,)

    tilt: float

    def _f(self, x: Array) -> Array:
        s = x * x
        return s * (0.25 * s - 0.5) + self.tilt * x

    def _slope(self, x: Array) -> Array:
        return x * (x * x - 1.0) + self.tilt

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        roots = np.roots([1.0, 0.0, -1.0, self.tilt])
        bottoms = [float(r.real) for r in roots if abs(r.imag) < 1e-6 and 3.0 * r.real**2 > 1.0 + 1e-6]
        return self.polished([(x,) for x in sorted(bottoms)]) if bottoms else ()


@objectives.register("forrester")
class Forrester(_Curve):
    """A gentle hollow and a steep one, with a flat shoulder between them."""

    title = "Forrester"
    formula = "f(x) = (6x − 2)² sin(12x − 4)"
    source = Source(
        "A. Forrester, A. Sóbester, A. Keane, Engineering Design via Surrogate Modelling, Wiley",
        2008,
        "https://doi.org/10.1002/9780470770801",
    )
    domain = ((0.0, 1.0),)
    start = (0.02,)

    def _f(self, x: Array) -> Array:
        u = 6.0 * x - 2.0
        return np.asarray(u * u * np.sin(2.0 * u))

    def _slope(self, x: Array) -> Array:
        u = 6.0 * x - 2.0
        slope: Array = 12.0 * u * (np.sin(2.0 * u) + u * np.cos(2.0 * u))
        return slope

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.757249,), (0.14259,)))


@objectives.register("gramacy_lee")
class GramacyLee(_Curve):
    """A fast wave that dies out on a quartic: many minima close together on the left, none on the right."""

    title = "Gramacy–Lee"
    formula = "f(x) = sin(10πx)/(2x) + (x − 1)⁴"
    source = Source("R. B. Gramacy, H. K. H. Lee, Cases for the nugget in modeling computer experiments", 2012)
    domain = ((0.5, 2.5),)
    start = (2.4,)

    def _f(self, x: Array) -> Array:
        return np.asarray(5.0 * math.pi * np.sinc(10.0 * x) + (x - 1.0) ** 4)

    def _slope(self, x: Array) -> Array:
        # sin(10πx)/2x is smooth at 0, where its slope is 0
        near = np.where(x == 0.0, 1.0, x)
        phase = 10.0 * math.pi * near
        wave = (phase * np.cos(phase) - np.sin(phase)) / (2.0 * near * near)
        slope: Array = np.where(x == 0.0, 0.0, wave) + 4.0 * (x - 1.0) ** 3
        return slope

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.548563,), (0.7487,), (0.9493,), (1.1504,)))


@objectives.register("sine_sum")
class SineSum(_Curve):
    """Two waves whose lengths do not match: no hollow is like another."""

    title = "Sum of sines"
    formula = "f(x) = sin x + sin(10x/3)"
    source = Source("A. N. Timonov, An algorithm for search of a global extremum, Engineering Cybernetics 15", 1977)
    domain = ((2.7, 7.5),)
    start = (6.3,)

    def _f(self, x: Array) -> Array:
        return np.asarray(np.sin(x) + np.sin(10.0 * x / 3.0))

    def _slope(self, x: Array) -> Array:
        slope: Array = np.cos(x) + 10.0 / 3.0 * np.cos(10.0 * x / 3.0)
        return slope

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((5.145735,), (3.38725,), (7.0,)))

    @cached_property
    def _lowest(self) -> float:
        return next(m.point[0] for m in self.minima() if m.is_global)

    def lowest_near(self, x: Array) -> Array:
        lowest = self._lowest
        common = 6.0 * math.pi  # the period of both waves together
        return np.asarray(lowest + common * np.round((x - lowest) / common))


@objectives.register("log_cosh")
class LogCosh(_Curve):
    """Round at the bottom, straight further out: the slope never exceeds 1."""

    title = "Log-cosh"
    formula = "f(x) = log cosh(k x) / k"
    source = Source("P. J. Green, Bayesian reconstructions from emission tomography data", 1990)
    params = (
        Param(
            name="sharpness",
            default=2.0,
            low=0,
            low_open=True,
            high=1e3,
            scale="log",
            slider=(0.1, 100),
            symbol="k",
            doc="How sharp the bend at the bottom is.",
        ),
    )
    domain = ((-4.0, 4.0),)
    start = (-3.0,)

    sharpness: float

    def _f(self, x: Array) -> Array:
        t = np.abs(self.sharpness * x)
        # log cosh t without overflow, exactly zero at zero
        return np.asarray((t + np.log1p(0.5 * np.expm1(-2.0 * t))) / self.sharpness)

    def _slope(self, x: Array) -> Array:
        slope: Array = np.tanh(self.sharpness * x)
        return slope

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((0.0,), 0.0),)


@objectives.register("saturated_neuron")
class SaturatedNeuron(_Curve):
    """The squared error of one sigmoid by its weight: started far off, it learns hardly at all."""

    title = "Saturated neuron"
    formula = "f(w) = ½ (σ(w) − t)²,  σ(w) = 1 / (1 + exp(−w))"
    source = Source("M. Nielsen, Neural Networks and Deep Learning, chapter 3, Determination Press", 2015)
    params = (
        Param(
            name="target",
            default=0.1,
            low=0,
            low_open=True,
            high=1,
            high_open=True,
            slider=(0.01, 0.99),
            symbol="t",
            doc="What the neuron should say.",
        ),
    )
    domain = ((-6.0, 6.0),)
    start = (4.0,)

    target: float

    def _f(self, x: Array) -> Array:
        error = logistic(x) - self.target
        return np.asarray(0.5 * error * error)

    def _slope(self, x: Array) -> Array:
        a = logistic(x)
        slope: Array = (a - self.target) * a * logistic(-x)
        return slope

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((math.log(self.target / (1.0 - self.target)),), 0.0),)
