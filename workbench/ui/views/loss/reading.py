"""What a picture against the step says of the step under the cursor."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.medians import median
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.views.loss.quantities import Course
from workbench.ui.words.text import grouped, readable

_MOST = 12


def evaluated(snapshot: Snapshot, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """The steps (T,) and values (T, R) of a metric as far as it is recorded."""
    found = snapshot.evaluations
    if found is None or name not in found.values:
        return np.zeros(0), np.zeros((0, snapshot.info.runs))
    return found.steps * snapshot.evaluate_every, found.values[name]


def read_course(snapshot: Snapshot, course: Course, row: int) -> str:
    """A quantity of every lane at a row of the record, the test set's at the last evaluation by then, and its best."""
    info, step = snapshot.info, int(snapshot.history.steps[row])
    steps, tests = evaluated(snapshot, "test_loss")
    rows = np.flatnonzero(steps <= step) if course.test is not None else np.zeros(0, int)
    said = [
        _tr("step {}: training / test, best").format(grouped(step))
        if len(rows)
        else _tr("step {}").format(grouped(step))
    ]
    for lane, about in enumerate(info.lanes[:_MOST]):
        runs = slice(lane * info.starts, (lane + 1) * info.starts)
        text = f"{about.label}  {_written(float(median(course.values[row, runs])))}"
        if len(rows):
            found = median(tests[rows, runs]) - (course.test or 0.0)
            text += f" / {_written(float(found[-1]))}"
            if np.isfinite(found).any():
                best = int(np.nanargmin(found))
                text += _tr(", {} at {}").format(_written(float(found[best])), grouped(steps[rows[best]]))
        said.append(text)
    if len(info.lanes) > _MOST:
        said.append(_tr("… and {} more").format(len(info.lanes) - _MOST))
    return "\n".join(said)


def read_accuracy(snapshot: Snapshot, step: float) -> str:
    """Accuracy on the training and on the test set at the evaluation nearest to a step."""
    steps, train = evaluated(snapshot, "accuracy")
    _, test = evaluated(snapshot, "test_accuracy")
    if not len(steps):
        return ""
    row = int(np.abs(steps - step).argmin())
    said = [_tr("step {}, training / test").format(grouped(steps[row]))]
    for lane, info in enumerate(snapshot.info.lanes[:_MOST]):
        run = lane * snapshot.info.starts
        values = [f"{100 * float(part[row, run]):.1f} %" for part in (train, test) if len(part)]
        said.append(f"{info.label}  " + " / ".join(values))
    return "\n".join(said)


def _written(value: float) -> str:
    return readable(value) if np.isfinite(value) else "–"


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
