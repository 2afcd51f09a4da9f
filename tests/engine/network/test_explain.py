"""What is said of single samples: their own losses, the confusion of classes, and the stages of backpropagation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.engine.datasets import load
from workbench.engine.network.explain import COLUMNS, IN_A_ROW, ROWS, explain, extract
from workbench.engine.network.fit import confusion, fit
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem

LOSSES = ("softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error", "huber")


def made(loss="softmax_cross_entropy", *, hidden=(), **more):
    layers = hidden or [LayerSpec(5, "tanh")]
    problem = NetworkProblem(load("moons", {"samples": 60}, 1, 0.25), layers, loss=loss, lanes=2, **more)
    theta = problem.initial()
    theta += np.linspace(0, 0.3, theta.size).reshape(theta.shape)
    return problem, theta


@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_of_the_samples_own_losses_is_the_loss(loss):
    """Of training and test samples alike, and of the run asked for."""
    problem, theta = made(loss)
    found, whole = fit(problem, theta, 1), problem.evaluate(theta)
    assert found.train.losses.mean() == pytest.approx(whole["train_loss"][1], rel=1e-12)
    assert found.test.losses.mean() == pytest.approx(whole["test_loss"][1], rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES[:2])
def test_probabilities_sum_to_one_and_their_logarithms_are_the_losses(loss):
    """−ln of the right class's probability is the cross-entropy of a sample."""
    problem, theta = made(loss)
    judged = fit(problem, theta, 0).train
    assert judged.values.sum(axis=1) == pytest.approx(1.0)
    right = judged.values[np.arange(len(judged.values)), problem.split.y_train]
    assert judged.losses == pytest.approx(-np.log(right), rel=1e-9)


def test_the_confusion_counts_every_test_sample_and_its_diagonal_is_the_accuracy():
    """Rows are the true classes."""
    problem, theta = made()
    found = confusion(problem, theta, 1)
    assert found.tested
    assert found.counts.sum(axis=1).tolist() == np.bincount(problem.split.y_test, minlength=2).tolist()
    assert np.trace(found.counts) / found.counts.sum() == pytest.approx(problem.evaluate(theta)["test_accuracy"][1])


def test_values_have_no_confusion():
    """A data set without classes gives none."""
    problem = NetworkProblem(load("sine", {"samples": 20}, 1, 0.25), [LayerSpec(3)])
    assert confusion(problem, problem.initial(), 0) is None


@pytest.mark.parametrize("batch_size", [0, 7])
@pytest.mark.parametrize("run", [0, 1])
def test_the_batch_taken_apart_gives_the_gradient_of_the_step(run, batch_size):
    """With dropout, batch normalisation and penalties: the last weight gradients are those that the step takes."""
    hidden = [LayerSpec(4, "tanh", dropout=0.3), LayerSpec(3, "relu", batch_norm=True)]
    problem, theta = made(hidden=hidden, l1=0.01, l2=0.02, batch_size=batch_size)
    gradient = np.empty_like(theta)
    loss = problem.loss_and_gradient(theta, 3, gradient)
    found = explain(problem, theta, 3, run)
    assert next(s for s in found.stages if s.rule == "loss").value.corner.item() == pytest.approx(loss[run], rel=1e-12)
    for stage in found.stages:
        if stage.rule == "penalty_gradient":
            block = problem.network.blocks[stage.layer]
            assert stage.value.corner == pytest.approx(block.weight(gradient)[run][:ROWS, :COLUMNS], rel=1e-9)


def test_a_single_sample_says_its_class_and_an_index_beyond_the_end_takes_the_last():
    """Test samples are asked for by their place."""
    problem, theta = made()
    found = explain(problem, theta, 0, 0, ("test", 10_000))
    assert (found.index, found.count, found.samples) == (14, 15, 1)
    assert found.target == problem.split.classes[problem.split.y_test[14]]


def test_a_network_too_large_is_not_taken_apart():
    """Each stage would be a copy of its matrices."""
    problem, theta = made(hidden=[LayerSpec(1024), LayerSpec(1024)])
    assert explain(problem, theta, 0, 0) is None


@given(st.integers(0, 40), st.integers(0, 80))
@settings(max_examples=40, deadline=None)
def test_an_extract_keeps_the_corner_and_sums_over_all(rows, columns):
    """Whatever the shape: no more than the corner is handed on, and the sums are those of the whole."""
    array = np.sin(np.arange(rows * columns, dtype=float)).reshape(rows, columns)
    found = extract(array)
    assert found.shape == (rows, columns)
    assert np.array_equal(found.corner, array[:ROWS, : COLUMNS if rows > 1 else IN_A_ROW])
    if array.size:
        assert (found.low, found.high) == (array.min(), array.max())
        assert found.rms == pytest.approx(np.linalg.norm(array) / np.sqrt(array.size))
