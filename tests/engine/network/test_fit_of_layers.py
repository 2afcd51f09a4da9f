"""The picture of the fit for networks with features, batch normalisation and a single output for two classes."""

import numpy as np
import pytest

from workbench.engine.datasets import load
from workbench.engine.network.fit import fit
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race


@pytest.fixture
def race():
    problem = NetworkProblem(
        load("playground_circle", {"samples": 80}, 1, 0.25),
        [LayerSpec(4, "tanh", batch_norm=True)],
        loss="binary_cross_entropy",
        features=["x1", "x2", "x1^2", "x2^2", "x1*x2"],
        lanes=2,
    )
    params = optimizers.get("adam").params
    rules = [LaneRule("adam", "pytorch", complete(params, {"learning_rate": rate})) for rate in (0.01, 0.05)]
    race = Race(problem, rules)
    race.advance(60)
    return race


@pytest.mark.parametrize("run", [0, 1])
def test_the_map_lies_over_the_two_coordinates_and_is_of_the_run_asked_for(race, run):
    found = fit(race.problem, race.theta, run)
    assert found.kind == "map"
    assert found.x.shape[0] == 2
    assert set(np.unique(found.outputs)) <= {0, 1}
    grid = np.stack(np.meshgrid(*found.x), axis=-1).reshape(-1, 2)
    o = race.problem.outputs(race.theta, grid)[run, :, 0].reshape(found.outputs.shape)
    assert np.array_equal(found.outputs, o > 0)
    p = 1 / (1 + np.exp(-o))
    assert found.margin == pytest.approx(np.maximum(p, 1 - p))


@pytest.mark.parametrize(("units", "most"), [(8, 64), (1024, 48)])
def test_the_map_of_a_large_network_is_coarser_and_as_true(units, most):
    """A million parameters have fewer points, so that no race stands still for a map; each is the network's."""
    layers = [LayerSpec(units, "tanh"), LayerSpec(units, "tanh")]
    problem = NetworkProblem(load("moons", {"samples": 40}, 1, 0.25), layers)
    theta = problem.initial()
    found = fit(problem, theta, 0)
    side = found.x.shape[1]
    assert side * side * problem.size <= 2.5e9
    assert 16 <= side <= most
    grid = np.stack(np.meshgrid(*found.x), axis=-1).reshape(-1, 2)
    classes = problem.outputs(theta, grid)[0].argmax(axis=-1)
    assert np.array_equal(found.outputs.ravel(), classes)
