"""A surface of few points between its points: smooth, true at its own points, and quiet beside a cliff."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.objectives.between import finer_between, smooth
from workbench.engine.objectives.landscape import Surface

SIDE = np.linspace(-1.0, 1.0, 25)


def over(side, function):
    return function(*np.meshgrid(side, side))


def evenly(values, side):
    """The same grid with straight lines between its points, along one axis and then along the other."""
    rows = np.stack([np.interp(side, SIDE, row) for row in values])
    return np.stack([np.interp(side, SIDE, column) for column in rows.T], axis=1)


@pytest.mark.parametrize(
    "function",
    [lambda x, y: np.exp(6 * x + 2 * y), lambda x, y: 0.05 + (x - y) ** 2 + 0.3 * y**2, lambda x, y: np.sin(4 * x) * y],
    ids=["wall", "valley", "saddle"],
)
def test_it_is_far_nearer_to_the_truth_than_straight_lines(function):
    found = finer_between(Surface(SIDE, SIDE, over(SIDE, function)))
    assert len(found.x) == len(found.y) >= 8 * 24 + 1
    np.testing.assert_allclose(found.x[[0, -1]], SIDE[[0, -1]])
    true, lines = over(found.x, function), evenly(over(SIDE, function), found.x)
    inner = (slice(8, -8), slice(8, -8))  # at the border slopes are known from one side alone
    assert np.abs(found.values - true)[inner].mean() < np.abs(lines - true)[inner].mean() / 4


def test_at_its_own_points_it_is_the_surface_itself():
    values = np.random.default_rng(2).uniform(0.1, 9.0, (25, 25))
    found = finer_between(Surface(SIDE, SIDE, values))
    np.testing.assert_array_equal(found.values[::8, ::8], values)
    np.testing.assert_allclose(found.x[::8], SIDE)


def test_beside_a_cliff_nothing_swings():
    """Of a step from 1 to 1e6 no point is below or above both."""
    found = finer_between(Surface(SIDE, SIDE, over(SIDE, lambda x, _y: np.where(x < 0.3, 1.0, 1e6)))).values
    assert found.min() >= 1.0 - 1e-9
    assert found.max() <= 1e6 * (1 + 1e-9)


def test_what_is_infinite_stays_so_and_what_is_unknown_is_not_made_up():
    values = over(SIDE, lambda x, y: 1.0 + x**2 + y**2)
    values[20, 20] = np.inf
    found = finer_between(Surface(SIDE, SIDE, values)).values
    assert np.isinf(found[160, 160])
    assert np.isfinite(found[:152, :152]).all()
    assert not np.isnan(found).any()
    values[3, 3] = np.nan
    assert smooth(Surface(SIDE, SIDE, values)).finer is None
