"""Lanes that go with another problem: what an edit of the problem leaves of the lanes' own networks."""

from __future__ import annotations

from workbench.engine.params import RequestError
from workbench.experiment.experiment import Experiment, Lane, LaneNetwork, NetworkSetup, replace
from workbench.experiment.filling import fill
from workbench.experiment.lane_networks import without_needless

#: what of a lane's network goes with some data alone, each with what goes with it
_OF_THE_DATA = (("loss", "loss_parameters"), ("target_scaling",), ("features",))


def fitting(experiment: Experiment, before: Experiment) -> Experiment:
    """The experiment with lanes whose networks fit its problem: an objective has none, other data other losses.

    Trained weights that it began with `before` go where the layers are no longer theirs.

    Raises:
        RequestError: the experiment has another fault.
    """
    experiment = _with_fitting_weights(experiment, before)
    if all(lane.network is None for lane in experiment.lanes):
        return experiment
    bare: Experiment = replace(experiment, lanes=tuple(replace(lane, network=None) for lane in experiment.lanes))
    problem = fill(bare).problem
    if not isinstance(problem, NetworkSetup) or not isinstance(experiment.problem, NetworkSetup):
        return bare
    lanes = []
    for lane in experiment.lanes:
        network = without_needless(experiment.problem, _fitting(problem, lane, lane.network))
        lanes.append(replace(lane, network=network))
    found: Experiment = replace(experiment, lanes=tuple(lanes))
    return found


def _with_fitting_weights(experiment: Experiment, before: Experiment) -> Experiment:
    """Without the trained weights to begin with, where the hidden layers are no longer theirs."""
    problem, known = experiment.problem, getattr(before.problem, "weights", "")
    if not isinstance(problem, NetworkSetup) or not problem.weights or problem.weights != known:
        return experiment
    from workbench.experiment.weights import check_layers

    try:
        check_layers(problem.weights, [layer.units for layer in problem.layers], "problem.weights")
    except RequestError:
        kept: Experiment = replace(experiment, problem=replace(problem, weights=""))
        return kept
    return experiment


def _fitting(problem: NetworkSetup, lane: Lane, own: LaneNetwork | None) -> LaneNetwork | None:
    from workbench.experiment.fill_networks import fill_network_of  # loaded for networks alone

    for names in ((), *_OF_THE_DATA):
        if own is not None:
            own = replace(own, **dict.fromkeys(names))
        try:
            fill_network_of(problem, replace(lane, network=own), "network")
        except RequestError:
            continue
        return own
    return None
