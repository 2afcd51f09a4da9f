"""The colours of height maps: even, and quiet enough for everything that is drawn on them."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.ui.style.colors import READABLE, contrast, from_oklab, luminance, parse
from workbench.ui.style.theme import PALETTES, RELIEFS, THEMES

THEME_PALETTES = [(theme, palette) for theme in THEMES.values() for palette in PALETTES]


def lightness(rgb):
    """CIE L* of sRGB colours (..., 3) from 0 to 255 (CIE 15:2004): another measure than the one colours are made by."""
    y = np.array([luminance(tuple(color)) for color in rgb.reshape(-1, 3) / 255.0]).reshape(rgb.shape[:-1])
    return np.where(y > (6 / 29) ** 3, 116 * np.cbrt(y) - 16, (29 / 3) ** 3 * y)


@pytest.mark.parametrize(("theme", "palette"), THEME_PALETTES, ids=lambda value: getattr(value, "name", value))
def test_every_lane_and_word_stands_out_from_every_height_and_every_slope(theme, palette):
    """3:1 at least (WCAG 2.1, 1.4.11), for each colour of the table, the shading of hills at its strongest included."""
    grounds = np.unique(theme.relief_colors(palette).reshape(-1, 3), axis=0) / 255.0
    for _, color in (*theme.lanes, ("", theme.text)):
        painted = parse(theme.lane(color))
        assert min(contrast(painted, tuple(ground)) for ground in grounds) >= READABLE


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_values_of_contour_lines_are_read_on_every_height(theme):
    for palette in PALETTES:
        grounds = np.unique(theme.relief_colors(palette).reshape(-1, 3), axis=0) / 255.0
        assert min(contrast(parse(theme.muted), tuple(ground)) for ground in grounds) >= READABLE


@pytest.mark.parametrize(("theme", "palette"), THEME_PALETTES, ids=lambda value: getattr(value, "name", value))
def test_equal_steps_look_equal(theme, palette):
    """Lightness rises all the way from wells to hills, in steps that differ little."""
    steps = np.diff(lightness(theme.relief_colors(palette, 9)[:, RELIEFS // 2]))
    assert (steps > 0).all()
    assert steps.max() < 1.6 * steps.min()


def test_lanes_are_told_apart_as_painted():
    """No two of the usual lane colours become alike in a theme."""
    for theme in THEMES.values():
        painted = np.array([parse(theme.lane(name)) for name, _ in theme.lanes])
        apart = np.abs(painted[:, None] - painted[None]).max(axis=2) + np.eye(len(painted))
        assert apart.min() > 0.1


def test_colours_are_those_that_the_source_gives():
    """B. Ottosson's own numbers: white is (1, 0, 0), red about (0.628, 0.225, 0.126), blue (0.452, −0.032, −0.312)."""
    found = from_oklab(
        np.array([[1.0, 0.0, 0.0], [0.6279554, 0.2248631, 0.1258463], [0.4520137, -0.0324570, -0.3115281]])
    )
    assert found == pytest.approx(np.array([[1, 1, 1], [1, 0, 0], [0, 0, 1]], float), abs=2e-3)
