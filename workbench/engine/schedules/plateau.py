"""The schedule that looks at the loss."""

from __future__ import annotations

from collections.abc import MutableMapping

import numpy as np

from workbench.engine.params import Param
from workbench.engine.registry import Source
from workbench.engine.schedules.base import WARMUP, Floats, Schedule, gamma, schedules


@schedules.register("reduce_on_plateau")
class ReduceOnPlateau(Schedule):
    """The rate falls by a factor whenever the loss has not become better for a while; each run by its own losses.

    What is compared is the mean loss over `window` steps. Better means lower by more than `threshold`, relative to
    the size of the best so far. The rule is PyTorch's, called once a window, before the step that the last loss belongs
    to, as long as losses are positive. It parts from it in two things: for a negative best PyTorch takes
    L < (1 − τ) best, which also a higher loss fulfils, and it leaves out falls by less than its `eps` of 1e-8; this
    program does neither.
    """

    title = "Reduce on plateau"
    formula = "η ← γ η after more than p windows without L < L_best − τ |L_best|"
    source = Source("S. Chintala et al., PyTorch documentation, ReduceLROnPlateau", 2017)
    params = (
        gamma(0.5, "The factor of each fall."),
        Param(name="patience", default=50, low=0, high=10**9, slider=(0, 500), symbol="p", doc="Windows it waits for."),
        Param(
            name="threshold",
            default=1e-4,
            low=0,
            high=1,
            high_open=True,
            scale="log",
            symbol="τ",
            doc="What counts as better.",
        ),
        Param(
            name="window",
            default=0,
            low=0,
            high=10**6,
            slider=(0, 500),
            doc="Steps averaged; 0: an epoch, or one step.",
        ),
        Param(name="cooldown", default=0, low=0, high=10**9, slider=(0, 500), doc="Windows to rest after a fall."),
        Param(
            name="floor", default=0.0, low=0, high=1, symbol="m", doc="The share of the rate that it never falls below."
        ),
        WARMUP,
    )
    remembers = True

    gamma: float
    patience: int
    threshold: float
    window: int
    cooldown: int
    floor: float

    def shape(self, k: int) -> float:
        return 1.0

    def begin(self, starts: int, epoch: int) -> dict[str, Floats]:
        memory = {name: np.zeros(starts) for name in ("sum", "count", "bad", "resting")}
        first = {"best": np.full(starts, np.inf), "factor": np.ones(starts), "epoch": np.full(starts, float(epoch))}
        return memory | first

    def observe(self, memory: MutableMapping[str, Floats], loss: Floats) -> None:
        memory["sum"] += loss
        memory["count"] += 1.0
        if memory["count"][0] < (self.window or memory["epoch"][0] or 1):
            return
        mean, best, bad, resting = memory["sum"] / memory["count"], memory["best"], memory["bad"], memory["resting"]
        known = np.where(np.isfinite(best), best, 0.0)  # the best is infinite before the first window
        better = mean < best - self.threshold * np.abs(known)
        np.copyto(best, mean, where=better)
        np.copyto(bad, np.where(better | (resting > 0), 0.0, bad + 1.0))
        np.copyto(resting, np.maximum(0.0, resting - 1.0))
        falls = bad > self.patience
        np.copyto(memory["factor"], np.maximum(self.floor, memory["factor"] * self.gamma), where=falls)
        np.copyto(resting, float(self.cooldown), where=falls)
        np.copyto(bad, 0.0, where=falls)
        memory["sum"][:] = memory["count"][:] = 0.0
