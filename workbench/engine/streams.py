"""Random numbers that depend on seed, draw, start and purpose alone.

A race is fair because nothing here knows how many runs there are: every lane of the same draw and start draws the same
initial weights, batches and noise, and a lane run by itself draws what it draws in any race.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Purpose(IntEnum):
    """What a stream is for. The numbers are part of every recorded result: never renumber them."""

    WEIGHTS = 0
    BATCHES = 1
    NOISE = 2
    DATA = 3
    SPLIT = 4
    PLANE = 5
    DROPOUT = 6
    STARTS = 12


def stream(seed: int, purpose: Purpose, start: int = 0, index: int = 0, draw: int = 0) -> np.random.Generator:
    """The generator for one purpose of one start; `index` numbers epochs or blocks within it, `draw` whole races."""
    key = (start, int(purpose), index)
    # a longer key for other draws only: what was drawn before there were any stays what it is
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*key, draw) if draw else key))


class Streams:
    """Which runs share their random numbers: those of the same draw and start.

    What is random is drawn once for each pair of these, in the order of `keys`, and handed to the runs by `of`.

    Attributes:
        of: the pair (R,) of each run, its place in `keys`.
    """

    def __init__(self, seed: int, lanes: int, starts: int, draws: Sequence[int] = ()) -> None:
        """`draws` are those of the lanes, all 0 where left out.

        Raises:
            ValueError: there are not as many draws as lanes.
        """
        if draws and len(draws) != lanes:
            raise ValueError(f"there must be a draw for each of the {lanes} lanes, got {len(draws)}")
        self.seed = seed
        distinct = tuple(dict.fromkeys(draws or (0,)))
        self._draws = np.repeat(np.array(distinct, np.intp), starts)
        self._starts = np.tile(np.arange(starts), len(distinct))
        first = np.array([distinct.index(draw) * starts for draw in draws or (0,) * lanes], np.intp)
        self.of: NDArray[np.intp] = (first[:, None] + np.arange(starts)).ravel()

    @classmethod
    def of_runs(cls, seed: int, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> Streams:
        """The streams of K runs in any order, of these starts and draws (K,)."""
        found = cls(seed, 1, 1)
        _, first, place = np.unique(draws * (int(starts.max()) + 1) + starts, return_index=True, return_inverse=True)
        seen = np.argsort(first)  # pairs stand in the order in which the runs have them
        rank = np.empty_like(seen)
        rank[seen] = np.arange(len(seen))
        found._draws, found._starts, found.of = draws[first[seen]], starts[first[seen]], rank[place]
        return found

    @cached_property
    def keys(self) -> tuple[tuple[int, int], ...]:
        """The pairs (draw, start) that there are; made when first asked for, since there may be very many."""
        return tuple(zip(self._draws.tolist(), self._starts.tolist(), strict=True))

    @property
    def starts(self) -> NDArray[np.intp]:
        """The start (R,) of each run."""
        return np.asarray(self._starts[self.of])

    def draw_of(self, run: int) -> int:
        """The draw of a run's lane."""
        return self.keys[int(self.of[run])][0]

    def generators(self, purpose: Purpose, index: int = 0) -> list[np.random.Generator]:
        """The generator of each of the K pairs for one purpose."""
        return [stream(self.seed, purpose, start, index, draw) for draw, start in self.keys]

    def copies(self, drawn: int) -> int:
        """The length of what `for_runs` makes of so many drawn."""
        return drawn if drawn in (1, len(self.of)) else len(self.of)

    def for_runs(self, drawn: NDArray[Any]) -> NDArray[Any]:
        """What was drawn (K, ..) as the runs see it: (R, ..), or (1, ..) where all of them share it."""
        return drawn if self.copies(len(drawn)) == len(drawn) else drawn[self.of]
