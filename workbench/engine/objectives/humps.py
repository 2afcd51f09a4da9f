"""A handful of minima: which one a run ends in depends on the start, the rate and the method."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from workbench.engine.objectives.base import Array, Minimum, Objective, constant_point, objectives, square
from workbench.engine.registry import Source

_LILIPADS = "L. Jiang, Gradient Descent Viz, the surface "


@objectives.register("himmelblau")
class Himmelblau(Objective):
    """Four equal minima around a hill."""

    title = "Himmelblau"
    formula = "f(x, y) = (x² + y − 11)² + (x + y² − 7)²"
    source = Source("D. M. Himmelblau, Applied Nonlinear Programming, McGraw-Hill", 1972)
    domain = square(5.0)
    start = (-0.5, -1.0)
    log_scale = True

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

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)))


@objectives.register("three_hump_camel")
class ThreeHumpCamel(Objective):
    """Three minima in a row, the lowest in the middle."""

    title = "Three-hump camel"
    formula = "f(x, y) = 2x² − 1.05x⁴ + x⁶/6 + xy + y²"
    source = Source("F. H. Branin, Widely convergent method for finding multiple solutions", 1972)
    domain = square(2.5)
    start = (-2.3, 1.5)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        s = u * u
        return s * (2.0 - 1.05 * s + s * s / 6.0) + u * v + v * v

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        s = u * u
        out[..., 0] = u * (4.0 - 4.2 * s + s * s) + v
        out[..., 1] = u + 2.0 * v
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.0, 0.0), (1.7476, -0.8738), (-1.7476, 0.8738)))


@objectives.register("six_hump_camel")
class SixHumpCamel(Objective):
    """Six minima in three pairs, two of them lowest."""

    title = "Six-hump camel"
    formula = "f(x, y) = (4 − 2.1x² + x⁴/3) x² + xy + (4y² − 4) y²"
    source = Source("L. C. W. Dixon, G. P. Szegö, The optimization problem: an introduction", 1978)
    domain = ((-2.0, 2.0), (-1.2, 1.2))
    start = (-1.8, 0.4)

    def value(self, x: Array) -> Array:
        s, t = x[..., 0] ** 2, x[..., 1] ** 2
        return np.asarray((4.0 - 2.1 * s + s * s / 3.0) * s + x[..., 0] * x[..., 1] + (4.0 * t - 4.0) * t)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        s, t = u * u, v * v
        out[..., 0] = u * (8.0 - 8.4 * s + 2.0 * s * s) + v
        out[..., 1] = u + v * (16.0 * t - 8.0)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        half = ((0.0898, -0.7126), (1.7036, -0.7961), (1.6071, 0.5687))
        return self.polished((*half, *((-x, -y) for x, y in half)))


@objectives.register("mccormick")
class McCormick(Objective):
    """A valley along the diagonal with a wave on its floor: below the domain it goes on falling."""

    title = "McCormick"
    formula = "f(x, y) = sin(x + y) + (x − y)² − 1.5x + 2.5y + 1"
    source = Source("G. P. McCormick, Applied Nonlinear Programming, George Washington University", 1972)
    domain = ((-1.5, 4.0), (-3.0, 4.0))
    start = (3.0, -1.0)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        return np.asarray(np.sin(u + v) + (u - v) ** 2 - 1.5 * u + 2.5 * v + 1.0)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        c, d = np.cos(u + v), 2.0 * (u - v)
        out[..., 0] = c + d - 1.5
        out[..., 1] = c - d + 2.5
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        third = math.pi / 3.0
        low = -math.sqrt(3.0) / 2.0 - third
        further = (math.pi - third + 0.5, math.pi - third - 0.5)  # the same one wave up, π higher
        return (Minimum((0.5 - third, -0.5 - third), low), Minimum(further, low + math.pi, is_global=False))


@objectives.register("goldstein_price")
class GoldsteinPrice(Objective):
    """Four minima among walls that rise to a million: the gradient's size spans six powers of ten."""

    title = "Goldstein–Price"
    formula = (
        "f(x, y) = (1 + (x + y + 1)² (19 − 14x + 3x² − 14y + 6xy + 3y²))"
        " · (30 + (2x − 3y)² (18 − 32x + 12x² + 48y − 36xy + 27y²))"
    )
    source = Source("A. A. Goldstein, J. F. Price, On descent from local minima", 1971)
    domain = square(2.0)
    start = (-1.5, 0.5)
    log_scale = True

    def value(self, x: Array) -> Array:
        s, t = x[..., 0] + x[..., 1], 2.0 * x[..., 0] - 3.0 * x[..., 1]
        first = 1.0 + (s + 1.0) ** 2 * (19.0 - 14.0 * s + 3.0 * s * s)
        return np.asarray(first * (30.0 + t * t * (18.0 - 16.0 * t + 3.0 * t * t)))

    def gradient(self, x: Array, out: Array) -> Array:
        # both factors depend on one sum each: s = x + y and t = 2x − 3y
        s, t = x[..., 0] + x[..., 1], 2.0 * x[..., 0] - 3.0 * x[..., 1]
        a = s + 1.0
        p, q = 19.0 - 14.0 * s + 3.0 * s * s, 18.0 - 16.0 * t + 3.0 * t * t
        first, second = 1.0 + a * a * p, 30.0 + t * t * q
        along_s = a * (2.0 * p + a * (6.0 * s - 14.0)) * second
        along_t = t * (2.0 * q + t * (6.0 * t - 16.0)) * first
        out[..., 0] = along_s + 2.0 * along_t
        out[..., 1] = along_s - 3.0 * along_t
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (
            Minimum((0.0, -1.0), 3.0),
            Minimum((-0.6, -0.4), 30.0, is_global=False),
            Minimum((1.8, 0.2), 84.0, is_global=False),
            Minimum((1.2, 0.8), 840.0, is_global=False),
        )


