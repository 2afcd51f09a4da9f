"""Backpropagation taken apart: every rule that is applied on the way forward and back, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.activations import Identity
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
    "softmax",
    "logistic",
    "difference",
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

#: What each rule computes. In braces stand roles of arrays, which a layer gives their signs (`notation`), and the signs
#: of what is done to them. A loss that is taken apart has formulas of its own (`losses.Opening`).
FORMULAS: Mapping[Rule, str] = {
    "input": "{h}",
    "affine": "{z} = {h} {W} + {b}",
    "linear": "{s} = {h} {W}",
    "batch_norm": "{z} = {γ} ({s} − {μ}) / {σ} + {b}",
    "activation": "{a} = {f}({z})",
    "dropout": "{out} = {a} {⊙} {m}",
    "softmax": "{p} = {softmax} {z}",
    "logistic": "{p} = 1 / (1 + {e}^(−{z}))",
    "difference": "{d} = {z} − {y}",
    "loss": "{loss} = {loss of}({a}, {y})",
    "loss_gradient": "{∂a}",
    "dropout_back": "{∂a} = {∂out} {⊙} {m}",
    "activation_back": "{∂z} = {∂a} {⊙} {f′}",
    "bias_gradient": "{∂b} = {Σs} {∂z}",
    "batch_norm_back": "{∂sum} = {γ} / {σ} ({∂z} − {mean} {∂z} − {ŝ} {mean}({ŝ} {⊙} {∂z}))",
    "weight_gradient": "{∂W of the data} = {h}{ᵀ} {∂sum}",
    "penalty_gradient": "{∂W} = {∂W of the data} + {l1} {sign} {W} + 2 {l2} {W}",
    "input_gradient": "{∂h} = {∂sum} {W}{ᵀ}",
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
        role: what the value is, and `factors`: all that it is computed from, by the roles of `notation`.
    """

    direction: Literal["forward", "backward"]
    layer: int
    rule: Rule
    value: Floats
    local: Floats | None = None
    extra: Mapping[str, Floats] = field(default_factory=dict)
    role: str = "h"
    factors: Mapping[str, Floats] = field(default_factory=dict)


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
    has no spread: there the averages should be given. An output layer that bends nothing has no stage of activation:
    its z is what the loss reads.
    """
    rows = theta[None]
    work = network.workspace(1, len(x))
    output = network.forward(rows, x[None], work, masks=masks, running=None if running is None else running[None])
    done = _Pass(rows, work, masks, running)
    stages = [Stage("forward", -1, "input", x.copy())]
    for i in range(len(network.blocks)):
        stages += _layer_forward(network, done, i, stages[-1].value)
    last = len(network.blocks) - 1
    delta = np.empty_like(output)
    loss, penalty = network.loss.value(output, y[None], delta), network.penalty(rows)
    stages += _loss(network, done, y, np.asarray((loss + penalty)[0]), np.asarray(penalty[0]))
    gradient = _copy(delta)
    role = f"∂{_given(network, done, last)}"
    stages.append(Stage("backward", last, "loss_gradient", gradient, role=role, factors=_targets(stages[-1])))
    for i in range(last, -1, -1):
        below = x if i == 0 else work.h[i - 1][0]
        stages += _layer_back(network, done, i, stages[-1].value, below)
    return tuple(stages)


def _is_bare(network: Network, i: int) -> bool:
    """Whether nothing is done to a layer's z, so that its activation is no stage."""
    last = i == len(network.blocks) - 1
    return last and isinstance(network.activations[i], Identity) and not network.layers[i].dropout


def _given(network: Network, done: _Pass, i: int) -> str:
    """The role of what a layer gives: its z, its activation, or what dropout leaves of that."""
    if done.masks is not None and done.masks[i] is not None:
        return "out"
    return "z" if _is_bare(network, i) else "a"


def _layer_forward(network: Network, done: _Pass, i: int, below: Floats) -> list[Stage]:
    """The rules of layer i on the way forward, from what it reads (B, n) to what it gives."""
    block, work, stages = network.blocks[i], done.work, []
    weight, bias = block.weight(done.rows)[0].copy(), block.bias(done.rows)[0, 0].copy()
    reads = {"h": below, "W": weight}
    z = _copy(work.z[i])
    if block.batch_norm:
        sums, scale = below @ weight, block.scale(done.rows)[0, 0].copy()
        stages.append(Stage("forward", i, "linear", sums, role="s", factors=reads))
        mean, deviation = _moments(network, done, i)
        extra = {"normalised": _copy(work.normal[i]), "scale": scale[None]}
        factors = {"γ": scale, "s": sums, "μ": mean, "σ": deviation, "b": bias}
        stages.append(Stage("forward", i, "batch_norm", z, extra=extra, role="z", factors=factors))
    else:
        stages.append(Stage("forward", i, "affine", z, role="z", factors={**reads, "b": bias}))
    if _is_bare(network, i):
        return stages
    a, slope = _copy(work.a[i]), network.activations[i].derivative(work.z[i][0])
    stages.append(Stage("forward", i, "activation", a, slope, role="a", factors={"z": z}))
    mask = None if done.masks is None else done.masks[i]
    if mask is not None:
        factors = {"a": a, "m": mask[0].copy()}
        stages.append(Stage("forward", i, "dropout", _copy(work.h[i]), factors["m"], role="out", factors=factors))
    return stages


