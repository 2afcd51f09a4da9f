"""Contour lines of maps: at the borders of measured cells on two sides of a level, against a search cell by cell."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.ui.views.map.test_shades import picture
from workbench.studies.map_picture import MapAxis
from workbench.ui.views.map.borders import borders, levels
from workbench.ui.views.map.shades import Shades, shades
from workbench.ui.views.map.slice_row import value_at


def pieces(ends):
    """The lines as a set of borders a cell long."""
    found = set()
    for (x0, y0), (x1, y1) in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        assert x0 == x1 or y0 == y1
        steps = range(int(abs(x1 - x0) + abs(y1 - y0)))
        found |= {((x0 + (i if y0 == y1 else 0)), y0 + (i if x0 == x1 else 0), y0 == y1) for i in steps}
    return found


def test_levels_are_round_and_lie_within_the_scale():
    assert levels(Shades("loss", (-3.2, 1.5))) == (-3.0, -2.0, -1.0, 0.0, 1.0)
    assert [round(10**level, 6) for level in levels(Shades("loss", (-0.1, 1.2)))] == [1, 2, 5, 10]
    assert levels(Shades("loss", None)) == ()
    assert levels(Shades("steps", (0.0, 0.3))) == ()


@pytest.mark.parametrize("seed", range(4))
def test_lines_stand_where_neighbours_lie_on_two_sides_of_a_level(seed):
    """What diverged, is not measured, or did not reach it has no line at it."""
    generator = np.random.default_rng(seed)
    side = 16
    losses = 10.0 ** generator.uniform(-6, 2, (side, side))
    diverged = np.where(generator.random((side, side)) < 0.2, 5, -1)
    found = picture(side, loss=losses, best=np.minimum(losses, 1.0), diverged_at=diverged)
    measured = generator.random((side, side)) < 0.8
    found = dataclasses.replace(found, measured=measured)
    scale = shades("loss", [found])
    low, high = scale.levels
    value = np.clip(np.log10(losses), low, high)
    known = measured & (diverged < 0)
    wanted = set()
    for row in range(side):
        for column in range(side):
            for other, piece in (
                ((row, column + 1), (column + 1.0, float(row), False)),
                ((row + 1, column), (float(column), row + 1.0, True)),
            ):
                if max(other) < side and known[row, column] and known[other]:
                    a, b = sorted((value[row, column], value[other]))
                    if any(a < level <= b for level in levels(scale)):
                        wanted.add(piece)
    assert pieces(borders(found, scale)) == wanted
    assert len(wanted) > 50


def test_basins_have_borders_where_the_minimum_is_another():
    minimum = np.array([[0, 0, 1], [0, -1, 1], [0, 1, 1]])
    found = picture(3, loss=np.ones((3, 3)), best=np.ones((3, 3)), minimum=minimum)
    ends = borders(found, shades("minimum", [found]))
    assert pieces(ends) == {(2.0, 0.0, False), (1.0, 2.0, False)}


def test_a_line_through_many_cells_is_one():
    losses = np.where(np.arange(64)[:, None] < 32, 1.0, 1e-4) * np.ones((64, 64))
    found = picture(64, loss=losses, best=losses)
    assert len(borders(found, shades("loss", [found]))) == 2


def test_a_map_of_nothing_has_no_line():
    found = picture(4)
    for quantity in ("loss", "steps", "minimum", "divergence"):
        assert len(borders(found, shades(quantity, [found]))) == 0


@pytest.mark.parametrize(
    ("axis", "last"),
    [
        (MapAxis("a", "a", 1e-5, 1.0, log=True), 100),
        (MapAxis("a", "a", -2.0, 3.0), 100),
        (MapAxis("a", "a", 1, 256, log=True, whole=True), 100),
        (MapAxis("a", "a", 1, 9, whole=True), 8),
    ],
)
def test_places_of_the_slider_are_values_in_order_within_the_part(axis, last):
    values = [value_at(axis, place) for place in range(last + 1)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (axis.low, axis.high)
    assert all(value.is_integer() for value in values) or not axis.whole
    assert len(set(values)) > last / 2
