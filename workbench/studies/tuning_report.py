"""The report of a fair race, as plain values: a row a lane on each problem and over all, what was late, what one seed
decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.studies.tuning_measures import Floats
from workbench.studies.tuning_results import Results
from workbench.studies.tuning_space import Trial
from workbench.studies.tuning_stats import (
    Curve,
    Standing,
    best_of,
    deciding,
    profile_score,
    quartiles,
    ranks,
    resampled,
    standing,
)

#: budgets beyond the race's at which the order is looked at again
_MOST_BUDGETS = 200
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """Lower quartile, median and upper quartile; infinite where runs missed or diverged."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """A lane on one problem.

    Attributes:
        rank: one more than there are lanes that are surely ahead; lanes of one rank are a tie.
        cost: what is ranked by, as the race says: values, or what was spent to the target.
        arrived: what was spent to the target; `reached` the share of runs that came there within the budget.
        final, best: values at the end of the budget, and the lowest ones.
        diverged, failed, runs: how many of the runs that are reported.
        settings: those chosen, of each study; `places` their trials; `at_edge` what stands at an end of its range.
        curve: the best of k trials of the first study; `sensitivity` the share of trials within ten times its best.
        lost: trials of all studies that came to nothing: they diverged, or missed the target.
        mean: of `cost`, which one seed may decide.
    """

    label: str
    rank: int
    cost: Spread
    mean: float
    arrived: Spread
    reached: float
    final: Spread
    best: Spread
    diverged: int
    failed: int
    runs: int
    settings: tuple[Trial, ...]
    places: tuple[int, ...]
    at_edge: tuple[str, ...]
    curve: Curve
    sensitivity: float
    lost: int
    trials: int


@dataclass(frozen=True, slots=True)
class Late:
    """Runs of a lane that missed the target within the budget and reached it with `needs` times as much.

    A study stands in the place of the seed where studies are ranked.
    """

    contest: int
    lane: int
    seed: int
    needs: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A lane whose place is another one with `budget` times the budget; of a contest, or over all (-1)."""

    contest: int
    lane: int
    before: float
    after: float
    budget: float


@dataclass(frozen=True, slots=True)
class Decides:
    """Without one seed another lane would be first on a contest."""

    contest: int
    seed: int
    first: int
    without: int


