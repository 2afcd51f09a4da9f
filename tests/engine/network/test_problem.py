"""A network with data as a problem: which samples a step sees, what is measured, and where numbers come from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.params import RequestError


def problem(name: str = "moons", samples: int = 40, **settings: Any) -> NetworkProblem:
    split = datasets.load(name, {} if name == "digits" else {"samples": samples}, 0, 0.25)
    return NetworkProblem(split, [LayerSpec(5, "tanh")], **settings)


def rows_of(batch: np.ndarray, table: np.ndarray) -> list[int]:
    """Which rows of the table the samples of a batch are."""
    return [int(np.flatnonzero((table == sample).all(axis=1))[0]) for sample in batch]


def test_an_epoch_sees_every_sample_once_and_the_next_in_another_order() -> None:
    """30 training samples in batches of 8: three full ones and a last one of 6, which does not leak onward."""
    p = problem(batch_size=8)
    assert p.steps_per_epoch == 4
    epochs = []
    for epoch in range(3):
        batches = [p.batch(4 * epoch + i)[0] for i in range(4)]
        assert [b.shape[1] for b in batches] == [8, 8, 8, 6]
        epochs.append([row for b in batches for row in rows_of(b[0], p.x_train)])
        assert sorted(epochs[-1]) == list(range(30))
    assert epochs[0] != epochs[1] != epochs[2] != epochs[0]


def test_inputs_and_targets_of_a_batch_belong_together() -> None:
    p = problem(batch_size=7, starts=2, lanes=2)
    for step in range(9):
        x, y = p.batch(step)
        for run in range(4):
            assert np.array_equal(y[run], p.y_train[rows_of(x[run], p.x_train)])


def test_a_step_sees_its_batch_in_whatever_order_steps_are_asked_for() -> None:
    p, q = problem(batch_size=8), problem(batch_size=8)
    for step in (9, 0, 11, 3, 4, 9):
        assert np.array_equal(p.batch(step)[0], q.batch(step)[0])
    assert np.array_equal(problem(batch_size=8).batch(9)[0], p.batch(9)[0])


def test_lanes_share_the_batches_of_a_start_and_starts_have_their_own() -> None:
    p = problem(batch_size=8, lanes=2, starts=3)
    x, _ = p.batch(5)
    assert x.shape[0] == 6
    assert np.array_equal(x[:3], x[3:])
    assert not np.array_equal(x[0], x[1])
    alone, _ = problem(batch_size=8).batch(5)
    assert np.array_equal(alone[0], x[0])
    theta = p.initial()
    assert np.array_equal(theta[:3], theta[3:])
    assert not np.array_equal(theta[0], theta[1])


@pytest.mark.parametrize("size", [0, 30, 1000])
def test_a_batch_as_large_as_the_data_is_the_whole_training_set_in_one_step(size: int) -> None:
    p = problem(batch_size=size)
    assert p.steps_per_epoch == 1
    assert np.array_equal(p.batch(17)[0][0], p.x_train)


def test_the_full_loss_is_the_mean_over_all_training_samples() -> None:
    """Means of batches weighted by their size give the same number."""
    p = problem(batch_size=8)
    theta, out = p.initial(), np.empty((1, p.size))
    parts = [(p.loss_and_gradient(theta, step, out)[0], p.batch(step)[0].shape[1]) for step in range(4)]
    assert p.losses(theta)[0] == pytest.approx(sum(loss * n for loss, n in parts) / 30, rel=1e-12)


def test_full_losses_of_many_vectors_equal_those_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    p = problem()
    theta = np.random.default_rng(0).normal(size=(11, p.size))
    together = p.losses(theta)
    assert np.array_equal(together, [p.losses(row[None])[0] for row in theta])
    monkeypatch.setattr("workbench.engine.network.problem._EVALUATED_NUMBERS", 400)
    assert np.array_equal(together, p.losses(theta))


def test_metrics_are_loss_and_share_of_right_answers_on_either_part() -> None:
    p = problem()
    theta = np.random.default_rng(0).normal(size=(1, p.size))
    found = p.evaluate(theta)
    assert tuple(p.metrics) == ("train_loss", "test_loss", "accuracy", "test_accuracy")
    assert set(found) == set(p.metrics)
    for x, y, name in ((p.x_train, p.y_train, "accuracy"), (p.x_test, p.y_test, "test_accuracy")):
        answers = p.outputs(theta, x)[0].argmax(axis=1)
        assert found[name][0] == pytest.approx((answers == y).mean())


def test_regression_has_no_accuracy_and_no_test_metrics_without_test_samples() -> None:
    split = datasets.load("linear", {}, 0, 0.0)
    assert NetworkProblem(split, []).metrics == ("train_loss",)
    split = datasets.load("linear", {}, 0, 0.5)
    assert NetworkProblem(split, []).metrics == ("train_loss", "test_loss")


def test_the_loss_follows_from_the_data_and_squared_error_takes_classes_as_ones_and_zeros() -> None:
    assert problem().loss_name == "softmax_cross_entropy"
    assert problem("linear").loss_name == "mean_squared_error"
    p = problem(loss="mean_squared_error")
    assert p.y_train.shape == (30, 2)
    assert set(np.unique(p.y_train)) == {0.0, 1.0}
    assert (p.y_train.sum(axis=1) == 1).all()


def test_cross_entropy_without_classes_is_refused() -> None:
    with pytest.raises(RequestError, match='`loss` "softmax_cross_entropy" needs data with classes'):
        problem("linear", loss="softmax_cross_entropy")


def test_a_line_is_learned_to_its_least_squares_solution() -> None:
    """Without a hidden layer the minimum is known in closed form; there the gradient vanishes."""
    split = datasets.load("linear", {"samples": 50}, 1, 0.2)
    p = NetworkProblem(split, [])
    columns = np.c_[split.x_train, np.ones(len(split.x_train))]
    best = np.linalg.lstsq(columns, split.y_train, rcond=None)[0].T
    out = np.empty((1, 2))
    loss = p.loss_and_gradient(best, 0, out)
    assert np.abs(out).max() < 1e-13
    assert loss[0] == pytest.approx(((columns @ best.T - split.y_train) ** 2).mean(), rel=1e-12)
