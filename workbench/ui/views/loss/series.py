"""What is shown beside the loss of training: that of test samples, accuracy, and the time that a step takes."""

from __future__ import annotations

import bisect
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.curves import pen
from workbench.ui.views.loss.scales import scaled
from workbench.ui.views.shared.series import spread

Line = tuple[NDArray[Any], NDArray[Any], QPen]

_POINTS = 400


def evaluated(snapshot: Snapshot, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """The steps (T,) and values (T, R) of a metric up to the present step, the present ones last."""
    found = snapshot.evaluations
    if found is None or name not in found.values:
        return np.zeros(0), np.zeros((0, snapshot.info.runs))
    steps = found.steps * snapshot.evaluate_every
    count = int(np.searchsorted(steps, snapshot.step, side="right"))
    return steps[:count], found.values[name][:count]


def accuracy_lines(snapshot: Snapshot, colors: list[str]) -> tuple[list[Line], NDArray[Any]]:
    """Each run's accuracy in per cent, of the training set and, dashed, of the test set; and where it ends (R, 2).

    The end is the test set's where there is one, as in the race table.
    """
    starts, runs = snapshot.info.starts, snapshot.info.runs
    lines: list[Line] = []
    ends = np.full((runs, 2), np.nan)
    for name, style in (("accuracy", Qt.PenStyle.SolidLine), ("test_accuracy", Qt.PenStyle.DashLine)):
        steps, values = evaluated(snapshot, name)
        if not len(steps):
            continue
        every = max(1, len(steps) // _POINTS)
        rows = np.unique(np.append(np.arange(0, len(steps), every), len(steps) - 1))
        x = steps[rows].astype(float)
        for run in range(runs):
            gone = int(snapshot.diverged_at[run])
            kept = x < gone if gone >= 0 else np.ones(len(x), bool)
            if kept.any():
                y = 100.0 * values[rows[kept], run].astype(float)
                lines.append((x[kept], y, pen(colors[run // starts], 1.4, style)))
                ends[run] = x[kept][-1], y[-1]
    return lines, ends


def tested_lines(snapshot: Snapshot, colors: list[str], *, log_x: bool, log_y: bool) -> list[Line]:
    """The loss of the test set, dashed: of each run or, with several starts, the median of each lane."""
    found = snapshot.evaluations
    if found is None or "test_loss" not in found.values:
        return []
    steps = found.steps * snapshot.evaluate_every
    count = int(np.searchsorted(steps, snapshot.step, side="right"))
    stride = max(1, count // 300)
    x = scaled(steps[:count:stride].astype(float), log_x, 1.0)
    style = Qt.PenStyle.DashLine
    y = scaled(found.values["test_loss"][:count:stride], log_y, 0.0)
    if snapshot.info.starts > 1:
        y = spread(x, y, snapshot.info.starts).middle
    lines = y.shape[1]
    return [(x, y[:, i], pen(colors[i * len(colors) // lines], 1.0, style)) for i in range(lines)]


class Pace:
    """The time that a step of the whole race took, collected while it is looked at.

    What was measured of later steps waits while the race is looked at further back; it goes when the race runs there.
    """

    def __init__(self) -> None:
        self._generation = -1
        self._steps: list[float] = []
        self._times: list[float] = []

    def add(self, snapshot: Snapshot) -> None:
        """Take what a snapshot says of the pace; another race begins anew."""
        if snapshot.generation != self._generation:
            self._generation, self._steps, self._times = snapshot.generation, [], []
        if not snapshot.running or snapshot.steps_per_second <= 0:
            return
        known = bisect.bisect_left(self._steps, snapshot.step)
        del self._steps[known:], self._times[known:]
        milliseconds = 1000.0 / snapshot.steps_per_second
        if not self._times or milliseconds != self._times[-1]:
            self._steps.append(float(snapshot.step))
            self._times.append(milliseconds)
        if len(self._steps) > 2 * _POINTS:
            self._steps, self._times = self._steps[::2], self._times[::2]

    def line(self, until: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Steps and milliseconds, up to a step."""
        known = bisect.bisect_right(self._steps, until)
        return np.array(self._steps[:known]), np.array(self._times[:known])

    def at(self, step: float, until: int) -> float | None:
        """Milliseconds a step, as measured nearest to a step, of what is known up to another one."""
        steps, times = self.line(until)
        return float(times[np.abs(steps - step).argmin()]) if len(steps) else None
