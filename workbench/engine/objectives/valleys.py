"""Long curved valleys: steep across, nearly flat along."""

from __future__ import annotations

from workbench.engine.objectives.base import Array, Minimum, Objective, objectives
from workbench.engine.params import Param
from workbench.engine.registry import Source


@objectives.register("rosenbrock")
class Rosenbrock(Objective):
    """The banana valley: finding it is easy, following it to the minimum is not."""

    title = "Rosenbrock"
    formula = "f(x, y) = (a − x)² + b (y − x²)²"
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
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.2, 1.0)
    rates = {
        "sgd": 0.001,
        "momentum": 0.0005,
        "nesterov": 0.0005,
        "adagrad": 0.5,
        "adadelta": 50.0,
        "rmsprop": 0.01,
        "adam": 0.05,
    }

    a: float
    b: float

    def value(self, x: Array) -> Array:
        u = self.a - x[..., 0]
        v = x[..., 1] - x[..., 0] * x[..., 0]
        return u * u + self.b * v * v

    def gradient(self, x: Array, out: Array) -> Array:
        v = x[..., 1] - x[..., 0] * x[..., 0]
        out[..., 0] = -2.0 * (self.a - x[..., 0]) - 4.0 * self.b * x[..., 0] * v
        out[..., 1] = 2.0 * self.b * v
        return out

    def minima(self) -> tuple[Minimum, ...]:
        return (Minimum((self.a, self.a * self.a), 0.0),)


@objectives.register("beale")
class Beale(Objective):
    """Flat in the middle, with sharp peaks at the corners that throw a large step far away."""

    title = "Beale"
    formula = "f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²"
    source = Source("E. M. L. Beale, On an iterative method for finding a local minimum of a function", 1958)
    domain = ((-4.5, 4.5), (-4.5, 4.5))
    start = (1.0, 1.5)
    rates = {
        "sgd": 0.005,
        "momentum": 0.001,
        "nesterov": 0.001,
        "adagrad": 0.3,
        "adadelta": 50.0,
        "rmsprop": 0.01,
        "adam": 0.05,
    }

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

    def minima(self) -> tuple[Minimum, ...]:
        return (Minimum((3.0, 0.5), 0.0),)
