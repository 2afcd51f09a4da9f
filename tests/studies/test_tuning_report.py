"""What hides in a comparison, put into made-up runs, one thing a test: the report says so."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.studies.tunings import TWO, made_up, tuning_of
from workbench.studies.tuning_words import late, warnings

TARGET = (
    'experiment = "two.toml"\nbudget = 100\nlooks = 100\ntrials = 2\nseeds = 10\nmeasure = "target"\ntolerance = 0.1\n'
)
FINAL = 'experiment = "two.toml"\nbudget = 100\nlooks = 10\ntrials = 2\nseeds = 10\n'


def spread(seed: int) -> float:
    """What seeds make of a run: up to five per cent, no two alike."""
    return 1.0 + 0.005 * ((7 * seed) % 10)


def test_a_near_miss_names_the_budget_that_would_have_turned_it(tmp_path: Path) -> None:
    """B is just late on every seed: five per cent more budget brings it before A, which arrives on some seeds alone."""
    tuning = tuning_of(tmp_path, TARGET)

    def value(_c: int, lane: int, seed: int, step: float) -> float:
        at = (90 if seed < 4 else math.inf) if lane == 0 else 105
        return 0.0 if step >= at else 1.0

    results, report = made_up(tuning, value)
    rows = report.pages[0].rows
    assert [row.reached for row in rows] == [0.4, 0.0]
    assert [(each.lane, each.needs) for each in report.late] == [(1, 1.05)] * 10
    turn = report.turns[0]
    assert (turn.lane, turn.before, turn.after, turn.budget) == (1, 2.0, 1.0, 1.05)
    said = late(tuning, report)
    assert "two: B missed the target under seed 1000, and needs 5 % more budget (105 steps)" in said
    assert any("5 % more budget would move B from place 2 to 1" in line for line in said)
    assert results.measured(results.report_runs().take(0), 0, 105.0)[1].tolist() == [[105.0] * 10]


def test_who_is_never_there_is_no_near_miss(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, TARGET)
    _, report = made_up(tuning, lambda _c, lane, _s, step: 0.0 if step >= (90, 200)[lane] else 1.0)
    assert (report.late, report.turns, late(tuning, report)) == ((), (), [])


def test_a_tie_is_shown_as_a_tie(tmp_path: Path) -> None:
    """Lanes that differ by less than their seeds do share a rank, and are said to."""
    tuning = tuning_of(tmp_path, FINAL)
    random = np.random.default_rng(0).normal(1.0, 0.1, (2, 10))
    results, report = made_up(tuning, lambda _c, lane, seed, _step: float(random[lane, seed]))
    assert [row.rank for row in report.pages[0].rows] == [1, 1]
    assert any(
        "A and B are a tie at rank 1" in line or "B and A are a tie" in line for line in warnings(results, report)
    )


def test_a_difference_beyond_the_seeds_is_no_tie(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, FINAL)
    results, report = made_up(tuning, lambda _c, lane, seed, _step: spread(seed) * (1.0, 1.5)[lane])
    assert [row.rank for row in report.pages[0].rows] == [1, 2]
    assert not any("tie" in line for line in warnings(results, report))


def test_many_steps_of_one_seed_tell_nothing(tmp_path: Path) -> None:
    """The bootstrap is over seeds: a thousand looks at a run of a single seed are still one run."""
    tuning = tuning_of(tmp_path, FINAL.replace("seeds = 10", "seeds = 1").replace("looks = 10", "looks = 100"))
    results, report = made_up(tuning, lambda _c, lane, _s, step: (1.0, 1.01)[lane] + 1.0 / (1.0 + step))
    assert any("one seed decides everything" in line for line in warnings(results, report))


def test_a_half_that_diverges_is_said(tmp_path: Path) -> None:
    """The other half of A is better than B: the median of all hides either half."""
    tuning = tuning_of(tmp_path, FINAL)

    def value(_c: int, lane: int, seed: int, step: float) -> float:
        if lane == 0:
            return math.nan if seed % 2 and step > 20 else 0.01 * spread(seed)
        return spread(seed)

    results, report = made_up(tuning, value)
    row = report.pages[0].rows[0]
    assert (row.diverged, row.runs) == (5, 10)
    assert row.cost.median == math.inf
    assert any("A: half of its runs or more diverge (5 of 10)" in line for line in warnings(results, report))
    assert report.pages[0].order == (1, 0)


def test_trials_half_of_which_diverge_are_said(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, FINAL.replace("trials = 2", "trials = 4"))
    results, report = made_up(
        tuning,
        lambda _c, lane, seed, _step: spread(seed) * (1 + lane),
        lambda _c, lane, trial, step: math.nan if lane == 0 and trial >= 2 and step > 50 else 1.0,
    )
    assert [row.lost for row in report.pages[0].rows] == [2, 0]
    assert any("trials that came to nothing: A 2 of 4:" in line for line in warnings(results, report))


def test_two_problems_of_unequal_scale_are_not_averaged(tmp_path: Path) -> None:
    """B is best on two problems of three, by far in proportion; the values of the third would decide every mean."""
    text = FINAL.replace('"two.toml"', '["small.toml", "smaller.toml", "large.toml"]')
    experiments = dict.fromkeys(("small", "smaller", "large"), TWO)
    tuning = tuning_of(tmp_path, text, **experiments)
    values = ((1e-6, 1e-9), (1e-5, 1e-8), (1.0e4, 1.3e4))
    results, report = made_up(tuning, lambda c, lane, seed, _step: spread(seed) * values[c][lane])
    means = np.mean([[row.mean for row in page.rows] for page in report.pages], axis=0)
    assert means[0] < means[1]  # which is why no such mean is taken
    assert report.overall.places == pytest.approx((5 / 3, 4 / 3))
    assert report.overall.ranks == (2, 1)
    said = [line for line in warnings(results, report) if "unequal scale" in line]
    assert len(said) == 1
    assert "a mean of values would be large's alone" in said[0]


def test_one_seed_that_decides_is_named(tmp_path: Path) -> None:
    """Of three seeds, the first makes A's median: without it B would be first."""
    tuning = tuning_of(
        tmp_path, FINAL.replace("seeds = 10", "seeds = [5, 6, 7]").replace("trials", "tuning_seeds = [1]\ntrials")
    )
    values = np.array([[1.0, 2.0, 50.0], [3.0, 3.1, 3.2]])
    results, report = made_up(tuning, lambda _c, lane, seed, _step: float(values[lane, seed]))
    assert [(each.seed, each.first, each.without) for each in report.decides] == [(5, 0, 1), (6, 0, 1)]
    said = warnings(results, report)
    assert "two: one seed decides: without seed 5 B would be first, not A" in said
    assert any("3 seeds are few" in line for line in said)
    assert [row.rank for row in report.pages[0].rows] == [1, 1]  # and so it is a tie


