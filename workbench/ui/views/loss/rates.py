"""The learning rate in place of the loss: every lane's, as it was taken step by step."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import has_rate, taken_rates
from workbench.export.change_words import change_column, changes_until
from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.plot import nice_upper
from workbench.ui.views.loss.series import Line

_MOST_DECADES = 14.0


def rate_lines(
    snapshot: Snapshot, colors: list[str], most: int, *, log_x: bool, log_y: bool
) -> tuple[list[Line], NDArray[Any]]:
    """A line for each rate that a lane's runs take, log10 of it where `log_y`, and where each run's line ends (R, 2).

    Starts differ only where a schedule looks at the loss; runs of the same rates are one line. A rate of zero has no
    logarithm: the line has a gap there.
    """
    steps, rates = taken_rates(snapshot, most, is_log=log_x)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(rates > 0, np.log10(rates), np.nan) if log_y else rates
    starts, runs = snapshot.info.starts, snapshot.info.runs
    lines: list[Line] = []
    ends = np.full((runs, 2), np.nan)
    for run in range(runs):
        fine = np.flatnonzero(np.isfinite(y[:, run]))
        if not len(fine):
            continue
        lane = run // starts
        before = range(lane * starts, run)
        if any(np.array_equal(y[:, run], y[:, other], equal_nan=True) for other in before):
            continue
        ends[run] = steps[fine[-1]], y[fine[-1], run]
        parts = np.split(fine, np.flatnonzero(np.diff(fine) > 1) + 1)
        lines += [(steps[part], y[part, run], pen(colors[lane], 1.4)) for part in parts]
    return lines, ends


def rate_range(lines: list[Line], *, is_log: bool) -> tuple[float, float]:
    """What the axis of the rates should show: from zero, or whole decades."""
    values = np.concatenate([y for _, y, _ in lines]) if lines else np.zeros(0)
    if not len(values):
        return (-4.0, 0.0) if is_log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if not is_log:
        top = nice_upper(1.05 * high)
        return -0.02 * top, top
    low = max(low, high - _MOST_DECADES)
    bottom, top = float(np.floor(low - 0.15)), float(np.ceil(high + 0.15))
    return bottom, max(top, bottom + 1.0)


def read_rates(snapshot: Snapshot, step: float) -> str:
    """The rate of every lane at the recorded step nearest to one."""
    steps, rates = taken_rates(snapshot, len(snapshot.history.steps) + 1)
    row = int(np.abs(steps - step).argmin())
    info = snapshot.info
    said = [_tr("step {}").format(int(steps[row]))]
    for lane, about in enumerate(info.lanes[:12]):
        runs = slice(lane * info.starts, (lane + 1) * info.starts)
        if not has_rate(info, runs.start):
            said.append(_tr("{}  step sizes of its own").format(about.label))
            continue
        known = rates[row, runs][np.isfinite(rates[row, runs])]
        if not len(known):
            said.append(f"{about.label}  –")
            continue
        text = " – ".join(f"{rate:.4g}" for rate in sorted({float(known.min()), float(known.max())}))
        if optimizers.get(about.optimizer).rate_is == "trial":
            text = _tr("{} (first trial)").format(text)
        said.append(f"{about.label}  {text}")
    return "\n".join(said)


def rates_csv(snapshot: Snapshot) -> bytes:
    """A row a lane, start and step with the rate that the step took; a diverged run ends where it did."""
    steps, rates = taken_rates(snapshot, len(snapshot.history.steps) + 1)
    kept = np.append(np.diff(steps) > 0, True)  # the start stands in two rows
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    changes, rows = changes_until(snapshot), steps[kept].astype(int).tolist()
    writer.writerow(["lane", "label", "run", "step", "learning_rate", *(["change"] if changes else [])])
    for run in range(snapshot.info.runs):
        lane = snapshot.info.lanes[run // snapshot.info.starts]
        told = change_column(changes, run // snapshot.info.starts, rows)
        for step, rate, cell in zip(rows, rates[kept, run].tolist(), told, strict=True):
            if np.isfinite(rate):
                writer.writerow([lane.index, lane.label, run, step, repr(rate), *([cell] if changes else [])])
    return buffer.getvalue().encode()


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
