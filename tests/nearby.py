"""Rates and starts nearby: a rate whose run stays in its minimum by luck alone does not stay there from all of them.

A run that is thrown out of a minimum after thousands of steps shows each rounding error as large as itself by then: it
may stay on one processor and leave on another. So a rate counts as one that stays only together with rates a little
below and above it, and from starts that differ from the usual one in their last digits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: What the rate is multiplied by: far more than any machine's rounding does, and little beside the steps of the grid
#: (1, 2, 5), the next rate of which may rightly behave in another way.
FACTORS = (0.9, 0.95, 1.05, 1.1)
#: The share by which a start's coordinates differ: ten thousand times their last digit, so that some hundred steps of
#: rounding cannot undo it, and nothing that could be seen. A coordinate of 0 stays one, as it does under rounding.
DIGITS = 1e-12


def nearby(rates: Floats, points: Floats, *, factors: Sequence[float], draws: int, seed: int) -> tuple[Floats, Floats]:
    """Rates (L V, S) and starts (L V, S, D) for rates (L, S) from points (S, D): V variants of each lane, in its place.

    The first of a lane is itself, then come those at other rates, then those from other starts.
    """
    count = 1 + len(factors) + draws
    scale = np.ones(count)
    scale[1 : 1 + len(factors)] = factors
    begun = np.broadcast_to(points, (len(rates), count, *points.shape)).copy()
    noise = np.random.default_rng(seed).standard_normal((len(rates), draws, *points.shape))
    begun[:, count - draws :] *= 1.0 + DIGITS * noise
    return (rates[:, None] * scale[:, None]).reshape(-1, rates.shape[1]), begun.reshape(-1, *points.shape)
