"""The colours that tell a network's layers apart, the same in every view."""

from __future__ import annotations

import numpy as np

from workbench.ui.style.colors import parse, text
from workbench.ui.style.theme import Theme

#: First layer to last, in even steps of lightness and hue to the eye (OKLCH, B. Ottosson, 2020): an order one can see,
#: in colours that no lane has. From 0.25 to 0.60 and from 0.60 to 0.92 light, over a third of the hues.
_ON_LIGHT = ("#0e0e63", "#2b156d", "#441c73", "#5e2374", "#762a72", "#8e326c", "#a33d63", "#b64a58", "#c65b4c")
_ON_DARK = ("#b05baa", "#ca62a1", "#e06c94", "#f37986", "#fe8c7a", "#ffa47a", "#fdba84", "#fece8c", "#fee296")


def layer_colors(theme: Theme, count: int) -> list[str]:
    """A colour for each of so many layers, readable in the theme; no two are the same."""
    anchors = np.array([parse(color) for color in (_ON_DARK if theme.name == "dark" else _ON_LIGHT)])
    places = np.linspace(0.0, len(anchors) - 1.0, count) if count > 1 else np.array([0.5 * (len(anchors) - 1)])
    known = np.arange(len(anchors))
    mixed = np.column_stack([np.interp(places, known, anchors[:, part]) for part in range(3)])
    return [text((float(r), float(g), float(b))) for r, g, b in mixed]
