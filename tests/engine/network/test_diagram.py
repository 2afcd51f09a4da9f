"""The network as it is drawn, against a pass by hand."""

from __future__ import annotations

import numpy as np

from tests.experiments import example, experiment
from workbench.engine.network.diagram import LARGEST, diagram
from workbench.experiment import build

SMALL = """
format = 1
seed = 4
[problem]
kind = "network"
batch_size = 20
features = ["x2", "x1*x2"]
[problem.data]
name = "moons"
samples = 100
[[problem.layers]]
units = 3
activation = "tanh"
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "sgd"
"""


def test_weights_gradients_and_maps_are_those_of_the_run():
    """Weights and gradients as in the race; maps as by hand at the corners of the plane, the first row the lowest."""
    race = build.make_race(experiment(SMALL))
    race.advance(6)
    found = diagram(race, 1)
    assert found.units == (2, 3, 2)
    assert found.inputs == ("x2", "x1*x2")
    first, last = race.problem.network.blocks
    w1, b1 = race.theta[1, :6].reshape(2, 3), race.theta[1, 6:9]
    w2, b2 = race.theta[1, 9:15].reshape(3, 2), race.theta[1, 15:17]
    np.testing.assert_array_equal(found.weights[0], w1)
    np.testing.assert_array_equal(found.biases[1], b2)
    np.testing.assert_allclose(found.gradients[1], race.gradient[1, last.start : last.bias_start].reshape(3, 2))
    np.testing.assert_allclose(found.bias_gradients[0], race.gradient[1, first.bias_start : first.bias_stop])
    x = race.problem.split.x_train
    low, high = x.min(axis=0), x.max(axis=0)
    low, high = low - 0.15 * (high - low), high + 0.15 * (high - low)
    for row, column, x1, x2 in ((0, 0, low[0], low[1]), (0, -1, high[0], low[1]), (-1, 0, low[0], high[1])):
        inputs = np.array([x2, x1 * x2])
        hidden = np.tanh(inputs @ w1 + b1)
        for values, expected in zip(found.maps, (inputs, hidden, hidden @ w2 + b2), strict=True):
            np.testing.assert_allclose(values[:, row, column], expected, rtol=1e-5)


def test_a_network_too_large_to_be_read_has_measures_alone():
    """The digits have 64 inputs, more than are drawn."""
    found = diagram(build.make_race(example("handwritten_digits")), 0)
    assert found.too_large
    assert max(found.units) == 64 > LARGEST[0]
    assert found.weight_count == 64 * 64 + 64 * 10
    assert found.weights == ()


def test_data_of_one_input_have_no_maps():
    """The sine curve has one input: its network is drawn without pictures of the plane."""
    found = diagram(
        build.make_race(experiment(SMALL.replace("moons", "sine").replace('features = ["x2", "x1*x2"]', ""))), 0
    )
    assert not found.too_large
    assert found.maps == ()
