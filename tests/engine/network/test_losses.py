"""The losses against their formulas, sample by sample, and their gradients against differences."""

import math

import numpy as np
import pytest

from workbench.engine.network.losses import losses

RUNS, BATCH, OUT = 3, 5, 4


def softmax_cross_entropy(o, y):
    return math.log(sum(math.exp(v) for v in o)) - o[y]


def huber(o, y):
    return sum(d * d / 2 if abs(d) <= 1 else abs(d) - 0.5 for d in o - y) / len(o)


def binary(o, y):
    p = 1 / (1 + math.exp(-o[0]))
    return -(y[0] * math.log(p) + (1 - y[0]) * math.log(1 - p))


FORMULAS = {
    "mean_squared_error": lambda o, y: ((o - y) ** 2).mean(),
    "huber": huber,
    "binary_cross_entropy": binary,
    "softmax_cross_entropy": softmax_cross_entropy,
}


def _case(key):
    random = np.random.default_rng(4)
    loss = losses.get(key)()
    outputs = random.normal(0, 2, (RUNS, BATCH, 1 if loss.binary else OUT))
    if loss.binary:
        return loss, outputs, random.integers(0, 2, (RUNS, BATCH, 1)).astype(float)
    if loss.takes_classes:
        return loss, outputs, random.integers(0, OUT, (RUNS, BATCH))
    return loss, outputs, random.normal(0, 1, outputs.shape)


def test_every_loss_has_its_formula_here():
    assert set(losses.keys()) == set(FORMULAS)


@pytest.mark.parametrize("key", losses.keys())
def test_the_value_is_the_mean_of_the_formula_over_the_samples(key):
    loss, outputs, target = _case(key)
    expected = [np.mean([FORMULAS[key](outputs[r, b], target[r, b]) for b in range(BATCH)]) for r in range(RUNS)]
    assert loss.value(outputs.copy(), target) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("key", losses.keys())
def test_the_gradient_is_that_of_differences_and_the_value_is_the_same_with_it(key):
    loss, outputs, target = _case(key)
    delta = np.empty_like(outputs)
    assert np.array_equal(loss.value(outputs, target, delta), loss.value(outputs, target))
    h = 1e-5
    for b, n in np.ndindex(outputs.shape[1:]):
        up, down = outputs.copy(), outputs.copy()
        up[:, b, n] += h
        down[:, b, n] -= h
        slope = (loss.value(up, target) - loss.value(down, target)) / (2 * h)
        assert delta[:, b, n] == pytest.approx(slope, rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("key", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_sure_outputs_neither_overflow_nor_lose_the_loss(key):
    loss = losses.get(key)()
    outputs = np.array([[[800.0]], [[-800.0]]]) if loss.binary else np.array([[[800.0, 0.0]], [[0.0, 800.0]]])
    target = np.array([[1.0]]) if loss.binary else np.array([0])
    delta = np.empty_like(outputs)
    with np.errstate(over="raise", invalid="raise"):
        value = loss.value(outputs, target[None], delta)
    assert value == pytest.approx([0.0, 800.0])
    assert np.isfinite(delta).all()


def test_the_border_of_huber_can_be_moved():
    loss = losses.get("huber")({"delta": 0.5})
    outputs, delta = np.array([[[2.0]], [[0.25]]]), np.empty((2, 1, 1))
    assert loss.value(outputs, np.zeros((1, 1, 1)), delta) == pytest.approx([0.5 * (2 - 0.25), 0.03125])
    assert delta.ravel() == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize("o", [-50.0, -700.0, 50.0, 700.0])
def test_the_slope_of_the_binary_loss_keeps_its_digits_in_both_tails(o: float) -> None:
    """Of a sample that is all but certain: σ(o) for class 0 far to the left, −σ(−o) for class 1 far to the right."""
    target, delta = np.array([[[0.0 if o < 0 else 1.0]]]), np.empty((1, 1, 1))
    losses.get("binary_cross_entropy")().value(np.array([[[o]]]), target, delta)
    assert delta[0, 0, 0] == pytest.approx(np.exp(-abs(o)) * (1 if o < 0 else -1), rel=1e-15)


def test_balanced_classes_count_alike_however_many_samples_they_have():
    """Σ w_y l / Σ w_y with w_c = N / (C N_c), written out; its gradient and curvature by differences."""
    random = np.random.default_rng(7)
    loss = losses.get("softmax_cross_entropy")({"class_weights": "balanced"})
    counts = np.array([60, 30, 9, 0])
    loss.see_classes(counts)
    outputs, target = random.normal(0, 2, (RUNS, BATCH, OUT)), random.integers(0, 3, (RUNS, BATCH))
    weight = [99 / (4 * 60), 99 / (4 * 30), 99 / (4 * 9)]
    expected = []
    for r in range(RUNS):
        terms = [weight[target[r, b]] * softmax_cross_entropy(outputs[r, b], target[r, b]) for b in range(BATCH)]
        expected.append(sum(terms) / sum(weight[c] for c in target[r]))
    delta = np.empty_like(outputs)
    assert loss.value(outputs.copy(), target, delta) == pytest.approx(expected, rel=1e-13)
    assert loss.value(outputs.copy(), target) == pytest.approx(expected, rel=1e-13)
    direction, h = random.normal(0, 1, outputs.shape), 1e-6
    up, down = (loss.value(outputs + s * h * direction, target) for s in (1, -1))
    assert (up - down) / (2 * h) == pytest.approx((delta * direction).sum(axis=(1, 2)), rel=1e-7)
    ahead, back = np.empty_like(outputs), np.empty_like(outputs)
    loss.value(outputs + h * direction, target, ahead)
    loss.value(outputs - h * direction, target, back)
    assert loss.bend(outputs, target, direction) == pytest.approx((ahead - back) / (2 * h), rel=1e-5, abs=1e-8)
    shared = target[:1]  # a batch that all runs share
    assert loss.value(outputs[:1].copy(), shared) == pytest.approx(loss.value(outputs[:1].copy(), target[:1]))
