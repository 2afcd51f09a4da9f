"""Which layer a diverging run is said to have left the numbers in."""

import numpy as np
import pytest

from workbench.engine.datasets import load
from workbench.engine.network.activations import activations
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race

HIDDEN = [LayerSpec(4, "relu", "he_normal"), LayerSpec(4, "relu", "he_normal"), LayerSpec(4, "relu", "he_normal")]


@pytest.fixture
def problem():
    return NetworkProblem(load("sine", {"samples": 40}, 1, 0.0), HIDDEN, lanes=4)


def test_the_first_layer_with_overlarge_values_is_named(problem):
    theta = problem.initial()
    for run, factor in ((1, 1e20), (2, np.nan), (3, np.inf)):
        problem.network.blocks[run - 1].bias(theta[run : run + 1])[:] = factor
    gradient = np.empty_like(theta)
    with np.errstate(all="ignore"):
        problem.loss_and_gradient(theta, 0, gradient)
        assert problem.diverged_layer(theta, gradient)[1:].tolist() == [0, 1, 2]


def test_where_all_values_are_small_the_layer_with_the_largest_gradient_is_named(problem):
    theta = problem.initial()
    problem.loss_and_gradient(theta, 0, np.empty_like(theta))
    gradient = np.zeros_like(theta)
    for run in range(4):
        block = problem.network.blocks[run]
        gradient[run, block.start : block.stop] = 1e40
    assert problem.diverged_layer(theta, gradient).tolist() == [0, 1, 2, 3]
    gradient[3, problem.network.blocks[1].start] = np.nan
    assert problem.diverged_layer(theta, gradient)[3] == 1


def test_a_race_tells_the_layer_of_those_that_diverged_alone(problem):
    rules = [
        LaneRule("sgd", "pytorch", complete(optimizers.get("sgd").params, {"learning_rate": rate}))
        for rate in (0.01, 10.0, 0.01, 1e6)
    ]
    race = Race(problem, rules)
    race.advance(100)
    assert race.alive.tolist() == [True, False, True, False]
    assert (race.diverged_layer >= 0).tolist() == [False, True, False, True]
    assert race.checkpoint().diverged_layer.tolist() == race.diverged_layer.tolist()


@pytest.mark.parametrize("key", activations.keys())
def test_the_loss_of_a_network_is_no_number_where_one_of_its_weights_is_none(key):
    """So that a run with such a weight is seen by its loss, whatever the activation lets through."""
    problem = NetworkProblem(load("moons", {"samples": 20}, 1, 0.0), [LayerSpec(4, key), LayerSpec(3, key)])
    theta = problem.initial()
    problem.network.blocks[0].weight(theta)[0, 0, 0] = np.nan
    with np.errstate(all="ignore"):
        assert np.isnan(problem.loss_and_gradient(theta, 0, np.empty_like(theta))).all()
