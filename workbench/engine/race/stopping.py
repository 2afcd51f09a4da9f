"""Early stopping: when a race of networks ends by its test loss, and what it remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats

#: what is looked at
METRIC = "test_loss"


@dataclass(frozen=True, slots=True)
class StopRule:
    """A run has come to its end where its test loss has not become better for a while, or is low enough.

    L. Prechelt, Early stopping - but when?, 1998.

    Attributes:
        patience: steps without a better test loss; 0 is no such end.
        improvement: what counts as better: lower than the best by more than this.
        target: the test loss that is low enough, None for none.
    """

    patience: int = 0
    improvement: float = 0.0
    target: float | None = None


class Stopping:
    """What the rule remembers of R runs: the best test loss so far and its step."""

    def __init__(self, rule: StopRule, runs: int) -> None:
        self.rule = rule
        self.best = np.full(runs, np.inf)
        self.best_at = np.zeros(runs, np.int64)

    def look(self, step: int, losses: Floats) -> NDArray[np.bool_]:
        """Take the test losses (R,) at a step; gives which runs have come to their end."""
        better = losses < self.best - self.rule.improvement
        self.best[better] = losses[better]
        self.best_at[better] = step
        ended = np.zeros(len(losses), np.bool_)
        if self.rule.patience:
            ended |= step - self.best_at >= self.rule.patience
        if self.rule.target is not None:
            ended |= losses <= self.rule.target
        return ended

    def copy_runs(self, to: slice, source: slice) -> None:
        """Let some runs have the past of others."""
        self.best[to], self.best_at[to] = self.best[source], self.best_at[source]

    @property
    def arrays(self) -> dict[str, Floats]:
        """What it remembers, copied."""
        return {"best": self.best.copy(), "best_at": self.best_at.astype(np.float64)}

    def load(self, saved: Mapping[str, Floats]) -> None:
        """Remember what `arrays` gave."""
        if saved:
            self.best[:] = saved["best"]
            self.best_at[:] = saved["best_at"]
