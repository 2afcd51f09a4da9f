"""A race from very many starts as one of its lanes: the median of each lane's runs, for a table that can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.words.text import grouped


def lane_medians(snapshot: Snapshot) -> Snapshot:
    """A snapshot with a single run a lane, which has the medians of the lane's runs.

    It counts as diverged where all of them are, at the step at which the last one did.
    """
    info, starts = snapshot.info, snapshot.info.starts

    def median(values: NDArray[Any]) -> NDArray[Any]:
        ranked = np.sort(values.reshape(len(info.lanes), starts), axis=1)  # what is no number comes last
        return np.asarray(0.5 * (ranked[:, (starts - 1) // 2] + ranked[:, starts // 2]))

    gone = snapshot.diverged_at.reshape(-1, starts)
    ended = np.where((gone >= 0).all(axis=1), gone.max(axis=1), -1)
    words = QCoreApplication.translate("RaceTable", "{}, median of {}")
    lanes = tuple(replace(lane, label=words.format(lane.label, grouped(starts))) for lane in info.lanes)
    return replace(
        snapshot,
        info=replace(info, starts=1, lanes=lanes, points=None if info.points is None else info.points[:1]),
        theta=snapshot.theta[::starts],
        loss=median(np.where(snapshot.diverged_at >= 0, np.nan, snapshot.loss)),
        gradient_norm=median(snapshot.gradient_norm),
        gradient_rms=snapshot.gradient_rms[::starts],
        alive=np.asarray(snapshot.alive.reshape(-1, starts).any(axis=1)),
        diverged_at=ended,
        diverged_layer=snapshot.diverged_layer[::starts],
        reached_at=snapshot.reached_at[::starts],
        distance=None if snapshot.distance is None else median(snapshot.distance),
        rates=snapshot.rates[::starts],
        metrics={name: median(values) for name, values in snapshot.metrics.items()},
        stays=(),
    )
