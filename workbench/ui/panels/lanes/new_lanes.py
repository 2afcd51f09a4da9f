"""What a lane begins with that is duplicated or forked, and what its card says of that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Lane, Origin, replace
from workbench.ui.words.text import engine_text, grouped


def copy_of(lane: Lane, lanes: Sequence[Lane]) -> Lane:
    """The same lane in another colour, under a name that none of the lanes has."""
    base = name_of(lane)
    taken = {other.label for other in lanes}
    number = 2
    while f"{base} {number}" in taken:
        number += 1
    made: Lane = replace(lane, color="", label=f"{base} {number}"[:80])
    return made


def name_of(lane: Lane) -> str:
    """What a lane is called."""
    return lane.label or engine_text(optimizers.get(lane.optimizer).title)


def fork_of(lanes: Sequence[Lane], index: int, step: int) -> Lane:
    """The lane that goes on from another one at a step with the same settings, under a name that none of them has."""
    base = QCoreApplication.translate("LanesPanel", "{} from {}").format(name_of(lanes[index]), step)[:76]
    taken, number, label = {lane.label for lane in lanes}, 2, base
    while label in taken:
        label, number = f"{base} ({number})", number + 1
    made: Lane = replace(lanes[index], color="", enabled=True, label=label, origin=Origin(lane=index, step=step))
    return made


def origin_words(lanes: Sequence[Lane], index: int) -> tuple[str, str]:
    """Where a fork begins, in a few words and in a sentence; empty for a lane that is none."""
    origin = lanes[index].origin
    if origin is None or origin.lane >= len(lanes):
        return "", ""
    parent, step = name_of(lanes[origin.lane]), grouped(origin.step)
    short = QCoreApplication.translate("LanesPanel", "begins at step {} of {}").format(step, parent)
    tip = QCoreApplication.translate(
        "LanesPanel",
        "A fork: its past is that of {0}, and from step {1} on it goes its own way. Under the same optimizer and "
        "convention it keeps the optimizer's state, under another one it begins with a fresh one.",
    )
    return short, tip.format(parent, step)
