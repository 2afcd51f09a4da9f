"""Schedules: a factor on the learning rate for each step. Step numbers start at 0 for the first step taken.

All begin with the same linear warm-up where one is asked for: over its w steps the factor rises in proportion to k + 1
(P. Goyal et al., Accurate, large minibatch SGD, 2017), and the schedule itself starts behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param, Value, complete
from workbench.engine.registry import Registry, Source

Floats = NDArray[np.floating[Any]]

#: Steps that a schedule spreads over where neither it nor the run has an end.
ENDLESS = 1000

WARMUP = Param(
    name="warmup",
    default=0,
    low=0,
    high=10**9,
    slider=(0, 1000),
    symbol="w",
    doc="Steps over which the rate rises evenly from near zero before the schedule begins.",
)


class Schedule:
    """The factor by which the learning rate is multiplied for step k = 0, 1, ...

    The parameters become attributes. `total` is the length of the run in steps, 0 where it has no end. A schedule is
    a plain function of k unless it `remembers`: then the race keeps its memory, arrays (S,) that `begin` makes and
    `observe` updates, and multiplies by `memory["factor"]`.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = (WARMUP,)
    #: whether it depends on the losses so far
    remembers: ClassVar[bool] = False

    warmup: int

    def __init__(self, parameters: Mapping[str, Value] | None = None, total: int = 0) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        values = complete(self.params, parameters or {}, owner=f'the schedule "{self.key}"')
        for name, value in values.items():
            setattr(self, name, value)
        self.total = total

    def __eq__(self, other: object) -> bool:
        """Whether the other one is the same rule with the same settings, also where it came from another process."""
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.key, *sorted(vars(self).items())))

    def factor(self, k: int) -> float:
        """The factor in force at step k, as far as the step alone says."""
        if k < self.warmup:
            return (k + 1) / self.warmup * self.shape(0)
        return self.shape(k - self.warmup)

    @property
    def is_level(self) -> bool:
        """Whether the rate never changes: then there is nothing to do at a step."""
        return False

    def shape(self, k: int) -> float:
        """The factor k steps after the warm-up."""
        raise NotImplementedError

    def begin(self, starts: int, epoch: int) -> dict[str, Floats]:
        """The memory of S runs before the first loss, `epoch` steps to an epoch (0 without); empty without memory."""
        return {}

    def observe(self, memory: MutableMapping[str, Floats], loss: Floats) -> None:
        """Take the loss (S,) that the next step sees into the memory, in place."""

    def spread(self, chosen: int) -> int:
        """The steps that the schedule spreads over: those chosen, or the run behind the warm-up."""
        return chosen or max(1, self.total - self.warmup if self.total else ENDLESS)


schedules: Registry[Schedule] = Registry("schedule")


def curve(schedule: Schedule, steps: int, points: int = 512) -> tuple[NDArray[np.int64], Floats]:
    """At most `points` steps (T,) evenly over [0, steps) and the factors (T,) there, for a preview."""
    at = np.unique(np.linspace(0, max(0, steps - 1), min(points, max(1, steps))).astype(np.int64))
    return at, np.array([schedule.factor(int(k)) for k in at])


def period(doc: str) -> Param:
    return Param(
        name="period",
        default=0,
        low=0,
        high=10**9,
        slider=(0, 10000),
        symbol="n",
        doc=f"{doc}; 0 takes the length of the run, or {ENDLESS} where it has none.",
    )


def steps(name: str, default: int, symbol: str, doc: str, slider: tuple[float, float] = (1, 5000)) -> Param:
    return Param(name=name, default=default, low=1, high=10**9, slider=slider, symbol=symbol, doc=doc)


def gamma(default: float, doc: str) -> Param:
    return Param(name="gamma", default=default, low=0, high=1, low_open=True, symbol="γ", doc=doc)


FLOOR = Param(name="floor", default=0.0, low=0, high=1, symbol="m", doc="The share of the rate that stays at the end.")
