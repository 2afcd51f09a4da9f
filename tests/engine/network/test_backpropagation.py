"""Backpropagation of everything a network can be made of, against central differences of its own loss.

The perturbed copies go through the runs axis, 2P of them at once, so that forward and backward are shown right for
many runs as well as for one.
"""

import numpy as np
import pytest

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Network

B, N_IN = 7, 3


def _data(loss, n_out, seed=5):
    random = np.random.default_rng(seed)
    x = random.normal(size=(1, B, N_IN))
    if loss.binary:
        return x, random.integers(0, 2, (1, B, 1)).astype(float)
    return x, random.integers(0, n_out, (1, B)) if loss.takes_classes else random.normal(size=(1, B, n_out))


def _masks(network, seed=6):
    random = np.random.default_rng(seed)
    return [
        (random.random((1, B, spec.units)) >= spec.dropout) / (1 - spec.dropout) if spec.dropout else None
        for spec in network.layers
    ]


def _largest_error(network, x, y, masks=None, runs=4):
    """The largest error of any component, relative to the largest component of its layer."""
    theta = np.stack([network.initial(11, s) for s in range(runs)])
    random = np.random.default_rng(8)
    theta += 0.1 * random.normal(size=theta.shape)
    gradient = np.empty_like(theta)
    network.loss_and_gradient(theta, x, y, network.workspace(runs, B), gradient, masks=masks)
    h = 1e-5
    shifts = h * np.concatenate([np.eye(network.size), -np.eye(network.size)])
    copies = (theta[:, None] + shifts).reshape(-1, network.size)
    losses_of_copies = network.loss_and_gradient(
        copies, x, y, network.workspace(len(copies), B), np.empty_like(copies), masks=masks
    ).reshape(runs, 2, network.size)
    numerical = (losses_of_copies[:, 0] - losses_of_copies[:, 1]) / (2 * h)
    worst = 0.0
    for block in network.blocks:
        a, b = gradient[:, block.start : block.stop], numerical[:, block.start : block.stop]
        worst = max(worst, float((np.abs(a - b).max(axis=1) / np.abs(b).max(axis=1)).max()))
    return worst


def _network(layers, loss="mean_squared_error", n_out=2, **penalties):
    chosen = losses.get(loss)()
    output = LayerSpec(1 if chosen.binary else n_out)
    return Network(N_IN, [*layers, output], chosen, **penalties), *_data(chosen, n_out)


@pytest.mark.parametrize("key", activations.keys())
@pytest.mark.parametrize("batch_norm", [False, True])
def test_every_activation_with_and_without_batch_normalisation(key, batch_norm):
    layers = [LayerSpec(5, key, batch_norm=batch_norm), LayerSpec(4, key, batch_norm=batch_norm)]
    assert _largest_error(*_network(layers)) < 1e-7


@pytest.mark.parametrize("key", losses.keys())
def test_every_loss(key):
    assert _largest_error(*_network([LayerSpec(6, "tanh")], key, n_out=3)) < 1e-7


@pytest.mark.parametrize("key", [entry.key for entry in initializers if entry.key != "zeros"])
def test_every_initializer(key):
    assert _largest_error(*_network([LayerSpec(6, "tanh", key), LayerSpec(5, "swish", key)])) < 1e-7


@pytest.mark.parametrize(("l1", "l2"), [(0.1, 0.0), (0.0, 0.1), (0.03, 0.2)])
def test_every_penalty(l1, l2):
    assert _largest_error(*_network([LayerSpec(6, "tanh"), LayerSpec(4, "elu")], l1=l1, l2=l2)) < 1e-7


def test_dropout_with_its_masks_held():
    network, x, y = _network([LayerSpec(8, "tanh", dropout=0.3), LayerSpec(6, "gelu", dropout=0.5)])
    assert _largest_error(network, x, y, _masks(network)) < 1e-7


def test_everything_at_once():
    layers = [
        LayerSpec(8, "tanh", "orthogonal", dropout=0.2, batch_norm=True),
        LayerSpec(6, "identity", "he_normal", dropout=0.4, batch_norm=True),
        LayerSpec(5, "mish", "lecun_normal"),
    ]
    network, x, y = _network(layers, "softmax_cross_entropy", n_out=4, l1=0.02, l2=0.05)
    assert _largest_error(network, x, y, _masks(network)) < 1e-7


def test_runs_with_inputs_of_their_own():
    network, _, _ = _network([LayerSpec(5, "tanh")])
    random = np.random.default_rng(0)
    x, y = random.normal(size=(3, B, N_IN)), random.normal(size=(3, B, 2))
    theta = random.normal(size=(3, network.size))
    gradient, alone = np.empty_like(theta), np.empty((1, network.size))
    value = network.loss_and_gradient(theta, x, y, network.workspace(3, B), gradient)
    for r in range(3):
        one = slice(r, r + 1)
        loss = network.loss_and_gradient(theta[one], x[one], y[one], network.workspace(1, B), alone)
        assert np.array_equal(loss, value[one])
        assert np.array_equal(alone, gradient[one])


@pytest.mark.parametrize("key", activations.keys())
def test_a_run_among_others_has_the_same_bits_as_alone(key):
    layers = [LayerSpec(9, key, dropout=0.25, batch_norm=True), LayerSpec(6, key)]
    network, x, y = _network(layers, "softmax_cross_entropy", n_out=3, l1=0.01, l2=0.01)
    masks = _masks(network)
    theta = np.random.default_rng(0).normal(size=(8, network.size))
    gradient, alone = np.empty_like(theta), np.empty((1, network.size))
    value = network.loss_and_gradient(theta, x, y, network.workspace(8, B), gradient, masks=masks)
    for r in range(8):
        one = slice(r, r + 1)
        loss = network.loss_and_gradient(theta[one], x, y, network.workspace(1, B), alone, masks=masks)
        assert np.array_equal(loss, value[one])
        assert np.array_equal(alone, gradient[one])


def test_the_penalty_is_part_of_the_loss_and_spares_the_biases():
    network, x, y = _network([LayerSpec(4, "tanh")], l1=0.5, l2=0.25)
    plain, _, _ = _network([LayerSpec(4, "tanh")])
    theta = np.random.default_rng(0).normal(size=(1, network.size))
    work, scratch = network.workspace(1, B), np.empty_like(theta)
    difference = network.loss_and_gradient(theta, x, y, work, scratch) - plain.loss_and_gradient(
        theta, x, y, work, scratch
    )
    weights = np.concatenate([block.weight(theta).ravel() for block in network.blocks])
    assert difference == pytest.approx(0.5 * np.abs(weights).sum() + 0.25 * (weights**2).sum())
