"""Curves cost little however they jump, and keep their width where they can."""

import numpy as np
import pytest

from tests.ui.plotting.ink import ink
from workbench.ui.plotting.curves import Curves, pen
from workbench.ui.plotting.strokes import AFFORDABLE


def test_lines_that_jump_are_painted_thin_and_calm_ones_wide(qapp):
    """Where wide lines would take too long for a frame, they are thin; they get wide again only when they are calm."""
    x = np.linspace(10.0, 110.0, 2_000)
    jumping = np.where(np.arange(2_000) % 2, 70.0, 10.0)
    calm = 40.0 + np.sin(x / 10)
    curves = Curves()

    def drawn(y):
        curves.set_lines([(x, y, pen("black", 2.0))])
        return ink(1.0, lambda p: curves.paint(p, None))

    assert 4 * np.abs(np.diff(jumping)).sum() > AFFORDABLE
    wide = drawn(calm).sum()
    drawn(jumping)
    middling = np.where(np.arange(2_000) % 2, 44.0, 36.0)
    assert 0.4 * AFFORDABLE < 4 * np.abs(np.diff(middling)).sum() < AFFORDABLE
    assert curves.wide == [False]
    drawn(middling)
    assert curves.wide == [False]  # what is near the limit keeps its width
    assert drawn(calm).sum() == pytest.approx(wide)


@pytest.mark.parametrize(("ratio", "wide"), [(1.0, True), (2.0, False)])
def test_what_a_fine_screen_costs_is_counted(qapp, ratio, wide):
    """With two pixels of the device to one of the screen, 4 x 4 thin lines stand in place of 2 x 2, twice as long."""
    x = np.linspace(10.0, 110.0, 301)
    y = np.where(np.arange(301) % 2, 60.0, 20.0)
    length = np.abs(np.diff(y)).sum()
    assert 4 * length < AFFORDABLE
    assert 2 * 16 * length > AFFORDABLE
    curves = Curves()
    curves.set_lines([(x, y, pen("black", 2.0))])
    ink(ratio, lambda p: curves.paint(p, None))
    assert curves.wide == [wide]


def test_a_line_that_leaves_the_picture_far_behind_takes_no_width_from_the_others(qapp):
    """What is not painted costs nothing: a diverged lane leaves the others as wide as they are."""
    x = np.linspace(10.0, 110.0, 50)
    curves = Curves()
    curves.set_lines([(x, 40.0 + np.sin(x), pen("black", 2.0)), (x, 10.0 ** np.linspace(0, 29, 50), pen("black", 2.0))])
    ink(1.0, lambda p: curves.paint(p, None))
    assert curves.wide == [True, True]


def test_a_line_that_jumps_takes_no_width_from_a_calm_one(qapp):
    """Each has its share of the time."""
    x = np.linspace(10.0, 110.0, 2_000)
    jumping = np.where(np.arange(2_000) % 2, 70.0, 10.0)
    curves = Curves()
    curves.set_lines([(x, 40.0 + np.sin(x / 10), pen("black", 2.0)), (x, jumping, pen("black", 2.0))])
    ink(1.0, lambda p: curves.paint(p, None))
    assert curves.wide == [True, False]
