"""What is kept of runs that an edit replaces."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats
from workbench.engine.race.ghosts import MOST, Ghost
from workbench.engine.race.history import HistoryView
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import RaceInfo

#: Rows that are kept of a run, and parameters of which a path can be drawn.
_ROWS, _DRAWN = 1024, 2


def ghosts_of(race: Race, info: RaceInfo, runs: Iterable[tuple[int, int]], since: int) -> tuple[Ghost, ...]:
    """The first of some runs, by lane and start, from a step on; none of those with fewer than two rows there."""
    view = race.history.view(ended=True)
    found: list[Ghost] = []
    for lane, start in runs:
        ghost = _ghost(view, info, lane, start, since)
        if len(ghost.steps) > 1:
            found.append(ghost)
        if len(found) == MOST:
            break
    return tuple(found)


def _rows(steps: NDArray[np.int64], loss: Floats, since: int) -> NDArray[np.intp]:
    """The rows from a step on at which there is a loss, no more than can be kept."""
    first = max(0, int(np.searchsorted(steps, since, side="right")) - 1)
    known = first + np.flatnonzero(np.isfinite(loss[first:]))
    if len(known) > _ROWS:
        known = known[np.unique(np.linspace(0, len(known) - 1, _ROWS).round().astype(np.intp))]
    return known


def _ghost(view: HistoryView, info: RaceInfo, lane: int, start: int, since: int) -> Ghost:
    run, about = lane * info.starts + start, info.lanes[lane]
    steps, losses = view.densely("loss", run)
    rows = _rows(steps, losses, since)
    drawn = info.size <= _DRAWN and "path" in view.values
    path = view.densely("path", run)[1][rows] if drawn else np.zeros((len(rows), 0))
    arrays = (steps[rows], losses[rows].copy(), path.copy())
    for array in arrays:
        array.flags.writeable = False
    return Ghost(about.label, about.color, about.index, start, *arrays)
