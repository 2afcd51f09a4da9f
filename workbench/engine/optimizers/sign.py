"""Rules that look at the signs of gradients alone: Lion, Rprop."""

from __future__ import annotations

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, average, optimizers
from workbench.engine.optimizers.hyperparameters import beta1, beta2, learning_rate, weight_decay
from workbench.engine.params import Param
from workbench.engine.registry import Source


@optimizers.register("lion")
class Lion(Optimizer):
    """Steps of one size in every coordinate, along the sign of a mixture of momentum and gradient."""

    title = "Lion"
    formula = "θ ← (1 − ηλ) θ − η sign(β₁m + (1−β₁)g);  m ← β₂m + (1−β₂)g"
    lines = """
        c = β₁ m + (1 − β₁) g
        Δ = −η sign(c)
        x = x + Δ
        m = β₂ m + (1 − β₂) g
    """
    source = Source(
        "X. Chen et al., Symbolic discovery of optimization algorithms, NeurIPS",
        2023,
        "https://arxiv.org/abs/2302.06675",
    )
    params = (
        learning_rate(0.0001, 0.001),
        beta1(),
        beta2(0.99),
        weight_decay(doc="How much parameters shrink at each step, times the rate."),
    )
    state = ("m",)
    decays = {"pytorch": "decoupled", "keras": "decoupled"}
    conventions_note = "PyTorch has no Lion: its convention takes the paper's rate of 0.0001. The rule is the same."

    def settle(self) -> None:
        self.new1, self.new2 = self.cast(1.0 - self.exact.beta1), self.cast(1.0 - self.exact.beta2)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        m, s, d = self.m, self.scratch(0), self.scratch(1)
        np.multiply(m, self.beta1, out=d)
        np.multiply(gradient, self.new1, out=s)
        d += s
        np.sign(d, out=d)
        d *= self.rate
        theta -= d
        average(m, self.beta2, self.new2, gradient, s)


def _factor(name: str, default: float, symbol: str, bounds: tuple[float, float], doc: str) -> Param:
    return Param(
        name=name,
        default=default,
        low=bounds[0],
        low_open=True,
        high=bounds[1],
        high_open=True,
        symbol=symbol,
        doc=doc,
    )


def _size(name: str, default: float, symbol: str, doc: str) -> Param:
    return Param(name=name, default=default, low=0, high=1e6, scale="log", slider=(1e-8, 100), symbol=symbol, doc=doc)


@optimizers.register("rprop")
class Rprop(Optimizer):
    """Each coordinate has a step size of its own, which grows while its gradient keeps its sign and shrinks when not.

    Where the sign turned, the coordinate rests for one step (the variant without backtracking of Igel and Hüsken,
    2003, as in PyTorch). The learning rate is the first step size alone; a schedule has nothing to act on.
    """

    title = "Rprop"
    formula = "Δ ← clip(Δ η⁺ where g g' > 0, Δ η⁻ and g ← 0 where g g' < 0);  θ ← θ − Δ sign(g)"
    lines = """
        init Δ = η
        s = g last
        f = where(s > 0, eta_plus, where(s < 0, eta_minus, 1))
        Δ = clip(Δ f, smallest_step, largest_step)
        last = where(s < 0, 0, g)
        x = x − Δ sign(last)
    """
    line_names = {"Delta": "size"}
    source = Source(
        "M. Riedmiller, H. Braun, A direct adaptive method for faster backpropagation learning, ICNN",
        1993,
        "https://doi.org/10.1109/ICNN.1993.298623",
    )
    rate_is = "start"
    params = (
        learning_rate(0.01, 0.01, "The step size that every coordinate starts with.").fixed(),
        _factor("eta_minus", 0.5, "η⁻", (0, 1), "The factor on a step size where the gradient's sign turned."),
        _factor("eta_plus", 1.2, "η⁺", (1, 100), "The factor on a step size where the gradient kept its sign."),
        _size("smallest_step", 1e-6, "Δ_min", "No step size falls below it."),
        _size("largest_step", 50.0, "Δ_max", "No step size rises above it."),
    )
    state = ("last", "size")
    conventions_note = "Keras has no Rprop: both conventions take PyTorch's formula and defaults."

    def prepare(self, theta: Floats) -> None:
        self.size[:] = self.learning_rate

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        last, size, s, d = self.last, self.size, self.scratch(0), self.scratch(1)
        np.multiply(gradient, last, out=s)
        turned = s < 0
        d.fill(1.0)
        np.copyto(d, self.eta_plus, where=s > 0)
        np.copyto(d, self.eta_minus, where=turned)
        size *= d
        np.clip(size, self.smallest_step, self.largest_step, out=size)
        np.copyto(last, gradient)
        np.copyto(last, 0.0, where=turned)
        np.sign(last, out=s)
        s *= size
        theta -= s
