"""A colour for each known minimum, the same in every view."""

from __future__ import annotations

import numpy as np

from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse

#: as lanes have them
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")

Rgb = tuple[int, int, int]


def minimum_colors(count: int, theme: themes.Theme) -> list[Rgb]:
    """The colours of so many minima, three numbers from 0 to 255 each."""
    return [rgb(theme.lane(_COLORS[i % len(_COLORS)])) for i in range(count)]


def rgb(color: str) -> Rgb:
    """`#rrggbb` as three numbers from 0 to 255."""
    red, green, blue = np.rint(255 * np.array(parse(color))).astype(int).tolist()
    return red, green, blue
