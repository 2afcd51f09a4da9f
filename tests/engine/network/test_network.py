"""Networks: every gradient against differences, and against one run and one sample at a time in plain numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Network

#: hidden layers by (units, activation); sizes that differ show a transposed product
ARCHITECTURES: dict[str, list[tuple[int, str]]] = {
    "none": [],
    "one": [(5, "tanh")],
    "two": [(7, "relu"), (4, "sigmoid")],
    "deep": [(6, "tanh"), (5, "identity"), (4, "relu"), (3, "sigmoid")],
    "single unit": [(1, "tanh")],
}
RUNS, SAMPLES, N_IN, N_OUT = 3, 6, 4, 3
#: those of the literal pass; each of the others has its own tests beside this file
LOSSES = ("mean_squared_error", "softmax_cross_entropy")

#: The activations as defined: f and f'.
LITERAL: dict[str, tuple[Any, Any]] = {
    "identity": (lambda z: z, lambda _: 1.0),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "relu": (lambda z: max(0.0, z), lambda z: float(z > 0)),
}


def network(hidden: list[tuple[int, str]], loss: str, dtype: str = "float64", n_in: int = N_IN) -> Network:
    specs = [LayerSpec(units, activation) for units, activation in hidden]
    return Network(n_in, [*specs, LayerSpec(N_OUT, "identity")], losses.get(loss)(), dtype)


def case(hidden: list[tuple[int, str]], loss: str, runs: int = RUNS) -> tuple[Network, Any, Any, Any]:
    """A network with weights (and biases) of its own for each run, and a batch that the runs share."""
    net, random = network(hidden, loss), np.random.default_rng(7)
    theta = random.normal(0, 0.7, (runs, net.size))
    x = random.normal(size=(1, SAMPLES, N_IN))
    y = random.integers(0, N_OUT, (1, SAMPLES)) if net.loss.takes_classes else random.normal(size=(1, SAMPLES, N_OUT))
    return net, theta, x, y


def literal_pass(net: Network, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Loss and gradient (P,) of one run: sample by sample, unit by unit, by the chain rule as textbooks write it."""
    total, slope = 0.0, np.zeros(net.size)
    for sample, target in zip(x, y, strict=True):
        a, kept = list(sample), []
        for spec, block in zip(net.layers, net.blocks, strict=True):
            W = theta[block.start : block.bias_start].reshape(block.n_in, block.n_out)
            b = theta[block.bias_start : block.stop]
            z = [sum(a[i] * W[i, j] for i in range(block.n_in)) + b[j] for j in range(block.n_out)]
            kept.append((a, z, W))
            a = [LITERAL[spec.activation][0](v) for v in z]
        if net.loss.takes_classes:
            sums = sum(math.exp(o) for o in a)
            total += -math.log(math.exp(a[target]) / sums) / len(x)
            d = [(math.exp(o) / sums - float(j == target)) / len(x) for j, o in enumerate(a)]
        else:
            total += sum((o - t) ** 2 for o, t in zip(a, target, strict=True)) / (len(x) * len(a))
            d = [2 * (o - t) / (len(x) * len(a)) for o, t in zip(a, target, strict=True)]
        for spec, block, (below, z, W) in reversed(list(zip(net.layers, net.blocks, kept, strict=True))):
            d = [d[j] * LITERAL[spec.activation][1](z[j]) for j in range(block.n_out)]
            slope[block.start : block.bias_start] += np.outer(below, d).ravel()
            slope[block.bias_start : block.stop] += d
            d = [sum(W[i, j] * d[j] for j in range(block.n_out)) for i in range(block.n_in)]
    return total, slope


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_loss_and_gradient_are_those_of_the_textbook(name: str, loss: str) -> None:
    net, theta, x, y = case(ARCHITECTURES[name], loss)
    out = np.full_like(theta, np.nan)
    values = net.loss_and_gradient(theta, x, y, net.workspace(RUNS, SAMPLES), out)
    for run in range(RUNS):
        value, slope = literal_pass(net, theta[run], x[0], y[0])
        assert values[run] == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(out[run], slope, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_gradient_agrees_with_central_differences_to_1e7(name: str, loss: str) -> None:
    net, theta, x, y = case(ARCHITECTURES[name], loss)
    work, out, scratch = net.workspace(RUNS, SAMPLES), np.empty_like(theta), np.empty_like(theta)
    net.loss_and_gradient(theta, x, y, work, out)
    h, found = 1e-5, np.empty_like(theta)
    for p in range(net.size):
        sides = []
        for sign in (1, -1):
            moved = theta.copy()
            moved[:, p] += sign * h
            sides.append(net.loss_and_gradient(moved, x, y, work, scratch))
        found[:, p] = (sides[0] - sides[1]) / (2 * h)
    assert np.abs(out - found).max() <= 1e-7 * np.abs(out).max()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_each_run_gives_what_it_gives_alone_bit_for_bit(name: str, loss: str, dtype: str) -> None:
    net, theta, x, y = case(ARCHITECTURES[name], loss, runs=5)
    net = network(ARCHITECTURES[name], loss, dtype)
    theta, x, y = theta.astype(dtype), x.astype(dtype), y if y.dtype.kind == "i" else y.astype(dtype)
    out = np.empty_like(theta)
    values = net.loss_and_gradient(theta, x, y, net.workspace(5, SAMPLES), out)
    assert out.dtype == values.dtype == np.dtype(dtype)
    for run in range(5):
        alone = np.empty((1, net.size), dtype)
        value = net.loss_and_gradient(theta[run : run + 1].copy(), x, y, net.workspace(1, SAMPLES), alone)
        assert np.array_equal(value[0], values[run])
        assert np.array_equal(alone[0], out[run])


def test_runs_may_have_batches_of_their_own() -> None:
    net, theta, _, _ = case(ARCHITECTURES["two"], "softmax_cross_entropy")
    random = np.random.default_rng(0)
    x, y = random.normal(size=(RUNS, SAMPLES, N_IN)), random.integers(0, N_OUT, (RUNS, SAMPLES))
    out = np.empty_like(theta)
    values = net.loss_and_gradient(theta, x, y, net.workspace(RUNS, SAMPLES), out)
    for run in range(RUNS):
        value, slope = literal_pass(net, theta[run], x[run], y[run])
        assert values[run] == pytest.approx(value, rel=1e-12)
        np.testing.assert_allclose(out[run], slope, rtol=1e-10, atol=1e-13)


def test_the_loss_without_a_gradient_is_the_same_and_leaves_the_output_alone() -> None:
    random = np.random.default_rng(0)
    output = random.normal(size=(2, 5, 3))
    kept = output.copy()
    for key in LOSSES:
        loss = losses.get(key)()
        target = random.integers(0, 3, (1, 5)) if loss.takes_classes else random.normal(size=(1, 5, 3))
        assert np.array_equal(loss.value(output, target), loss.value(output, target, np.empty_like(output)))
        assert np.array_equal(output, kept)


def test_cross_entropy_of_huge_outputs_neither_overflows_nor_loses_the_right_class() -> None:
    """Without the shift by the largest output e^1000 would be infinite."""
    delta = np.empty((1, 1, 2))
    loss = losses.get("softmax_cross_entropy")()
    assert loss.value(np.array([[[1000.0, 0.0]]]), np.array([[0]]), delta)[0] == 0.0
    assert np.array_equal(delta, [[[0.0, 0.0]]])
    assert loss.value(np.array([[[1000.0, 0.0]]]), np.array([[1]]), delta)[0] == 1000.0
    assert np.array_equal(delta, [[[1.0, -1.0]]])


@pytest.mark.parametrize("key", LITERAL)
def test_activations_and_their_derivatives_are_as_defined(key: str) -> None:
    z = np.concatenate([np.linspace(-8, 8, 33), [1e-9, -1e-9]])[None, None]
    a, delta = np.empty_like(z), np.full_like(z, 2.0)
    activation = activations.get(key)()
    activation.forward(z, a)
    activation.backward(z.copy(), a, delta)
    f, slope = LITERAL[key]
    np.testing.assert_allclose(a.ravel(), [f(v) for v in z.ravel()], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(delta.ravel(), [2 * slope(v) for v in z.ravel()], rtol=1e-9, atol=1e-12)


def test_the_sigmoid_saturates_without_a_warning() -> None:
    z = np.array([-1e4, 1e4])
    out = np.empty_like(z)
    activations.get("sigmoid")().forward(z, out)
    assert np.array_equal(out, [0.0, 1.0])


def test_the_slope_of_relu_at_zero_is_zero() -> None:
    z, delta = np.zeros(1), np.ones(1)
    activations.get("relu")().backward(z, z, delta)
    assert delta[0] == 0.0


@pytest.mark.parametrize(
    ("key", "variance"),
    [("xavier_uniform", lambda i, o: 2 / (i + o)), ("he_normal", lambda i, _: 2 / i)],
)
def test_initial_weights_have_the_published_spread(key: str, variance: Any) -> None:
    """Glorot and Bengio 2010, equation 16; He et al. 2015, equation 10."""
    n_in, n_out = 300, 500
    w = initializers.get(key)().draw(np.random.default_rng(0), n_in, n_out)
    assert w.shape == (n_in, n_out)
    expected = variance(n_in, n_out)
    assert w.var() == pytest.approx(expected, rel=0.02)
    assert abs(w.mean()) < 4 * math.sqrt(expected / w.size)
    if key == "xavier_uniform":
        assert np.abs(w).max() <= math.sqrt(6 / (n_in + n_out))


def test_initial_biases_are_zero_and_weights_follow_from_seed_and_start_alone() -> None:
    net = network(ARCHITECTURES["two"], "mean_squared_error")
    theta = net.initial(3, 1)
    for block in net.blocks:
        assert not theta[block.bias_start : block.stop].any()
        assert theta[block.start : block.bias_start].all()
    assert np.array_equal(theta, net.initial(3, 1))
    assert not np.array_equal(theta, net.initial(3, 0))
    assert not np.array_equal(theta, net.initial(4, 1))
    single = network(ARCHITECTURES["two"], "mean_squared_error", "float32")
    assert np.array_equal(single.initial(3, 1), theta.astype(np.float32))


def test_the_layers_cover_the_flat_buffer_without_a_gap_and_are_views_into_it() -> None:
    net = network(ARCHITECTURES["deep"], "mean_squared_error")
    assert [block.name for block in net.blocks] == ["layer1", "layer2", "layer3", "layer4", "output"]
    assert [b.start for b in net.blocks] == [0, *(b.stop for b in net.blocks[:-1])]
    assert net.size == net.blocks[-1].stop == 4 * 6 + 6 + 6 * 5 + 5 + 5 * 4 + 4 + 4 * 3 + 3 + 3 * 3 + 3
    theta = np.zeros((2, net.size))
    for block in net.blocks:
        block.weight(theta)[:] = 1.0
        block.bias(theta)[:] = 2.0
    assert theta.sum() == 2 * sum(b.n_in * b.n_out + 2 * b.n_out for b in net.blocks)
