"""A lane with a remedy, beside the lane that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.experiment.experiment import (
    Experiment,
    Lane,
    LaneNetwork,
    LayerSetup,
    NetworkSetup,
    Schedule,
    replace,
)
from workbench.experiment.lane_networks import without_needless

if TYPE_CHECKING:  # loaded for networks alone
    from workbench.engine.network.ailing import Treatment

MOST_LANES = 64


def treated(problem: NetworkSetup, lane: Lane, treatment: Treatment, label: str = "") -> Lane:
    """The lane with what the treatment changes of it, under another name and in the next colour."""
    network: dict[str, Any] = dict(treatment.network)
    if "layers" in network:
        network["layers"] = tuple(msgspec.convert(dict(layer), LayerSetup) for layer in network["layers"])
    own = without_needless(problem, replace(lane.network or LaneNetwork(), **network))
    spelt = optimizers.get(lane.optimizer).spelt(lane.hyperparameters)
    schedule = lane.schedule
    if treatment.schedule:
        schedule = Schedule(**treatment.schedule)
    made: Lane = replace(
        lane,
        label=label[:80],
        color="",
        enabled=True,
        network=own,
        hyperparameters={**spelt, **treatment.hyperparameters},
        gradient={**lane.gradient, **treatment.gradient},
        schedule=schedule,
    )
    return made


def with_treatment(experiment: Experiment, index: int, treatment: Treatment, label: str = "") -> Experiment:
    """The experiment with a treated lane below lane `index`.

    Raises:
        RequestError: it has no network, or no room for another lane.
    """
    problem = experiment.problem
    if not isinstance(problem, NetworkSetup):
        raise RequestError("problem", "must be a network, to try what helps one")
    if len(experiment.lanes) >= MOST_LANES:
        raise RequestError("lanes", f"must be at most {MOST_LANES}: remove one to try another")
    lanes = list(experiment.lanes)
    lanes.insert(index + 1, treated(problem, lanes[index], treatment, label))
    made: Experiment = replace(experiment, lanes=tuple(lanes))
    return made
