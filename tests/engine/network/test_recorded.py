"""Gradients and whole trainings against what PyTorch computed from the same weights, batches and masks."""

import numpy as np
import pytest

from tests.network_cases import TRAININGS, architecture, dropout_masks, training_problem
from tests.record_networks import RECORD, STEPS
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race


@pytest.fixture(scope="module")
def record():
    with np.load(RECORD) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("runs", [1, 3])
def test_gradients_of_random_architectures_are_those_of_torch(record, number, runs):
    network, theta, x, y = architecture(number)
    copies, masks = np.tile(theta, (runs, 1)), dropout_masks(network, number, len(x))
    gradient = np.empty_like(copies)
    work = network.workspace(runs, len(x))
    loss = network.loss_and_gradient(copies, x[None], y[None], work, gradient, masks=masks)
    expected = record[f"gradient/{number}"]
    assert loss == pytest.approx(float(record[f"loss/{number}"]), rel=1e-12)
    assert np.abs(gradient - expected).max() <= 1e-10 * np.abs(expected).max()


@pytest.mark.parametrize("name", TRAININGS)
def test_two_hundred_steps_are_those_of_torch(record, name):
    case = TRAININGS[name]
    problem = training_problem(case)
    assert np.array_equal(problem.initial()[0], record[f"training/{name}/initial"])
    given = complete(optimizers.get(case["optimizer"]).params, {"learning_rate": case["learning_rate"]})
    race = Race(problem, [LaneRule(case["optimizer"], "pytorch", given)])
    race.advance(STEPS)
    losses = race.history.view().values["loss"][:STEPS, 0]
    assert losses == pytest.approx(record[f"training/{name}/losses"], rel=1e-8)
    final = record[f"training/{name}/final"]
    assert np.abs(race.theta[0] - final).max() <= 1e-8 * np.abs(final).max()
    assert problem.running[0] == pytest.approx(record[f"training/{name}/running"], rel=1e-8, abs=1e-10)
    assert problem.evaluate(race.theta)["test_loss"][0] == pytest.approx(
        float(record[f"training/{name}/test_loss"]), rel=1e-8
    )