@objectives.register("branin")
class Branin(Objective):
    """Three equally low minima in a row of hills."""

    title = "Branin"
    formula = "f(x, y) = (y − 5.1x²/(4π²) + 5x/π − 6)² + 10 (1 − 1/(8π)) cos x + 10"
    source = Source("F. H. Branin, Widely convergent method for finding multiple solutions", 1972)
    domain = ((-5.0, 10.0), (0.0, 15.0))
    start = (6.0, 13.0)

    _B: ClassVar[float] = 5.1 / (4.0 * math.pi**2)
    _C: ClassVar[float] = 5.0 / math.pi
    _S: ClassVar[float] = 10.0 * (1.0 - 1.0 / (8.0 * math.pi))

    def value(self, x: Array) -> Array:
        u = x[..., 0]
        inside = x[..., 1] - self._B * u * u + self._C * u - 6.0
        return np.asarray(inside * inside + self._S * np.cos(u) + 10.0)

    def gradient(self, x: Array, out: Array) -> Array:
        u = x[..., 0]
        inside = x[..., 1] - self._B * u * u + self._C * u - 6.0
        out[..., 0] = 2.0 * inside * (self._C - 2.0 * self._B * u) - self._S * np.sin(u)
        out[..., 1] = 2.0 * inside
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        low = 10.0 / (8.0 * math.pi)
        points = ((-math.pi, 12.275), (math.pi, 2.275), (3.0 * math.pi, 2.475))
        return tuple(Minimum(point, low) for point in points)

    def lowest_near(self, x: Array) -> Array:
        """The valley y = p(x) has a minimum at every odd multiple of π: those beside the feet of the point on it."""
        flat = x.reshape(-1, 2)
        found = np.array([self._nearest(float(u), float(v)) for u, v in flat])
        return found.reshape(x.shape)

    def _nearest(self, u: float, v: float) -> tuple[float, float]:
        if not (math.isfinite(u) and math.isfinite(v)):
            return math.pi, self._floor(math.pi)
        # where the squared distance to (t, a t² − c t + 6) is level: a cubic in t
        a, c, rest = self._B, self._C, 6.0 - v
        feet = np.roots([2 * a * a, -3 * a * c, c * c + 2 * a * rest + 1.0, -c * rest - u])
        turns = {math.floor((float(foot.real) / math.pi - 1.0) / 2.0) + k for foot in feet for k in (0, 1)}
        points = [(t, self._floor(t)) for t in ((2 * k + 1) * math.pi for k in sorted(turns))]
        return min(points, key=lambda point: math.hypot(point[0] - u, point[1] - v))

    def _floor(self, t: float) -> float:
        return self._B * t * t - self._C * t + 6.0


@objectives.register("hosaki")
class Hosaki(Objective):
    """Two hollows of different depth beside each other; far out it flattens along y."""

    title = "Hosaki"
    formula = "f(x, y) = (1 − 8x + 7x² − 7x³/3 + x⁴/4) y² exp(−y)"
    source = Source("G. A. Bekey, M. T. Ung, A comparative evaluation of two global search algorithms", 1974)
    domain = ((0.0, 5.0), (0.0, 6.0))
    start = (2.6, 4.5)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        p = 1.0 + u * (-8.0 + u * (7.0 + u * (-7.0 / 3.0 + 0.25 * u)))
        return np.asarray(p * v * v * np.exp(-v))

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        p = 1.0 + u * (-8.0 + u * (7.0 + u * (-7.0 / 3.0 + 0.25 * u)))
        fall = np.exp(-v)
        out[..., 0] = (-8.0 + u * (14.0 + u * (-7.0 + u))) * v * v * fall
        out[..., 1] = p * v * (2.0 - v) * fall
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        deep, shallow = -13.0 / 3.0, -25.0 / 12.0  # the quartic in x at 4 and at 1
        fall = 4.0 * math.exp(-2.0)
        return (Minimum((4.0, 2.0), deep * fall), Minimum((1.0, 2.0), shallow * fall, is_global=False))


