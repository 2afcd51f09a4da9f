"""A race that ends where every run is within a tolerance: at the step of a closed form, and exactly repeatable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.engine.races import equal, on_network, rule, state
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.race import transfer
from workbench.engine.race.race import Race

START, TOLERANCE = (3.0, -4.0), 1e-8  # on |x|², whose lowest value is 0; the loss is 25 at first


def bowl(*rates: float, tolerance: float | None = TOLERANCE, **given: Any) -> Race:
    problem = ObjectiveProblem(objectives.get("sphere")(), [START], len(rates))
    return Race(problem, [rule("sgd", rate) for rate in rates], tolerance=tolerance, **given)


def arrival(rate: float, tolerance: float = TOLERANCE) -> int:
    """Gradient descent on |x|² shrinks x by 1 − 2η a step, and the loss by the square of that."""
    return math.ceil(math.log(tolerance / 25) / (2 * math.log(abs(1 - 2 * rate))))


def test_the_race_ends_when_the_last_run_is_there() -> None:
    race = bowl(0.1, 0.02)
    race.advance(10_000)
    assert race.finished
    assert race.step == arrival(0.02)
    assert race.reached_at.tolist() == [arrival(0.1), arrival(0.02)]


def test_without_a_tolerance_it_runs_on() -> None:
    race = bowl(0.1, 0.02, tolerance=None)
    race.advance(1000)
    assert race.step == 1000
    assert race.reached_at.tolist() == [-1, -1]


def test_a_run_that_diverged_is_not_waited_for() -> None:
    race = bowl(0.1, 1.5)
    race.advance(10_000)
    assert race.finished
    assert race.reached_at.tolist() == [arrival(0.1), -1]
    assert race.step == max(arrival(0.1), int(race.diverged_at[1]))


def test_the_limit_ends_a_race_that_does_not_arrive() -> None:
    race = bowl(0.1, 0.001, limit=300)
    race.advance(10_000)
    assert race.step == 300
    assert race.reached_at.tolist() == [arrival(0.1), -1]


def test_stepping_back_before_the_arrival_takes_it_back_and_forward_repeats_it() -> None:
    race = bowl(0.1, 0.02)
    race.advance(10_000)
    end, there = state(race), race.reached_at.copy()
    race.seek(arrival(0.1) - 1)
    assert not race.finished
    assert race.reached_at.tolist() == [-1, -1]
    race.advance(10_000)
    assert equal(state(race), end)
    assert np.array_equal(race.reached_at, there)


@pytest.mark.parametrize("steps", [10, 60, 100])
def test_a_race_that_is_taken_over_ends_at_the_same_step(steps: int) -> None:
    at_home, away = bowl(0.1, 0.02), bowl(0.1, 0.02)
    at_home.advance(steps)
    rows = [(record.arrays, record.position) for record in transfer.records(at_home)]
    transfer.take_over(away, transfer.hand_over(at_home), rows, [].append)
    away.advance(10_000)
    assert away.step == arrival(0.02)
    assert away.reached_at.tolist() == [arrival(0.1), arrival(0.02)]
    shown = bowl(0.1, 0.02)
    transfer.mirror(shown, transfer.readings(away).copy(), away.theta)
    assert shown.reached_at.tolist() == away.reached_at.tolist()
    assert shown.finished


def test_where_no_lowest_value_is_known_the_gradient_counts() -> None:
    """Of the saddle x² − y², started on its ridge: the gradient 2x shrinks by 1 − 2η a step."""
    problem = ObjectiveProblem(objectives.get("saddle")(), [(1.0, 0.0)], 1)
    assert problem.measure == "gradient_norm"
    race = Race(problem, [rule("sgd", 0.1)], tolerance=1e-3)
    race.advance(1000)
    first = float(np.linalg.norm(problem.objective.gradient(np.array([1.0, 0.0]), np.empty(2))))
    assert race.gradient_norm[0] <= 1e-3
    norms = race.history.view().values["gradient_norm"][:, 0]
    assert (norms[: race.step] > 1e-3).all()
    assert norms[0] == first


@pytest.mark.parametrize("batch_size", [0, 8])
def test_a_network_ends_where_its_training_loss_is_there(batch_size: int) -> None:
    """Of all samples, and not of the batch that a step happens to see; looked at once an epoch."""
    problem = on_network("linear", 1, batch_size=batch_size)
    assert problem.measure == "loss"
    race = Race(problem, [rule("adam", 0.1)], tolerance=0.1)
    race.advance(5000)
    assert race.finished
    assert race.step % problem.steps_per_epoch == 0
    output = problem.outputs(race.theta, problem.split.x_train)
    loss = float(((output[0] - problem.split.y_train) ** 2).mean())
    assert loss <= 0.1
    race.seek(race.step - problem.steps_per_epoch)
    output = problem.outputs(race.theta, problem.split.x_train)
    assert float(((output[0] - problem.split.y_train) ** 2).mean()) > 0.1
