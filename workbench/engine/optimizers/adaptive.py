"""Rules that divide by a memory of squared gradients: AdaGrad, AdaDelta, RMSProp, Adam."""

from __future__ import annotations

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, decay, epsilon, learning_rate, optimizers
from workbench.engine.params import Param
from workbench.engine.registry import Source


@optimizers.register("adagrad")
class AdaGrad(Optimizer):
    """Each coordinate's rate shrinks by the root of the sum of its squared gradients."""

    title = "AdaGrad"
    formula = "G ← G + g²;  θ ← θ − η g / (√G + ε)"
    source = Source(
        "J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12",
        2011,
        "https://jmlr.org/papers/v12/duchi11a.html",
    )
    params = (
        learning_rate(0.01, 0.001),
        epsilon(1e-10, 1e-7),
        Param(
            name="initial_accumulator",
            default={"pytorch": 0.0, "keras": 0.1},
            low=0,
            high=1e6,
            slider=(0, 1),
            live=False,
            symbol="G₀",
            doc="The value that the sum of squared gradients starts from.",
        ),
    )
    state = ("G",)
    conventions_note = "Epsilon stands beside the root in PyTorch and under it in Keras, whose sum starts at 0.1."

    def prepare(self, theta: Floats) -> None:
        self.G: Floats = self.G + self.initial_accumulator

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        G, s, d = self.G, self.scratch(0), self.scratch(1)
        np.multiply(gradient, gradient, out=s)
        G += s
        if self.keras:
            np.add(G, self.epsilon, out=d)
            np.sqrt(d, out=d)
        else:
            np.sqrt(G, out=d)
            d += self.epsilon
        np.multiply(self.rate, gradient, out=s)
        s /= d
        theta -= s


@optimizers.register("adadelta")
class AdaDelta(Optimizer):
    """Steps in the parameters' own units: the ratio of two running averages takes the place of a rate."""

    title = "AdaDelta"
    formula = "E ← ρE + (1−ρ)g²;  Δ = g √(D+ε) / √(E+ε);  D ← ρD + (1−ρ)Δ²;  θ ← θ − η Δ"
    source = Source("M. D. Zeiler, ADADELTA: an adaptive learning rate method", 2012, "https://arxiv.org/abs/1212.5701")
    params = (
        learning_rate(1.0, 0.001),
        decay("rho", {"pytorch": 0.9, "keras": 0.95}, "ρ", "How much of the past the two averages keep."),
        epsilon(1e-6, 1e-7),
    )
    state = ("E", "D")
    conventions_note = "The same rule; the defaults differ. The paper has no learning rate: it is 1 there."

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        E, D, s, d = self.E, self.D, self.scratch(0), self.scratch(1)
        kept = 1.0 - self.rho
        np.multiply(gradient, gradient, out=s)
        s *= kept
        E *= self.rho
        E += s
        np.add(D, self.epsilon, out=d)
        np.sqrt(d, out=d)
        np.add(E, self.epsilon, out=s)
        np.sqrt(s, out=s)
        d /= s
        d *= gradient
        np.multiply(d, d, out=s)
        s *= kept
        D *= self.rho
        D += s
        d *= self.rate
        theta -= d


@optimizers.register("rmsprop")
class RMSProp(Optimizer):
    """The gradient divided by the root of a running average of its square."""

    title = "RMSProp"
    formula = "E ← ρE + (1−ρ)g²;  θ ← θ − η g / (√E + ε)"
    source = Source("T. Tieleman, G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, Coursera", 2012)
    params = (
        learning_rate(0.01, 0.001),
        decay("rho", {"pytorch": 0.99, "keras": 0.9}, "ρ", "How much of the past the average keeps; PyTorch's alpha."),
        epsilon(1e-8, 1e-7),
    )
    state = ("E",)
    conventions_note = "Epsilon stands beside the root in PyTorch and under it in Keras; the defaults differ."

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        E, s, d = self.E, self.scratch(0), self.scratch(1)
        np.multiply(gradient, gradient, out=s)
        s *= 1.0 - self.rho
        E *= self.rho
        E += s
        if self.keras:
            np.add(E, self.epsilon, out=d)
            np.sqrt(d, out=d)
        else:
            np.sqrt(E, out=d)
            d += self.epsilon
        np.multiply(self.rate, gradient, out=s)
        s /= d
        theta -= s


@optimizers.register("adam")
class Adam(Optimizer):
    """Running averages of gradient and squared gradient, each freed of the bias of its start at zero."""

    title = "Adam"
    formula = "m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  θ ← θ − η m̂ / (√v̂ + ε)"
    source = Source(
        "D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR", 2015, "https://arxiv.org/abs/1412.6980"
    )
    params = (
        learning_rate(0.001, 0.001),
        decay("beta1", 0.9, "β₁", "How much of the past the average of gradients keeps."),
        decay("beta2", 0.999, "β₂", "How much of the past the average of squared gradients keeps."),
        epsilon(1e-8, 1e-7),
    )
    state = ("m", "v")
    conventions_note = (
        "PyTorch adds epsilon to the bias-corrected root; Keras adds it before the correction (epsilon-hat of the "
        "paper's section 2)."
    )

    def step(self, theta: Floats, gradient: Floats, t: int) -> None:
        m, v, s, d = self.m, self.v, self.scratch(0), self.scratch(1)
        np.multiply(gradient, 1.0 - self.beta1, out=s)
        m *= self.beta1
        m += s
        np.multiply(gradient, gradient, out=s)
        s *= 1.0 - self.beta2
        v *= self.beta2
        v += s
        correction1 = 1.0 - self.beta1**t
        correction2 = np.sqrt(1.0 - self.beta2**t)
        np.sqrt(v, out=d)
        if self.keras:
            d += self.epsilon
            np.multiply(m, self.rate * correction2 / correction1, out=s)
        else:
            d /= correction2
            d += self.epsilon
            np.multiply(m, self.rate / correction1, out=s)
        s /= d
        theta -= s
