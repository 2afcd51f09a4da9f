"""Long curved valleys: steep across, nearly flat along."""

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
from workbench.engine.params import Param
from workbench.engine.registry import Source

_JAMIL = Source(
    "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems",
    2013,
    "https://arxiv.org/abs/1308.4008",
)


@objectives.register("rosenbrock")
class Rosenbrock(Objective):
    """The banana valley: finding it is easy, following it to the minimum is not. In D dimensions, a chain of them."""

    title = "Rosenbrock"
    formula = "f(x, y) = (a − x)² + b (y − x²)²;  in D dimensions the sum over neighbours"
    source = Source(
        "H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function",
        1960,
        "https://doi.org/10.1093/comjnl/3.3.175",
    )
    params = (
        Param(
            name="a", default=1.0, low=-10, high=10, slider=(-2, 2), symbol="a", doc="Where the minimum lies: (a, a²)."
        ),
        Param(
            name="b",
            default=100.0,
            low=0,
            low_open=True,
            high=1e6,
            scale="log",
            slider=(1, 1000),
            symbol="b",
            doc="How steep the walls of the valley are.",
        ),
    )
    dimensions = FROM_TWO
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.2, 1.0)
    log_scale = True

    a: float
    b: float

    def value(self, x: Array) -> Array:
        if x.shape[-1] == 2:  # the usual case, without the cost of a sum over one term
            u = self.a - x[..., 0]
            v = x[..., 1] - x[..., 0] * x[..., 0]
            return u * u + self.b * v * v
        u = self.a - x[..., :-1]
        v = x[..., 1:] - x[..., :-1] * x[..., :-1]
        return np.asarray((u * u + self.b * v * v).sum(axis=-1))

    def value_and_gradient(self, x: Array, out: Array) -> Array:
        if x.shape[-1] != 2:
            return super().value_and_gradient(x, out)
        p, q = x[..., 0], x[..., 1]
        u, v = self.a - p, q - p * p
        np.subtract(-2.0 * u, 4.0 * self.b * p * v, out=out[..., 0])
        np.multiply(2.0 * self.b, v, out=out[..., 1])
        return u * u + self.b * v * v

    def gradient(self, x: Array, out: Array) -> Array:
        if x.shape[-1] == 2:
            self.value_and_gradient(x, out)
            return out
        v = x[..., 1:] - x[..., :-1] * x[..., :-1]
        out[..., 0] = 0.0
        np.multiply(2.0 * self.b, v, out=out[..., 1:])
        out[..., :-1] -= 2.0 * (self.a - x[..., :-1]) + 4.0 * self.b * x[..., :-1] * v
        return out

    def hessian(self, x: Array, out: Array) -> Array:
        d = x.shape[-1]
        i = np.arange(d - 1)
        out[...] = 0.0
        out[..., i, i] = 2.0 + self.b * (12.0 * x[..., :-1] ** 2 - 4.0 * x[..., 1:])
        out[..., i + 1, i + 1] += 2.0 * self.b
        out[..., i, i + 1] = out[..., i + 1, i] = -4.0 * self.b * x[..., :-1]
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        d = dimension or 2
        if d == 2:
            return (Minimum((self.a, self.a * self.a), 0.0),)
        # in a longer chain the terms pull at each other unless a² = a
        return constant_point(self.a, d) if self.a in {0.0, 1.0} else ()


