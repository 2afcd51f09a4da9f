"""Loss against learning rate, as it is measured finer and finer; the stable range, and which rate is best by what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workbench.studies.rate_runs import RateRows

Floats = NDArray[np.float64]
#: rates a decade of the first level, and levels: the whole range, then twice as dense where runs do not diverge, then
#: around what matters. Objectives take little time; the curves of small networks are ragged; large ones take long.
_OBJECTIVE, _SMALL, _LARGE = (8, 7), (16, 6), (5, 4)
_FEW_PARAMETERS = 1000
#: valleys of the loss that are looked into, and parts that an interval is cut into at each level
_VALLEYS, _PARTS = 4, 4
#: neighbours of a smaller ratio are near enough
_NEAR = 1.0 + 1e-4
#: a run that ends higher than it began, by this share, is no stable one
_HIGHER = 0.01
#: the criteria, in the order in which they are shown
FINAL, BEST, FASTEST, STEEPEST, TENTH = "final", "best", "fastest", "steepest", "tenth"
CRITERIA = (FINAL, BEST, FASTEST, STEEPEST, TENTH)


@dataclass(frozen=True, slots=True)
class RateRequest:
    """What is asked for: the ends of the range, the steps of each run, and when a run has arrived."""

    low: float
    high: float
    steps: int
    tolerance: float | None = None
    #: of a network its parameters, 0 of an objective
    parameters: int = 0
    #: steps of the range test of a network
    test_steps: int = 200

    @property
    def _density(self) -> tuple[int, int]:
        if not self.parameters:
            return _OBJECTIVE
        return _SMALL if self.parameters <= _FEW_PARAMETERS else _LARGE

    @property
    def levels(self) -> int:
        """How many times it is measured, finer each time."""
        return self._density[1]

    def first_rates(self) -> tuple[float, ...]:
        """The rates of the first level, by equal factors."""
        count = max(9, int(np.ceil(self._density[0] * np.log10(self.high / self.low))) + 1)
        return tuple(np.geomspace(self.low, self.high, count).tolist())


@dataclass(frozen=True, slots=True)
class Found:
    """The best rate by a criterion, and the value there: a loss, a number of steps, or none."""

    key: str
    rate: float
    value: float | None


@dataclass(frozen=True, slots=True)
class RateCurve:
    """What came of rates (N,), from low to high: medians (N,) over starts, infinite where most diverged.

    Attributes:
        low, high: the lowest and highest final loss of the starts at each rate (N,).
        first: the median of the losses at the start.
        lowest: the lowest known loss.
    """

    rates: Floats
    final: Floats
    best: Floats
    arrived: Floats
    low: Floats
    high: Floats
    first: float
    lowest: float | None

    def gap(self, values: Floats) -> Floats:
        """Losses as they are drawn: above the lowest known one, where there is one."""
        return values if self.lowest is None else values - self.lowest

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Which rates (N,) neither diverge nor end higher than they began."""
        return np.isfinite(self.final) & (self.final <= self.first + _HIGHER * abs(self.first))

    @property
    def stable_places(self) -> tuple[int, int] | None:
        """The first and last place of the stretch of stable rates from the lowest one on; None where none is.

        Beyond its end single rates may be stable again, and even lucky.
        """
        stable = self.stable
        if not stable.any():
            return None
        left = int(stable.argmax())
        after = np.flatnonzero(~stable[left:])
        return left, left + int(after[0]) - 1 if len(after) else len(stable) - 1

    @property
    def stable_range(self) -> tuple[float, float] | None:
        """The ends of that stretch, which both were measured."""
        places = self.stable_places
        return None if places is None else (float(self.rates[places[0]]), float(self.rates[places[1]]))

    def found(self) -> Iterator[Found]:
        """The best rate by each criterion that can be told from these runs; for a range test see `range_test`."""
        for key, values in ((FINAL, self.final), (BEST, self.best), (FASTEST, self.arrived)):
            place = lowest_place(values)
            if place is not None:
                value = float((values if key == FASTEST else self.gap(values))[place])
                yield Found(key, float(self.rates[place]), value)
        places = self.stable_places
        if places is not None and places[1] + 1 < len(self.rates):  # the end of what is stable has been seen
            yield Found(TENTH, float(self.rates[places[1]]) / 10.0, None)


def curve_of(rows: Sequence[RateRows]) -> RateCurve:
    """The curve of all that was measured."""
    rates = np.concatenate([each.rates for each in rows])
    order = np.argsort(rates, kind="stable")

    def middle(name: str) -> Floats:
        return np.asarray(np.median(np.concatenate([getattr(each, name) for each in rows])[order], axis=1))

    final = np.concatenate([each.final for each in rows])[order]
    return RateCurve(
        rates[order],
        middle("final"),
        middle("best"),
        middle("arrived"),
        final.min(axis=1),
        final.max(axis=1),
        float(np.median(rows[0].first)),
        rows[0].lowest,
    )


def lowest_place(values: Floats) -> int | None:
    """Where the lowest number stands; of equal ones, such as whole steps, the middle of the longest stretch of them."""
    if not np.isfinite(values).any():
        return None
    equal = values == np.min(values)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    begins, ends = edges[::2], edges[1::2]
    longest = int((ends - begins).argmax())
    return int(begins[longest] + ends[longest] - 1) // 2


def finer(curve: RateCurve, level: int) -> tuple[float, ...]:
    """The rates to measure next, between those of a curve; none where that would tell nothing new."""
    rates = curve.rates
    if level == 1:
        alive = np.isfinite(curve.final)
        middles = np.sqrt(rates[:-1] * rates[1:])
        return tuple(middles[alive[:-1] | alive[1:]].tolist())
    found: set[float] = set()
    for place in _places_of_interest(curve):
        for a, b in pairwise(rates[max(0, place - 1) : place + 2].tolist()):
            if b / a > _NEAR:
                found |= set(np.geomspace(a, b, _PARTS + 1)[1:-1].tolist())
    return tuple(sorted(found - set(rates.tolist())))


def _places_of_interest(curve: RateCurve) -> set[int]:
    """Where to look closer: in the deepest valleys of the loss, at the criteria's best, at the end of stability."""
    padded = np.concatenate([[np.inf], curve.final, [np.inf]])
    valleys = np.flatnonzero((padded[1:-1] <= padded[:-2]) & (padded[1:-1] <= padded[2:]) & np.isfinite(curve.final))
    deepest = valleys[np.argsort(curve.final[valleys], kind="stable")][:_VALLEYS]
    places = {int(place) for place in deepest}
    for values in (curve.final, curve.best, curve.arrived):
        place = lowest_place(values)
        if place is not None:
            places.add(place)
    stable = curve.stable_places
    if stable is not None:
        places.add(stable[1])
    return places
