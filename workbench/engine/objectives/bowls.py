"""Bowls: one minimum and no other resting place. Where every method should succeed, and rates can be reasoned about."""

from __future__ import annotations

import numpy as np

from workbench.engine.objectives.base import (
    ANY,
    FROM_TWO,
    Array,
    Minimum,
    Objective,
    constant_point,
    counted,
    objectives,
    square,
)
from workbench.engine.objectives.quadratics import condition
from workbench.engine.registry import Source

_JAMIL = Source(
    "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems",
    2013,
    "https://arxiv.org/abs/1308.4008",
)
_SCHWEFEL = Source("H.-P. Schwefel, Numerical Optimization of Computer Models, Wiley", 1981)


class _WeightedSquares(Objective):
    """Σ w_i x_i² with weights that depend on i alone."""

    dimensions = ANY

    def _weights(self, x: Array) -> Array:
        raise NotImplementedError

    def value(self, x: Array) -> Array:
        return np.asarray((self._weights(x) * x * x).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(2.0 * self._weights(x), x, out=out)
        return out

    def hessian(self, x: Array, out: Array) -> Array:
        out[...] = np.diag(2.0 * self._weights(x))
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("sphere")
class Sphere(_WeightedSquares):
    """The roundest bowl: the gradient points straight away from the minimum."""

    title = "Sphere"
    formula = "f(x) = Σ x_i²"
    source = Source("K. A. De Jong, An analysis of the behavior of a class of genetic adaptive systems", 1975)
    domain = square(5.12)
    start = (-4.0, 3.0)

    def _weights(self, x: Array) -> Array:
        return np.ones(x.shape[-1])


@objectives.register("sum_squares")
class SumSquares(_WeightedSquares):
    """A bowl that is steeper along each further axis; the condition number is D."""

    title = "Sum of squares"
    formula = "f(x) = Σ i x_i²"
    source = _JAMIL
    domain = square(10.0)
    start = (-8.0, 6.0)

    def _weights(self, x: Array) -> Array:
        return counted(x)


@objectives.register("ellipsoid")
class Ellipsoid(_WeightedSquares):
    """A bowl whose curvatures are spread evenly over powers of ten: gradient descent must choose its axis."""

    title = "Ill-conditioned ellipsoid"
    formula = "f(x) = Σ κ^((i − 1)/(D − 1)) x_i²"
    source = Source(
        "N. Hansen, A. Ostermeier, Completely derandomized self-adaptation in evolution strategies",
        2001,
        "https://doi.org/10.1162/106365601750190398",
    )
    params = (condition(100.0),)
    domain = square(4.0)
    start = (-3.0, 2.5)

    condition: float

    def _weights(self, x: Array) -> Array:
        return np.asarray(self.condition ** ((counted(x) - 1.0) / max(1, x.shape[-1] - 1)))


@objectives.register("schwefel_1_2")
class Schwefel12(Objective):
    """The double sum: a bowl whose axes are mixed, so that its condition number grows as D²."""

    title = "Schwefel's double sum"
    formula = "f(x) = Σ_i (Σ_{j ≤ i} x_j)²"
    source = _SCHWEFEL
    dimensions = ANY
    domain = square(10.0)
    start = (-8.0, 3.0)

    def value(self, x: Array) -> Array:
        sums = np.cumsum(x, axis=-1)
        return np.asarray((sums * sums).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        sums = np.cumsum(x, axis=-1)
        out[...] = 2.0 * np.cumsum(sums[..., ::-1], axis=-1)[..., ::-1]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("sum_of_powers")
class SumOfPowers(Objective):
    """Each further axis is flatter near the minimum and steeper far from it."""

    title = "Sum of different powers"
    formula = "f(x) = Σ |x_i|^(i + 1)"
    source = _JAMIL
    dimensions = ANY
    domain = square(1.0)
    start = (-0.9, 0.8)

    def value(self, x: Array) -> Array:
        return np.asarray((np.abs(x) ** (counted(x) + 1.0)).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        n = counted(x)
        np.multiply((n + 1.0) * np.sign(x), np.abs(x) ** n, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("quartic")
class Quartic(Objective):
    """A bowl with a flat floor: the curvature vanishes at the minimum, and so does the speed of most methods."""

    title = "Quartic"
    formula = "f(x) = Σ i x_i⁴"
    source = Source("K. A. De Jong, An analysis of the behavior of a class of genetic adaptive systems", 1975)
    dimensions = ANY
    domain = square(1.28)
    start = (-1.1, 0.9)

    def value(self, x: Array) -> Array:
        return np.asarray((counted(x) * x**4).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(4.0 * counted(x), x**3, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("absolute")
class Absolute(Objective):
    """A pyramid: the gradient does not shrink towards the minimum, so a constant rate never comes to rest."""

    title = "Sum of absolute values"
    formula = "f(x) = Σ |x_i|"
    source = _SCHWEFEL
    dimensions = ANY
    domain = square(4.0)
    start = (-3.0, 2.2)

    def value(self, x: Array) -> Array:
        return np.asarray(np.abs(x).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.sign(x, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("exponential")
class Exponential(Objective):
    """A Gaussian pit: a bowl near the minimum, a plain without slope far from it."""

    title = "Exponential"
    formula = "f(x) = −exp(−½ Σ x_i²)"
    source = _JAMIL
    dimensions = ANY
    domain = square(3.0)
    start = (-1.8, 1.6)

    def value(self, x: Array) -> Array:
        return np.asarray(-np.exp(-0.5 * (x * x).sum(axis=-1)))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, np.exp(-0.5 * (x * x).sum(axis=-1, keepdims=True)), out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension, -1.0)


@objectives.register("trid")
class Trid(Objective):
    """A bowl whose coordinates hang together in a chain; its minimum lies ever further out as D grows."""

    title = "Trid"
    formula = "f(x) = Σ (x_i − 1)² − Σ x_i x_{i−1}"
    source = Source("A. Neumaier, Global optimization test problems", 1999)
    dimensions = FROM_TWO
    domain = square(4.0)
    start = (-3.0, 2.5)

    def value(self, x: Array) -> Array:
        u = x - 1.0
        return np.asarray((u * u).sum(axis=-1) - (x[..., 1:] * x[..., :-1]).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x - 1.0, 2.0, out=out)
        out[..., 1:] -= x[..., :-1]
        out[..., :-1] -= x[..., 1:]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        d = dimension or 2
        return (Minimum(tuple(float(i * (d + 1 - i)) for i in range(1, d + 1)), -d * (d + 4) * (d - 1) / 6),)


@objectives.register("booth")
class Booth(Objective):
    """A tilted bowl of condition number 9."""

    title = "Booth"
    formula = "f(x, y) = (x + 2y − 7)² + (2x + y − 5)²"
    source = _JAMIL
    domain = square(10.0)
    start = (-8.0, 3.0)

    def value(self, x: Array) -> Array:
        a = x[..., 0] + 2.0 * x[..., 1] - 7.0
        b = 2.0 * x[..., 0] + x[..., 1] - 5.0
        return a * a + b * b

    def gradient(self, x: Array, out: Array) -> Array:
        a = x[..., 0] + 2.0 * x[..., 1] - 7.0
        b = 2.0 * x[..., 0] + x[..., 1] - 5.0
        out[..., 0] = 2.0 * a + 4.0 * b
        out[..., 1] = 4.0 * a + 2.0 * b
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((1.0, 3.0), 0.0),)


@objectives.register("matyas")
class Matyas(Objective):
    """A narrow bowl along the diagonal, of condition number 25."""

    title = "Matyas"
    formula = "f(x, y) = 0.26 (x² + y²) − 0.48 xy"
    source = Source("J. Matyas, Random optimization, Automation and Remote Control 26", 1965)
    domain = square(10.0)
    start = (-8.0, 4.0)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        return 0.26 * (u * u + v * v) - 0.48 * u * v

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = 0.52 * x[..., 0] - 0.48 * x[..., 1]
        out[..., 1] = 0.52 * x[..., 1] - 0.48 * x[..., 0]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2)
