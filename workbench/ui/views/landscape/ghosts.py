"""The paths of runs that edits have replaced."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engine.race.ghosts import Ghost
from workbench.ui.plotting.curves import Line
from workbench.ui.style.theme import Theme
from workbench.ui.views.shared.ghost_lines import ghost_pen


def ghost_paths(ghosts: Sequence[Ghost], theme: Theme, size: int) -> list[Line]:
    """A line for each ghost over the plane; of an objective of one coordinate (`size` 1), on its curve."""
    return [
        (ghost.path[:, 0], ghost.path[:, 1] if size > 1 else ghost.loss, ghost_pen(ghost, theme))
        for ghost in ghosts
        if ghost.path.shape[1] == size
    ]
