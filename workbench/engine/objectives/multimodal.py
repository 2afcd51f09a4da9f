"""Minima by the dozen in the plane: ripples, crosses, needles and egg-holders."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import product

import numpy as np

from workbench.engine.objectives.base import Array, Minimum, Objective, constant_point, objectives, square
from workbench.engine.registry import Source

_JAMIL = Source(
    "M. Jamil, X.-S. Yang, A literature survey of benchmark functions for global optimisation problems",
    2013,
    "https://arxiv.org/abs/1308.4008",
)
_MISHRA = Source("S. K. Mishra, Some new test functions for global optimization", 2006)


@objectives.register("easom")
class Easom(Objective):
    """A needle's hole in a plain: away from it the gradient is too small for any method to follow."""

    title = "Easom"
    formula = "f(x, y) = −cos x cos y exp(−(x − π)² − (y − π)²)"
    source = Source("E. E. Easom, A survey of global optimization techniques, University of Louisville", 1990)
    domain = ((0.0, 6.5), (0.0, 6.5))
    start = (2.0, 4.0)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        return np.asarray(-np.cos(u) * np.cos(v) * np.exp(-((u - math.pi) ** 2) - (v - math.pi) ** 2))

    def gradient(self, x: Array, out: Array) -> Array:
        c, s = np.cos(x), np.sin(x)
        away = x - math.pi
        pit = np.exp(-(away * away).sum(axis=-1))
        out[..., 0] = pit * c[..., 1] * (s[..., 0] + 2.0 * away[..., 0] * c[..., 0])
        out[..., 1] = pit * c[..., 0] * (s[..., 1] + 2.0 * away[..., 1] * c[..., 1])
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(math.pi, 2, -1.0)


@objectives.register("eggholder")
class Eggholder(Objective):
    """Deep hollows that grow outwards: the lowest value of the domain lies on its border, not at rest."""

    title = "Eggholder"
    formula = "f(x, y) = −(y + 47) sin √|x/2 + y + 47| − x sin √|x − y − 47|"
    source = Source("D. Whitley et al., Evaluating evolutionary algorithms, Artificial Intelligence 85", 1996)
    domain = square(512.0)
    start = (350.0, 300.0)

    def value(self, x: Array) -> Array:
        u, w = x[..., 0], x[..., 1] + 47.0
        return np.asarray(-w * np.sin(np.sqrt(np.abs(0.5 * u + w))) - u * np.sin(np.sqrt(np.abs(u - w))))

    def gradient(self, x: Array, out: Array) -> Array:
        u, w = x[..., 0], x[..., 1] + 47.0
        a, b = 0.5 * u + w, u - w
        p, q = np.sqrt(np.abs(a)), np.sqrt(np.abs(b))
        first = 0.5 * w * np.cos(p) * np.sign(a) / np.where(p > 0.0, p, 1.0)
        second = 0.5 * u * np.cos(q) * np.sign(b) / np.where(q > 0.0, q, 1.0)
        out[..., 0] = -0.5 * first - np.sin(q) - second
        out[..., 1] = -np.sin(p) - first + second
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        y = 404.0
        for _ in range(50):  # along the border x = 512
            p, q = math.sqrt(303.0 + y), math.sqrt(465.0 - y)
            slope = -math.sin(p) - (y + 47.0) * math.cos(p) / (2.0 * p) + 256.0 * math.cos(q) / q
            bend = -math.cos(p) / p + (y + 47.0) * (math.sin(p) + math.cos(p) / p) / (4.0 * p * p)
            bend += 128.0 * (math.sin(q) + math.cos(q) / q) / (q * q)
            y -= slope / bend
        border = np.array([512.0, y])
        inside = self.polished(((482.3532, 432.8794),))[0]
        return (
            Minimum((512.0, y), float(self.value(border)), stationary=False),
            Minimum(inside.point, inside.value, is_global=False),
        )


@objectives.register("cross_in_tray")
class CrossInTray(Objective):
    """A tray of small hollows, divided by a cross of kinks along the axes and the zeros of the sines."""

    title = "Cross-in-tray"
    formula = "f(x, y) = −10⁻⁴ (|sin x sin y exp|100 − r/π|| + 1)^0.1,  r = √(x² + y²)"
    source = _MISHRA
    domain = square(10.0)
    start = (2.6, 2.2)

    def value(self, x: Array) -> Array:
        r = np.hypot(x[..., 0], x[..., 1])
        height = np.abs(np.sin(x[..., 0]) * np.sin(x[..., 1])) * np.exp(np.abs(100.0 - r / math.pi))
        return np.asarray(-1e-4 * (height + 1.0) ** 0.1)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        r = np.hypot(u, v)
        s, c = np.sin(x), np.cos(x)
        rise = np.exp(np.abs(100.0 - r / math.pi))
        waves = s[..., 0] * s[..., 1]
        size = np.abs(waves)
        outer = -1e-5 * (size * rise + 1.0) ** -0.9 * rise
        radial = size * np.sign(r / math.pi - 100.0) / (math.pi * np.where(r > 0.0, r, 1.0))
        side = np.sign(waves)
        out[..., 0] = outer * (side * c[..., 0] * s[..., 1] + radial * u)
        out[..., 1] = outer * (side * s[..., 0] * c[..., 1] + radial * v)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(tuple(product((1.34940661, -1.34940661), repeat=2)))


