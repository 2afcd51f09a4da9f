"""The network as it is drawn, against a pass by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import example, experiment
from workbench.engine.network.diagram import CHOSEN_UNITS, DiagramStatistic, diagram
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


def test_of_a_wide_layer_those_units_are_drawn_that_matter():
    """64 units of ReLU on digits: among them the one with the largest weights, and one that was made dead."""
    race = build.make_race(example("handwritten_digits"))
    race.advance(30)
    theta = race.theta[0]
    w1, w2 = theta[: 64 * 64].reshape(64, 64), theta[64 * 65 : 64 * 65 + 640].reshape(64, 10)
    theta[64 * 64 + 5] = -1e3  # a bias that keeps unit 5 below zero for every sample
    w1[:, 9] *= 30.0
    sizes = np.sqrt((w1**2).sum(axis=0) + (w2**2).sum(axis=1))
    found = diagram(race, 0)
    shown = found.shown[1]
    assert found.units == (64, 64, 10)
    assert len(shown) == CHOSEN_UNITS
    assert list(shown) == sorted(shown)
    assert int(sizes.argmax()) == 9
    assert 9 in shown
    assert 5 in shown
    assert found.dead[0][shown.index(5)]
    assert found.dead_counts[0] >= 1
    assert found.shown[2] == tuple(range(10)), "all classes"
    assert found.classes == tuple("0123456789")
    np.testing.assert_array_equal(found.weights[1], w2[list(shown)])
    assert found.gradient_rms[0] == pytest.approx(np.sqrt(np.mean(gradient_now(race)[: 64 * 64] ** 2)))


def gradient_now(race):
    """The gradient of the present parameters for the batch that the next step uses."""
    out = np.empty_like(race.theta)
    race.problem.loss_and_gradient(race.theta, race.step, out)
    return out[0]


def test_units_that_are_drawn_stay_unless_others_matter_clearly_more():
    """So that a drawing does not flicker: the same units again, though others have grown a little."""
    race = build.make_race(example("handwritten_digits"))
    kept = diagram(race, 0).shown
    other = next(unit for unit in range(64) if unit not in kept[1])
    weights = race.theta[0, : 64 * 64].reshape(64, 64)
    weights[:, other] *= 1.2
    assert diagram(race, 0, kept).shown == kept
    weights[:, other] *= 20.0
    assert other in diagram(race, 0, kept).shown[1]


def test_while_it_runs_the_units_drawn_stay_for_some_seconds(monkeypatch):
    """Gradients of batches would change them at every look. At rest, and of another run, they are chosen anew."""
    race = build.make_race(example("handwritten_digits"))
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    statistic = DiagramStatistic()
    kept = statistic.compute(race, (0,), running=True).shown
    other = next(unit for unit in range(64) if unit not in kept[1])
    race.theta[0, : 64 * 64].reshape(64, 64)[:, other] *= 20.0
    clock[0] += 1.0
    assert statistic.compute(race, (0, kept), running=True).shown == kept
    assert other in DiagramStatistic().compute(race, (0, kept), running=True).shown[1]
    clock[0] += 2.5
    assert other in statistic.compute(race, (0, kept), running=True).shown[1]
    clock[0] += 0.1
    weights = race.theta[0, : 64 * 64].reshape(64, 64)
    third = next(unit for unit in range(64) if unit not in kept[1] and unit != other)
    weights[:, third] *= 40.0
    assert third in statistic.compute(race, (0, kept), running=False).shown[1], "at rest"


def test_images_give_a_sample_and_all_their_inputs():
    """Eight by eight pixels as they were before scaling; the weights of each unit drawn are a picture of that size."""
    race = build.make_race(example("handwritten_digits"))
    found = diagram(race, 0)
    split = race.problem.split
    assert found.picture == pytest.approx(split.unscaled(split.x_train[0]).reshape(8, 8))
    assert found.shown[0] == tuple(range(64))
    assert found.weights[0].shape == (64, CHOSEN_UNITS)
    assert not found.is_whole


def test_outputs_have_the_probabilities_of_their_classes():
    """Softmax over the outputs at each point of the plane."""
    race = build.make_race(experiment(SMALL))
    race.advance(6)
    found = diagram(race, 0)
    powers = np.exp(found.maps[-1].astype(float))
    assert found.class_maps == pytest.approx(powers / powers.sum(axis=0), rel=1e-5)
    assert found.classes == race.problem.split.classes
    assert found.is_whole


def test_data_of_one_input_have_no_maps():
    """The sine curve has one input: its network is drawn without pictures of the plane."""
    found = diagram(
        build.make_race(experiment(SMALL.replace("moons", "sine").replace('features = ["x2", "x1*x2"]', ""))), 0
    )
    assert found.maps == ()
    assert found.class_maps is None
