"""The learning rates of a race as they were taken, for every picture that shows them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import RaceInfo, Snapshot

Array = NDArray[Any]


def taken_rates(snapshot: Snapshot, most: int, *, is_log: bool = False) -> tuple[Array, Array]:
    """Steps (T,) and the rates (T, R) that runs took at them, up to the present step, whose rate is the last one.

    A row of the history tells the rate of the step that led there: it stands one step further back. A run that has
    diverged takes none; nor do rules that keep step sizes of their own. At most about `most` rows are given, evenly
    spread over the steps, or over their logarithms.
    """
    history = snapshot.history
    count = int(np.searchsorted(history.steps, snapshot.step, side="right"))
    rows = np.arange(count)
    if count > most and is_log:
        rows = np.unique(np.append(np.geomspace(1, count, most).astype(int) - 1, count - 1))
    elif count > most:  # by powers of two: what was drawn once stays as it is while the run goes on
        rows = np.unique(np.append(np.arange(0, count, 1 << int(np.ceil(np.log2(count / most)))), count - 1))
    steps = np.append(np.maximum(history.steps[rows] - 1, 0), snapshot.step).astype(float)
    now = np.where(snapshot.diverged_at >= 0, np.nan, snapshot.rates)
    rates = np.concatenate([history.values["rate"][rows], now[None]])
    rates[:, [run for run in range(snapshot.info.runs) if not has_rate(snapshot.info, run)]] = np.nan
    return steps, rates


def has_rate(info: RaceInfo, run: int) -> bool:
    """Whether a run's rule has a learning rate in force, and not step sizes of its own."""
    return optimizers.get(info.lanes[run // info.starts].optimizer).rate_is != "start"
