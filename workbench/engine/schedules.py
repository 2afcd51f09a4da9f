"""Schedules: a factor on the learning rate for each step. Step numbers start at 0 for the first step taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from workbench.engine.params import Param, Value, complete
from workbench.engine.registry import Registry, Source


class Schedule:
    """The factor by which the learning rate is multiplied for step k = 0, 1, ...

    The parameters become attributes. `total` is the length of the run in steps, 0 where it has no end.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()

    def __init__(self, parameters: Mapping[str, Value] | None = None, total: int = 0) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        values = complete(self.params, parameters or {}, owner=f'the schedule "{self.key}"')
        for name, value in values.items():
            setattr(self, name, value)
        self.total = total

    def factor(self, k: int) -> float:
        """The factor in force at step k."""
        raise NotImplementedError


schedules: Registry[Schedule] = Registry("schedule")


@schedules.register("constant")
class Constant(Schedule):
    """The learning rate as it is."""

    title = "Constant"
    formula = "η_k = η"
    source = Source("H. Robbins, S. Monro, A stochastic approximation method", 1951)

    def factor(self, k: int) -> float:
        return 1.0


@schedules.register("step")
class StepDecay(Schedule):
    """The rate falls by a factor at regular intervals."""

    title = "Step decay"
    formula = "η_k = η γ^⌊k / n⌋"
    source = Source("A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep networks", 2012)
    params = (
        Param(
            name="every", default=500, low=1, high=10**9, slider=(1, 5000), symbol="n", doc="Steps between two falls."
        ),
        Param(name="gamma", default=0.5, low=0, high=1, low_open=True, symbol="γ", doc="The factor of each fall."),
    )

    every: int
    gamma: float

    def factor(self, k: int) -> float:
        return float(self.gamma ** (k // self.every))


@schedules.register("exponential")
class Exponential(Schedule):
    """The rate falls by the same factor each step."""

    title = "Exponential decay"
    formula = "η_k = η γ^k"
    source = Source("S. Reddi et al., PyTorch documentation, ExponentialLR", 2019)
    params = (
        Param(name="gamma", default=0.999, low=0, high=1, low_open=True, symbol="γ", doc="The factor of each step."),
    )

    gamma: float

    def factor(self, k: int) -> float:
        return float(self.gamma**k)


@schedules.register("cosine")
class Cosine(Schedule):
    """Half a cosine from the full rate to a floor, without restarts."""

    title = "Cosine"
    formula = "η_k = η (m + (1 − m)(1 + cos(π k / n)) / 2)"
    source = Source(
        "I. Loshchilov, F. Hutter, SGDR: stochastic gradient descent with warm restarts",
        2017,
        "https://arxiv.org/abs/1608.03983",
    )
    params = (
        Param(
            name="period",
            default=0,
            low=0,
            high=10**9,
            slider=(0, 10000),
            symbol="n",
            doc="Steps until the floor; 0 takes the length of the run, or 1000 where it has none.",
        ),
        Param(name="floor", default=0.0, low=0, high=1, symbol="m", doc="The share of the rate that stays at the end."),
    )

    period: int
    floor: float

    def factor(self, k: int) -> float:
        n = self.period or self.total or 1000
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * min(k, n) / n))
