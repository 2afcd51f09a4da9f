"""The numbers of a comparison: orders with their ties, what more trials would have found, profiles. Arrays alone.

Costs are (U, L): U units that runs are alike in (seeds, or studies) of L lanes; infinite where a lane missed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.studies.profile import ratios

Floats = NDArray[np.float64]
#: resamples of a bootstrap, and the seed that draws them
RESAMPLES, BOOTSTRAP_SEED = 2000, 0
#: the share of resamples in which a lane may be behind one that it is surely ahead of: 95 % to both sides, divided by
#: the comparisons that a lane has with all others (C. E. Bonferroni)
DOUBT = 0.025
#: to which factor of the fastest a profile is taken together in one number, as AlgoPerf does
PROFILE_TO = 4.0
_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True)
class Standing:
    """What lanes (..., L) are ordered by: the median cost, and among infinite ones the share of units that missed."""

    median: Floats
    missed: Floats

    def ahead(self) -> NDArray[np.bool_]:
        """Whether lane i is ahead of lane j (..., L, L)."""
        a, b = self.median[..., :, None], self.median[..., None, :]
        more = self.missed[..., :, None] < self.missed[..., None, :]
        return np.asarray((a < b) | (np.isinf(a) & np.isinf(b) & more))

    def places(self) -> Floats:
        """The place (..., L) of each lane, from 1 on; lanes that are equal share the middle of theirs."""
        ahead = self.ahead()
        before, behind = ahead.sum(axis=-2), ahead.sum(axis=-1)
        equal = ahead.shape[-1] - before - behind
        return np.asarray(1.0 + before + (equal - 1) / 2.0)


def standing(costs: Floats) -> Standing:
    """Of costs (..., S, R, L): the median over R seeds, and of these over S studies."""
    with np.errstate(invalid="ignore"):  # between two infinite ones
        inner = np.median(costs, axis=-2)
        median = np.median(inner, axis=-2)
    return Standing(np.where(np.isnan(median), np.inf, median), np.isinf(costs).mean(axis=(-3, -2)))


def resampled(costs: Floats, count: int = RESAMPLES, seed: int = BOOTSTRAP_SEED) -> Standing:
    """The standing (B, L) in each of `count` resamples of the seeds, and of the studies where there are several.

    Costs are (S, R, L). A seed is drawn for all lanes at once, since they share what it draws; steps are never drawn:
    those of a run depend on each other. B. Efron (1979).
    """
    random = np.random.default_rng(seed)
    studies, seeds = costs.shape[:2]
    drawn_seeds = random.integers(0, seeds, (count, seeds))
    drawn_studies = random.integers(0, studies, (count, studies))
    parts, at_once = [], max(1, _AT_ONCE // costs.size)
    for first in range(0, count, at_once):
        s, r = drawn_studies[first : first + at_once], drawn_seeds[first : first + at_once]
        parts.append(standing(costs[s[:, :, None], r[:, None, :]]))
    return Standing(np.concatenate([p.median for p in parts]), np.concatenate([p.missed for p in parts]))


def ranks(ahead: Floats) -> NDArray[np.int64]:
    """The rank (L,) of each lane: one more than there are lanes that are surely ahead of it.

    `ahead` (L, L) is the share of resamples in which lane i is ahead of lane j. Lanes of one rank are a tie.
    """
    doubt = DOUBT / max(1, len(ahead) - 1)
    return np.asarray(1 + (ahead >= 1.0 - doubt).sum(axis=0))


def deciding(costs: Floats) -> list[tuple[int, int, int]]:
    """Seeds that decide who is first: the number of the seed, the first lane, and who is first without that seed.

    Costs are (S, R, L). Lanes that are level are no decision.
    """
    seeds = costs.shape[1]
    found = []
    first = _first(standing(costs))
    if seeds > 1 and first is not None:
        for r in range(seeds):
            other = _first(standing(np.delete(costs, r, axis=1)))
            if other is not None and other != first:
                found.append((r, first, other))
    return found


def _first(found: Standing) -> int | None:
    """The lane that is ahead of all others."""
    ahead = found.ahead()
    np.fill_diagonal(ahead, True)
    all_of = np.flatnonzero(ahead.all(axis=1))
    return int(all_of[0]) if len(all_of) else None


@dataclass(frozen=True, slots=True)
class Curve:
    """The best of k of n trials, for k from 1 to n: its mean, and its quartiles."""

    expected: Floats
    low: Floats
    median: Floats
    high: Floats


def best_of(scores: Floats) -> Curve:
    """What the best of k trials comes to, over all subsets of the n scores (n,): exactly, without drawing any.

    The i-th smallest score is the best of C(n - i, k - 1) of the C(n, k) subsets. The mean is infinite as long as k
    trials can all have missed. J. Dodge et al. (2019) draw with replacement; R. Tang et al. (2020) show that such an
    estimate is biased, and this one is not.
    """
    ordered = np.sort(np.where(np.isnan(scores), np.inf, scores))
    n = len(ordered)
    found = np.empty((4, n))
    for k in range(1, n + 1):
        weights = np.array([math.comb(n - i, k - 1) / math.comb(n, k) for i in range(1, n + 1)])
        likely = weights > 0
        found[0, k - 1] = (ordered[likely] * weights[likely]).sum()
        shares = np.cumsum(weights)
        for row, share in enumerate((0.25, 0.5, 0.75), start=1):
            found[row, k - 1] = ordered[min(n - 1, int(np.searchsorted(shares, share - 1e-12)))]
    return Curve(*found)


def profile_score(costs: Floats, to: float = PROFILE_TO) -> Floats:
    """The mean height (L,) of each lane's performance profile over factors from 1 to `to`; costs are (P, L).

    What AlgoPerf scores with (G. E. Dahl et al., 2023). Of problems that no lane solved nothing counts.
    """
    with np.errstate(invalid="ignore"):
        room = np.clip(to - ratios(costs), 0.0, to - 1.0)
    return np.asarray(np.where(np.isnan(room), 0.0, room).mean(axis=0) / (to - 1.0))


def quartiles(values: Floats) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile of some values; the outer ones are values themselves."""
    low, high = np.quantile(values, (0.25, 0.75), method="inverted_cdf")
    with np.errstate(invalid="ignore"):
        middle = float(np.median(values))
    return float(low), math.inf if math.isnan(middle) else middle, float(high)
