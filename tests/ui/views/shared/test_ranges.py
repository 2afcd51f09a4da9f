"""The ends of axes: filled by what is drawn, and no further."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.ui.views.shared.ranges import linear_range, log_range, offset_of


@pytest.mark.parametrize(
    "line",
    [[2e11, 1e11, 9e10], [1e6 + 2, 1e6 + 1], [-1e9, -1e9 + 7], [3.0, 2.5], [1e-7, 3e-7], [0.0, -4.0]],
)
def test_a_plain_axis_is_filled_by_its_line(line) -> None:
    """Neither 0 nor any other number is on it that the line does not ask for; all of the line is."""
    line = np.array(line)
    low, high = linear_range([line])
    assert low < line.min() < line.max() < high
    assert (line.max() - line.min()) / (high - low) > 0.55


def test_a_line_that_flies_off_leaves_a_plain_axis_to_the_others() -> None:
    """It is cut at the top; one that climbs a little way above its start is not."""
    calm = np.linspace(4.0, 1.0, 50)
    assert linear_range([calm, np.array([4.0, 50.0, 1e9])])[1] < 100.0
    assert linear_range([calm, np.array([4.0, 9.0, 2.0])])[1] > 9.0


def test_a_line_that_falls_all_the_way_is_shown_all_the_way() -> None:
    """Thirty decades of an even fall are not empty."""
    line = np.linspace(2.0, -28.0, 400)
    low, high = log_range([line])
    assert low < -28.0
    assert 2.0 < high < 3.0


def test_a_dip_of_few_points_has_no_decades_of_its_own() -> None:
    """Down to 1e-25 for two points of 400: the axis ends a decade below where the line usually is."""
    line = np.full(400, -2.0)
    line[:100] = np.linspace(1.0, -2.0, 100)
    line[[200, 201]] = -25.0
    low, high = log_range([line])
    assert -4.0 < low <= -3.0
    assert high > 1.0


def test_the_lane_that_is_lowest_makes_the_axis_among_many() -> None:
    """Each line has a say of its own: many high ones do not push a low one off."""
    lines = [np.full(400, 1.0)] * 20 + [np.linspace(1.0, -12.0, 400)]
    assert log_range(lines)[0] < -12.0


def test_zeros_and_nothing_make_no_range() -> None:
    """Where all is zero, or there is nothing, the axis is one that says as much as any."""
    assert log_range([np.full(5, -300.0)]) == log_range([]) == (-3.0, 1.0)
    assert linear_range([]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "offset"),
    [
        (1e6, 1e6 + 2.0, 1e6),
        (-1e9, -1e9 + 7.25, -1e9),
        (123456.5, 123456.9, 123456.0),
        (0.0, 2.0, 0.0),
        (2e10, 2e11, 0.0),
        (5.0, 5.0, 0.0),
    ],
)
def test_what_is_taken_off_is_the_round_number_below(low, high, offset) -> None:
    assert offset_of(low, high) == pytest.approx(offset, rel=1e-15)