@dataclass(frozen=True, slots=True)
class Page:
    """One problem: its lanes' rows in their own order, and `order`, from the first on."""

    name: str
    measured: str
    target: float
    rows: tuple[Row, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Overall:
    """All problems together: by places, never by values, whose scales differ.

    Attributes:
        ranks, places: of each lane: the rank with its ties, and the mean place over all problems.
        profile: the mean height of each lane's performance profile over factors from 1 to 4.
        instances: how many problems and seeds that is taken of.
        order: lanes from the first on.
    """

    ranks: tuple[int, ...]
    places: tuple[float, ...]
    profile: tuple[float, ...]
    instances: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a fair race came to."""

    pages: tuple[Page, ...]
    overall: Overall
    late: tuple[Late, ...]
    turns: tuple[Turn, ...]
    decides: tuple[Decides, ...]


def report_of(results: Results) -> Report:
    """The report of a fair race all of whose runs have been tried."""
    tuning = results.tuning
    costs = [results.costs(c, tuning.budget) for c in range(len(tuning.contests))]
    standings = [standing(each) for each in costs]
    drawn = [resampled(each) for each in costs]
    pages = tuple(_page(results, c, costs[c], standings[c], drawn[c]) for c in range(len(costs)))
    late = tuple(_late(results))
    turns = tuple(_turns(results, late)) if tuning.measure == "target" else ()
    return Report(pages, _overall(results, standings, drawn), late, turns, tuple(_decides(results, costs)))


def instances(results: Results) -> Floats:
    """What was spent to the target (P, L) on each problem of the profile: a contest under a seed.

    Over studies it is the median; where studies are ranked, a contest is one problem, as in AlgoPerf.
    """
    tuning, found = results.tuning, []
    for c in range(len(tuning.contests)):
        if tuning.ranked == "studies":
            found.append(standing(results.costs(c, tuning.budget)).median[None])
            continue
        runs = results.report_runs().take(c)
        times = runs.arrived(float(results.targets()[c]), tuning.budget)
        found.append(_medians(np.moveaxis(times, 1, -1)).T)
    return np.concatenate(found)


def _page(results: Results, c: int, costs: Floats, found: Standing, drawn: Standing) -> Page:
    tuning = results.tuning
    contest, place = tuning.contests[c], ranks(_shares(drawn))
    lanes = range(len(tuning.labels))
    rows = tuple(_row(results, c, lane, int(place[lane]), costs[..., lane]) for lane in lanes)
    return Page(contest.name, contest.measured, float(results.targets()[c]), rows, _ordered(place, found.places()))


def _row(results: Results, c: int, lane: int, rank: int, costs: Floats) -> Row:
    tuning, target = results.tuning, float(results.targets()[c])
    runs, trials = results.report_runs().take((c, lane)), results.trial_runs().take((c, lane))
    scores, budget = results.scores()[c, lane], tuning.budget
    arrived = runs.arrived(target, budget)
    chosen = tuple(results.chosen()[c, lane, study] for study in range(tuning.studies))
    settings = tuple(results.trials[lane][study][trial] for study, trial in enumerate(chosen))
    first = scores[0]
    best = float(first.min())
    lost = trials.diverged(budget) | trials.failed
    return Row(
        tuning.labels[lane],
        rank,
        Spread(*quartiles(costs.ravel())),
        float(costs.mean()) if np.isfinite(costs).all() else math.inf,
        Spread(*quartiles(arrived.ravel())),
        float(np.isfinite(arrived).mean()),
        Spread(*quartiles(runs.final(budget).ravel())),
        Spread(*quartiles(runs.best(budget).ravel())),
        int(runs.diverged(budget).sum()),
        int(runs.failed.sum()),
        int(arrived.size),
        settings,
        chosen,
        _at_edge(results, lane, settings),
        best_of(first),
        float((first <= best + 9.0 * abs(best)).mean()) if math.isfinite(best) else 0.0,
        int((lost.mean(axis=-1) >= 0.5).sum()),
        int(scores.size),
    )


def _at_edge(results: Results, lane: int, settings: tuple[Trial, ...]) -> tuple[str, ...]:
    """What was chosen among the outermost values that were tried: a wider range might have had a better one."""
    found = []
    for axis in results.tuning.spaces[lane]:
        for study, chosen in enumerate(settings):
            tried = [trial[axis.path] for trial in results.trials[lane][study]]
            if len(tried) > 2 and chosen[axis.path] in (min(tried), max(tried)) and axis.path not in found:
                found.append(axis.path)
    return tuple(found)


def _overall(results: Results, standings: list[Standing], drawn: list[Standing]) -> Overall:
    places = np.mean([each.places() for each in standings], axis=0)
    resampled_places = np.mean([each.places() for each in drawn], axis=0)
    ahead = resampled_places[:, :, None] < resampled_places[:, None, :] - _SLACK
    place = ranks(ahead.mean(axis=0))
    problems = instances(results)
    return Overall(
        tuple(int(v) for v in place),
        tuple(float(v) for v in places),
        tuple(float(v) for v in profile_score(problems)),
        len(problems),
        _ordered(place, places),
    )


def _late(results: Results) -> Iterator[Late]:
    """Runs that the budget was just too small for, those that were nearest first."""
    found = []
    for c in range(len(results.tuning.contests)):
        times = _times(results, c, math.inf)
        for unit, lane in np.argwhere((times > results.tuning.budget) & np.isfinite(times)).tolist():
            found.append(Late(c, lane, unit, float(times[unit, lane]) / results.tuning.budget))
    yield from sorted(found, key=lambda late: late.needs)


def _times(results: Results, c: int, budget: float) -> Floats:
    """What was spent to the target (units, lanes), over studies the median."""
    if results.tuning.ranked == "studies":
        return np.asarray(results.costs(c, budget)[0])
    runs = results.report_runs().take(c)
    times = runs.arrived(float(results.targets()[c]), budget)
    return _medians(np.moveaxis(times, 1, -1)).T


def _turns(results: Results, late: tuple[Late, ...]) -> Iterator[Turn]:
    """Lanes whose place would be another one with some more budget: the first such budget of each."""
    budget, count = results.tuning.budget, len(results.tuning.contests)
    needs = sorted({each.needs for each in late})[:_MOST_BUDGETS]
    before = [standing(results.costs(c, budget)).places() for c in range(count)]
    told: set[tuple[int, int]] = set()
    overall = _whole_places(np.mean(before, axis=0))
    for factor in needs:
        # what was late came at this very cost, which rounding may put a little beyond
        after = [standing(results.costs(c, budget * factor * (1.0 + _SLACK))).places() for c in range(count)]
        pairs = [(c, before[c], after[c]) for c in range(count)]
        if count > 1:
            pairs.append((-1, overall, _whole_places(np.mean(after, axis=0))))
        for c, old, new in pairs:
            for lane in np.flatnonzero(new < old).tolist():
                if (c, lane) not in told:
                    told.add((c, lane))
                    yield Turn(c, lane, float(old[lane]), float(new[lane]), factor)


def _whole_places(means: Floats) -> Floats:
    """Places by mean places."""
    return Standing(np.round(means, 9), np.zeros_like(means)).places()


def _decides(results: Results, costs: list[Floats]) -> Iterator[Decides]:
    if results.tuning.ranked == "studies":
        return
    for c, each in enumerate(costs):
        for seed, first, without in deciding(each):
            yield Decides(c, results.tuning.seeds[seed], first, without)


def _shares(drawn: Standing) -> Floats:
    """The share of resamples (L, L) in which lane i is ahead of lane j."""
    return np.asarray(drawn.ahead().mean(axis=0))


def _ordered(place: NDArray[np.int64], places: Floats) -> tuple[int, ...]:
    """Lanes from the first on: by rank, within a tie by their places, then as they stand."""
    return tuple(int(i) for i in np.lexsort((places, place)))


def _medians(values: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        found = np.median(values, axis=-1)
    return np.where(np.isnan(found), np.inf, found)
