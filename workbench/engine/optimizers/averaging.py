"""Rules that average: iterates (ASGD, schedule-free AdamW) or the momentum with the plain gradient (QHM, QHAdam)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.engine.optimizers.adam_family import TwoAverages
from workbench.engine.optimizers.base import Floats, Optimizer, average, optimizers
from workbench.engine.optimizers.hyperparameters import (
    beta1,
    beta2,
    epsilon,
    learning_rate,
    momentum,
    weight,
    weight_decay,
)
from workbench.engine.params import Param
from workbench.engine.registry import Source

_QUASI_HYPERBOLIC = Source(
    "J. Ma, D. Yarats, Quasi-hyperbolic momentum and Adam for deep learning, ICLR",
    2019,
    "https://arxiv.org/abs/1810.06801",
)
_QUASI_HYPERBOLIC_NOTE = "Neither framework has it: both conventions take the paper's formula and recommended defaults."


@optimizers.register("asgd")
class ASGD(Optimizer):
    """Gradient descent with a falling rate; a, the average of the iterates, is kept beside theta.

    theta is the iterate itself, as in PyTorch, where the average is for the user to take. The average starts after
    step t₀; until then a is theta. As in PyTorch, η_t follows from the rate in force at the step before: where a
    schedule or a hand changes it, the change is seen one step later.
    """

    title = "ASGD"
    formula = "η_t = η / (1 + λη(t−1))^α;  θ ← (1 − λη_t) θ − η_t g;  a ← a + (θ − a) / max(1, t − 1 − t₀)"
    lines = """
        r = where(t == 1, η, r)
        x = (1 − lambd r) x − r g
        r = η / (1 + lambd η t)^α
        c = 1 / max(1, t − 1 − t₀)
        a = where(c == 1, x, a + c (x − a))
    """
    line_names = {"r": "eta"}
    source = Source(
        "B. T. Polyak, A. B. Juditsky, Acceleration of stochastic approximation by averaging",
        1992,
        "https://doi.org/10.1137/0330046",
    )
    params = (
        learning_rate(0.01, 0.01),
        Param(name="lambd", default=1e-4, low=0, high=1e3, slider=(0, 0.1), symbol="λ", doc="Decay of theta and rate."),
        Param(name="alpha", default=0.75, low=0, high=10, slider=(0, 1), symbol="α", doc="How fast the rate falls."),
        Param(
            name="t0",
            default=1e6,
            low=0,
            high=1e12,
            scale="log",
            symbol="t₀",
            doc="The step that averaging starts after.",
        ),
        weight_decay(),
    )
    state = ("a",)
    run_state = ("eta",)
    decays = {"pytorch": "l2", "keras": "l2"}
    conventions_note = "Keras has no ASGD: both conventions take PyTorch's formula and defaults."

    def settle(self) -> None:
        # of the runs' own shape: numpy computes a power by another path where it repeats one exponent
        self.exponent = np.broadcast_to(self.exact.alpha, (self._shape[0], 1)).copy()

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        e, a, eta, s = self.exact, self.a, self.eta, self.scratch(0)
        if t == 1:
            eta[:] = e.rate
        np.multiply(gradient, self.cast(eta), out=s)
        theta *= self.cast(1.0 - e.lambd * eta)
        theta -= s
        eta[:] = 1.0 + e.lambd * e.rate * t
        eta[:] = e.rate / eta**self.exponent
        share = 1.0 / np.maximum(1.0, (t - 1) - e.t0)
        np.subtract(theta, a, out=s)
        s *= self.cast(share)
        a += s
        np.copyto(a, theta, where=share == 1.0)


@optimizers.register("qhm")
class QHM(Optimizer):
    """A weighted mean of a plain step and a momentum step; ν = 0 is gradient descent, ν = 1 momentum."""

    title = "QHM"
    formula = "m ← μm + (1−μ)g;  θ ← θ − η ((1−ν) g + ν m)"
    lines = """
        m = μ m + (1 − μ) g
        Δ = −η ((1 − ν) g + ν m)
        x = x + Δ
    """
    source = _QUASI_HYPERBOLIC
    params = (
        learning_rate(0.001, 0.001),
        momentum(0.999, "How much of the past the average of gradients keeps; the paper's β."),
        weight("nu", 0.7, "ν", "The weight of the average against the plain gradient."),
        weight_decay(),
    )
    state = ("m",)
    conventions_note = _QUASI_HYPERBOLIC_NOTE

    @classmethod
    def recurrence(cls, curvature: Any, rate: Any, kept: Any, settings: Mapping[str, Any]) -> tuple[Any, Any]:
        # the trace and the determinant of (m, x) -> (μ m + (1 − μ) λ x, kept x − η ((1 − ν) λ x + ν times the new m))
        mu, nu, step = settings["momentum"], settings["nu"], rate * curvature
        return mu + kept - step * (1.0 - nu * mu), mu * (kept - step * (1.0 - nu))

    def settle(self) -> None:
        self.new, self.plain = self.cast(1.0 - self.exact.momentum), self.cast(1.0 - self.exact.nu)

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        m, s, d = self.m, self.scratch(0), self.scratch(1)
        average(m, self.momentum, self.new, gradient, s)
        np.multiply(gradient, self.plain, out=d)
        np.multiply(m, self.nu, out=s)
        d += s
        d *= self.rate
        theta -= d


@optimizers.register("qhadam")
class QHAdam(TwoAverages):
    """Adam whose two averages are each mixed with the present gradient; ν₁ = ν₂ = 1 is Adam."""

    title = "QHAdam"
    formula = "θ ← θ − η ((1−ν₁) g + ν₁ m̂) / (√((1−ν₂) g² + ν₂ v̂) + ε)"
    lines = """
        m = β₁ m + (1 − β₁) g
        v = β₂ v + (1 − β₂) g²
        m̂ = m / (1 − β₁ᵗ)
        v̂ = v / (1 − β₂ᵗ)
        Δ = −η ((1 − ν₁) g + ν₁ m̂) / (√((1 − ν₂) g² + ν₂ v̂) + ε)
        x = x + Δ
    """
    source = _QUASI_HYPERBOLIC
    params = (
        learning_rate(0.001, 0.001),
        beta1(),
        beta2(),
        weight("nu1", 0.7, "ν₁", "The weight of the average gradient against the present one."),
        weight("nu2", 1.0, "ν₂", "The weight of the average square against the present one."),
        epsilon(1e-8, 1e-7),
        weight_decay(),
    )
    conventions_note = f"{_QUASI_HYPERBOLIC_NOTE} Epsilon's default follows each framework's custom."

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        self.remember(gradient)
        e, s, d, x = self.exact, self.scratch(0), self.scratch(1), self.scratch(2)
        np.multiply(self.v, self.cast(e.nu2 / (1.0 - self.power("beta2", t))), out=d)
        np.multiply(gradient, gradient, out=s)
        s *= self.cast(1.0 - e.nu2)
        d += s
        np.sqrt(d, out=d)
        d += self.epsilon
        np.multiply(self.m, self.cast(e.nu1 / (1.0 - self.power("beta1", t))), out=s)
        np.multiply(gradient, self.cast(1.0 - e.nu1), out=x)
        s += x
        s /= d
        s *= self.rate
        theta -= s


@optimizers.register("schedule_free_adamw")
class ScheduleFreeAdamW(Optimizer):
    """AdamW that averages its iterates instead of lowering the rate.

    Three points: z steps, x averages the z's (it is what one would deploy), and gradients are taken at
    y = (1 − β₁) z + β₁ x. theta is y, where the gradient is; x is (y − (1 − β₁) z) / β₁.
    """

    title = "Schedule-free AdamW"
    formula = "u = g/(√v̂ + ε) + λy;  z ← z − ηu;  x ← (1−c)x + c z;  y ← (1−β₁)z + β₁x"
    lines = """
        init z = x
        r = η min(t / max(w, 1), 1)
        r_max = max(r_max, r)
        W = W + r_max²
        [pytorch] c = r_max² / max(W, 2.2250738585072014e-308)
        [keras] c = 1 / t
        v = β₂ v + (1 − β₂) g²
        v̂ = v / (1 − β₂ᵗ)
        [keras] u = g / (√v̂ + ε)
        [pytorch] u = g / (√v̂ + ε) + λ x
        x = x + c (z − x) − r (1 − β₁ (1 − c)) u
        z = z − r u
    """
    line_names = {"W": "weight_sum", "r_max": "largest_rate"}
    source = Source("A. Defazio et al., The road less scheduled, NeurIPS", 2024, "https://arxiv.org/abs/2405.15682")
    params = (
        learning_rate(0.0025, 0.0025),
        beta1(),
        beta2(),
        epsilon(1e-8, 1e-8),
        weight_decay(doc="How much parameters shrink at each step, times the rate, taken at y."),
        Param(
            name="warmup_steps",
            default=0,
            low=0,
            high=10**9,
            slider=(0, 1000),
            symbol="w",
            doc="Steps over which the rate rises to its value.",
        ),
    )
    state = ("z", "v")
    run_state = ("weight_sum", "largest_rate")
    decays = {"pytorch": "itself", "keras": "decoupled"}
    conventions_note = (
        "PyTorch's is the authors' own code: an iterate enters the average with the square of the largest rate so "
        "far, and the decay is a part of u. In Keras c is 1/t and the decay shrinks y beforehand."
    )

    def prepare(self, theta: Floats) -> None:
        np.copyto(self.z, theta)

    def settle(self) -> None:
        self.new2 = self.cast(1.0 - self.exact.beta2)
        self.shrinks = self.uses("weight_decay") and not self.keras

    def update(self, theta: Floats, gradient: Floats, t: int) -> None:
        e, z, s, d = self.exact, self.z, self.scratch(0), self.scratch(1)
        rate = e.rate * np.minimum(t / np.maximum(e.warmup_steps, 1.0), 1.0)
        largest, weights = self.largest_rate, self.weight_sum
        np.maximum(largest, rate, out=largest)
        weights += largest**2
        c = 1.0 / t
        if not self.keras:
            c = largest**2 / np.maximum(weights, np.finfo(np.float64).tiny)
        np.multiply(gradient, gradient, out=s)
        average(self.v, self.beta2, self.new2, s, s)
        np.divide(self.v, self.cast(1.0 - self.power("beta2", t)), out=d)
        np.sqrt(d, out=d)
        d += self.epsilon
        np.divide(gradient, d, out=s)
        if self.shrinks:
            np.multiply(theta, self.weight_decay, out=d)
            s += d
        np.subtract(z, theta, out=d)
        d *= self.cast(np.asarray(c))
        theta += d
        np.multiply(s, self.cast(rate * (1.0 - e.beta1 * (1.0 - c))), out=d)
        theta -= d
        s *= self.cast(rate)
        z -= s