@objectives.register("peaks")
class Peaks(Objective):
    """Three peaks and three hollows on a plain: the test picture of numerical software."""

    title = "Peaks"
    formula = "f(x, y) = 3 (1 − x)² exp(−x² − (y + 1)²) − 10 (x/5 − x³ − y⁵) exp(−x² − y²) − ⅓ exp(−(x + 1)² − y²)"
    source = Source("The MathWorks, MATLAB Reference Guide, the function peaks", 1992)
    domain = square(3.0)
    start = (0.2, 1.0)

    def value(self, x: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        first = 3.0 * (1.0 - u) ** 2 * np.exp(-u * u - (v + 1.0) ** 2)
        second = 10.0 * (0.2 * u - u**3 - v**5) * np.exp(-u * u - v * v)
        return np.asarray(first - second - np.exp(-((u + 1.0) ** 2) - v * v) / 3.0)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        a = 3.0 * (1.0 - u) * np.exp(-u * u - (v + 1.0) ** 2)
        b = 10.0 * np.exp(-u * u - v * v)
        c = 2.0 / 3.0 * np.exp(-((u + 1.0) ** 2) - v * v)
        p = 0.2 * u - u**3 - v**5
        out[..., 0] = -2.0 * a * (1.0 + u - u * u) - b * (0.2 - 3.0 * u * u - 2.0 * u * p) + c * (u + 1.0)
        out[..., 1] = -2.0 * a * (1.0 - u) * (v + 1.0) + b * (5.0 * v**4 + 2.0 * v * p) + c * v
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.2283, -1.6255), (-1.3474, 0.2045), (0.2964, 0.3202)))


class _GaussianPits(Objective):
    """A bowl with Gaussian hills and pits: terms (height, x, z) over x² + z², where z = 1.4 y."""

    domain = square(2.0)
    start = (1.5, 1.5)
    _terms: ClassVar[tuple[tuple[float, float, float], ...]]

    def value(self, x: Array) -> Array:
        u, z = x[..., 0], 1.4 * x[..., 1]
        f = u * u + z * z
        for height, a, b in self._terms:
            f = f + height * np.exp(-5.0 * ((u - a) ** 2 + (z - b) ** 2))
        return np.asarray(f)

    def gradient(self, x: Array, out: Array) -> Array:
        u, z = x[..., 0], 1.4 * x[..., 1]
        du, dz = 2.0 * u, 2.0 * z
        for height, a, b in self._terms:
            g = -10.0 * height * np.exp(-5.0 * ((u - a) ** 2 + (z - b) ** 2))
            du = du + g * (u - a)
            dz = dz + g * (z - b)
        out[..., 0] = du
        out[..., 1] = 1.4 * dz
        return out


@objectives.register("two_wells")
class TwoWells(_GaussianPits):
    """A shallow well close by, a deep one beyond it: speed carries a run across, care leaves it in the first."""

    title = "Two wells"
    formula = "f(x, y) = −2 exp(−((x − 1)² + z²)/0.2) − 6 exp(−((x + 1)² + z²)/0.2) + x² + z²,  z = 1.4y"
    source = Source(_LILIPADS + "local minimum", 2020, "https://github.com/lilipads/gradient_descent_viz")
    _terms = ((-2.0, 1.0, 0.0), (-6.0, -1.0, 0.0))

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((-0.96, 0.0), (0.88, 0.0)))


@objectives.register("hills")
class Hills(_GaussianPits):
    """Two hills and a pit on the slope of a bowl: a path must find its way between them."""

    title = "Hills"
    formula = (
        "f(x, y) = 2 exp(−((x − 1)² + z²)/0.2) + 6 exp(−((x + 1)² + z²)/0.2)"
        " − 2 exp(−((x − 1)² + (z + 1)²)/0.2) + x² + z²,  z = 1.4y"
    )
    source = Source(_LILIPADS + "hills", 2020, "https://github.com/lilipads/gradient_descent_viz")
    _terms = ((2.0, 1.0, 0.0), (6.0, -1.0, 0.0), (-2.0, 1.0, -1.0))

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return self.polished(((0.15, 0.0), (0.9, -0.7)))


@objectives.register("ecliptic_bowl")
class EclipticBowl(Objective):
    """A long bowl with a sharper dent along its middle."""

    title = "Ecliptic bowl"
    formula = "f(x, y) = −exp(−(u² + 5v²)) + u² + ½ v²,  u = x/2,  v = y/2"
    source = Source(_LILIPADS + "ecliptic bowl", 2020, "https://github.com/lilipads/gradient_descent_viz")
    domain = square(2.0)
    start = (1.5, 1.5)

    def value(self, x: Array) -> Array:
        s, t = 0.25 * x[..., 0] ** 2, 0.25 * x[..., 1] ** 2
        return np.asarray(s + 0.5 * t - np.exp(-s - 5.0 * t))

    def gradient(self, x: Array, out: Array) -> Array:
        u, v = x[..., 0], x[..., 1]
        dent = np.exp(-0.25 * u * u - 1.25 * v * v)
        out[..., 0] = 0.5 * u * (1.0 + dent)
        out[..., 1] = v * (0.25 + 2.5 * dent)
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2, -1.0)
