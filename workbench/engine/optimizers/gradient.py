"""Rules without a memory of squared gradients: gradient descent, momentum, Nesterov."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, optimizers
from workbench.engine.optimizers.hyperparameters import learning_rate, momentum, weight, weight_decay
from workbench.engine.registry import Source

_VELOCITY_NOTE = (
    "PyTorch's velocity holds gradients and is multiplied by the rate when it is used; Keras's holds steps, the rate "
    "already in it. The paths agree while the rate is constant, and part where it changes."
)


@optimizers.register("sgd")
class SGD(Optimizer):
    """Gradient descent; stochastic where the gradient comes from a mini-batch."""

    title = "SGD"
    formula = "θ ← θ − η g"
    lines = "x = x − η g"
    source = Source(
        "H. Robbins, S. Monro, A stochastic approximation method", 1951, "https://doi.org/10.1214/aoms/1177729586"
    )
    params = (learning_rate(0.001, 0.01), weight_decay())
    conventions_note = "The same step; the rate is 0.001 in PyTorch and 0.01 in Keras where none is chosen."

    @classmethod
    def recurrence(cls, curvature: Any, rate: Any, kept: Any, settings: Mapping[str, Any]) -> tuple[Any, Any]:  # noqa: ARG003
        return kept - rate * curvature, 0.0

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        s = self.scratch(0)
        np.multiply(self.rate, gradient, out=s)
        theta -= s


@optimizers.register("momentum")
class Momentum(Optimizer):
    """Gradient descent with a velocity that remembers past gradients (the heavy ball).

    Dampening d, PyTorch's own, takes (1 − d) g into the velocity at every step but the first; without momentum it does
    nothing. Keras has none: under its convention it stands for the same factor on a velocity of steps.
    """

    title = "Momentum"
    formula = "v ← μ v + (1 − d) g;  θ ← θ − η v"
    lines = """
        [dampening] s = where(t > 1 and μ > 0, 1 − d, 1)
        [pytorch, dampening] v = μ v + s g
        [pytorch, not dampening] v = μ v + g
        [pytorch] x = x − η v
        [keras, dampening] v = μ v − η s g
        [keras, not dampening] v = μ v − η g
        [keras] x = x + v
    """
    source = Source(
        "B. T. Polyak, Some methods of speeding up the convergence of iteration methods",
        1964,
        "https://doi.org/10.1016/0041-5553(64)90137-5",
    )
    params = (
        learning_rate(0.001, 0.01),
        momentum(),
        weight("dampening", 0.0, "d", "The share of each gradient but the first that does not enter the velocity."),
        weight_decay(),
    )
    state = ("v",)
    conventions_note = f"{_VELOCITY_NOTE} Dampening is PyTorch's alone."

    @classmethod
    def recurrence(cls, curvature: Any, rate: Any, kept: Any, settings: Mapping[str, Any]) -> tuple[Any, Any]:
        # the trace and the determinant of (v, x) -> (μ v + s λ x, kept x − η times the new v)
        mu = settings["momentum"]
        taken = np.where(mu == 0.0, 1.0, 1.0 - settings["dampening"])
        return mu + kept - rate * taken * curvature, mu * kept

    def settle(self) -> None:
        given = self.exact
        # as in PyTorch, where a step without momentum has no velocity that a gradient could be kept out of
        share = np.where(given.momentum == 0.0, 0.0, given.dampening)
        self.dampens, self.taken = bool(share.any()), self.cast(1.0 - share)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        v, s = self.v, self.scratch(0)
        v *= self.momentum
        if self.dampens and t > 1:
            gradient = np.multiply(gradient, self.taken, out=self.scratch(1))
        if self.keras:
            np.multiply(self.rate, gradient, out=s)
            v -= s
            theta += v
        else:
            v += gradient
            np.multiply(self.rate, v, out=s)
            theta -= s


@optimizers.register("nesterov")
class Nesterov(Optimizer):
    """Momentum that looks ahead, in the form where theta is the look-ahead point (Sutskever et al., 2013)."""

    title = "Nesterov"
    formula = "v ← μ v + g;  θ ← θ − η (g + μ v)"
    lines = """
        [pytorch] v = μ v + g
        [pytorch] Δ = −η (g + μ v)
        [keras] v = μ v − η g
        [keras] Δ = μ v − η g
        x = x + Δ
    """
    source = Source(
        "Y. Nesterov, A method for solving the convex programming problem with convergence rate O(1/k²)", 1983
    )
    params = (learning_rate(0.001, 0.01), momentum(), weight_decay())
    state = ("v",)
    conventions_note = _VELOCITY_NOTE

    @classmethod
    def recurrence(cls, curvature: Any, rate: Any, kept: Any, settings: Mapping[str, Any]) -> tuple[Any, Any]:
        # the trace and the determinant of (v, x) -> (μ v + λ x, kept x − η (λ x + μ times the new v))
        mu = settings["momentum"]
        return mu + kept - (1.0 + mu) * rate * curvature, mu * (kept - rate * curvature)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        v, s = self.v, self.scratch(0)
        v *= self.momentum
        if self.keras:
            np.multiply(self.rate, gradient, out=s)
            v -= s
            theta -= s
            np.multiply(self.momentum, v, out=s)
            theta += s
        else:
            v += gradient
            np.multiply(self.momentum, v, out=s)
            s += gradient
            s *= self.rate
            theta -= s
