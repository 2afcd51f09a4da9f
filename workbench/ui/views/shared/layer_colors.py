"""The colours that tell a network's layers apart, the same in every view."""

from __future__ import annotations

from workbench.ui.style.theme import Theme

#: First layer to last: one hue from dark to light would hide lines in one theme or the other.
LAYER_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6BBE", "#7F7F7F")


def layer_colors(theme: Theme, count: int) -> list[str]:
    """A colour for each of so many layers, readable in the theme; from the ninth layer on they begin again."""
    return [theme.lane(LAYER_COLORS[i % len(LAYER_COLORS)]) for i in range(count)]
