"""Which lane the fit shows before anybody has chosen one."""

from __future__ import annotations

import numpy as np

from workbench.engine.race.snapshot import Snapshot


def best_lane(snapshot: Snapshot) -> int:
    """The lane with the lowest test loss, training loss where none is tested, of the median over its starts."""
    values = snapshot.metrics.get("test_loss", snapshot.loss)
    if not np.isfinite(values).any():
        values = snapshot.loss
    starts = snapshot.info.starts
    losses = np.where((snapshot.diverged_at >= 0) | ~np.isfinite(values), np.inf, values)
    return int(np.argmin(np.median(losses.reshape(-1, starts), axis=1)))
