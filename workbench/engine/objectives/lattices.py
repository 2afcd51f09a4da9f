"""Minima by the hundred, in any number of dimensions: a wave over a bowl, over a plain, or on its own."""

from __future__ import annotations

import math
from itertools import product

import numpy as np

from workbench.engine.objectives.base import (
    ANY,
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


@objectives.register("rastrigin")
class Rastrigin(Objective):
    """A bowl under a regular lattice of dents, one minimum in each; for any number of dimensions."""

    title = "Rastrigin"
    formula = "f(x) = A D + Σ (x_i² − A cos 2πx_i)"
    source = Source("L. A. Rastrigin, Systems of Extremal Control, Nauka, Moscow", 1974)
    dimensions = ANY
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
    domain = square(5.12)
    start = (-3.6, 2.6)

    amplitude: float

    def value(self, x: Array) -> Array:
        terms = x * x - self.amplitude * np.cos(2.0 * math.pi * x)
        return np.asarray(self.amplitude * x.shape[-1] + terms.sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, 2.0, out=out)
        out += 2.0 * math.pi * self.amplitude * np.sin(2.0 * math.pi * x)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("ackley")
class Ackley(Objective):
    """A funnel in a nearly flat plain of dents: far out the gradient tells little of where the funnel lies."""

    title = "Ackley"
    formula = "f(x) = −a exp(−b √(Σ x_i² / D)) − exp(Σ cos(c x_i) / D) + a + e"
    source = Source("D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer", 1987)
    params = (
        Param(name="a", default=20.0, low=0, high=1000, slider=(0, 40), symbol="a", doc="How deep the funnel is."),
        Param(name="b", default=0.2, low=0, high=10, slider=(0, 1), symbol="b", doc="How narrow the funnel is."),
        Param(
            name="c",
            default=2.0 * math.pi,
            low=0,
            high=100,
            slider=(0, 12),
            symbol="c",
            doc="How close together the dents are.",
        ),
    )
    dimensions = ANY
    domain = square(5.0)
    start = (-2.6, 1.8)

    a: float
    b: float
    c: float

    def value(self, x: Array) -> Array:
        r = np.sqrt((x * x).mean(axis=-1))
        # the two constants stand with their terms, so that the value at the minimum is exactly zero
        funnel = -self.a * np.expm1(-self.b * r)
        return np.asarray(funnel + (math.e - np.exp(np.cos(self.c * x).mean(axis=-1))))

    def gradient(self, x: Array, out: Array) -> Array:
        d = x.shape[-1]
        r = np.sqrt((x * x).mean(axis=-1, keepdims=True))
        pull = self.a * self.b * np.exp(-self.b * r) / np.where(r > 0.0, r, 1.0)
        wave = self.c * np.exp(np.cos(self.c * x).mean(axis=-1, keepdims=True))
        np.multiply(pull, x, out=out)
        out += wave * np.sin(self.c * x)
        out /= d
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)

    def lowest_near(self, x: Array) -> Array | None:
        if self.a * self.b > 0.0 or self.c == 0.0:
            return None
        wave = 2.0 * math.pi / self.c  # without the funnel all dents are equal
        return np.asarray(wave * np.round(x / wave))


