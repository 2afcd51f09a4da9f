"""Colours of maps: every cell has that of its own value; what diverged and what was not reached have their own."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.studies.map_picture import VALUES, MapAxis, MapPicture, MapRequest
from workbench.ui.plotting.cell_map import heat_colors
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.map import shades
from workbench.ui.views.shared.minima import minimum_colors

THEMES = [themes.LIGHT, themes.DARK]


def picture(side=4, lowest=0.0, minima=((0.0, 0.0), (1.0, 1.0)), **columns):
    values = {name: np.full((side, side), empty, kind) for name, (kind, empty) in VALUES.items()}
    values |= {name: np.array(column).reshape(side, side) for name, column in columns.items()}
    request = MapRequest(0, MapAxis("a", "a", 1, 10), MapAxis("b", "b", 1, 10), side, 100, 1e-3)
    return MapPicture(request, values, np.ones((side, side), bool), 1.0, lowest, np.array(minima))


def rgb(color):
    return np.rint(255 * np.array(parse(color))).astype(int).tolist()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_losses_are_logarithmic_and_what_diverged_is_hatched(theme):
    losses = np.logspace(0, -5, 16)
    found = picture(loss=losses, best=losses, diverged_at=[7] + [-1] * 15)
    scale = shades.shades("loss", [found])
    colors = shades.colors(found, scale, theme)
    assert colors[0, 0, 3] == 0
    assert (colors.reshape(-1, 4)[1:, 3] == 255).all()
    table = heat_colors().astype(int)
    low, high = scale.levels
    for row in range(4):
        for column in range(4):
            if (row, column) != (0, 0):
                share = np.clip((np.log10(losses[4 * row + column]) - low) / (high - low), 0, 1)
                assert colors[row, column, :3].tolist() == table[round(255 * share)].tolist()


def test_a_few_runs_about_to_diverge_leave_the_others_their_colours():
    losses = np.concatenate([[1e29, 1e20], np.logspace(0, -3, 14)])
    found = picture(loss=losses, best=np.minimum(losses, 1.0))
    low, high = shades.shades("loss", [found]).levels
    assert high <= 0.3
    assert low <= -3


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_was_not_reached_is_no_colour_of_the_scale(theme):
    loss = np.full(16, 0.5)
    found = picture(loss=loss, best=loss, steps_to_target=[-1, 1, 10, 100] * 4, diverged_at=[-1] * 15 + [3])
    colors = shades.colors(found, shades.shades("steps", [found]), theme)
    grey = rgb(shades.unreached(theme))
    assert colors[0, 0, :3].tolist() == grey
    assert grey not in heat_colors().astype(int).tolist()
    assert colors[0, 1, :3].tolist() == heat_colors()[0].tolist()
    assert colors[0, 3, :3].tolist() == heat_colors()[255].tolist()
    assert colors[3, 3, 3] == 0


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_each_minimum_has_a_colour_of_its_own(theme):
    loss = np.full(16, 0.5)
    found = picture(loss=loss, best=loss, minimum=[-1, 0, 1, 1] * 4)
    colors = shades.colors(found, shades.shades("minimum", [found]), theme)
    own = [list(color) for color in minimum_colors(2, theme)]
    assert colors[0, :, :3].tolist() == [rgb(shades.unreached(theme)), own[0], own[1], own[1]]
    assert own[0] != own[1]


def test_strips_show_the_best_of_a_column_and_of_a_row():
    losses = np.array([[1.0, 1e-3, 1e-1, 1.0], [1e-2, 1.0, 1.0, 1.0], [1.0] * 4, [1.0, 1.0, 1.0, 1e-1]])
    diverged = np.where(losses == 1.0, -1, -1)
    diverged[:3, 3] = 5
    found = picture(loss=losses, best=losses, diverged_at=diverged)
    scale = shades.shades("loss", [found])
    colors = shades.colors(found, scale, themes.LIGHT)
    along, up = (shades.strip(found, scale, themes.LIGHT, axis) for axis in (0, 1))
    assert along.tolist() == [colors[r, c].tolist() for r, c in ((1, 0), (0, 1), (0, 2), (3, 3))]
    assert up.tolist() == [colors[r, c].tolist() for r, c in ((0, 1), (1, 0), (2, 0), (3, 3))]


def test_two_maps_are_on_one_scale():
    one, other = (picture(loss=np.full(16, v), best=np.full(16, v)) for v in (1.0, 1e-6))
    scale = shades.shades("loss", [one, other])
    assert scale.levels[0] <= -6
    assert scale.levels[1] >= 0
    a, b = (shades.colors(p, scale, themes.LIGHT)[0, 0].tolist() for p in (one, other))
    assert a != b
