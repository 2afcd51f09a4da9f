"""Performance profiles: how often each method needs no more than so many times what the best one needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ratios(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each method took of each problem (P, S), divided by the least of any: infinite where it did not solve it.

    A problem that none solves has no ratio, not-a-number. Costs of nothing (a run that begins there) count as 1.
    E. D. Dolan, J. J. More, Benchmarking optimization software with performance profiles (2002).
    """
    costs = np.where(np.isnan(costs), np.inf, np.maximum(costs, 1.0))
    least = costs.min(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(least), costs / least, np.nan)


def profile(costs: NDArray[np.float64], factors: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of all problems (S, T) that each method solves within each factor (T,) of the best one's cost."""
    found = ratios(costs)
    with np.errstate(invalid="ignore"):
        return np.asarray((found[:, :, None] <= factors).mean(axis=0))
