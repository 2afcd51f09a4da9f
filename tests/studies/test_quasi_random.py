"""The sequences of Halton and Sobol' against their published first points, and against what makes them even."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from workbench.studies.quasi_random import MOST_DIMENSIONS, halton, sobol

#: The first eight points in three dimensions as S. Joe and F. Y. Kuo give them with their direction numbers.
PUBLISHED = [
    (0, 0, 0), (0.5, 0.5, 0.5), (0.75, 0.25, 0.25), (0.25, 0.75, 0.75),
    (0.375, 0.375, 0.625), (0.875, 0.875, 0.125), (0.625, 0.125, 0.875), (0.125, 0.625, 0.375),
]  # fmt: skip


def test_sobol_gives_the_published_points_in_the_middle_of_their_intervals() -> None:
    assert (sobol(8, 3) - 1 / 16).tolist() == [list(map(float, point)) for point in PUBLISHED]


@pytest.mark.parametrize("count", [1, 2, 16, 256])
def test_each_interval_of_every_axis_holds_one_point_of_sobol(count: int) -> None:
    found = np.floor(sobol(count, MOST_DIMENSIONS) * count)
    assert (np.sort(found, axis=0) == np.arange(count)[:, None]).all()


def test_the_first_two_axes_of_sobol_are_a_net() -> None:
    """Of 2^m points each box of area 2^-m, of any shape, holds one."""
    points = sobol(64, 2)
    for k in range(7):
        boxes = np.floor(points * (2**k, 2 ** (6 - k)))
        assert len({tuple(box) for box in boxes.tolist()}) == 64


def test_more_points_begin_with_the_same_ones() -> None:
    few, many = sobol(16, 5), sobol(64, 5)
    assert np.abs(few - 1 / 32 - (many[:16] - 1 / 128)).max() == 0
    assert (halton(20, 3)[:7] == halton(7, 3)).all()


@pytest.mark.parametrize(("axis", "base"), [(0, 2), (1, 3), (2, 5), (3, 7)])
def test_halton_mirrors_the_digits_of_the_number_at_the_point(axis: int, base: int) -> None:
    for number, found in enumerate(halton(200, 4)[:, axis].tolist(), start=1):
        digits, rest = [], number
        while rest:
            digits.append(rest % base)
            rest //= base
        exact = sum((Fraction(digit, base ** (i + 1)) for i, digit in enumerate(digits)), Fraction(0))
        assert abs(found - float(exact)) < 1e-15
