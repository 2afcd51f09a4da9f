"""The constant rate, and schedules that only fall: step, exponential, inverse time and root, linear, polynomial."""

from __future__ import annotations

import math

from workbench.engine.params import Param
from workbench.engine.registry import Source
from workbench.engine.schedules.base import FLOOR, WARMUP, Schedule, gamma, period, schedules, steps


@schedules.register("constant")
class Constant(Schedule):
    """The learning rate as it is, behind a warm-up where one is asked for."""

    title = "Constant"
    formula = "η_k = η"
    source = Source("H. Robbins, S. Monro, A stochastic approximation method", 1951)

    @property
    def is_level(self) -> bool:
        return not self.warmup

    def shape(self, k: int) -> float:
        return 1.0


@schedules.register("step")
class StepDecay(Schedule):
    """The rate falls by a factor at regular intervals."""

    title = "Step decay"
    formula = "η_k = η γ^⌊k / n⌋"
    source = Source("A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep networks", 2012)
    params = (steps("every", 500, "n", "Steps between two falls."), gamma(0.5, "The factor of each fall."), WARMUP)

    every: int
    gamma: float

    def shape(self, k: int) -> float:
        return float(self.gamma ** (k // self.every))


@schedules.register("exponential")
class Exponential(Schedule):
    """The rate falls by the same factor each step."""

    title = "Exponential decay"
    formula = "η_k = η γ^k"
    source = Source("S. Reddi et al., PyTorch documentation, ExponentialLR", 2019)
    params = (gamma(0.999, "The factor of each step."), WARMUP)

    gamma: float

    def shape(self, k: int) -> float:
        return float(self.gamma**k)


@schedules.register("inverse_time")
class InverseTime(Schedule):
    """The rate falls as one over the time, the slowest fall for which gradient descent on noisy gradients converges."""

    title = "Inverse time decay"
    formula = "η_k = η / (1 + γ k / n)"
    source = Source(
        "H. Robbins, S. Monro, A stochastic approximation method", 1951, "https://doi.org/10.1214/aoms/1177729586"
    )
    params = (
        steps("every", 100, "n", "Steps after which the rate has fallen to 1 / (1 + γ) of itself."),
        Param(name="gamma", default=1.0, low=0, high=1e6, slider=(0, 10), symbol="γ", doc="How far it falls by then."),
        WARMUP,
    )

    every: int
    gamma: float

    def shape(self, k: int) -> float:
        return 1.0 / (1.0 + self.gamma * k / self.every)


@schedules.register("inverse_sqrt")
class InverseSquareRoot(Schedule):
    """The rate falls as one over the root of the time; with a warm-up of n steps, the schedule of the Transformer."""

    title = "Inverse square root"
    formula = "η_k = η √(n / (n + k))"
    source = Source("A. Vaswani et al., Attention is all you need", 2017, "https://arxiv.org/abs/1706.03762")
    params = (steps("every", 100, "n", "Steps after which the rate has fallen to 1/√2 of itself."), WARMUP)

    every: int

    def shape(self, k: int) -> float:
        return math.sqrt(self.every / (self.every + k))


@schedules.register("linear")
class Linear(Schedule):
    """A straight line from the full rate to a floor."""

    title = "Linear decay"
    formula = "η_k = η (1 − (1 − m) k / n)"
    source = Source("J. Devlin et al., BERT: pre-training of deep bidirectional transformers", 2019)
    params = (period("Steps until the floor"), FLOOR, WARMUP)

    period: int
    floor: float

    def shape(self, k: int) -> float:
        n = self.spread(self.period)
        return 1.0 - (1.0 - self.floor) * min(k, n) / n


@schedules.register("polynomial")
class Polynomial(Schedule):
    """A power of the steps that are left."""

    title = "Polynomial decay"
    formula = "η_k = η (m + (1 − m)(1 − k / n)^p)"
    source = Source("L.-C. Chen et al., DeepLab: semantic image segmentation", 2017, "https://arxiv.org/abs/1606.00915")
    params = (
        period("Steps until the floor"),
        Param(name="power", default=2.0, low=0, high=100, low_open=True, slider=(0.5, 4), symbol="p", doc="The power."),
        FLOOR,
        WARMUP,
    )

    period: int
    power: float
    floor: float

    def shape(self, k: int) -> float:
        n = self.spread(self.period)
        return float(self.floor + (1.0 - self.floor) * (1.0 - min(k, n) / n) ** self.power)
