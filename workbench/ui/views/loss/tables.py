"""The numbers behind the picture, a row a lane, start and step."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import taken_rates
from workbench.ui.views.loss.quantities import Course


def rates_csv(snapshot: Snapshot) -> bytes:
    """The rate that each step took; a diverged run ends where it did."""
    steps, rates = taken_rates(snapshot, len(snapshot.history.steps) + 1)
    kept = np.append(np.diff(steps) > 0, True)  # the start stands in two rows
    return _table(snapshot, steps[kept], rates[kept], "learning_rate")


def course_csv(snapshot: Snapshot, course: Course, name: str) -> bytes:
    """A quantity at the recorded steps up to the present one; a diverged run ends where it did."""
    count = int(np.searchsorted(snapshot.history.steps, snapshot.step, side="right"))
    return _table(snapshot, snapshot.history.steps[:count], course.values[:count], name)


def _table(snapshot: Snapshot, steps: NDArray[Any], values: NDArray[Any], name: str) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["lane", "label", "run", "step", name])
    for run in range(snapshot.info.runs):
        lane = snapshot.info.lanes[run // snapshot.info.starts]
        for step, value in zip(steps.tolist(), values[:, run].tolist(), strict=True):
            if np.isfinite(value):
                writer.writerow([lane.index, lane.label, run, int(step), repr(value)])
    return buffer.getvalue().encode()
