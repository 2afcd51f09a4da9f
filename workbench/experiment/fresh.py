"""What a new experiment begins with: two lanes on an objective, or on a network."""

from __future__ import annotations

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


def with_rate(lane: Lane, problem: Setup | None) -> Lane:
    """The lane with a learning rate that shows something on the objective, where one is known."""
    if not isinstance(problem, ObjectiveSetup):
        return lane
    rate = objectives.get(problem.objective).rates.get(lane.optimizer)
    if rate is None:
        return lane
    made: Lane = replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rate})
    return made


def objective_race() -> Experiment:
    """SGD and Adam on an objective, with rates that show something there."""
    problem = ObjectiveSetup(objective="rosenbrock")
    return Experiment(problem=problem, lanes=tuple(with_rate(Lane(optimizer=key), problem) for key in _LANES))


def network_race() -> Experiment:
    """SGD and Adam on a small network that separates two classes."""
    layers = (LayerSetup(units=8), LayerSetup(units=8))
    rates = {"sgd": 0.1, "adam": 0.01}
    lanes = tuple(Lane(optimizer=key, hyperparameters={"learning_rate": rates[key]}) for key in _LANES)
    return Experiment(problem=NetworkSetup(data=DataSetup(name="moons"), layers=layers), lanes=lanes)
