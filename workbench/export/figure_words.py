"""What stands below a figure: its lanes with their rates, the steps and the seed. No Qt."""

from __future__ import annotations

from workbench.engine.params import grouped
from workbench.experiment import build
from workbench.experiment.experiment import Experiment
from workbench.experiment.filling import fill_lane

#: Lanes that are named one by one.
_MOST_LANES = 12


def caption_of(experiment: Experiment, step: int) -> str:
    """A line: each lane with what tells it apart, how many steps were taken, and the seed."""
    lanes = [_lane_words(experiment, info.index, info.label) for info in build.lane_infos(experiment)]
    if len(lanes) > _MOST_LANES:
        lanes = [*lanes[:_MOST_LANES], f"and {len(lanes) - _MOST_LANES} more lanes"]
    return f"{', '.join(lanes)}; {grouped(step)} {'step' if step == 1 else 'steps'}, seed {experiment.seed}."


def _lane_words(experiment: Experiment, index: int, label: str) -> str:
    """The lane's name and, behind it, its learning rate with its schedule."""
    lane = fill_lane(experiment.lanes[index], f"lanes[{index}]")
    rate = lane.hyperparameters.get("learning_rate")
    said = [f"learning rate {rate:g}"] if isinstance(rate, int | float) else []
    if lane.schedule is not None and lane.schedule.kind != "constant":
        said.append(lane.schedule.kind.replace("_", " "))
    return f"{label} ({', '.join(said)})" if said else label
