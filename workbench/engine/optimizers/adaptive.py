"""Rules that divide by a memory of squared gradients: AdaGrad, AdaDelta, RMSProp, FTRL."""

from __future__ import annotations

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, average, optimizers
from workbench.engine.optimizers.hyperparameters import decay, epsilon, learning_rate, momentum, switch, weight_decay
from workbench.engine.params import Param
from workbench.engine.registry import Source

#: FTRL divides by the rate, which a schedule may take to zero.
_LEAST_RATE = 1e-12


def _initial_accumulator(pytorch: float, keras: float) -> Param:
    return Param(
        name="initial_accumulator",
        default={"pytorch": pytorch, "keras": keras},
        low=0,
        high=1e6,
        slider=(0, 1),
        live=False,
        symbol="G₀",
        doc="The value that the sum of squared gradients starts from.",
    )


def _strength(name: str, symbol: str, doc: str) -> Param:
    return Param(name=name, default=0.0, low=0, high=1e6, slider=(0, 1), symbol=symbol, doc=doc)


@optimizers.register("adagrad")
class AdaGrad(Optimizer):
    """Each coordinate's rate shrinks by the root of the sum of its squared gradients."""

    title = "AdaGrad"
    formula = "G ← G + g²;  θ ← θ − η / (1 + (t − 1) κ) · g / (√G + ε)"
    lines = """
        init G = G₀
        G = G + g²
        [not learning_rate_decay] r = η
        [learning_rate_decay] r = η / (1 + (t − 1) κ)
        [pytorch] Δ = −r g / (√G + ε)
        [keras] Δ = −r g / √(G + ε)
        x = x + Δ
    """
    source = Source(
        "J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12",
        2011,
        "https://jmlr.org/papers/v12/duchi11a.html",
    )
    params = (
        learning_rate(0.01, 0.001),
        epsilon(1e-10, 1e-7),
        _initial_accumulator(0.0, 0.1),
        _strength("learning_rate_decay", "κ", "Divides the rate by 1 + (t − 1) κ; PyTorch's lr_decay."),
        weight_decay(),
    )
    state = ("G",)
    conventions_note = (
        "Epsilon stands beside the root in PyTorch and under it in Keras, whose sum starts at 0.1. The decay of the "
        "rate is PyTorch's."
    )

    def prepare(self, theta: Floats) -> None:
        self.G[:] = self.initial_accumulator

    def settle(self) -> None:
        self.slows = self.uses("learning_rate_decay")

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        G, s, d, rate = self.G, self.scratch(0), self.scratch(1), self.rate
        if self.slows:
            rate = self.cast(self.exact.rate / (1.0 + (t - 1) * self.exact.learning_rate_decay))
        np.multiply(gradient, gradient, out=s)
        G += s
        if self.keras:
            np.add(G, self.epsilon, out=d)
            np.sqrt(d, out=d)
        else:
            np.sqrt(G, out=d)
            d += self.epsilon
        np.multiply(rate, gradient, out=s)
        s /= d
        theta -= s


@optimizers.register("adadelta")
class AdaDelta(Optimizer):
    """Steps in the parameters' own units: the ratio of two running averages takes the place of a rate."""

    title = "AdaDelta"
    formula = "E ← ρE + (1−ρ)g²;  Δ = g √(D+ε) / √(E+ε);  D ← ρD + (1−ρ)Δ²;  θ ← θ − η Δ"
    lines = """
        E = ρ E + (1 − ρ) g²
        Δ = g √(D + ε) / √(E + ε)
        D = ρ D + (1 − ρ) Δ²
        x = x − η Δ
    """
    source = Source("M. D. Zeiler, ADADELTA: an adaptive learning rate method", 2012, "https://arxiv.org/abs/1212.5701")
    params = (
        learning_rate(1.0, 0.001),
        decay("rho", {"pytorch": 0.9, "keras": 0.95}, "ρ", "How much of the past the two averages keep."),
        epsilon(1e-6, 1e-7),
        weight_decay(),
    )
    state = ("E", "D")
    conventions_note = (
        "The same rule; the rate is 1 in PyTorch, as in the paper, which has none, and 0.001 in Keras, which is slow."
    )

    def settle(self) -> None:
        self.new = self.cast(1.0 - self.exact.rho)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        E, D, s, d = self.E, self.D, self.scratch(0), self.scratch(1)
        np.multiply(gradient, gradient, out=s)
        average(E, self.rho, self.new, s, s)
        np.add(D, self.epsilon, out=d)
        np.sqrt(d, out=d)
        np.add(E, self.epsilon, out=s)
        np.sqrt(s, out=s)
        d /= s
        d *= gradient
        np.multiply(d, d, out=s)
        average(D, self.rho, self.new, s, s)
        d *= self.rate
        theta -= d