@objectives.register("griewank")
class Griewank(Objective):
    """A wide bowl under a product of waves: seen from afar smooth, seen from near full of minima."""

    title = "Griewank"
    formula = "f(x) = 1 + Σ x_i²/4000 − Π cos(x_i/√i)"
    source = Source("A. O. Griewank, Generalized descent for global optimization", 1981)
    dimensions = ANY
    domain = square(10.0)
    start = (-7.5, 6.0)

    def value(self, x: Array) -> Array:
        waves = np.cos(x / np.sqrt(counted(x)))
        return np.asarray(1.0 + (x * x).sum(axis=-1) / 4000.0 - waves.prod(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        root = np.sqrt(counted(x))
        waves = np.cos(x / root)
        # the product of all the others, from both ends: dividing the full product would fail where a cosine is zero
        before, after = np.ones_like(waves), np.ones_like(waves)
        np.cumprod(waves[..., :-1], axis=-1, out=before[..., 1:])
        after[..., :-1] = np.cumprod(waves[..., :0:-1], axis=-1)[..., ::-1]
        np.multiply(np.sin(x / root) / root, before * after, out=out)
        out += x / 2000.0
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("levy")
class Levy(Objective):
    """Waves across a trough: many minima along each axis, the lowest at ones."""

    title = "Lévy"
    formula = (
        "f(x) = sin²(πw₁) + Σ_{i < D} (w_i − 1)² (1 + 10 sin²(πw_i + 1)) + (w_D − 1)² (1 + sin²(2πw_D)),"
        "  w = 1 + (x − 1)/4"
    )
    source = Source("A. V. Levy, A. Montalvo, The tunneling algorithm for the global minimization of functions", 1985)
    dimensions = ANY
    domain = square(10.0)
    start = (-6.0, 7.0)

    def value(self, x: Array) -> Array:
        u = 0.25 * (x - 1.0)  # sines of πw are taken of π(w − 1): exact near the minimum
        first = np.sin(math.pi * u[..., 0]) ** 2
        inner, last = u[..., :-1], u[..., -1]
        middle = (inner * inner * (1.0 + 10.0 * np.sin(math.pi * (inner + 1.0) + 1.0) ** 2)).sum(axis=-1)
        return np.asarray(first + middle + last * last * (1.0 + np.sin(2.0 * math.pi * last) ** 2))

    def gradient(self, x: Array, out: Array) -> Array:
        u = 0.25 * (x - 1.0)
        inner, last = u[..., :-1], u[..., -1]
        phase = math.pi * (inner + 1.0) + 1.0
        out[..., :-1] = inner * (2.0 + 20.0 * np.sin(phase) ** 2 + 10.0 * math.pi * inner * np.sin(2.0 * phase))
        turn = 2.0 * math.pi * last
        out[..., -1] = last * (2.0 + 2.0 * np.sin(turn) ** 2 + 2.0 * math.pi * last * np.sin(2.0 * turn))
        out[..., 0] += math.pi * np.sin(2.0 * math.pi * u[..., 0])
        out *= 0.25
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(1.0, dimension)


@objectives.register("schwefel")
class Schwefel(Objective):
    """Waves that deepen outwards: the lowest minimum lies in a corner, far from the second lowest."""

    title = "Schwefel"
    formula = "f(x) = 418.98… D − Σ x_i sin √|x_i|"
    source = Source("H.-P. Schwefel, Numerical Optimization of Computer Models, Wiley", 1981)
    dimensions = ANY
    domain = square(500.0)
    start = (250.0, 320.0)

    #: where x sin √x is greatest within the domain, and its height there: Newton's method on tan √x = −√x / 2
    _AT = 420.968746359982
    _HEIGHT = _AT * math.sin(math.sqrt(_AT))

    def value(self, x: Array) -> Array:
        return np.asarray(self._HEIGHT * x.shape[-1] - (x * np.sin(np.sqrt(np.abs(x)))).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        root = np.sqrt(np.abs(x))
        np.add(np.sin(root), 0.5 * root * np.cos(root), out=out)
        np.negative(out, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(self._AT, dimension)


@objectives.register("styblinski_tang")
class StyblinskiTang(Objective):
    """Two hollows along each axis, the left one deeper: 2^D minima, one of them lowest."""

    title = "Styblinski–Tang"
    formula = "f(x) = ½ Σ (x_i⁴ − 16x_i² + 5x_i)"
    source = Source("M. A. Styblinski, T.-S. Tang, Experiments in nonconvex optimization", 1990)
    dimensions = ANY
    domain = square(5.0)
    start = (-0.2, 4.0)

    def value(self, x: Array) -> Array:
        s = x * x
        return np.asarray(0.5 * (s * s - 16.0 * s + 5.0 * x).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, 2.0 * x * x - 16.0, out=out)
        out += 2.5
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        d = dimension or 2
        deep, shallow = (float(m.point[0]) for m in self.polished(((-2.9035,), (2.7468,))))
        # all of them where they can be drawn, the lowest in many dimensions
        points = list(product((deep, shallow), repeat=d)) if d <= 2 else [(deep,) * d]
        return tuple(Minimum(p, float(self.value(np.array(p))), i == 0) for i, p in enumerate(points))


@objectives.register("qing")
class Qing(Objective):
    """Two equal minima along each axis, ever further out: 2^D of them."""

    title = "Qing"
    formula = "f(x) = Σ (x_i² − i)²"
    source = Source("A. Qing, Dynamic differential evolution strategy and applications", 2006)
    dimensions = ANY
    domain = square(2.5)
    start = (-0.2, 0.4)

    def value(self, x: Array) -> Array:
        return np.asarray(((x * x - counted(x)) ** 2).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(4.0 * x, x * x - counted(x), out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        roots = [math.sqrt(i) for i in range(1, (dimension or 2) + 1)]
        points = list(product(*((r, -r) for r in roots))) if len(roots) <= 2 else [tuple(roots)]
        return tuple(Minimum(point, 0.0) for point in points)

    def lowest_near(self, x: Array) -> Array:
        return np.asarray(np.copysign(np.sqrt(counted(x)), x))


@objectives.register("michalewicz")
class Michalewicz(Objective):
    """Steep narrow valleys in a flat plain; the larger m, the less a gradient on the plain says."""

    title = "Michalewicz"
    formula = "f(x) = −Σ sin x_i · sin^(2m)(i x_i²/π)"
    source = Source("Z. Michalewicz, Genetic Algorithms + Data Structures = Evolution Programs, Springer", 1992)
    params = (
        Param(name="m", default=10, low=1, high=100, slider=(1, 20), symbol="m", doc="How narrow the valleys are."),
    )
    dimensions = ANY
    domain = ((0.0, math.pi), (0.0, math.pi))
    start = (1.75, 1.2)

    m: int

    def value(self, x: Array) -> Array:
        return np.asarray(-(np.sin(x) * np.sin(counted(x) * x * x / math.pi) ** (2 * self.m)).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        i = counted(x)
        phase = i * x * x / math.pi
        s = np.sin(phase)
        power = s ** (2 * self.m - 1)
        np.multiply(np.cos(x) * s + (4.0 * self.m / math.pi) * i * x * np.sin(x) * np.cos(phase), -power, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        d = dimension or 2
        # One axis at a time: its crests lie where i x²/π = π/2 + kπ, the highest among the two nearest to x = π/2.
        i = np.arange(1.0, d + 1.0)
        k = np.maximum(0.0, np.floor(i * math.pi / 4.0 / math.pi - 0.5))
        best, value = np.empty(d), np.full(d, np.inf)
        for step in (0.0, 1.0):
            x = np.sqrt(math.pi * (math.pi / 2.0 + (k + step) * math.pi) / i)
            inside = x <= math.pi
            x = self._polish_axes(np.where(inside, x, 1.0), i)
            terms = np.where(inside, -np.sin(x) * np.sin(i * x * x / math.pi) ** (2 * self.m), np.inf)
            best, value = np.where(terms < value, x, best), np.minimum(terms, value)
        return (Minimum(tuple(best.tolist()), float(self.value(best))),)

    def _polish_axes(self, x: Array, i: Array) -> Array:
        """Newton's method on the zero of d/dx log f of every axis at once: cot x + 4m i x/π cot(i x²/π) = 0."""
        for _ in range(50):
            c = 4.0 * self.m * i / math.pi
            phase = i * x * x / math.pi
            slope = np.cos(x) / np.sin(x) + c * x * np.cos(phase) / np.sin(phase)
            bend = -1.0 / np.sin(x) ** 2 + c * np.cos(phase) / np.sin(phase)
            bend -= c * x * (2.0 * i * x / math.pi) / np.sin(phase) ** 2
            x = x - slope / bend
        return x


@objectives.register("salomon")
class Salomon(Objective):
    """Ripples around the minimum, like rings on a pond: every ring is a valley that leads nowhere."""

    title = "Salomon"
    formula = "f(x) = 1 − cos(2πr) + 0.1 r,  r = √(Σ x_i²)"
    source = Source(
        "R. Salomon, Re-evaluating genetic algorithm performance under coordinate rotation of benchmark functions",
        1996,
        "https://doi.org/10.1016/0303-2647(96)01621-8",
    )
    dimensions = ANY
    domain = square(3.0)
    start = (-1.9, 1.2)

    def value(self, x: Array) -> Array:
        r = np.sqrt((x * x).sum(axis=-1))
        return np.asarray(1.0 - np.cos(2.0 * math.pi * r) + 0.1 * r)

    def gradient(self, x: Array, out: Array) -> Array:
        r = np.sqrt((x * x).sum(axis=-1, keepdims=True))
        slope = 2.0 * math.pi * np.sin(2.0 * math.pi * r) + 0.1
        np.multiply(x, slope / np.where(r > 0.0, r, 1.0), out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)


@objectives.register("egg_crate")
class EggCrate(Objective):
    """The compartments of an egg carton on the slope of a bowl."""

    title = "Egg crate"
    formula = "f(x) = Σ x_i² + 25 sin² x_i"
    source = Source(
        "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems",
        2013,
        "https://arxiv.org/abs/1308.4008",
    )
    dimensions = ANY
    domain = square(5.0)
    start = (-4.2, 3.8)

    def value(self, x: Array) -> Array:
        return np.asarray((x * x + 25.0 * np.sin(x) ** 2).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        np.multiply(x, 2.0, out=out)
        out += 25.0 * np.sin(2.0 * x)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, dimension)
