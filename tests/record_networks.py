"""Record what PyTorch computes for networks: python -m tests.record_networks, with torch installed beside this program.

Weights, samples, batches and dropout masks are this program's; everything computed from them is PyTorch's. The tests
read the record and need no torch.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tests.network_cases import TRAININGS, architecture, dropout_masks, training_problem
from workbench.engine.network.network import Block, LayerSpec

RECORD = Path(__file__).parent / "data" / "networks.npz"
STEPS = 200


def _activation(torch, spec: LayerSpec, z):
    f = torch.nn.functional
    given = spec.activation_parameters
    return {
        "identity": lambda: z,
        "sigmoid": lambda: torch.sigmoid(z),
        "tanh": lambda: torch.tanh(z),
        "relu": lambda: f.relu(z),
        "leaky_relu": lambda: f.leaky_relu(z, given.get("slope", 0.01)),
        "elu": lambda: f.elu(z, given.get("alpha", 1.0)),
        "selu": lambda: f.selu(z),
        "gelu": lambda: f.gelu(z),
        "swish": lambda: f.silu(z),
        "mish": lambda: f.mish(z),
        "softplus": lambda: f.softplus(z),
        "softsign": lambda: f.softsign(z),
    }[spec.activation]()


def _loss(torch, key: str, output, y):
    f = torch.nn.functional
    return {
        "mean_squared_error": f.mse_loss,
        "huber": f.huber_loss,
        "binary_cross_entropy": f.binary_cross_entropy_with_logits,
        "softmax_cross_entropy": f.cross_entropy,
    }[key](output, y)


def _forward(torch, network, theta, x, *, masks=None, running=None, training=True):
    """The output of a network whose parameters are slices of one flat tensor; running averages are updated."""
    h, place = x, 0
    for i, (spec, block) in enumerate(zip(network.layers, network.blocks, strict=True)):
        block: Block
        weight = theta[block.start : block.bias_start].reshape(block.n_in, block.n_out)
        bias = theta[block.bias_start : block.bias_stop]
        z = torch.nn.functional.linear(h, weight.T, None if spec.batch_norm else bias)
        if spec.batch_norm:
            averages = (None, None)
            if running is not None:
                half = len(running) // 2
                averages = (
                    running[place : place + spec.units],
                    running[half + place : half + place + spec.units],
                )
                place += spec.units
            scale = theta[block.bias_stop : block.stop]
            z = torch.nn.functional.batch_norm(z, *averages, scale, bias, training=training)
        h = _activation(torch, spec, z)
        if masks is not None and masks[i] is not None:
            h = h * masks[i]
    return h


def _total(torch, network, theta, output, y):
    total = _loss(torch, network.loss.key, output, y)
    for block in network.blocks:
        weight = theta[block.start : block.bias_start]
        total = total + network.l1 * weight.abs().sum() + network.l2 * (weight**2).sum()
    return total


def _tensor(torch, array):
    return torch.tensor(np.asarray(array))


def record_gradients(torch, into: dict[str, np.ndarray]) -> None:
    for number in range(20):
        network, theta, x, y = architecture(number)
        masks = [None if m is None else _tensor(torch, m[0]) for m in dropout_masks(network, number, len(x))]
        parameters = _tensor(torch, theta).requires_grad_()
        output = _forward(torch, network, parameters, _tensor(torch, x), masks=masks)
        loss = _total(torch, network, parameters, output, _tensor(torch, y))
        loss.backward()
        into[f"gradient/{number}"] = parameters.grad.numpy()
        into[f"loss/{number}"] = np.array(loss.item())


def record_trainings(torch, into: dict[str, np.ndarray]) -> None:
    for name, case in TRAININGS.items():
        problem = training_problem(case)
        network = problem.network
        theta = _tensor(torch, problem.initial()[0]).requires_grad_()
        running = _tensor(torch, problem.running[0].copy())
        rate = case["learning_rate"]
        optimizer = {
            "sgd": lambda theta=theta, rate=rate: torch.optim.SGD([theta], lr=rate),
            "momentum": lambda theta=theta, rate=rate: torch.optim.SGD([theta], lr=rate, momentum=0.9),
            "adam": lambda theta=theta, rate=rate: torch.optim.Adam([theta], lr=rate),
        }[case["optimizer"]]()
        losses = []
        into[f"training/{name}/initial"] = theta.detach().numpy().copy()
        for step in range(STEPS):
            x, y = problem.batch(step)
            drawn = problem.masks(step, x.shape[1])
            masks = None if drawn is None else [None if m is None else _tensor(torch, m[0]) for m in drawn]
            optimizer.zero_grad()
            output = _forward(torch, network, theta, _tensor(torch, x[0]), masks=masks, running=running)
            loss = _total(torch, network, theta, output, _tensor(torch, y[0]))
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
        with torch.no_grad():
            output = _forward(torch, network, theta, _tensor(torch, problem.x_test), running=running, training=False)
            into[f"training/{name}/test_loss"] = _total(
                torch, network, theta, output, _tensor(torch, problem.y_test)
            ).numpy()
        into[f"training/{name}/losses"] = np.array(losses)
        into[f"training/{name}/final"] = theta.detach().numpy()
        into[f"training/{name}/running"] = running.numpy()


def main() -> None:
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    record: dict[str, np.ndarray] = {"about": np.array(json.dumps({"torch": torch.__version__, "steps": STEPS}))}
    record_gradients(torch, record)
    record_trainings(torch, record)
    RECORD.parent.mkdir(exist_ok=True)
    np.savez_compressed(RECORD, **record)
    print(f"{RECORD}: {RECORD.stat().st_size} bytes, {len(record)} arrays")


if __name__ == "__main__":
    main()
