"""Quadratic bowls of two coordinates whose curvatures one chooses."""

from __future__ import annotations

import math

import numpy as np

from workbench.engine.objectives.base import Array, Minimum, Objective, constant_point, objectives, square
from workbench.engine.params import Param
from workbench.engine.registry import Source


def _center(axis: str) -> Param:
    return Param(
        name=f"center_{axis}",
        default=0.0,
        low=-100,
        high=100,
        slider=(-4, 4),
        symbol=f"c_{axis}",
        doc=f"The {axis} coordinate of the minimum.",
    )


def _curvature(axis: str, default: float) -> Param:
    return Param(
        name=f"curvature_{axis}",
        default=default,
        low=0,
        low_open=True,
        high=1e6,
        scale="log",
        slider=(0.01, 1000),
        symbol=f"k_{axis}",
        doc=f"The second derivative along {axis}; their ratio is the condition number.",
    )


def condition(default: float) -> Param:
    """The setting that says how much the curvatures of a bowl differ."""
    return Param(
        name="condition",
        default=default,
        low=1,
        high=1e12,
        scale="log",
        slider=(1, 1e6),
        symbol="κ",
        doc="The condition number: largest by smallest curvature; the higher, the narrower the bowl.",
    )


@objectives.register("quadratic")
class Quadratic(Objective):
    """A bowl with chosen centre and curvatures. Gradient descent converges for rates below 2 / max curvature."""

    title = "Quadratic bowl"
    formula = "f(x, y) = ½ k_x (x − c_x)² + ½ k_y (y − c_y)²"
    source = Source("A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées", 1847)
    params = (_center("x"), _center("y"), _curvature("x", 2.0), _curvature("y", 2.0))
    domain = square(4.0)
    start = (-3.0, 2.5)

    center_x: float
    center_y: float
    curvature_x: float
    curvature_y: float

    def value(self, x: Array) -> Array:
        u = x[..., 0] - self.center_x
        v = x[..., 1] - self.center_y
        return 0.5 * self.curvature_x * u * u + 0.5 * self.curvature_y * v * v

    def gradient(self, x: Array, out: Array) -> Array:
        out[..., 0] = self.curvature_x * (x[..., 0] - self.center_x)
        out[..., 1] = self.curvature_y * (x[..., 1] - self.center_y)
        return out

    def hessian(self, x: Array, out: Array) -> Array:
        out[...] = np.diag([self.curvature_x, self.curvature_y])
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum((self.center_x, self.center_y), 0.0),)


@objectives.register("rotated_quadratic")
class RotatedQuadratic(Objective):
    """A bowl of chosen condition number, turned against the axes: what methods that scale each axis cannot undo."""

    title = "Rotated quadratic"
    formula = "f(x, y) = ½ (u² + κ v²),  u = x cos φ + y sin φ,  v = −x sin φ + y cos φ"
    source = Source("G. Goh, Why momentum really works, Distill", 2017, "https://distill.pub/2017/momentum/")
    params = (
        condition(20.0),
        Param(
            name="angle",
            default=30.0,
            low=-360,
            high=360,
            slider=(0, 180),
            symbol="φ",
            unit="°",
            doc="The angle between the x axis and the bowl's long axis.",
        ),
    )
    domain = square(4.0)
    start = (-3.0, 2.5)

    condition: float
    angle: float

    def _turned(self, x: Array) -> tuple[Array, Array, float, float]:
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        return c * x[..., 0] + s * x[..., 1], c * x[..., 1] - s * x[..., 0], c, s

    def value(self, x: Array) -> Array:
        u, v, _, _ = self._turned(x)
        return 0.5 * (u * u + self.condition * v * v)

    def gradient(self, x: Array, out: Array) -> Array:
        u, v, c, s = self._turned(x)
        out[..., 0] = c * u - s * self.condition * v
        out[..., 1] = s * u + c * self.condition * v
        return out

    def hessian(self, x: Array, out: Array) -> Array:
        _, _, c, s = self._turned(x)
        out[...] = np.outer((c, s), (c, s)) + self.condition * np.outer((-s, c), (-s, c))
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return constant_point(0.0, 2)
