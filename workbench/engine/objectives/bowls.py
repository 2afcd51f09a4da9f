"""Convex bowls: where every method should succeed, and where rates can be reasoned about."""

from __future__ import annotations

from workbench.engine.objectives.base import Array, Minimum, Objective, objectives
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


@objectives.register("quadratic")
class Quadratic(Objective):
    """A bowl with chosen centre and curvatures. Gradient descent converges for rates below 2 / max curvature."""

    title = "Quadratic bowl"
    formula = "f(x, y) = ½ k_x (x − c_x)² + ½ k_y (y − c_y)²"
    source = Source("A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées", 1847)
    params = (_center("x"), _center("y"), _curvature("x", 2.0), _curvature("y", 2.0))
    domain = ((-4.0, 4.0), (-4.0, 4.0))
    start = (-3.0, 2.5)
    rates = {
        "sgd": 0.1,
        "momentum": 0.02,
        "nesterov": 0.02,
        "adagrad": 1.0,
        "adadelta": 50.0,
        "rmsprop": 0.05,
        "adam": 0.2,
    }

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

    def minima(self) -> tuple[Minimum, ...]:
        return (Minimum((self.center_x, self.center_y), 0.0),)
