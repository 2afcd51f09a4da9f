"""Adam and its kin: running averages of gradient and squared gradient, freed of the bias of their start at zero."""

from __future__ import annotations

import numpy as np

from workbench.engine.optimizers.base import Floats, Optimizer, average, optimizers
from workbench.engine.optimizers.hyperparameters import beta1, beta2, epsilon, learning_rate, switch, weight_decay
from workbench.engine.params import Param
from workbench.engine.registry import Source

_ADAM = Source(
    "D. P. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR", 2015, "https://arxiv.org/abs/1412.6980"
)
_EPSILON_NOTE = (
    "PyTorch adds epsilon to the bias-corrected root; Keras adds it before the correction (epsilon-hat of the paper's "
    "section 2)."
)


class TwoAverages(Optimizer):
    """What the family shares: the average m of the gradient and v of its square."""

    state = ("m", "v")

    def settle(self) -> None:
        self.new1, self.new2 = self.cast(1.0 - self.exact.beta1), self.cast(1.0 - self.exact.beta2)

    def remember(self, gradient: Floats) -> Floats:
        """Take a gradient (R, P) into both averages. Gives the first scratch array, which it has used."""
        # `average` written out: on a small network its two calls are a tenth of the rule
        m, v, s = self.m, self.v, self.scratch(0)
        np.multiply(gradient, self.new1, s)
        m *= self.beta1
        m += s
        np.multiply(gradient, gradient, s)
        s *= self.new2
        v *= self.beta2
        v += s
        return s


@optimizers.register("adam")
class Adam(TwoAverages):
    """Running averages of gradient and squared gradient, each freed of the bias of its start at zero.

    `amsgrad` (Reddi et al., 2018) divides by the largest v so far, so that a coordinate's rate never grows.
    """

    title = "Adam"
    formula = "m ← β₁m + (1−β₁)g;  v ← β₂v + (1−β₂)g²;  θ ← θ − η m̂ / (√v̂ + ε)"
    lines = """
        m = β₁ m + (1 − β₁) g
        v = β₂ v + (1 − β₂) g²
        [amsgrad] v_max = max(v_max, v)
        m̂ = m / (1 − β₁ᵗ)
        [pytorch, not amsgrad] v̂ = v / (1 − β₂ᵗ)
        [pytorch, amsgrad] v̂ = v_max / (1 − β₂ᵗ)
        [pytorch] Δ = −η m̂ / (√v̂ + ε)
        [keras] c = √(1 − β₂ᵗ)
        [keras, not amsgrad] Δ = −η c m̂ / (√v + ε)
        [keras, amsgrad] Δ = −η c m̂ / (√v_max + ε)
        x = x + Δ
    """
    source = _ADAM
    params = (
        learning_rate(0.001, 0.001),
        beta1(),
        beta2(),
        epsilon(1e-8, 1e-7),
        weight_decay(),
        switch("amsgrad", "Divide by the largest average of squared gradients so far."),
    )
    conventions_note = _EPSILON_NOTE

    def optional_state(self) -> tuple[str, ...]:
        return ("v_max",) if self.amsgrad else ()

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        s, d, v = self.remember(gradient), self.scratch(1), self.v
        if self.amsgrad:
            v = np.maximum(self.v_max, v, out=self.v_max)
        step = self.exact.rate / (1.0 - self.power("beta1", t))
        np.sqrt(v, d)
        if self.keras:
            d += self.epsilon
            step = step * np.sqrt(1.0 - self.power("beta2", t))
        else:
            d /= self.root_of_bias("beta2", t)
            d += self.epsilon
        np.multiply(self.m, self.cast(step), s)
        s /= d
        theta -= s


@optimizers.register("adamw")
class AdamW(Adam):
    """Adam whose weight decay shrinks the parameters instead of entering the averages."""

    title = "AdamW"
    formula = "θ ← (1 − η λ) θ − η m̂ / (√v̂ + ε)"
    source = Source(
        "I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR",
        2019,
        "https://arxiv.org/abs/1711.05101",
    )
    params = (
        learning_rate(0.001, 0.001),
        beta1(),
        beta2(),
        epsilon(1e-8, 1e-7),
        weight_decay(0.01, 0.004, "How much parameters shrink at each step, times the rate."),
        switch("amsgrad", "Divide by the largest average of squared gradients so far."),
    )
    decays = {"pytorch": "decoupled", "keras": "decoupled"}
    conventions_note = f"{_EPSILON_NOTE} The decay is 0.01 in PyTorch and 0.004 in Keras."


@optimizers.register("adamax")
class Adamax(Optimizer):
    """Adam with the largest recent gradient, slowly forgotten, in place of the root of the average square."""

    title = "Adamax"
    formula = "m ← β₁m + (1−β₁)g;  u ← max(β₂u, |g| + ε);  θ ← θ − η / (1 − β₁ᵗ) · m / u"
    lines = """
        m = β₁ m + (1 − β₁) g
        [pytorch] u = max(β₂ u, |g| + ε)
        [keras] u = max(β₂ u, |g|)
        m̂ = m / (1 − β₁ᵗ)
        [pytorch] Δ = −η m̂ / u
        [keras] Δ = −η m̂ / (u + ε)
        x = x + Δ
    """
    source = _ADAM
    params = (learning_rate(0.002, 0.001), beta1(), beta2(), epsilon(1e-8, 1e-7), weight_decay())
    state = ("m", "u")
    conventions_note = "Epsilon is added to the gradient's size in PyTorch, to u in Keras."

    def settle(self) -> None:
        self.new1 = self.cast(1.0 - self.exact.beta1)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        m, u, s, d = self.m, self.u, self.scratch(0), self.scratch(1)
        average(m, self.beta1, self.new1, gradient, s)
        np.abs(gradient, out=s)
        if not self.keras:
            s += self.epsilon
        u *= self.beta2
        np.maximum(u, s, out=u)
        np.multiply(m, self.cast(self.exact.rate / (1.0 - self.power("beta1", t))), out=s)
        if self.keras:
            np.add(u, self.epsilon, out=d)
            s /= d
        else:
            s /= u
        theta -= s


