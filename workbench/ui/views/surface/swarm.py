"""A race from very many starts on a block in space: a dot and a short tail for each run that no hill hides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.block import Block
from workbench.ui.plotting.plot import Plot
from workbench.ui.plotting.rays import Seen
from workbench.ui.plotting.space import Sight
from workbench.ui.plotting.swarm_paths import SwarmPaths
from workbench.ui.views.surface.ways import placed

_TAIL = 8  # recorded steps: each of their points has its place behind or before the hills


class SpaceSwarm:
    """Draws the runs of a snapshot over two parameters."""

    def __init__(self, plot: Plot) -> None:
        self.paths = SwarmPaths()
        plot.box.addItem(self.paths, ignoreBounds=True)

    def draw(self, snapshot: Snapshot, made: Block, sight: Sight, seen: Seen, colors: Sequence[str]) -> None:
        """Draw what is seen of all runs."""
        info, history = snapshot.info, snapshot.history
        count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
        state = np.asarray(snapshot.theta, np.float64)
        points = np.concatenate([history.values["path"][max(0, count - _TAIL) : count], state[None]])
        there, is_seen = placed(made, points.reshape(-1, 2), sight, seen)
        there = np.where(is_seen[:, None], there, np.nan).reshape(points.shape)
        self.paths.set_runs(there, np.repeat(np.arange(len(info.lanes)), info.starts), colors)

    def clear(self) -> None:
        """Draw nothing: the starts are few."""
        if self.paths.runs:
            self.paths.set_runs(np.zeros((0, 0, 2)), np.zeros(0, np.intp), ())