def test_a_seed_that_decides_a_mean_is_said(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, FINAL)
    results, report = made_up(
        tuning, lambda _c, lane, seed, _step: 1e6 if (lane, seed) == (0, 3) else spread(seed) * (1 + lane)
    )
    assert any("A: a single seed decides its mean" in line for line in warnings(results, report))
    assert report.pages[0].order == (0, 1)


def test_what_was_chosen_at_the_edge_of_its_range_is_said(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, FINAL.replace("trials = 2", 'trials = 4\ndesign = "grid"'))
    results, report = made_up(
        tuning,
        lambda _c, lane, seed, _step: spread(seed) * (1 + lane),
        lambda _c, lane, trial, _step: float(abs(trial - (3, 1)[lane])),
    )
    assert [row.places for row in report.pages[0].rows] == [(3,), (1,)]
    assert [row.at_edge for row in report.pages[0].rows] == [("learning_rate",), ()]
    assert any("two: the learning rate of A is at the edge" in line for line in warnings(results, report))


def test_runs_that_are_all_the_same_are_said(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, FINAL + 'starts = "own"\n')
    results, report = made_up(tuning, lambda _c, lane, _s, _step: float(lane))
    assert any("all seeds give the same run" in line for line in warnings(results, report))


def test_a_study_takes_as_long_as_its_fastest_trial_and_misses_are_infinite(tmp_path: Path) -> None:
    """AlgoPerf's score: the median over three studies of the least time of five trials."""
    text = 'experiment = "two.toml"\npreset = "algoperf"\nbudget = 100\nlooks = 100\nseeds = 2\ntolerance = 0.1\n'
    tuning = tuning_of(tmp_path, text)
    assert (tuning.studies, tuning.trials, len(tuning.tuning_seeds)) == (3, 5, 3)
    at = {0: [40, 30, math.inf, 50, 60], 1: [math.inf, 20, 99, 98, 97]}

    def trial(_c: int, lane: int, number: int, step: float) -> float:
        return 0.0 if step >= at[lane][number] else 1.0

    results, report = made_up(tuning, lambda *_: 1.0, trial)
    assert results.costs(0, 100).tolist() == [[[30.0, 20.0]] * 3]
    assert report.pages[0].order == (1, 0)
    times = {0: (30, math.inf, math.inf), 1: (20, 90, math.inf)}
    place = iter(range(10**6))
    wanted = [
        times[lane][study] if number == 1 else math.inf
        for _c, lane, study, number, _u in np.ndindex(tuning.tuning_shape)
    ]
    results, _ = made_up(tuning, lambda *_: 1.0, lambda *_: 1.0)
    for row, when in enumerate(wanted):
        results.fill((next(place),), {"seen": [[0.0 if s >= when else 1.0 for s in tuning.looks]], "settings": [{}]})
        assert row < tuning.tuning_runs
    assert np.median(results.costs(0, 100)[0], axis=0).tolist() == [math.inf, 90.0]


def test_a_late_study_is_a_near_miss_too(tmp_path: Path) -> None:
    """As in AlgoPerf's issue 836: five per cent more budget moves a method up."""
    text = 'experiment = "two.toml"\npreset = "algoperf"\nbudget = 100\nlooks = 100\nseeds = 2\ntolerance = 0.1\n'
    tuning = tuning_of(tmp_path, text)
    _, report = made_up(tuning, lambda *_: 1.0, lambda _c, lane, _t, step: 0.0 if step >= (110, 104)[lane] else 1.0)
    assert [(t.lane, t.before, t.after, t.budget) for t in report.turns] == [(1, 1.5, 1.0, 1.04)]
    assert "two: B missed the target under study 0, and needs 4 % more budget (104 steps)" in late(tuning, report)
