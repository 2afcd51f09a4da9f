"""A race from very many starts as one of its lanes: the median of each lane's runs, for a table that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.medians import median
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.views.race.cells import RISING, Best
from workbench.ui.words.text import grouped


def lane_medians(snapshot: Snapshot) -> Snapshot:
    """A snapshot with a single run a lane, which has the medians of the lane's runs.

    One that diverged counts as the worst. The lane counts as diverged where all of them are, as the last one did. It
    has no record; of that, `best_medians` gives what the table shows.
    """
    info, starts = snapshot.info, snapshot.info.starts
    lost = snapshot.diverged_at >= 0

    def middle(values: NDArray[Any]) -> NDArray[Any]:
        return median(np.where(lost, np.nan, values).reshape(-1, starts))

    gone = snapshot.diverged_at.reshape(-1, starts)
    ended = np.where((gone >= 0).all(axis=1), gone.max(axis=1), -1)
    last = np.arange(len(info.lanes)) * starts + gone.argmax(axis=1)
    words = QCoreApplication.translate("RaceTable", "{}, median of {}")
    lanes = tuple(replace(lane, label=words.format(lane.label, grouped(starts))) for lane in info.lanes)
    return replace(
        snapshot,
        info=replace(info, starts=1, lanes=lanes, points=None if info.points is None else info.points[:1]),
        theta=snapshot.theta[::starts],
        loss=middle(snapshot.loss),
        gradient_norm=middle(snapshot.gradient_norm),
        gradient_rms=snapshot.gradient_rms[::starts],
        alive=np.asarray(snapshot.alive.reshape(-1, starts).any(axis=1)),
        diverged_at=ended,
        diverged_layer=snapshot.diverged_layer[last],
        reached_at=snapshot.reached_at[::starts],
        distance=None if snapshot.distance is None else middle(snapshot.distance),
        rates=snapshot.rates[::starts],
        metrics={name: _worst_last(name, middle, values) for name, values in snapshot.metrics.items()},
        evaluations=None,
        stays=(),
    )


def best_medians(snapshot: Snapshot) -> Best | None:
    """The median of each lane's lowest test losses so far, and of the steps at which they were; None without any."""
    found = snapshot.best("test_loss")
    if found is None:
        return None
    starts, steps = snapshot.info.starts, np.where(found[1] < 0, np.nan, found[1])
    return median(found[0].reshape(-1, starts)), median(steps.reshape(-1, starts))


def _worst_last(name: str, middle: Callable[[NDArray[Any]], NDArray[Any]], values: NDArray[Any]) -> NDArray[Any]:
    """The medians of a metric, the worst of whose values are the largest, or of accuracies the smallest."""
    return -middle(-values) if name in RISING else middle(values)
