"""Random numbers that depend on seed, start and purpose alone.

A race is fair because nothing here knows how many runs there are: every lane of the same start draws the same
initial weights, batches and noise, and a lane run by itself draws what it draws in any race.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for. The numbers are part of every recorded result: never renumber them."""

    WEIGHTS = 0
    BATCHES = 1
    NOISE = 2
    DATA = 3
    SPLIT = 4
    PLANE = 5
    DROPOUT = 6


def stream(seed: int, purpose: Purpose, start: int = 0, index: int = 0) -> np.random.Generator:
    """The generator for one purpose of one start; `index` numbers epochs or blocks within it."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(start, int(purpose), index)))