def _moments(network: Network, done: _Pass, i: int) -> tuple[Floats, Floats]:
    """Mean and deviation (n,) by which layer i is normalised; the latter with the ε under its root."""
    place = network.normalised[i]
    assert place is not None  # noqa: S101 - for the type checker
    means = done.work.moments[0] if done.running is None else done.running
    return means[place].copy(), np.asarray(1.0 / _copy(done.work.inverse[i])[0])


def _loss(network: Network, done: _Pass, y: NDArray[Any], loss: Floats, penalty: Floats) -> list[Stage]:
    """The loss: what the outputs (B, n) become first, where that is known, and the number itself."""
    last, opening = len(network.blocks) - 1, network.loss.opening
    output = _copy(done.work.h[last])
    target = np.eye(output.shape[1], dtype=output.dtype)[y] if y.ndim == 1 else np.asarray(y, output.dtype)
    more = {"penalty": penalty} if network.l1 or network.l2 else {}
    reads, stages = {_given(network, done, last): output}, []
    if opening is not None:
        if opening.sign == "d":
            reads["y"] = target
        first = network.loss.first(output, target)
        stages.append(Stage("forward", last, opening.rule, first, role=opening.sign, factors=reads))
        reads = {opening.sign: first}
    stages.append(Stage("forward", last, "loss", loss, role="loss", factors={**reads, "y": target, **more}))
    return stages


def _targets(loss: Stage) -> Mapping[str, Floats]:
    """What the gradient of the loss is computed from: what the loss is, but differences say all of the targets."""
    unread = ("penalty", "y") if "d" in loss.factors else ("penalty",)
    return {name: array for name, array in loss.factors.items() if name not in unread}


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
    weight, below = block.weight(done.rows)[0].copy(), below.copy()
    mask = None if done.masks is None else done.masks[i]
    if mask is not None:
        factors = {"∂out": delta, "m": mask[0].copy()}
        delta = delta * mask[0]
        stages.append(Stage("backward", i, "dropout_back", delta, factors["m"], role="∂a", factors=factors))
    if not _is_bare(network, i):
        z, slope = _copy(done.work.z[i]), network.activations[i].derivative(done.work.z[i][0])
        factors = {"∂a": delta, "z": z, "f′": slope}
        delta = delta * slope
        stages.append(Stage("backward", i, "activation_back", delta, slope, role="∂z", factors=factors))
    stages.append(Stage("backward", i, "bias_gradient", delta.sum(axis=0), role="∂b", factors={"∂z": delta}))
    if block.batch_norm:
        delta, stage = _normalisation_back(network, done, i, delta)
        stages.append(stage)
    gradient = below.T @ delta
    factors = {"h": below, "∂sum": delta}
    stages.append(Stage("backward", i, "weight_gradient", gradient, below, role="∂W of the data", factors=factors))
    if network.l1 or network.l2:
        factors = {"∂W of the data": gradient, "W": weight}
        gradient = gradient + network.l1 * np.sign(weight) + 2.0 * network.l2 * weight
        stages.append(Stage("backward", i, "penalty_gradient", gradient, weight, role="∂W", factors=factors))
    factors = {"∂sum": delta, "W": weight}
    stages.append(Stage("backward", i, "input_gradient", delta @ weight.T, weight, role="∂h", factors=factors))
    return stages


def _normalisation_back(network: Network, done: _Pass, i: int, delta: Floats) -> tuple[Floats, Stage]:
    """Through scale and normalisation; with running averages these are constants and only scale."""
    normal, inverse = _copy(done.work.normal[i]), _copy(done.work.inverse[i])[0]
    extra = {"scale_gradient": (delta * normal).sum(axis=0)}
    scale = network.blocks[i].scale(done.rows)[0, 0].copy()
    factors = {"γ": scale, "σ": 1.0 / inverse, "∂z": delta}
    factor = scale * inverse
    if done.running is None:
        factors["ŝ"] = normal
        delta = delta - delta.mean(axis=0) - normal * (delta * normal).mean(axis=0)
    delta = delta * factor
    stage = Stage("backward", i, "batch_norm_back", delta, np.asarray(factor), extra, role="∂sum", factors=factors)
    return delta, stage


def _copy(array: Floats | None) -> Floats:
    """The only run's part of a buffer, copied."""
    return np.empty(0) if array is None else array[0].copy()
