"""The learning rate in place of the loss: every lane's, as it was taken step by step."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.engine.optimizers import optimizers
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import has_rate, taken_rates
from workbench.engine.race.thinning import Thinning
from workbench.ui.plotting.curves import Line, pen
from workbench.ui.plotting.plot import nice_upper
from workbench.ui.views.loss.lines import Drawing
from workbench.ui.views.shared.series import pale
from workbench.ui.words.text import grouped, readable

_MOST_DECADES = 14.0


def draw_rates(drawing: Drawing, snapshot: Snapshot, colors: list[str], columns: int) -> None:
    """A line for each rate that a lane's runs take; where each run stands is the end of its line.

    Starts differ only where a schedule looks at the loss; runs of the same rates are one line. On a logarithmic axis a
    rate of zero has no place: the line has a gap there.
    """
    steps, rates = taken_rates(snapshot, len(snapshot.history.steps) + 1)
    now = len(steps) - 1
    later = snapshot.history.steps > snapshot.step  # a row tells the rate of the step that led there
    steps = np.concatenate([steps, snapshot.history.steps[later][1:] - 1.0])
    rates = np.concatenate([rates, snapshot.history.values["rate"][later][1:]])
    rates[:, [run for run in range(rates.shape[1]) if not has_rate(snapshot.info, run)]] = np.nan
    fine = np.isfinite(rates) & (rates > 0 if drawing.scale.log_y else True)
    starts = snapshot.info.starts
    for run in range(snapshot.info.runs):
        before = range(run - run % starts, run)
        if any(np.array_equal(rates[:, run], rates[:, other], equal_nan=True) for other in before):
            continue
        color = colors[run // starts]
        for kept, made, into in (
            (np.flatnonzero(fine[: now + 1, run]), pen(color, 1.4), drawing.past),
            (now + np.flatnonzero(fine[now:, run]), pale(color, 0.4), drawing.future),
        ):
            for part in np.split(kept, np.flatnonzero(np.diff(kept) > 1) + 1):
                if not len(part) or (into is drawing.future and len(part) < 2):
                    continue
                taken = rates[part, run : run + 1]
                ((x, y),) = Thinning().polylines(steps[part], taken, columns, is_log=drawing.scale.log_x)
                into.append((run, (drawing.scale.x(x), drawing.scale.y(y), made)))
        if drawing.past and drawing.past[-1][0] == run:
            drawing.stand(run)


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
    said = [_tr("step {}").format(grouped(steps[row]))]
    for lane, about in enumerate(info.lanes[:12]):
        runs = slice(lane * info.starts, (lane + 1) * info.starts)
        if not has_rate(info, runs.start):
            said.append(_tr("{}  step sizes of its own").format(about.label))
            continue
        known = rates[row, runs][np.isfinite(rates[row, runs])]
        if not len(known):
            said.append(f"{about.label}  –")
            continue
        text = " – ".join(readable(rate) for rate in sorted({float(known.min()), float(known.max())}))
        if optimizers.get(about.optimizer).rate_is == "trial":
            text = _tr("{} (first trial)").format(text)
        said.append(f"{about.label}  {text}")
    return "\n".join(said)


def _tr(text: str) -> str:
    return QCoreApplication.translate("LossView", text)
