"""The numbers of comparisons against others: counted by brute force, worked out by hand, known in closed form."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from workbench.studies.profile import profile
from workbench.studies.tuning_stats import (
    RESAMPLES,
    Standing,
    best_of,
    deciding,
    profile_score,
    quartiles,
    ranks,
    resampled,
    standing,
)

INF = math.inf


def alone(costs: list[list[float]]) -> np.ndarray:
    """Costs (seeds, lanes) of one study."""
    return np.array([costs], float)


@pytest.mark.parametrize(
    "scores", [[3.0, 1.0, 2.0], [5.0, 5.0, 1.0, 8.0], [4.0], list(np.random.default_rng(2).random(8))]
)
def test_the_expected_best_of_k_trials_is_the_mean_over_all_subsets(scores: list[float]) -> None:
    found = best_of(np.array(scores))
    for k in range(1, len(scores) + 1):
        best = sorted(min(part) for part in itertools.combinations(scores, k))
        assert found.expected[k - 1] == pytest.approx(np.mean(best), rel=1e-12)
        for share, row in ((0.25, found.low), (0.5, found.median), (0.75, found.high)):
            assert row[k - 1] == np.quantile(best, share, method="inverted_cdf")


def test_the_expected_best_of_ranks_has_a_closed_form() -> None:
    """Of k of the numbers 1 to n, the smallest is (n + 1) / (k + 1) on average."""
    n = 36
    found = best_of(np.random.default_rng(0).permutation(np.arange(1.0, n + 1)))
    assert np.allclose(found.expected, (n + 1) / (np.arange(1, n + 1) + 1), rtol=1e-12)


def test_trials_that_missed_make_the_mean_infinite_until_one_that_did_not_is_surely_among_them() -> None:
    found = best_of(np.array([INF, 2.0, INF, 4.0]))
    assert found.expected.tolist()[:2] == [INF, INF]
    assert found.expected[2] == pytest.approx((3 * 2.0 + 4.0) / 4)
    assert found.median.tolist() == [4.0, 2.0, 2.0, 2.0]
    assert best_of(np.array([np.nan, 1.0])).expected.tolist() == [INF, 1.0]


def test_profiles_of_dolan_and_more_worked_out_by_hand() -> None:
    """Four problems: the ratios are (1, 2), (3, 1), (1, miss), and one that nobody solves."""
    costs = np.array([[10.0, 20.0], [60.0, 20.0], [7.0, INF], [INF, INF]])
    assert profile(costs, np.array([1.0, 2.0, 3.0])).tolist() == [[0.5, 0.5, 0.75], [0.25, 0.5, 0.5]]
    # from 1 to 4: ratios of 1, 3, 1 are passed for 3, 1 and 3 of 3; ratios of 2 and 1 for 2 and 3
    assert profile_score(costs) == pytest.approx([(3 + 1 + 3) / 12, (2 + 3) / 12])
    fine = np.linspace(1.0, 4.0, 300_001)
    random = np.exp(np.random.default_rng(1).normal(size=(9, 3)))
    random[2, 1] = INF
    assert profile_score(random * 50) == pytest.approx(profile(random * 50, fine).mean(axis=1), abs=1e-4)


def test_medians_order_lanes_and_among_infinite_ones_the_share_that_missed() -> None:
    found = standing(alone([[1.0, 5.0, INF, INF, INF], [2.0, 6.0, INF, INF, INF], [INF, 7.0, 1.0, INF, INF]]))
    assert found.median.tolist() == [2.0, 6.0, INF, INF, INF]
    assert found.places().tolist() == [1.0, 2.0, 3.0, 4.5, 4.5]


def test_the_median_over_studies_is_taken_of_each_ones_median() -> None:
    costs = np.array([[[1.0], [9.0], [2.0]], [[30.0], [10.0], [20.0]], [[5.0], [5.0], [INF]]])
    assert standing(costs).median.tolist() == [5.0]


def test_a_resample_is_what_its_own_draws_say() -> None:
    """Drawn anew with the same seed and taken one by one: all lanes share the seeds of a resample."""
    costs = np.random.default_rng(5).normal(10, 3, (1, 6, 3))
    found = resampled(costs)
    drawn = np.random.default_rng(0).integers(0, 6, (RESAMPLES, 6))
    for b in range(0, RESAMPLES, 97):
        assert found.median[b].tolist() == np.median(costs[0, drawn[b]], axis=0).tolist()
    again = resampled(costs)
    assert np.array_equal(found.median, again.median)


def test_the_share_of_resamples_agrees_with_all_that_there_are() -> None:
    """Three seeds have 27 resamples: the share of them in which A is ahead, counted."""
    costs = np.array([[1.0, 3.0], [4.0, 3.5], [9.0, 3.2]])
    every = [np.median(costs[list(drawn)], axis=0) for drawn in itertools.product(range(3), repeat=3)]
    exact = np.mean([a < b for a, b in every])
    found = resampled(costs[None], count=20_000).ahead().mean(axis=0)
    assert found[0, 1] == pytest.approx(exact, abs=0.01)
    assert found[1, 0] == pytest.approx(1 - exact, abs=0.01)


def test_ranks_have_ties_where_nothing_is_sure() -> None:
    ahead = np.array([[0.0, 0.99, 1.0], [0.01, 0.0, 0.6], [0.0, 0.4, 0.0]])
    assert ranks(ahead).tolist() == [1, 2, 2]
    assert ranks(np.zeros((3, 3))).tolist() == [1, 1, 1]
    assert ranks(np.array([[0.0, 0.98], [0.02, 0.0]])).tolist() == [1, 2]
    three = np.zeros((3, 3))
    three[0, 1:] = 0.98  # enough for one comparison, not for two
    assert ranks(three).tolist() == [1, 1, 1]


def test_a_clear_difference_is_told_and_a_small_one_is_not() -> None:
    random = np.random.default_rng(3)
    base = random.normal(100, 10, 12)
    apart = alone(np.stack([base, base + 40 + random.normal(0, 5, 12)], axis=1).tolist())
    assert ranks(resampled(apart).ahead().mean(axis=0)).tolist() == [1, 2]
    alike = alone(np.stack([random.normal(100, 10, 12), random.normal(101, 10, 12)], axis=1).tolist())
    assert ranks(resampled(alike).ahead().mean(axis=0)).tolist() == [1, 1]


def test_the_seed_without_which_another_is_first_is_found() -> None:
    costs = alone([[1.0, 3.0], [2.0, 3.1], [50.0, 3.2]])  # medians 2 and 3.1; without the first seed 26 and 3.15
    assert deciding(costs) == [(0, 0, 1), (1, 0, 1)]
    assert deciding(alone([[1.0, 3.0], [1.0, 3.0], [1.0, 3.0]])) == []
    assert deciding(alone([[1.0, 3.0]])) == []


def test_places_are_shared_by_what_is_equal() -> None:
    assert Standing(np.array([2.0, 1.0, 2.0]), np.zeros(3)).places().tolist() == [2.5, 1.0, 2.5]


def test_quartiles_are_values_and_may_be_infinite() -> None:
    assert quartiles(np.array([4.0, 1.0, INF, INF])) == (1.0, INF, INF)
    assert quartiles(np.array([1.0, 2.0, 3.0, 4.0])) == (1.0, 2.5, 3.0)
