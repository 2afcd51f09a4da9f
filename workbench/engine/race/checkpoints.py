"""States of a race that it can go back to: a bounded ring, spread over the whole run."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

_RECENT, _RECENT_SPACING = 32, 256


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that a race needs to go on bit for bit; plain arrays and values, each owned by the checkpoint.

    Batches and noise follow from seed, start and step, so that no random state is among them.

    Attributes:
        step: steps taken.
        theta: the parameters (R, P).
        alive: which runs go on (R,).
        diverged_at: the step at which a run diverged, -1 where it did not (R,).
        optimizers: the state arrays of each group of runs.
        schedules: what each lane's schedule remembers of the losses, empty for one that follows from the step alone.
        problem: the state arrays of the problem, such as running averages.
        diverged_layer: in which layer a run diverged, -1 where it did not or no layer can be named (R,) or (1,).
        reached_at: the step at which a run came within the tolerance, -1 where it has not (R,) or (1,).
        stopping: what early stopping remembers, empty without it.
    """

    step: int
    theta: Floats
    alive: NDArray[np.bool_]
    diverged_at: NDArray[np.int64]
    optimizers: tuple[dict[str, Floats], ...]
    schedules: tuple[dict[str, Floats], ...] = ()
    problem: dict[str, Floats] = field(default_factory=dict)
    diverged_layer: NDArray[np.int64] = field(default_factory=lambda: np.full(1, -1))
    reached_at: NDArray[np.int64] = field(default_factory=lambda: np.full(1, -1))
    stopping: dict[str, Floats] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        groups = (*self.optimizers, *self.schedules, self.problem)
        return self.theta.nbytes + sum(a.nbytes for group in groups for a in group.values())

    def copy(self) -> Checkpoint:
        """The same with arrays of its own."""
        return Checkpoint(
            self.step,
            self.theta.copy(),
            self.alive.copy(),
            self.diverged_at.copy(),
            tuple(map(_copied, self.optimizers)),
            tuple(map(_copied, self.schedules)),
            _copied(self.problem),
            self.diverged_layer.copy(),
            self.reached_at.copy(),
            _copied(self.stopping),
        )


def _copied(arrays: dict[str, Floats]) -> dict[str, Floats]:
    return {name: array.copy() for name, array in arrays.items()}


class Checkpoints:
    """Checkpoints every `spacing` steps, which doubles whenever the memory or the number allowed is full.

    The state at step 0 is always kept. The last stretch of the run is kept closer together, so that stepping back
    from the end of a long run answers at once.
    """

    def __init__(self, limit_bytes: int = 64 << 20, limit_count: int = 256, spacing: int = 1) -> None:
        self.spacing = spacing
        self.limit_bytes, self.limit_count = limit_bytes, limit_count
        self._kept: dict[int, Checkpoint] = {}
        self._order: list[int] = []
        self._bytes = 0
        self._recent: deque[Checkpoint] = deque(maxlen=_RECENT)
        self._has_last_stretch = True  # until a state shows to be too large for it

    def wants(self, step: int) -> bool:
        """Whether the state at this step is due to be kept."""
        spacing = min(self.spacing, _RECENT_SPACING) if self._has_last_stretch else self.spacing
        return step % spacing == 0 and step not in self._kept

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keep a state; older ones make room by leaving every second one out."""
        if checkpoint.step in self._kept:
            return
        self._has_last_stretch = _RECENT * checkpoint.nbytes <= self.limit_bytes // 4
        if checkpoint.step % self.spacing:
            if self._has_last_stretch:
                self._recent.append(checkpoint)
            return
        self._kept[checkpoint.step] = checkpoint
        self._order.insert(bisect_right(self._order, checkpoint.step), checkpoint.step)
        self._bytes += checkpoint.nbytes
        while len(self._kept) > 2 and (self._bytes > self.limit_bytes or len(self._kept) > self.limit_count):
            self.spacing *= 2
            self._drop([s for s in self._order if s % self.spacing])

    def nearest(self, step: int) -> Checkpoint:
        """The last kept state at or before `step`."""
        kept = self._kept[self._order[bisect_right(self._order, step) - 1]]
        return max((c for c in self._recent if kept.step < c.step <= step), key=lambda c: c.step, default=kept)

    def up_to(self, step: int) -> list[Checkpoint]:
        """The kept states up to `step`, in order: evenly spaced, then the last stretch closer together."""
        kept = self._order[: bisect_right(self._order, step)]
        recent = {c.step: c for c in self._recent if kept and kept[-1] < c.step <= step}
        return [self._kept[at] for at in kept] + [recent[at] for at in sorted(recent)]

    def truncate(self, step: int) -> None:
        """Forget the states after `step`."""
        self._drop([s for s in self._order if s > step])
        self._recent = deque((c for c in self._recent if c.step <= step), maxlen=_RECENT)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of the states kept over the whole run, in order."""
        return tuple(self._order)

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The step and the bytes of each of them."""
        return tuple((step, self._kept[step].nbytes) for step in self._order)

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, steps: list[int]) -> None:
        for step in steps:
            self._bytes -= self._kept.pop(step).nbytes
        self._order = sorted(self._kept)