@objectives.register("holder_table")
class HolderTable(Objective):
    """A table with four legs pulled out: equal minima near the corners, dozens of others between kinks."""

    title = "Hölder table"
    formula = "f(x, y) = −|sin x cos y exp|1 − r/π||,  r = √(x² + y²)"
    source = _MISHRA
    domain = square(10.0)
    start = (6.5, 8.0)

    def value(self, x: Array) -> Array:
        r = np.hypot(x[..., 0], x[..., 1])
        return np.asarray(-np.abs(np.sin(x[..., 0]) * np.cos(x[..., 1])) * np.exp(np.abs(1.0 - r / math.pi)))

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        r = np.hypot(u, v)
        s, c = np.sin(x), np.cos(x)
        rise = np.exp(np.abs(1.0 - r / math.pi))
        waves = s[..., 0] * c[..., 1]
        radial = np.abs(waves) * np.sign(r / math.pi - 1.0) / (math.pi * np.where(r > 0.0, r, 1.0))
        side = np.sign(waves)
        out[..., 0] = -rise * (side * c[..., 0] * c[..., 1] + radial * u)
        out[..., 1] = -rise * (-side * s[..., 0] * s[..., 1] + radial * v)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(tuple(product((8.05502348, -8.05502348), (9.66459002, -9.66459002))))


@objectives.register("drop_wave")
class DropWave(Objective):
    """Rings around a drop: each ring is a valley, higher than the one inside it."""

    title = "Drop-wave"
    formula = "f(x, y) = −(1 + cos 12r) / (½ r² + 2),  r = √(x² + y²)"
    source = _JAMIL
    domain = square(2.0)
    start = (0.35, 0.2)

    def value(self, x: Array) -> Array:
        s = x[..., 0] ** 2 + x[..., 1] ** 2
        return np.asarray(-(1.0 + np.cos(12.0 * np.sqrt(s))) / (0.5 * s + 2.0))

    def gradient(self, x: Array, out: Array) -> Array:
        s = (x * x).sum(axis=-1, keepdims=True)
        r = np.sqrt(s)
        below = 0.5 * s + 2.0
        # numpy's sinc is sin(πt)/πt, 1 at zero: the whole is smooth at the centre
        np.multiply(x, 144.0 * np.sinc(12.0 * r / math.pi) / below + (1.0 + np.cos(12.0 * r)) / below**2, out=out)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2, -1.0)


@objectives.register("levy_13")
class Levy13(Objective):
    """A bowl crossed by two waves, short along x and long along y."""

    title = "Lévy 13"
    formula = "f(x, y) = sin² 3πx + (x − 1)² (1 + sin² 3πy) + (y − 1)² (1 + sin² 2πy)"
    source = Source("A. V. Levy, A. Montalvo, The tunneling algorithm for the global minimization of functions", 1985)
    domain = square(10.0)
    start = (-2.4, 3.3)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0] - 1.0, x[..., 1] - 1.0  # the sines' squares repeat with every whole number
        a, b, c = np.sin(3 * math.pi * u), np.sin(3 * math.pi * v), np.sin(2 * math.pi * v)
        return np.asarray(a * a + u * u * (1.0 + b * b) + v * v * (1.0 + c * c))

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0] - 1.0, x[..., 1] - 1.0
        b, c = np.sin(3 * math.pi * v), np.sin(2 * math.pi * v)
        out[..., 0] = 3 * math.pi * np.sin(6 * math.pi * u) + 2.0 * u * (1.0 + b * b)
        out[..., 1] = 3 * math.pi * u * u * np.sin(6 * math.pi * v) + 2.0 * v * (1.0 + c * c)
        out[..., 1] += 2 * math.pi * v * v * np.sin(4 * math.pi * v)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(1.0, 2)


