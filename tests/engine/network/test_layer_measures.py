"""Statistics of layers against the same taken by hand, layer by layer and sample by sample."""

import math

import numpy as np
import pytest

from workbench.engine.datasets import load
from workbench.engine.network.health import health
from workbench.engine.network.layer_measures import LayerStatistics, histogram, histograms, layer_statistics
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem


@pytest.fixture
def problem():
    hidden = [LayerSpec(5, "tanh"), LayerSpec(4, "relu"), LayerSpec(3, "sigmoid")]
    return NetworkProblem(load("moons", {"samples": 60}, 1, 0.25), hidden, lanes=3)


def test_statistics_are_those_of_a_pass_by_hand(problem):
    theta = np.random.default_rng(2).normal(0, 3, (3, problem.size))
    found = layer_statistics(problem, theta)
    blocks = problem.network.blocks
    for run in range(3):
        one = theta[run : run + 1]
        a = problem.x_train
        for i, f in enumerate((np.tanh, lambda z: np.maximum(z, 0), lambda z: 1 / (1 + np.exp(-z)), lambda z: z)):
            z = a @ blocks[i].weight(one)[0] + blocks[i].bias(one)[0, 0]
            a = f(z)
            assert found.mean[run, i] == pytest.approx(a.mean())
            assert found.deviation[run, i] == pytest.approx(a.std())
            dead = np.mean([(column <= 0).all() for column in z.T]) if i == 1 else 0
            assert found.dead[run, i] == dead
            slope = {0: 1 - a**2, 2: 4 * a * (1 - a)}.get(i, np.ones_like(a))
            assert found.saturated[run, i] == pytest.approx(np.mean(slope < 0.05))


def test_histograms_count_every_value_of_every_run(problem):
    theta = np.random.default_rng(2).normal(0, 1, (3, problem.size))
    gradient = np.empty_like(theta)
    problem.loss_and_gradient(theta, 0, gradient)
    found = histograms(problem, theta, gradient, 1, bins=10)
    assert found["weights"].counts.sum(axis=1).tolist() == [20, 20, 20]
    assert found["gradients"].counts.sum(axis=1).tolist() == [20, 20, 20]
    assert found["activations"].counts.sum(axis=1).tolist() == [45 * 4] * 3
    block = problem.network.blocks[1]
    assert found["weights"].edges[0] == block.weight(theta).min()
    assert found["weights"].edges[-1] == block.weight(theta).max()


def test_a_histogram_of_equal_or_infinite_values_is_a_picture_too():
    assert histogram(np.zeros((1, 6)), 5).counts.tolist() == [[0, 0, 6, 0, 0]]
    assert histogram(np.array([[np.nan, np.inf, 1.0, 2.0]]), 2).counts.tolist() == [[1, 1]]
    assert histogram(np.full((1, 3), np.nan), 2).counts.tolist() == [[0, 0]]


def _statistics(layers, dead=0.0, saturated=0.0):
    zeros = np.zeros((1, layers))
    return LayerStatistics(zeros, zeros, zeros + dead, zeros + saturated)


@pytest.mark.parametrize(
    ("rms", "dead", "saturated", "expected"),
    [
        ([1e-6, 1e-2], 0, 0, {("vanishing", 0)}),
        ([1e-6, 2e-6], 0, 0, set()),
        ([1e-4, 1e-2], 0, 0, set()),
        ([1.0, 101.0], 0, 0, {("exploding", 1)}),
        ([1.0, 1.0], 0.5, 0, {("dead", 0), ("dead", 1)}),
        ([1.0, 1.0], 0.4, 0.6, {("saturated", 0), ("saturated", 1)}),
    ],
)
def test_warnings_follow_the_bounds(rms, dead, saturated, expected):
    found = health(7, np.array([rms]), _statistics(2, dead, saturated), [True])
    assert {(w.key, w.layer) for w in found} == expected
    assert all(w.step == 7 and math.isfinite(w.value) for w in found)


def test_a_diverged_run_is_not_warned_of():
    assert health(7, np.array([[1e9, np.nan]]), _statistics(2, 1.0), [False]) == ()


def test_statistics_of_many_large_runs_are_taken_in_pieces_and_the_same(problem, monkeypatch):
    theta = np.random.default_rng(2).normal(0, 3, (3, problem.size))
    gradient = np.zeros_like(theta)
    whole, counts = layer_statistics(problem, theta), histograms(problem, theta, gradient, 0)["activations"].counts
    metrics = problem.evaluate(theta)
    monkeypatch.setattr("workbench.engine.network.problem._EVALUATED_NUMBERS", 1)
    assert problem.at_once(45) == 1
    pieces = layer_statistics(problem, theta)
    for name in ("mean", "deviation", "dead", "saturated"):
        assert np.array_equal(getattr(pieces, name), getattr(whole, name))
    assert np.array_equal(histograms(problem, theta, gradient, 0)["activations"].counts, counts)
    assert all(np.array_equal(values, metrics[name]) for name, values in problem.evaluate(theta).items())
