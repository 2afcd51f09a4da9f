"""What a network makes of a row that a person types in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.datasets.base import Split
from workbench.engine.network.fit import probabilities
from workbench.engine.network.network_statistic import NetworkStatistic, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network of a run gives for a row.

    Attributes:
        row: the inputs as they were typed, in the data's own units.
        values: the probability of each class (C,); what it gives (n_out,), in the data's own unit, where it has none.
        run: the run.
    """

    row: tuple[float, ...]
    values: Floats
    run: int


def scaled(split: Split, row: Sequence[float]) -> Floats:
    """A row (n_in,) in the data's own units as the network sees it."""
    x = np.asarray(row, np.float64)
    return (x - np.array(split.shift)) / np.array(split.scale) if split.scale else x


def predict(problem: NetworkProblem, theta: Floats, run: int, row: Sequence[float]) -> Prediction | None:
    """What run `run` of theta (R, P) gives for a row; None for one of another length than the data's."""
    if len(row) != problem.split.x_train.shape[1]:
        return None
    with np.errstate(all="ignore"):
        x = scaled(problem.split, row)[None]
        outputs = problem.outputs(theta[run : run + 1], x, runs=[run])[0]
        return Prediction(tuple(row), np.asarray(probabilities(problem, outputs)[0]), run)


@statistics.register("prediction")
class PredictionStatistic(NetworkStatistic):
    """What the run given makes of the row given."""

    refresh, rest = 0.1, 4.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Prediction | None:
        run, row = given
        own = network_of(race, run)
        found = predict(own.problem, own.theta, own.run, row)
        return None if found is None else Prediction(found.row, found.values, own.part.rows.start + own.run)
