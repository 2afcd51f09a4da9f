"""Products with a network's Hessian against differences of its exact gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.engine import datasets
from workbench.engine.network.activations import Activation, activations
from workbench.engine.network.hessian import NetworkHessian
from workbench.engine.network.losses import Loss, losses
from workbench.engine.network.network import LayerSpec, Network

SMOOTH = tuple(entry.key for entry in activations if entry.key not in ("relu", "leaky_relu"))


def setup(
    loss: str, layers: list[LayerSpec], *, l2: float = 0.0, l1: float = 0.0
) -> tuple[Network, np.ndarray, np.ndarray, np.ndarray]:
    """A network of 3 inputs with 12 samples, and parameters away from where anything is zero."""
    random = np.random.default_rng(11)
    chosen = losses.get(loss)()
    n_out = 1 if chosen.binary else 3
    network = Network(3, [*layers, LayerSpec(n_out)], chosen, l2=l2, l1=l1)
    x = random.normal(size=(12, 3))
    y: np.ndarray = random.normal(size=(12, n_out))
    if chosen.binary:
        y = random.integers(0, 2, (12, 1)).astype(float)
    elif chosen.takes_classes:
        y = random.integers(0, 3, 12)
    return network, random.normal(0, 0.7, network.size), x, y


def dense(network: Network, theta: np.ndarray, x: np.ndarray, y: np.ndarray, masks: Any = None) -> np.ndarray:
    """The Hessian (P, P) by central differences of backpropagation's gradient."""
    size, h = network.size, 1e-5
    points = np.concatenate([theta + h * np.eye(size), theta - h * np.eye(size)])
    work, out = network.workspace(2 * size, len(x)), np.empty((2 * size, size))
    shared = None if masks is None else [m if m is None else m[None] for m in masks]
    network.loss_and_gradient(points, x[None], y[None], work, out, masks=shared)
    return (out[:size] - out[size:]) / (2 * h)


def check(network: Network, theta: np.ndarray, x: np.ndarray, y: np.ndarray, masks: Any = None) -> None:
    found = NetworkHessian(network, theta, x, y, masks).product(np.eye(network.size))
    right = dense(network, theta, x, y, masks)
    np.testing.assert_allclose(found, right, rtol=1e-6, atol=3e-8 * np.abs(right).max())
    np.testing.assert_allclose(found, found.T, rtol=1e-10, atol=1e-13 * np.abs(right).max())


@pytest.mark.parametrize("activation", SMOOTH)
def test_products_are_those_of_the_dense_hessian_for_every_activation(activation: str) -> None:
    check(*setup("mean_squared_error", [LayerSpec(4, activation), LayerSpec(3, activation)]))


@pytest.mark.parametrize("loss", [entry.key for entry in losses])
def test_they_are_for_every_loss(loss: str) -> None:
    check(*setup(loss, [LayerSpec(5, "tanh")]))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_they_are_for_rectifiers_where_no_unit_is_at_its_kink(activation: str) -> None:
    check(*setup("softmax_cross_entropy", [LayerSpec(5, activation)]))


@pytest.mark.parametrize("loss", ["mean_squared_error", "softmax_cross_entropy"])
def test_they_go_through_batch_normalisation(loss: str) -> None:
    check(*setup(loss, [LayerSpec(4, "tanh", batch_norm=True), LayerSpec(3, "gelu", batch_norm=True)]))


def test_they_go_through_dropout_as_a_step_sees_it() -> None:
    network, theta, x, y = setup("softmax_cross_entropy", [LayerSpec(6, "tanh", dropout=0.3, batch_norm=True)])
    mask = (np.random.default_rng(0).random((12, 6)) > 0.3) / 0.7
    check(network, theta, x, y, [mask, None])


def test_penalties_bend_as_they_do() -> None:
    check(*setup("mean_squared_error", [LayerSpec(4, "tanh")], l2=0.3, l1=0.2))


def test_single_precision_networks_have_products_in_double() -> None:
    network, theta, x, y = setup("mean_squared_error", [LayerSpec(4, "tanh")])
    single = Network(3, list(network.layers), network.loss, np.float32)
    directions = np.eye(network.size)
    right = NetworkHessian(network, theta, x, y).product(directions)
    assert (NetworkHessian(single, theta, x, y).product(directions) == right).all()


@pytest.mark.parametrize("key", [entry.key for entry in activations])
def test_second_derivatives_of_activations_are_those_of_their_slopes(key: str) -> None:
    activation = activations.get(key)()
    z = np.concatenate([np.linspace(-6, 6, 401) + 1e-3, [-40.0, 40.0]])
    h = 1e-5
    right = (activation.derivative(z + h) - activation.derivative(z - h)) / (2 * h)
    np.testing.assert_allclose(activation.second_derivative(z), right, rtol=1e-6, atol=1e-9)
    for place in (0.0, -800.0, 800.0):
        assert np.isfinite(activation.second_derivative(np.array([place]))).all()


def test_an_addition_without_second_derivatives_has_them_by_differences() -> None:
    class Cubed(Activation):
        key = "cubed"

        def forward(self, z: Any, out: Any) -> None:
            np.multiply(z * z, z, out=out)

        def backward(self, z: Any, a: Any, delta: Any) -> None:
            delta *= 3 * z * z

    class Fourth(Loss):
        key = "fourth"

        def value(self, output: Any, target: Any, delta: Any = None) -> Any:
            if delta is not None:
                delta[...] = 4 * (output - target) ** 3
            return ((output - target) ** 4).sum(axis=(1, 2))

    z = np.linspace(-3, 3, 13)
    np.testing.assert_allclose(Cubed().second_derivative(z), 6 * z, rtol=1e-8, atol=1e-8)
    output, target, along = np.full((1, 2, 1), 2.0), np.zeros((1, 2, 1)), np.array([[[1.0], [0.5]]])
    np.testing.assert_allclose(Fourth().bend(output, target, along), 12 * 4.0 * along, rtol=1e-8)


def test_the_targets_of_a_data_set_are_taken_as_the_loss_wants_them() -> None:
    split = datasets.load("moons", {"samples": 20}, 0, 0.0, "none")
    network = Network(2, [LayerSpec(3, "tanh"), LayerSpec(2)], losses.get("softmax_cross_entropy")())
    theta = np.random.default_rng(1).normal(size=network.size)
    check(network, theta, split.x_train, split.y_train)
