"""What a new experiment begins with: two lanes on an objective, or on a network."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.engine.objectives import objectives
from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Setup,
    replace,
)

_LANES = ("sgd", "adam")
#: rates that usual networks learn well with; of other rules the default does
_NETWORK_RATES = {"sgd": 0.1, "momentum": 0.05, "nesterov": 0.05, "adagrad": 0.05, "adam": 0.01, "adamw": 0.01,
                  "nadam": 0.01, "amsgrad": 0.01, "rmsprop": 0.005, "adamax": 0.01}  # fmt: skip


def with_rate(lane: Lane, problem: Setup | None) -> Lane:
    """The lane with a learning rate that shows something on the objective, where one is known."""
    if not isinstance(problem, ObjectiveSetup):
        return lane
    return _with(lane, objectives.get(problem.objective).rates.get(lane.optimizer))


def _with(lane: Lane, rate: float | None) -> Lane:
    if rate is None:
        return lane
    made: Lane = replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rate})
    return made


def fitting_lanes(lanes: Sequence[Lane], problem: Setup, before: Sequence[Lane] = ()) -> tuple[Lane, ...]:
    """The lanes for a problem of another kind, with rates that fit it: those it had `before`, else usual ones.

    A lane that `before` has in the same place with the same rule is what it was then, but for name and colour.
    """
    made = []
    for i, lane in enumerate(lanes):
        known = before[i] if i < len(before) and before[i].optimizer == lane.optimizer else None
        if known is not None:
            kept = {"hyperparameters": known.hyperparameters, "network": known.network, "schedule": known.schedule}
            made.append(replace(lane, **kept))
        elif isinstance(problem, NetworkSetup):
            without = {name: value for name, value in lane.hyperparameters.items() if name != "learning_rate"}
            made.append(_with(replace(lane, hyperparameters=without), _NETWORK_RATES.get(lane.optimizer)))
        else:
            made.append(with_rate(replace(lane, network=None), problem))
    return tuple(made)


def objective_race() -> Experiment:
    """SGD and Adam on an objective, with rates that show something there."""
    problem = ObjectiveSetup(objective="rosenbrock")
    return Experiment(problem=problem, lanes=tuple(with_rate(Lane(optimizer=key), problem) for key in _LANES))


def network_race() -> Experiment:
    """SGD and Adam on a small network that separates two classes."""
    layers = (LayerSetup(units=8), LayerSetup(units=8))
    lanes = tuple(_with(Lane(optimizer=key), _NETWORK_RATES[key]) for key in _LANES)
    return Experiment(problem=NetworkSetup(data=DataSetup(name="moons"), layers=layers), lanes=lanes)
