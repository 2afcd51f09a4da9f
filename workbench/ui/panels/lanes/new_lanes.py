"""What a lane begins with that is duplicated."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Lane, replace
from workbench.ui.words.text import engine_text


def copy_of(lane: Lane, lanes: Sequence[Lane]) -> Lane:
    """The same lane in another colour, under a name that none of the lanes has."""
    base = lane.label or engine_text(optimizers.get(lane.optimizer).title)
    taken = {other.label for other in lanes}
    number = 2
    while f"{base} {number}" in taken:
        number += 1
    made: Lane = replace(lane, color="", label=f"{base} {number}"[:80])
    return made