@objectives.register("beale")
class Beale(Objective):
    """Flat in the middle, with sharp peaks at the corners that throw a large step far away."""

    title = "Beale"
    formula = "f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²"
    source = Source("E. M. L. Beale, On an iterative method for finding a local minimum of a function", 1958)
    domain = square(4.5)
    start = (1.0, 1.5)
    log_scale = True

    def value(self, x: Array) -> Array:
        u, y = x[..., 0], x[..., 1]
        t1 = 1.5 - u + u * y
        t2 = 2.25 - u + u * y * y
        t3 = 2.625 - u + u * y * y * y
        return t1 * t1 + t2 * t2 + t3 * t3

    def gradient(self, x: Array, out: Array) -> Array:
        u, y = x[..., 0], x[..., 1]
        y2 = y * y
        y3 = y2 * y
        t1 = 1.5 - u + u * y
        t2 = 2.25 - u + u * y2
        t3 = 2.625 - u + u * y3
        dx = 2.0 * (t1 * (y - 1.0) + t2 * (y2 - 1.0) + t3 * (y3 - 1.0))
        dy = 2.0 * u * (t1 + 2.0 * y * t2 + 3.0 * y2 * t3)
        out[..., 0] = dx
        out[..., 1] = dy
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((3.0, 0.5), 0.0),)


