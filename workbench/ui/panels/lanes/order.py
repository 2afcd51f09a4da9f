"""Orders of lanes: each a list of their present places."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Lane, replace
from workbench.experiment.lane_colors import color_of
from workbench.ui.words.text import engine_text


def with_colors(lanes: Sequence[Lane]) -> list[Lane]:
    """The lanes with their colours written down: those that follow from a place stay when the place is another."""
    return [replace(lane, color=color_of(lane, i)) for i, lane in enumerate(lanes)]


def moved(count: int, index: int, place: int) -> list[int]:
    """The order in which one of `count` lanes has gone to another place, and the others close up."""
    places = [i for i in range(count) if i != index]
    places.insert(place, index)
    return places


def by_name(lanes: Sequence[Lane]) -> list[int]:
    """By what the lanes are called."""
    names = [lane.label or engine_text(optimizers.get(lane.optimizer).title) for lane in lanes]
    return sorted(range(len(lanes)), key=lambda i: names[i].casefold())


def by_rate(lanes: Sequence[Lane]) -> list[int]:
    """By their learning rates, the smallest first."""

    def rate(lane: Lane) -> float:
        values = complete(optimizers.get(lane.optimizer).params, lane.hyperparameters, lane.convention)
        return float(values.get("learning_rate", 0.0))

    return sorted(range(len(lanes)), key=lambda i: rate(lanes[i]))


def by_loss(lanes: Sequence[Lane], snapshot: Snapshot) -> list[int]:
    """By the loss now, the smallest first; of several starts the best counts. Those without a loss come last."""
    starts = snapshot.info.starts
    found = dict.fromkeys(range(len(lanes)), math.inf)
    for place, lane in enumerate(snapshot.info.lanes):
        losses = [float(loss) for loss in snapshot.loss[place * starts : (place + 1) * starts]]
        found[lane.index] = min((loss for loss in losses if not math.isnan(loss)), default=math.inf)
    return sorted(range(len(lanes)), key=lambda i: found[i])
