"""How runs are drawn that are not of the race: thin and half way to grey, and kept ones dashed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPen

from workbench.engine.race.ghosts import Ghost
from workbench.ui.plotting.curves import Line, pen
from workbench.ui.style.colors import mixed
from workbench.ui.style.theme import Theme
from workbench.ui.views.shared.legend import OVERLAYS, PALE, Entry

_OWN = 0.55  # of a ghost's own colour, the rest being grey
_PALE = 0.75  # of that, the rest being the ground of a plot: what can be seen through takes very long to paint


def ghost_pen(ghost: Ghost, theme: Theme, color: str = "") -> QPen:
    """The pen of a ghost, told from what is yet to come by its grey; kept runs are told apart by their dashes.

    `color` takes the place of its lane's.
    """
    shade = mixed(mixed(color or theme.lane(ghost.color), theme.muted, _OWN), theme.plot, _PALE)
    if not ghost.of:
        return pen(shade, 1.2)
    return pen(shade, 1.0, OVERLAYS[ghost.place % len(OVERLAYS)][1])  # dashes of a wider line take very long


def ghost_entries(ghosts: Sequence[Ghost], theme: Theme) -> list[Entry]:
    """What a legend says of those that are drawn: a row for replaced ones, and one for each kept run."""
    rows: dict[Entry, None] = {}
    for ghost in ghosts:
        words = ghost.of or QCoreApplication.translate("Ghosts", "replaced by an edit")
        sign = OVERLAYS[ghost.place % len(OVERLAYS)][0] if ghost.of else PALE
        rows[(words, theme.muted, sign)] = None
    return list(rows)


def on_plane(ghosts: Sequence[Ghost], size: int) -> list[Ghost]:
    """Those with a way over a landscape of so many coordinates."""
    return [ghost for ghost in ghosts if size and ghost.path.shape[1] == size]


def ghost_paths(ghosts: Sequence[Ghost], theme: Theme, size: int) -> list[Line]:
    """A line for each ghost over the plane; of an objective of one coordinate (`size` 1), on its curve."""
    return [
        (ghost.path[:, 0], ghost.path[:, 1] if size > 1 else ghost.loss, ghost_pen(ghost, theme))
        for ghost in on_plane(ghosts, size)
    ]
