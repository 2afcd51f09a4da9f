"""Dropout and batch normalisation in a race: fair, repeatable, and off where a network is judged."""

import numpy as np
import pytest

from workbench.engine.datasets import Table, load, split
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import complete
from workbench.engine.race.race import LaneRule, Race

HIDDEN = [LayerSpec(6, "tanh", dropout=0.3, batch_norm=True), LayerSpec(5, "relu", dropout=0.2, batch_norm=True)]


def _rule(optimizer="adam", **given):
    return LaneRule(optimizer, "pytorch", complete(optimizers.get(optimizer).params, given))


def _problem(lanes=1, starts=1, hidden=HIDDEN, batch_size=16):
    data = load("spirals", {"samples": 50}, 3, 0.2)
    return NetworkProblem(data, hidden, lanes=lanes, starts=starts, seed=3, batch_size=batch_size)


def test_a_lane_among_others_takes_the_same_steps_as_alone():
    rules = [_rule(learning_rate=0.01), _rule(learning_rate=0.1), _rule("sgd", learning_rate=0.05)]
    together = Race(_problem(3, 2), rules)
    together.advance(25)
    for i, rule in enumerate(rules):
        alone = Race(_problem(1, 2), [rule])
        alone.advance(25)
        rows = slice(2 * i, 2 * i + 2)
        assert np.array_equal(together.theta[rows], alone.theta)
        assert np.array_equal(together.problem.running[rows], alone.problem.running)
        for name, values in alone.metrics.items():
            assert np.array_equal(together.metrics[name][rows], values)


def test_going_back_and_forward_again_repeats_masks_and_running_averages():
    race = Race(_problem(2), [_rule(learning_rate=0.01), _rule(learning_rate=0.1)])
    race.advance(45)
    theta, running = race.theta.copy(), race.problem.running.copy()
    metrics = race.problem.evaluate(race.theta)
    for step in (44, 7, 0, 33):
        race.seek(step)
        race.seek(45)
        assert np.array_equal(race.theta, theta)
        assert np.array_equal(race.problem.running, running)
    again = race.problem.evaluate(race.theta)
    assert all(np.array_equal(again[name], metrics[name]) for name in metrics)


def test_masks_differ_from_step_to_step_and_start_to_start_and_have_mean_one():
    problem = _problem(1, 2, [LayerSpec(400, "tanh", dropout=0.25)])
    first, second = problem.masks(0, 40)[0], problem.masks(1, 40)[0]
    assert set(np.unique(first)) == {0.0, 1 / 0.75}
    assert first.mean() == pytest.approx(1, abs=0.01)
    assert (first != second).any()
    assert (first[0] != first[1]).any()
    assert np.array_equal(problem.masks(0, 40)[0], first)


def test_nothing_is_dropped_in_evaluations():
    plain = _problem(hidden=[LayerSpec(6, "tanh")])
    dropping = _problem(hidden=[LayerSpec(6, "tanh", dropout=0.5)])
    theta = plain.initial()
    assert np.array_equal(plain.evaluate(theta)["test_loss"], dropping.evaluate(theta)["test_loss"])
    assert np.array_equal(plain.losses(theta), dropping.losses(theta))


def test_normalised_units_have_mean_zero_and_variance_one_over_the_batch():
    problem = _problem(hidden=[LayerSpec(6, "identity", batch_norm=True)], batch_size=0)
    theta = problem.initial()
    problem.loss_and_gradient(theta, 0, np.empty((1, problem.size)))
    normal = problem._last.normal[0][0]
    variance = (problem.x_train @ problem.network.blocks[0].weight(theta)[0]).var(axis=0)
    assert normal.mean(axis=0) == pytest.approx(np.zeros(6), abs=1e-13)
    assert normal.var(axis=0) == pytest.approx(variance / (variance + 1e-5), rel=1e-12)


def test_running_averages_after_k_steps_are_those_of_the_first_k_batches():
    """Ioffe and Szegedy's inference: averages of the batches' means and unbiased variances, with momentum 0.1."""
    problem = _problem(hidden=[LayerSpec(4, "tanh", batch_norm=True)])
    race = Race(problem, [_rule("sgd", learning_rate=0.1)])
    weights, batches = [], []
    for step in range(6):
        weights.append(problem.network.blocks[0].weight(race.theta)[0].copy())
        batches.append(problem.batch(step)[0][0])
        race.advance()
    mean, variance = np.zeros(4), np.ones(4)
    for w, x in zip(weights, batches, strict=True):
        mean = 0.9 * mean + 0.1 * (x @ w).mean(axis=0)
        variance = 0.9 * variance + 0.1 * (x @ w).var(axis=0, ddof=1)
    assert problem.running[0] == pytest.approx(np.concatenate([mean, variance]), rel=1e-12)


def test_a_batch_of_one_sample_is_normalised_to_zero_and_not_to_infinity():
    data = split(Table(np.arange(5.0)[:, None], np.arange(5.0)[:, None]), 0, 0.0)
    race = Race(NetworkProblem(data, [LayerSpec(3, "tanh", batch_norm=True)], batch_size=2), [_rule()])
    race.advance(9)
    assert np.isfinite(race.problem.running).all()
    assert np.isfinite(race.loss).all()


def test_single_precision_follows_double_precision():
    data = load("spirals", {"samples": 50}, 3, 0.2)
    ends = []
    for dtype in ("float64", "float32"):
        race = Race(NetworkProblem(data, HIDDEN, seed=3, batch_size=16, dtype=dtype), [_rule(learning_rate=0.01)])
        race.advance(20)
        assert race.theta.dtype == race.problem.running.dtype == race.loss.dtype == np.dtype(dtype)
        ends.append((race.theta, race.problem.running, race.problem.evaluate(race.theta)["test_loss"]))
    for double, single in zip(*ends, strict=True):
        assert single == pytest.approx(double, rel=1e-2, abs=1e-3)


def test_outputs_at_any_sample_go_with_the_running_averages_of_the_run_asked_for():
    race = Race(_problem(2), [_rule(learning_rate=0.01), _rule(learning_rate=0.1)])
    race.advance(20)
    x = race.problem.split.x_test
    both = race.problem.outputs(race.theta, x)
    assert np.array_equal(race.problem.outputs(race.theta[1:], x, runs=[1]), both[1:])
