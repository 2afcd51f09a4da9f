"""The networks whose gradients and trainings are recorded from PyTorch, as the recorder and the tests make them."""

from __future__ import annotations

import numpy as np

from workbench.engine.datasets import load
from workbench.engine.network.activations import activations
from workbench.engine.network.losses import losses
from workbench.engine.network.network import LayerSpec, Network
from workbench.engine.network.problem import NetworkProblem


def architecture(number: int):
    """Architecture `number` of 20: a network drawn by its number, with parameters (P,), samples (B, n_in), targets."""
    random = np.random.default_rng([2024, number])
    keys = activations.keys()
    names = ["mean_squared_error", "huber", "binary_cross_entropy", "softmax_cross_entropy"]
    loss = losses.get(names[number % 4])()
    n_in, n_out, samples = int(random.integers(1, 6)), int(random.integers(2, 5)), int(random.integers(4, 12))
    layers = []
    for i in range(int(random.integers(1, 6))):
        key = keys[(number + i * 5) % len(keys)]
        given = {"leaky_relu": {"slope": 0.2}, "elu": {"alpha": 1.5}}.get(key, {})
        layers.append(
            LayerSpec(
                int(random.integers(2, 9)),
                key,
                dropout=float(random.choice([0.0, 0.0, 0.3])),
                batch_norm=bool(random.integers(0, 2)),
                activation_parameters=given,
            )
        )
    layers.append(LayerSpec(1 if loss.binary else n_out))
    l1, l2 = (0.01, 0.02) if number % 3 == 0 else (0.0, 0.0)
    network = Network(n_in, layers, loss, l1=l1, l2=l2)
    theta = random.normal(0, 0.7, network.size)
    x = random.normal(0, 1, (samples, n_in))
    if loss.binary:
        y = random.integers(0, 2, (samples, 1)).astype(float)
    elif loss.takes_classes:
        y = random.integers(0, n_out, samples)
    else:
        y = random.normal(0, 1, (samples, n_out))
    return network, theta, x, y


def dropout_masks(network: Network, number: int, samples: int):
    """Factors of dropout for an architecture, (1, B, n) by layer."""
    random = np.random.default_rng([77, number])
    return [
        (random.random((1, samples, spec.units)) >= spec.dropout) / (1 - spec.dropout) if spec.dropout else None
        for spec in network.layers
    ]


TRAININGS = {
    "full batch, gradient descent, tanh": {
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "batch_size": 0,
        "hidden": [LayerSpec(8, "tanh"), LayerSpec(6, "tanh")],
    },
    "full batch, Adam, gelu, Huber, penalties": {
        "optimizer": "adam",
        "learning_rate": 0.01,
        "batch_size": 0,
        "loss": "huber",
        "l1": 1e-3,
        "l2": 1e-3,
        "hidden": [LayerSpec(8, "gelu"), LayerSpec(6, "swish")],
    },
    "batches with a remainder, Adam, relu": {
        "optimizer": "adam",
        "learning_rate": 0.01,
        "batch_size": 16,
        "hidden": [LayerSpec(12, "relu", "he_normal"), LayerSpec(12, "relu", "he_normal")],
    },
    "batches, momentum, dropout, binary": {
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "batch_size": 20,
        "loss": "binary_cross_entropy",
        "hidden": [LayerSpec(12, "mish", dropout=0.2), LayerSpec(8, "elu", dropout=0.1)],
    },
    "batches, Adam, batch normalisation": {
        "optimizer": "adam",
        "learning_rate": 0.005,
        "batch_size": 25,
        "l2": 1e-3,
        "hidden": [LayerSpec(10, "tanh", batch_norm=True), LayerSpec(8, "softplus", batch_norm=True)],
    },
}


def training_problem(case) -> NetworkProblem:
    """The problem of a recorded training: two moons, 105 of 150 samples to train on."""
    options = {name: case[name] for name in ("loss", "l1", "l2", "batch_size") if name in case}
    return NetworkProblem(load("moons", {"samples": 150, "noise": 0.1}, 9, 0.3), case["hidden"], seed=9, **options)
