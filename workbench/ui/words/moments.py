"""What is said of a run at a step: where it stood, its loss and rate, and what its rule remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.words.health import run_label
from workbench.ui.words.text import grouped, readable

if TYPE_CHECKING:  # loaded when the mouse first points at a run
    from workbench.engine.race.moment import Moment

#: arrays of a rule's state that are told
_MOST = 5


def moment_words(snapshot: Snapshot, run: int, step: int) -> list[str]:
    """Lines on a run at a recorded step; the rule's state where it has been found."""
    history, label = snapshot.history, run_label(snapshot.info, run)
    said = [_tr("{} · step {}").format(label, grouped(step))]
    row = int(np.searchsorted(history.steps, step))
    theta: list[float] = []
    if step == snapshot.step:
        loss, rate = float(snapshot.loss[run]), float(snapshot.rates[run])
        theta = snapshot.theta[run].tolist() if snapshot.info.size <= 2 else []
    elif row < len(history.steps) and history.steps[row] == step:
        loss, rate = float(history.values["loss"][row, run]), float(history.values["rate"][row, run])
        if snapshot.info.size <= 2 and "path" in history.values:
            theta = history.values["path"][row, run].tolist()
    else:  # between two rows
        return said
    if theta:
        names = ("x", "y") if snapshot.info.kind == "objective" else ("w", "b")
        said.append("   ".join(f"{name} = {readable(value)}" for name, value in zip(names, theta, strict=False)))
    numbers = [_tr("loss = {}").format(readable(loss))]
    if np.isfinite(rate):
        numbers.append(f"η = {readable(rate)}")
    said.append("   ".join(numbers))
    found = snapshot.extras.get("moment")
    if found is not None and (found.run, found.step) == (run, step):
        said += _state_words(found)
    return said


def _state_words(found: Moment) -> list[str]:
    lines = []
    for one in found.state[:_MOST]:
        if len(one.values):
            values = ", ".join(readable(value) for value in one.values)
            lines.append(f"{one.name} = {values}" if len(one.values) == 1 else f"{one.name} = ({values})")
        else:
            lines.append(f"‖{one.name}‖ = {readable(one.norm)}")
    return lines


def _tr(text: str) -> str:
    return QCoreApplication.translate("Moments", text)
