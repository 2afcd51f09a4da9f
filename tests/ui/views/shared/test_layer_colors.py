"""Layers have colours that say their order, that none shares with another or with a lane, and that can be seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from workbench.experiment.lane_colors import LANE_COLORS
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import contrast, luminance, parse
from workbench.ui.views.shared.layer_colors import layer_colors

#: as far apart in OKLab as one sees at a glance between lines that are not side by side, roughly
_APART = 0.04


def oklab(color: str) -> np.ndarray:
    """Ottosson's space (2020), by his published matrices: equal distances look equally far."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parse(color)]
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_lms) @ linear)


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("count", [1, 2, 8, 9, 33])
def test_no_colour_comes_twice_or_is_a_lanes_and_all_can_be_seen(theme, count) -> None:
    """Up to 32 hidden layers and the output; contrast by WCAG 2.1, distances in OKLab."""
    colors = layer_colors(theme, count)
    assert len(set(colors)) == count
    for color in colors:
        assert contrast(parse(color), parse(theme.plot)) >= 3.0
        assert min(np.linalg.norm(oklab(color) - oklab(theme.lane(lane))) for lane in LANE_COLORS) > _APART


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=lambda theme: theme.name)
def test_their_order_is_one_of_lightness_in_even_steps(theme) -> None:
    colors = layer_colors(theme, 33)
    light = [luminance(parse(color)) for color in colors]
    assert light == sorted(light)
    steps = [np.linalg.norm(oklab(a) - oklab(b)) for a, b in itertools.pairwise(colors)]
    assert max(steps) < 2.2 * min(steps)