@optimizers.register("rmsprop")
class RMSProp(Optimizer):
    """The gradient divided by the root of a running average of its square.

    `centered` (Graves, 2013) takes the square of the average gradient from that average; `momentum` lets a velocity
    collect the steps.
    """

    title = "RMSProp"
    formula = "E ← ρE + (1−ρ)g²;  θ ← θ − η g / (√E + ε)"
    lines = """
        E = ρ E + (1 − ρ) g²
        [not centered] V = E
        [centered] a = ρ a + (1 − ρ) g
        [centered] V = E − a²
        [pytorch] u = g / (√V + ε)
        [keras] u = η g / √(V + ε)
        [not momentum] Δ = −u
        [momentum] b = μ b + u
        [momentum] Δ = −b
        [pytorch] x = x + η Δ
        [keras] x = x + Δ
    """
    source = Source("T. Tieleman, G. Hinton, Lecture 6.5 of Neural Networks for Machine Learning, Coursera", 2012)
    params = (
        learning_rate(0.01, 0.001),
        decay("rho", {"pytorch": 0.99, "keras": 0.9}, "ρ", "How much of the past the average keeps; PyTorch's alpha."),
        epsilon(1e-8, 1e-7),
        momentum(0.0, "How much of the velocity is kept from step to step; 0 steps without one."),
        switch("centered", "Divide by the spread of the gradient about its average instead of its size."),
        weight_decay(),
    )
    state = ("E", "b")
    conventions_note = (
        "Epsilon stands beside the root in PyTorch and under it in Keras; the velocity holds normalised gradients in "
        "PyTorch and steps in Keras; the defaults differ."
    )

    def optional_state(self) -> tuple[str, ...]:
        return ("a",) if self.centered else ()

    def settle(self) -> None:
        self.new, self.moves = self.cast(1.0 - self.exact.rho), self.uses("momentum")
        self.keeps = self.cast(self.exact.momentum > 0)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        E, b, s, d = self.E, self.b, self.scratch(0), self.scratch(1)
        np.multiply(gradient, gradient, out=s)
        average(E, self.rho, self.new, s, s)
        np.copyto(d, E)
        if self.centered:
            average(self.a, self.rho, self.new, gradient, s)
            np.multiply(self.a, self.a, out=s)
            d -= s
        if self.keras:
            d += self.epsilon
            np.sqrt(d, out=d)
        else:
            np.sqrt(d, out=d)
            d += self.epsilon
        np.divide(gradient, d, out=s)
        if self.keras:
            s *= self.rate
        if self.moves:
            b *= self.momentum
            b += s
            np.copyto(s, b)
            b *= self.keeps  # a run without momentum has no velocity to go on with, should it be given some later
        if not self.keras:
            s *= self.rate
        theta -= s


@optimizers.register("ftrl")
class FTRL(Optimizer):
    """Follow the regularised leader: θ minimises a sum of all past gradients with an L1 and an L2 term.

    Coordinates whose sum z stays within ±l1 are exactly zero. The learning rate's power p = −½ is the paper's √n.
    """

    title = "FTRL-Proximal"
    formula = "z ← z + g − (n'⁻ᵖ − n⁻ᵖ)/η · θ;  θ ← (clip(z, ±l₁) − z) / (n'⁻ᵖ/η + 2 l₂ + β/η),  n' = n + g²"
    lines = """
        init n = G₀
        r = max(η, 1e-12)
        q = n^(−p)
        n = n + g²
        σ = (n^(−p) − q) / r
        [not l2_shrinkage] z = z + g − σ x
        [l2_shrinkage] z = z + g + 2 l2_shrinkage x − σ x
        Q = n^(−p) / r + 2 l₂ + β / r
        x = where(Q > 0, (clip(z, −l₁, l₁) − z) / Q, x)
    """
    source = Source(
        "H. B. McMahan et al., Ad click prediction: a view from the trenches, KDD",
        2013,
        "https://doi.org/10.1145/2487575.2488200",
    )
    params = (
        learning_rate(0.001, 0.001),
        Param(
            name="learning_rate_power",
            default=-0.5,
            low=-1,
            high=0,
            symbol="p",
            doc="How fast a coordinate's rate falls with the sum of its squared gradients.",
        ),
        _initial_accumulator(0.1, 0.1),
        _strength("l1", "l₁", "Draws coordinates to exactly zero."),
        _strength("l2", "l₂", "Draws coordinates towards zero, within the leader."),
        _strength("l2_shrinkage", "l₂'", "Draws coordinates towards zero by a term of the gradient alone."),
        _strength("beta", "β", "The paper's β: slows the first steps of every coordinate."),
        weight_decay(),
    )
    state = ("n", "z")
    conventions_note = "PyTorch has no FTRL: both conventions take Keras's formula and defaults."

    def prepare(self, theta: Floats) -> None:
        self.n[:] = self.initial_accumulator

    def settle(self) -> None:
        self.shrinks = self.uses("l2_shrinkage")
        # At full size: numpy computes a power by another path, with another last digit, where it repeats one exponent.
        self.exponent = np.broadcast_to(-self.learning_rate_power, self._shape).copy()

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        n, z, s, d = self.n, self.z, self.scratch(0), self.scratch(1)
        exact_rate = np.maximum(self.exact.rate, _LEAST_RATE)
        rate = self.cast(exact_rate)
        np.power(n, self.exponent, out=d)
        np.multiply(gradient, gradient, out=s)
        n += s
        np.power(n, self.exponent, out=s)
        np.subtract(s, d, out=d)
        d /= rate
        d *= theta
        z += gradient
        if self.shrinks:
            z += 2.0 * self.l2_shrinkage * theta
        z -= d
        s /= rate
        s += self.cast(2.0 * self.exact.l2 + self.exact.beta / exact_rate)
        np.clip(z, -self.l1, self.l1, out=d)
        d -= z
        np.divide(d, s, out=theta, where=s > 0)  # without any gradient yet, a coordinate stays where it is
