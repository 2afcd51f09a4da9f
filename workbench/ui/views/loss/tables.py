"""The numbers behind the picture, a row a lane, start and step."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import taken_rates
from workbench.export.change_words import change_column, changes_until
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
    changes, rows = changes_until(snapshot), steps.astype(int).tolist()
    writer.writerow(["lane", "label", "run", "step", name, *(["change"] if changes else [])])
    for run in range(snapshot.info.runs):
        lane = snapshot.info.lanes[run // snapshot.info.starts]
        told = change_column(changes, run // snapshot.info.starts, rows)
        for step, value, cell in zip(rows, values[:, run].tolist(), told, strict=True):
            if np.isfinite(value):
                writer.writerow([lane.index, lane.label, run, step, repr(value), *([cell] if changes else [])])
    return buffer.getvalue().encode()