@objectives.register("bird")
class Bird(Objective):
    """Steep waves on a bowl around the diagonal, with two equally low minima far apart."""

    title = "Bird"
    formula = "f(x, y) = sin x exp((1 − cos y)²) + cos y exp((1 − sin x)²) + (x − y)²"
    source = _MISHRA
    domain = square(2.0 * math.pi)
    start = (1.2, 4.5)

    def value(self, x: Array) -> Array:
        s, c = np.sin(x[..., 0]), np.cos(x[..., 1])
        apart = x[..., 0] - x[..., 1]
        return np.asarray(s * np.exp((1.0 - c) ** 2) + c * np.exp((1.0 - s) ** 2) + apart * apart)

    def gradient(self, x: Array, out: Array) -> Array:
        s, c = np.sin(x[..., 0]), np.cos(x[..., 1])
        p, q = np.exp((1.0 - c) ** 2), np.exp((1.0 - s) ** 2)
        apart = 2.0 * (x[..., 0] - x[..., 1])
        out[..., 0] = np.cos(x[..., 0]) * (p - 2.0 * c * (1.0 - s) * q) + apart
        out[..., 1] = np.sin(x[..., 1]) * (2.0 * s * (1.0 - c) * p - q) - apart
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((4.70104, 3.15294), (-1.58214, -3.13024)))

    @cached_property
    def _lowest(self) -> Array:
        return np.array(self.minima()[0].point)

    def lowest_near(self, x: Array) -> Array:
        # all repeats along the diagonal, where the bowl is level; evenly spaced points on a line: the foot decides
        lowest = self._lowest
        turns = np.round((x - lowest).mean(axis=-1) / (2.0 * math.pi))
        return np.asarray(lowest + 2.0 * math.pi * turns[..., None])


@objectives.register("bohachevsky")
class Bohachevsky(Objective):
    """A bowl with a fine wave on it, of another length along each axis."""

    title = "Bohachevsky 1"
    formula = "f(x, y) = x² + 2y² − 0.3 cos 3πx − 0.4 cos 4πy + 0.7"
    source = Source("I. O. Bohachevsky, M. E. Johnson, M. L. Stein, Generalized simulated annealing", 1986)
    domain = square(2.0)
    start = (-1.6, 1.2)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        # 1 − cos 2t = 2 sin² t, so that the value at the minimum is exactly zero
        waves = 0.6 * np.sin(1.5 * math.pi * u) ** 2 + 0.8 * np.sin(2.0 * math.pi * v) ** 2
        return np.asarray(u * u + 2.0 * v * v + waves)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        out[..., 0] = 2.0 * u + 0.9 * math.pi * np.sin(3.0 * math.pi * u)
        out[..., 1] = 4.0 * v + 1.6 * math.pi * np.sin(4.0 * math.pi * v)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2)


@objectives.register("schaffer_2")
class Schaffer2(Objective):
    """Hyperbolic ripples that crowd together away from the diagonals."""

    title = "Schaffer 2"
    formula = "f(x, y) = ½ + (sin²(x² − y²) − ½) / (1 + 0.001 (x² + y²))²"
    source = Source("J. D. Schaffer, Multiple objective optimization with vector evaluated genetic algorithms", 1984)
    domain = square(4.0)
    start = (2.2, 1.5)

    def value(self, x: Array) -> Array:
        s, t = x[..., 0] ** 2, x[..., 1] ** 2
        return np.asarray(0.5 + (np.sin(s - t) ** 2 - 0.5) / (1.0 + 0.001 * (s + t)) ** 2)

    def gradient(self, x: Array, out: Array) -> Array:
        s, t = x[..., 0] ** 2, x[..., 1] ** 2
        below = 1.0 + 0.001 * (s + t)
        common = -0.004 * (np.sin(s - t) ** 2 - 0.5) / below**3
        wave = 2.0 * np.sin(2.0 * (s - t)) / below**2
        out[..., 0] = x[..., 0] * (wave + common)
        out[..., 1] = x[..., 1] * (common - wave)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2)


@objectives.register("deckkers_aarts")
class DeckkersAarts(Objective):
    """Two pits in a trough whose walls are ten thousand times steeper than its floor."""

    title = "Deckkers–Aarts"
    formula = "f(x, y) = 10⁵ x² + y² − (x² + y²)² + 10⁻⁵ (x² + y²)⁴"
    source = Source("A. Dekkers, E. Aarts, Global optimization and simulated annealing", 1991)
    domain = square(20.0)
    start = (4.0, 5.0)

    def value(self, x: Array) -> Array:
        s, t = x[..., 0] ** 2, x[..., 1] ** 2
        r = s + t
        return np.asarray(1e5 * s + t - r * r + 1e-5 * r**4)

    def gradient(self, x: Array, out: Array) -> Array:
        r = x[..., 0] ** 2 + x[..., 1] ** 2
        common = -4.0 * r + 8e-5 * r**3
        out[..., 0] = x[..., 0] * (2e5 + common)
        out[..., 1] = x[..., 1] * (2.0 + common)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.0, 14.9451), (0.0, -14.9451)))
