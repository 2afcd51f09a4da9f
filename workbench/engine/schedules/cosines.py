"""Schedules made of half cosines: one, one after another, up and down."""

from __future__ import annotations

import math

from workbench.engine.params import Param
from workbench.engine.registry import Source
from workbench.engine.schedules.base import FLOOR, WARMUP, Schedule, period, schedules, steps

SGDR = Source(
    "I. Loshchilov, F. Hutter, SGDR: stochastic gradient descent with warm restarts",
    2017,
    "https://arxiv.org/abs/1608.03983",
)


@schedules.register("cosine")
class Cosine(Schedule):
    """Half a cosine from the full rate to a floor, without restarts."""

    title = "Cosine"
    formula = "η_k = η (m + (1 − m)(1 + cos(π k / n)) / 2)"
    source = SGDR
    params = (period("Steps until the floor"), FLOOR, WARMUP)

    period: int
    floor: float

    def shape(self, k: int) -> float:
        n = self.spread(self.period)
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * min(k, n) / n))


@schedules.register("cosine_restarts")
class CosineRestarts(Schedule):
    """Half cosines one after another, each as many times longer than the last as `growth` says."""

    title = "Cosine with warm restarts"
    formula = "η_k = η (m + (1 − m)(1 + cos(π k_i / n_i)) / 2),  n_{i+1} = M n_i"
    source = SGDR
    params = (
        steps("every", 200, "n₀", "Steps of the first cosine."),
        Param(
            name="growth",
            default=2,
            low=1,
            high=100,
            slider=(1, 4),
            symbol="M",
            doc="How many times longer the next is.",
        ),
        FLOOR,
        WARMUP,
    )

    every: int
    growth: int
    floor: float

    def shape(self, k: int) -> float:
        n = self.every
        if self.growth == 1:
            k %= n
        while k >= n:
            k -= n
            n *= self.growth
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * k / n))


@schedules.register("one_cycle")
class OneCycle(Schedule):
    """Up to the full rate and down again far below where it began, each way along half a cosine, as in PyTorch.

    The learning rate is the highest one. Momentum stays as it is; the paper lets it fall while the rate rises. Where
    less than a step is spent rising, this program begins at the full rate; PyTorch begins 1/n down the cosine, and
    divides by zero where it is one step.
    """

    title = "One cycle"
    formula = "η/d → η over the share s of n steps, then η → η/(d D), along half cosines"
    source = Source(
        "L. N. Smith, N. Topin, Super-convergence: very fast training of neural networks using large learning rates",
        2019,
        "https://arxiv.org/abs/1708.07120",
    )
    params = (
        period("Steps of the cycle"),
        Param(name="rise", default=0.3, low=0, high=1, high_open=True, symbol="s", doc="The share spent rising."),
        Param(
            name="begin_divisor", default=25.0, low=1, high=1e6, slider=(1, 100), symbol="d", doc="It begins at η / d."
        ),
        Param(
            name="end_divisor",
            default=1e4,
            low=1,
            high=1e12,
            scale="log",
            slider=(1, 1e6),
            symbol="D",
            doc="It ends at η / (d D).",
        ),
        WARMUP,
    )

    period: int
    rise: float
    begin_divisor: float
    end_divisor: float

    def turning_points(self) -> tuple[int, float]:
        """The last step of the cycle, and where the rate is highest."""
        last = max(1, self.spread(self.period) - 1)
        return last, max(0.0, self.rise * (last + 1) - 1.0)

    def shape(self, k: int) -> float:
        last, top = self.turning_points()
        low, end = 1.0 / self.begin_divisor, 1.0 / (self.begin_divisor * self.end_divisor)
        k = min(k, last)
        if k < top:
            return 1.0 + (low - 1.0) * 0.5 * (1.0 + math.cos(math.pi * k / top))
        return end + (1.0 - end) * 0.5 * (1.0 + math.cos(math.pi * (k - top) / (last - top)))
