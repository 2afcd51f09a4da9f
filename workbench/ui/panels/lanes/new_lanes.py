"""What a lane begins with that is added or duplicated."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.experiment.experiment import Lane, ObjectiveSetup, Setup, replace
from workbench.ui.words.text import engine_text


def with_rate(lane: Lane, problem: Setup | None) -> Lane:
    """The lane with a learning rate that shows something on the objective, where one is known."""
    if not isinstance(problem, ObjectiveSetup):
        return lane
    rate = objectives.get(problem.objective).rates.get(lane.optimizer)
    if rate is None:
        return lane
    made: Lane = replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rate})
    return made


def copy_of(lane: Lane, lanes: Sequence[Lane]) -> Lane:
    """The same lane in another colour, under a name that none of the lanes has."""
    base = lane.label or engine_text(optimizers.get(lane.optimizer).title)
    taken = {other.label for other in lanes}
    number = 2
    while f"{base} {number}" in taken:
        number += 1
    made: Lane = replace(lane, color="", label=f"{base} {number}"[:80])
    return made
