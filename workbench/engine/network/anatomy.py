"""Backpropagation taken apart: every rule that is applied on the way forward and back, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.layers import Workspace
from workbench.engine.network.network import Masks, Network

Floats = NDArray[np.floating[Any]]
Rule = Literal[
    "input",
    "affine",
    "linear",
    "batch_norm",
    "activation",
    "dropout",
    "loss",
    "loss_gradient",
    "dropout_back",
    "activation_back",
    "bias_gradient",
    "batch_norm_back",
    "weight_gradient",
    "penalty_gradient",
    "input_gradient",
]

#: what each rule computes; h is what a layer reads, z its affine output, a its activation, δ a gradient
FORMULAS: Mapping[Rule, str] = {
    "input": "h = x",
    "affine": "z = h W + b",
    "linear": "s = h W",
    "batch_norm": "z = γ (s − mean s) / √(var s + ε) + b",
    "activation": "a = f(z)",
    "dropout": "h = a ⊙ m / (1 − p)",
    "loss": "L = loss(o, y) + penalties",
    "loss_gradient": "δ = ∂L/∂o",
    "dropout_back": "∂L/∂a = δ ⊙ m / (1 − p)",
    "activation_back": "∂L/∂z = ∂L/∂a ⊙ f′(z)",
    "bias_gradient": "∂L/∂b = Σ ∂L/∂z over the samples",
    "batch_norm_back": "∂L/∂s = γ/σ (∂L/∂z − mean − ŝ mean(ŝ ⊙ ∂L/∂z))",
    "weight_gradient": "∂L/∂W = hᵀ ∂L/∂z",
    "penalty_gradient": "∂L/∂W += l1 sign W + 2 l2 W",
    "input_gradient": "∂L/∂h = ∂L/∂z Wᵀ",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One rule applied in one layer; all arrays are copies, without the runs axis.

    Attributes:
        direction: the way forward or back.
        layer: its place in the network, −1 for the input; the loss has that of the output layer.
        rule: which rule it is; `FORMULAS` says what it computes.
        value: what it gives: values (B, n), a gradient of those, or of parameters; the loss is a single number.
        local: the local derivative that a backward rule multiplies by: f'(z), the mask, h, or W; None without one.
        extra: other numbers that a rule gives by the way, such as the gradient of the scale γ.
    """

    direction: Literal["forward", "backward"]
    layer: int
    rule: Rule
    value: Floats
    local: Floats | None = None
    extra: Mapping[str, Floats] = field(default_factory=dict)


def dissect(
    network: Network,
    theta: Floats,
    x: Floats,
    y: NDArray[Any],
    *,
    masks: Masks | None = None,
    running: Floats | None = None,
) -> tuple[Stage, ...]:
    """The forward and backward pass of one run, stage by stage, for samples x (B, n_in) and targets as the loss wants.

    `theta` (P,) are the run's parameters, `masks` its dropout (1, B, n) by layer. Batch normalisation takes the
    statistics of the samples, or the averages `running` (2 M,), which are constants on the way back. A single sample
    has no spread: there the averages should be given.
    """
    rows = theta[None]
    work = network.workspace(1, len(x))
    output = network.forward(rows, x[None], work, masks=masks, running=None if running is None else running[None])
    stages = [Stage("forward", -1, "input", x.copy())]
    for i, (block, activation) in enumerate(zip(network.blocks, network.activations, strict=True)):
        below = stages[-1].value
        if block.batch_norm:
            stages.append(Stage("forward", i, "linear", below @ block.weight(rows)[0]))
            normal = work.normal[i]
            extra = {"normalised": _copy(normal), "scale": _copy(block.scale(rows))}
            stages.append(Stage("forward", i, "batch_norm", _copy(work.z[i]), extra=extra))
        else:
            stages.append(Stage("forward", i, "affine", _copy(work.z[i])))
        stages.append(Stage("forward", i, "activation", _copy(work.a[i]), activation.derivative(work.z[i][0])))
        mask = None if masks is None else masks[i]
        if mask is not None:
            stages.append(Stage("forward", i, "dropout", _copy(work.h[i]), mask[0].copy()))
    last = len(network.blocks) - 1
    delta = np.empty_like(output)
    loss = network.loss.value(output, y[None], delta) + network.penalty(rows)
    stages.append(Stage("forward", last, "loss", np.asarray(loss[0])))
    stages.append(Stage("backward", last, "loss_gradient", _copy(delta)))
    for i in range(last, -1, -1):
        below = x if i == 0 else work.h[i - 1][0]
        stages += _layer_back(network, _Pass(rows, work, masks, running), i, stages[-1].value, below)
    return tuple(stages)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the way forward leaves for the way back."""

    rows: Floats
    work: Workspace
    masks: Masks | None
    running: Floats | None


def _layer_back(network: Network, done: _Pass, i: int, delta: Floats, below: Floats) -> list[Stage]:
    """The rules of layer i on the way back, from the gradient of its output (B, n) to that of its input."""
    block, stages = network.blocks[i], []
    weight = block.weight(done.rows)[0]
    mask = None if done.masks is None else done.masks[i]
    if mask is not None:
        delta = delta * mask[0]
        stages.append(Stage("backward", i, "dropout_back", delta, mask[0].copy()))
    slope = network.activations[i].derivative(done.work.z[i][0])
    delta = delta * slope
    stages.append(Stage("backward", i, "activation_back", delta, slope))
    stages.append(Stage("backward", i, "bias_gradient", delta.sum(axis=0)))
    if block.batch_norm:
        delta, stage = _normalisation_back(network, done, i, delta)
        stages.append(stage)
    gradient = below.T @ delta
    stages.append(Stage("backward", i, "weight_gradient", gradient, below.copy()))
    if network.l1 or network.l2:
        gradient = gradient + network.l1 * np.sign(weight) + 2.0 * network.l2 * weight
        stages.append(Stage("backward", i, "penalty_gradient", gradient, weight.copy()))
    stages.append(Stage("backward", i, "input_gradient", delta @ weight.T, weight.copy()))
    return stages


def _normalisation_back(network: Network, done: _Pass, i: int, delta: Floats) -> tuple[Floats, Stage]:
    """Through scale and normalisation; with running averages these are constants and only scale."""
    normal, inverse = _copy(done.work.normal[i]), _copy(done.work.inverse[i])[0]
    extra = {"scale_gradient": (delta * normal).sum(axis=0)}
    factor = network.blocks[i].scale(done.rows)[0, 0] * inverse
    if done.running is None:
        delta = delta - delta.mean(axis=0) - normal * (delta * normal).mean(axis=0)
    delta = delta * factor
    return delta, Stage("backward", i, "batch_norm_back", delta, np.asarray(factor), extra)


def _copy(array: Floats | None) -> Floats:
    """The only run's part of a buffer, copied."""
    return np.empty(0) if array is None else array[0].copy()
