"""What the looks at a run say of it within a budget: its final and best value, when it arrived, whether it diverged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Looks at runs, the looks last.

    Attributes:
        values: (..., K), not-a-number from where a run had diverged.
        costs: (..., K) what it had spent until then, in the unit of the budget; never falling.
        failed: (...) runs that could not be computed.
    """

    values: Floats
    costs: Floats
    failed: NDArray[np.bool_]

    def take(self, which: Any) -> Seen:
        """Some of the runs."""
        return Seen(self.values[which], self.costs[which], self.failed[which])

    def within(self, budget: float) -> NDArray[np.bool_]:
        """Which looks (..., K) lie within a budget."""
        return np.asarray(self.costs <= budget)

    def final(self, budget: float) -> Floats:
        """The value at the last look within the budget: infinite where the run had diverged by then."""
        last = self.within(budget).sum(axis=-1, keepdims=True) - 1
        found = np.take_along_axis(self.values, last, axis=-1)[..., 0]
        return np.where(np.isnan(found), np.inf, found)

    def best(self, budget: float) -> Floats:
        """The lowest value at any look within the budget, before it diverged too; infinite where there is none."""
        held = np.where(self.within(budget) & ~np.isnan(self.values), self.values, np.inf)
        return np.asarray(held.min(axis=-1))

    def best_so_far(self) -> Floats:
        """The lowest value (..., K) up to each look."""
        return np.minimum.accumulate(np.where(np.isnan(self.values), np.inf, self.values), axis=-1)

    def arrived(self, target: float, budget: float) -> Floats:
        """What was spent at the first look at which the value was at or below the target; infinite where none was."""
        with np.errstate(invalid="ignore"):
            there = (self.values <= target) & self.within(budget)
        first = there.argmax(axis=-1)[..., None]
        return np.where(there.any(axis=-1), np.take_along_axis(self.costs, first, axis=-1)[..., 0], np.inf)

    def diverged(self, budget: float) -> NDArray[np.bool_]:
        """Which runs had diverged by the end of the budget."""
        return np.isinf(self.final(budget)) & ~self.failed


def seen_of(values: Floats, spent: NDArray[np.int64], looks: tuple[int, ...], unit: str, failed: Any) -> Seen:
    """Looks at runs, with costs in a unit. `spent` is -1 where it is not known: after a run has diverged.

    There a run is taken to go on at a gradient a step, as it might have.
    """
    steps = np.array(looks, np.float64)
    if unit == "steps":
        return Seen(values, np.broadcast_to(steps, values.shape), failed)
    extra = np.maximum.accumulate(np.where(spent < 0, 0.0, spent - steps), axis=-1)
    return Seen(values, steps + extra, failed)
