"""The lanes' names over a landscape, in the corner where they hide the least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.ui.plotting.plot import Plot
from workbench.ui.style.theme import Theme
from workbench.ui.views.shared.ghost_lines import ghost_entries, on_plane
from workbench.ui.views.shared.legend import Entry, Legend, named_lanes

_SIGN = 25  # points of a path that a start or a minimum counts for, where the legend hides one


def lane_entries(snapshot: Snapshot, colors: Sequence[str], symbols: Sequence[str], theme: Theme) -> list[Entry]:
    """A row for each lane, with the step at which it diverged, and those of runs that are drawn pale."""
    pale = ghost_entries(on_plane(snapshot.pale, snapshot.info.size), theme)
    return named_lanes(snapshot, colors, symbols) + pale


def place_legend(
    legend: Legend, plot: Plot, corner: str, paths: Sequence[NDArray[Any]], signs: Sequence[NDArray[Any]]
) -> None:
    """Put a legend where one wants it, or where it hides the least of the points of paths (K, 2) and of signs."""
    (x0, x1), (y0, y1) = plot.box.viewRange()
    points = np.concatenate([*paths, np.repeat(np.concatenate(signs), _SIGN, axis=0)])
    points = (points - (x0, y1)) / (x1 - x0, y0 - y1) * (plot.box.width(), plot.box.height())
    legend.take_corner(corner, points)


def start_numbers(info: RaceInfo) -> list[str]:
    """The start of each run, where there are several."""
    return [str(run % info.starts + 1) for run in range(info.runs)] if info.starts > 1 else []
