"""Random numbers that depend on seed, draw, start and purpose alone.

A race is fair because nothing here knows how many runs there are: every lane of the same draw and start draws the same
initial weights, batches and noise, and a lane run by itself draws what it draws in any race.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
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


def stream(seed: int, purpose: Purpose, start: int = 0, index: int = 0, draw: int = 0) -> np.random.Generator:
    """The generator for one purpose of one start; `index` numbers epochs or blocks within it, `draw` whole races."""
    key = (start, int(purpose), index)
    # a longer key for other draws only: what was drawn before there were any stays what it is
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*key, draw) if draw else key))


class Streams:
    """Which runs share their random numbers: those of the same draw and start.

    What is random is drawn once for each pair of these, in the order of `keys`, and handed to the runs by `of`.

    Attributes:
        keys: the pairs (draw, start) that there are, K of them.
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
        self.keys = tuple((draw, start) for draw in distinct for start in range(starts))
        first = np.array([distinct.index(draw) * starts for draw in draws or (0,) * lanes], np.intp)
        self.of: NDArray[np.intp] = (first[:, None] + np.arange(starts)).ravel()

    def draw_of(self, run: int) -> int:
        """The draw of a run's lane."""
        return self.keys[int(self.of[run])][0]

    def generators(self, purpose: Purpose, index: int = 0) -> list[np.random.Generator]:
        """The generator of each of the K pairs for one purpose."""
        return [stream(self.seed, purpose, start, index, draw) for draw, start in self.keys]

    def for_runs(self, drawn: NDArray[Any]) -> NDArray[Any]:
        """What was drawn (K, ..) as the runs see it: (R, ..), or (1, ..) where all of them share it."""
        return drawn if len(self.keys) in (1, len(self.of)) else drawn[self.of]