@objectives.register("dixon_price")
class DixonPrice(Objective):
    """A chain of bent valleys: each coordinate must fit the square of the next."""

    title = "Dixon–Price"
    formula = "f(x) = (x₁ − 1)² + Σ_{i ≥ 2} i (2x_i² − x_{i−1})²"
    source = Source(
        "L. C. W. Dixon, R. C. Price, The truncated Newton method for sparse unconstrained optimisation", 1989
    )
    dimensions = FROM_TWO
    domain = ((-3.0, 3.0), (-2.5, 2.5))
    start = (-2.0, 1.5)
    log_scale = True

    def value(self, x: Array) -> Array:
        v = 2.0 * x[..., 1:] ** 2 - x[..., :-1]
        return np.asarray((x[..., 0] - 1.0) ** 2 + (counted(x)[1:] * v * v).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        w = 2.0 * counted(x)[1:] * (2.0 * x[..., 1:] ** 2 - x[..., :-1])
        out[..., 0] = 2.0 * (x[..., 0] - 1.0)
        np.multiply(4.0 * x[..., 1:], w, out=out[..., 1:])
        out[..., :-1] -= w
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        point = tuple(2.0 ** (2.0 ** (1 - i) - 1.0) for i in range(1, (dimension or 2) + 1))
        return (Minimum(point, 0.0), Minimum((*point[:-1], -point[-1]), 0.0))


@objectives.register("brown")
class Brown(Objective):
    """A bowl whose powers are the neighbours' squares: almost flat near the minimum, very steep at the rim."""

    title = "Brown"
    formula = "f(x) = Σ (x_i²)^(x_{i+1}² + 1) + (x_{i+1}²)^(x_i² + 1)"
    source = _JAMIL
    dimensions = FROM_TWO
    domain = square(1.5)
    start = (-1.2, 0.9)
    log_scale = True

    def value(self, x: Array) -> Array:
        a = x[..., :-1] ** 2
        b = x[..., 1:] ** 2
        return np.asarray((a ** (b + 1.0) + b ** (a + 1.0)).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        a = x[..., :-1] ** 2
        b = x[..., 1:] ** 2
        p, q = a ** (b + 1.0), b ** (a + 1.0)
        # u^k log u tends to 0 with u for every k ≥ 1
        log_a = np.log(np.where(a > 0.0, a, 1.0))
        log_b = np.log(np.where(b > 0.0, b, 1.0))
        out[..., -1] = 0.0
        np.multiply(2.0 * x[..., :-1], (b + 1.0) * a**b + q * log_b, out=out[..., :-1])
        out[..., 1:] += 2.0 * x[..., 1:] * (p * log_a + (a + 1.0) * b**a)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("cube")
class Cube(Objective):
    """Rosenbrock's valley bent along a cubic: flat where it crosses the origin."""

    title = "Cube"
    formula = "f(x, y) = 100 (y − x³)² + (1 − x)²"
    source = Source("A. Leon, A comparison among eight known optimizing procedures", 1966)
    domain = ((-1.5, 1.5), (-2.0, 2.0))
    start = (-1.2, 1.0)
    log_scale = True

    def value(self, x: Array) -> Array:
        u = x[..., 0]
        v = x[..., 1] - u * u * u
        return 100.0 * v * v + (1.0 - u) ** 2

    def gradient(self, x: Array, out: Array) -> Array:
        u = x[..., 0]
        v = x[..., 1] - u * u * u
        out[..., 0] = -600.0 * u * u * v - 2.0 * (1.0 - u)
        out[..., 1] = 200.0 * v
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(1.0, 2)


@objectives.register("ravine")
class Ravine(Objective):
    """A winding ravine with steep walls and a gently falling floor: momentum follows it, plain descent rattles."""

    title = "Winding ravine"
    formula = "f(x, y) = ½ k (y − sin x)² + ½ c x²"
    source = Source(
        "R. S. Sutton, Two problems with backpropagation and other steepest-descent learning procedures for networks",
        1986,
    )
    params = (
        Param(
            name="wall",
            default=20.0,
            low=0,
            low_open=True,
            high=1e6,
            scale="log",
            slider=(0.1, 1000),
            symbol="k",
            doc="The curvature across the ravine.",
        ),
        Param(
            name="fall",
            default=0.1,
            low=0,
            low_open=True,
            high=1e3,
            scale="log",
            slider=(0.001, 10),
            symbol="c",
            doc="The curvature along its floor.",
        ),
    )
    domain = ((-6.0, 6.0), (-3.0, 3.0))
    start = (-5.0, 2.0)

    wall: float
    fall: float

    def value(self, x: Array) -> Array:
        u = x[..., 0]
        v = x[..., 1] - np.sin(u)
        return np.asarray(0.5 * self.wall * v * v + 0.5 * self.fall * u * u)

    def gradient(self, x: Array, out: Array) -> Array:
        u = x[..., 0]
        v = self.wall * (x[..., 1] - np.sin(u))
        out[..., 0] = self.fall * u - v * np.cos(u)
        out[..., 1] = v
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2)


@objectives.register("bukin_6")
class Bukin6(Objective):
    """A knife-edge valley along a parabola: not smooth at its floor, where only the small second term leads on."""

    title = "Bukin 6"
    formula = "f(x, y) = 100 √|y − 0.01x²| + 0.01 |x + 10|"
    source = Source("A. D. Bukin, New minimization strategy for non-smooth functions, Budker Institute", 1997)
    domain = ((-15.0, -5.0), (-3.0, 3.0))
    start = (-13.0, -1.0)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        return np.asarray(100.0 * np.sqrt(np.abs(v - 0.01 * u * u)) + 0.01 * np.abs(u + 10.0))

    def gradient(self, x: Array, out: Array) -> Array:
        u = x[..., 0]
        inside = x[..., 1] - 0.01 * u * u
        root = np.sqrt(np.abs(inside))
        slope = 50.0 * np.sign(inside) / np.where(root > 0.0, root, 1.0)
        out[..., 0] = -0.02 * u * slope + 0.01 * np.sign(u + 10.0)
        out[..., 1] = slope
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((-10.0, 1.0), 0.0),)


@objectives.register("zakharov")
class Zakharov(Objective):
    """A bowl with a steep trough through it: the higher powers of one weighted sum rule far from the minimum."""

    title = "Zakharov"
    formula = "f(x) = Σ x_i² + s² + s⁴,  s = ½ Σ i x_i"
    source = _JAMIL
    dimensions = ANY
    domain = ((-5.0, 10.0), (-5.0, 10.0))
    start = (-3.0, 5.0)
    log_scale = True

    def value(self, x: Array) -> Array:
        s = 0.5 * (counted(x) * x).sum(axis=-1)
        return np.asarray((x * x).sum(axis=-1) + s * s + s**4)

    def gradient(self, x: Array, out: Array) -> Array:
        n = counted(x)
        s = 0.5 * (n * x).sum(axis=-1, keepdims=True)
        np.multiply(x, 2.0, out=out)
        out += (s + 2.0 * s**3) * n
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)