@optimizers.register("nadam")
class Nadam(TwoAverages):
    """Adam with Nesterov's look-ahead, its momentum rising from ½β₁ to β₁ by the schedule μ_t."""

    title = "Nadam"
    formula = "μ_t = β₁(1 − ½·0.96^(tψ));  θ ← θ − η (μ_{t+1} m/(1 − Π_{t+1}) + (1 − μ_t) g/(1 − Π_t)) / (√v̂ + ε)"
    lines = """
        init μ_product = 1
        m = β₁ m + (1 − β₁) g
        v = β₂ v + (1 − β₂) g²
        μ = β₁ (1 − 0.5 * 0.96^(t ψ))
        μ_next = β₁ (1 − 0.5 * 0.96^((t + 1) ψ))
        μ_product = μ_product μ
        m̂ = μ_next m / (1 − μ_product μ_next) + (1 − μ) g / (1 − μ_product)
        v̂ = v / (1 − β₂ᵗ)
        Δ = −η m̂ / (√v̂ + ε)
        x = x + Δ
    """
    source = Source(
        "T. Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop",
        2016,
        "https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
    )
    params = (
        learning_rate(0.002, 0.001),
        beta1(),
        beta2(),
        epsilon(1e-8, 1e-7),
        Param(
            name="momentum_decay",
            default={"pytorch": 0.004, "keras": 1.0},
            low=0,
            high=100,
            slider=(0, 1),
            symbol="ψ",
            doc="How fast the momentum rises to beta1.",
        ),
        weight_decay(),
    )
    run_state = ("mu_product",)
    conventions_note = (
        "The same rule; the momentum's schedule rises with 0.96^(0.004 t) in PyTorch and 0.96^t in Keras."
    )

    def prepare(self, theta: Floats) -> None:
        self.mu_product[:] = 1.0

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        self.remember(gradient)
        e, s, d = self.exact, self.scratch(0), self.scratch(1)
        exponents = (np.atleast_1d(k * e.momentum_decay) for k in (t, t + 1))  # numbers have another power than arrays
        mu, mu_next = (e.beta1 * (1.0 - 0.5 * 0.96**each) for each in exponents)
        product = self.mu_product
        product *= mu
        np.divide(self.v, self.cast(1.0 - self.power("beta2", t)), out=d)
        np.sqrt(d, out=d)
        d += self.epsilon
        np.multiply(self.m, self.cast(e.rate * mu_next / (1.0 - product * mu_next)), out=s)
        s /= d
        theta -= s
        np.multiply(gradient, self.cast(e.rate * (1.0 - mu) / (1.0 - product)), out=s)
        s /= d
        theta -= s


@optimizers.register("radam")
class RAdam(TwoAverages):
    """Adam that steps by the plain average until the variance of its division can be trusted, and rectifies it then."""

    title = "RAdam"
    formula = "θ ← θ − η r_t m̂ √(1 − β₂ᵗ) / (√v + ε) where ρ_t > 5, else θ − η m̂"
    lines = """
        m = β₁ m + (1 − β₁) g
        v = β₂ v + (1 − β₂) g²
        m̂ = m / (1 − β₁ᵗ)
        c = √(1 − β₂ᵗ)
        ρ_end = 2 / (1 − β₂) − 1
        ρ = ρ_end − 2 t β₂ᵗ / (1 − β₂ᵗ)
        L = max(ρ_end, 5); l = max(ρ, 5)
        r = √((l − 4) (l − 2) L / ((L − 4) (L − 2) l))
        [pytorch] Δ = where(ρ > 5, −η r c m̂ / (√v + ε), −η m̂)
        [keras] Δ = where(ρ ≥ 5, −η r m̂ / (√v / c + ε), −η m̂)
        x = x + Δ
    """
    source = Source(
        "L. Liu et al., On the variance of the adaptive learning rate and beyond, ICLR",
        2020,
        "https://arxiv.org/abs/1908.03265",
    )
    params = (learning_rate(0.001, 0.001), beta1(), beta2(), epsilon(1e-8, 1e-7), weight_decay())
    conventions_note = (
        "PyTorch adds epsilon before the bias correction. Keras has no RAdam: its convention follows TensorFlow "
        "Addons, with epsilon after the correction. The paper has none, and rectifies from ρ_t > 4 on."
    )

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        self.remember(gradient)
        e, s, d = self.exact, self.scratch(0), self.scratch(1)
        power = self.power("beta2", t)
        longest = 2.0 / (1.0 - e.beta2) - 1.0
        length = longest - 2.0 * t * power / (1.0 - power)
        rectified = length >= 5.0 if self.keras else length > 5.0
        longest, length = np.maximum(longest, 5.0), np.maximum(length, 5.0)
        r = np.sqrt((length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length))
        root = np.sqrt(1.0 - power)
        np.sqrt(self.v, out=d)
        if self.keras:
            d /= self.cast(root)
            d += self.epsilon
            d /= self.cast(r)
        else:
            d += self.epsilon
            d /= self.cast(root * r)
        np.copyto(d, 1.0, where=~rectified)
        np.multiply(self.m, self.cast(e.rate / (1.0 - self.power("beta1", t))), out=s)
        s /= d
        theta -= s
