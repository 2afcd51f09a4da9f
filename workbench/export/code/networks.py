"""The model of a script, its data and batches."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.normalization import EPSILON, MOMENTUM
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.params import Value
from workbench.engine.streams import Purpose
from workbench.experiment.experiment import NetworkSetup
from workbench.export.code.parts import NoCode, call

Values = Mapping[str, Value]
_TORCH_ACTIVATIONS: Mapping[str, str] = {
    "identity": "",
    "sigmoid": "nn.Sigmoid()",
    "tanh": "nn.Tanh()",
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU({slope!r})",
    "elu": "nn.ELU({alpha!r})",
    "selu": "nn.SELU()",
    "gelu": "nn.GELU()",
    "swish": "nn.SiLU()",
    "mish": "nn.Mish()",
    "softplus": "nn.Softplus(threshold=40.0)",
    "softsign": "nn.Softsign()",
}
_KERAS_ACTIVATIONS: Mapping[str, str] = {
    "identity": "",
    **{name: f'layers.Activation("{name}")' for name in ("sigmoid", "tanh", "relu", "selu", "gelu", "mish")},
    **{name: f'layers.Activation("{name}")' for name in ("softplus", "softsign")},
    "leaky_relu": "layers.LeakyReLU(negative_slope={slope!r})",
    "elu": "layers.ELU(alpha={alpha!r})",
    "swish": 'layers.Activation("silu")',
}
_TORCH_LOSSES: Mapping[str, str] = {
    "mean_squared_error": "nn.MSELoss()",
    "huber": "nn.HuberLoss(delta={delta!r})",
    "binary_cross_entropy": "nn.BCEWithLogitsLoss()",
    "softmax_cross_entropy": "nn.CrossEntropyLoss()",
}
_KERAS_LOSSES: Mapping[str, str] = {
    "mean_squared_error": "keras.losses.MeanSquaredError()",
    "huber": "keras.losses.Huber(delta={delta!r})",
    "binary_cross_entropy": "keras.losses.BinaryCrossentropy(from_logits=True)",
    "softmax_cross_entropy": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
}


def _chosen(table: Mapping[str, str], key: str, parameters: Values, noun: str) -> str:
    if key not in table:
        raise NoCode(f'the {noun} "{key}" cannot be exported as code: it is not written for that')
    return table[key].format(**parameters)


def loss_of(setup: NetworkSetup, library: str) -> str:
    """The library's loss for the setup, as written. Raises NoCode."""
    table = _TORCH_LOSSES if library == "pytorch" else _KERAS_LOSSES
    if setup.loss_parameters.get("class_weights", "none") != "none":
        if library != "pytorch":
            raise NoCode("balanced class weights are exported for PyTorch alone: Keras divides by another sum")
        return "nn.CrossEntropyLoss(weight=len(y_train) / (len(y_train.bincount()) * y_train.bincount()))"
    return _chosen(table, setup.loss, setup.loss_parameters, "loss")


def check_layers(setup: NetworkSetup, library: str) -> None:
    """Raises NoCode where an activation or a loss is not written for the library."""
    table = _TORCH_ACTIVATIONS if library == "pytorch" else _KERAS_ACTIVATIONS
    for layer in setup.layers:
        _chosen(table, layer.activation, layer.activation_parameters, "activation")
    loss_of(setup, library)


def check_batches(problem: NetworkProblem, library: str) -> None:
    """Raises NoCode where a batch of one sample would be normalised, which PyTorch refuses."""
    normalised = any(spec.batch_norm for spec in problem.network.layers)
    if library == "pytorch" and normalised and 1 in {problem.batch_size, len(problem.x_train) % problem.batch_size}:
        raise NoCode(
            "the network cannot be exported for PyTorch: it normalises batches, and one of them is of a single sample, "
            "which PyTorch refuses"
        )


def model_lines(problem: NetworkProblem, setup: NetworkSetup, library: str) -> list[str]:
    """`model = ...`, layer by layer."""
    parts: list[str] = []
    blocks, specs = problem.network.blocks, problem.network.layers
    for block, spec in zip(blocks, specs, strict=True):
        parts += _torch_layer(block.n_in, spec) if library == "pytorch" else _keras_layer(spec, setup)
    if library == "pytorch":
        return ["model = nn.Sequential(", *(f"    {part}" for part in parts), ")"]
    head = f"    layers.Input(({blocks[0].n_in},)),"
    return ["model = keras.Sequential([", head, *(f"    {part}" for part in parts), "])"]


def _begun(spec: LayerSpec) -> str:
    given = "".join(f", {name} {value!r}" for name, value in spec.initializer_parameters.items())
    return f"  # weights drawn by {spec.initializer}{given}"


def _torch_layer(n_in: int, spec: LayerSpec) -> list[str]:
    bias = ", bias=False" if spec.batch_norm else ""
    found = [f"nn.Linear({n_in}, {spec.units}{bias}),{_begun(spec)}"]
    if spec.batch_norm:
        found.append(f"nn.BatchNorm1d({spec.units}, eps={EPSILON!r}, momentum={MOMENTUM!r}),")
    activation = _chosen(_TORCH_ACTIVATIONS, spec.activation, spec.activation_parameters, "activation")
    found += [f"{activation},"] if activation else []
    return [*found, f"nn.Dropout({spec.dropout!r}),"] if spec.dropout else found


def _keras_layer(spec: LayerSpec, setup: NetworkSetup) -> list[str]:
    options = ", use_bias=False" if spec.batch_norm else ""
    if setup.l1 or setup.l2:
        options += ", kernel_regularizer=penalty"
    found = [f"layers.Dense({spec.units}{options}),{_begun(spec)}"]
    if spec.batch_norm:
        found.append(f"layers.BatchNormalization(epsilon={EPSILON!r}, momentum={1.0 - MOMENTUM!r}),")
    activation = _chosen(_KERAS_ACTIVATIONS, spec.activation, spec.activation_parameters, "activation")
    found += [f"{activation},"] if activation else []
    return [*found, f"layers.Dropout({spec.dropout!r}),"] if spec.dropout else found


def parameter_names(problem: NetworkProblem) -> list[str]:
    """The arrays of initial parameters in the order in which both libraries list them: the scale before the shift."""
    found = []
    for block in problem.network.blocks:
        found.append(f"{block.name}/weight")
        found += [f"{block.name}/scale"] if block.batch_norm else []
        found.append(f"{block.name}/bias")
    return found


def archive(problem: NetworkProblem) -> bytes:
    """What the script reads, an .npz without pickles: the data as the network sees it, the initial parameters.

    `x_train`, `y_train`, `x_test`, `y_test`; and for each layer `<layer>/weight` (S, n_in, n_out), `/bias` (S, n_out)
    and with batch normalisation `/scale` (S, n_out), the first axis being the start.
    """
    theta = problem.initial()
    arrays: dict[str, Any] = {
        "x_train": problem.x_train,
        "y_train": problem.y_train,
        "x_test": problem.x_test,
        "y_test": problem.y_test,
    }
    for block in problem.network.blocks:
        arrays[f"{block.name}/weight"] = block.weight(theta)
        arrays[f"{block.name}/bias"] = block.bias(theta)[:, 0]
        if block.batch_norm:
            arrays[f"{block.name}/scale"] = block.scale(theta)[:, 0]
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{name: np.ascontiguousarray(array) for name, array in arrays.items()})
    return file.getvalue()


def batch_lines(problem: NetworkProblem, seed: int, draw: int) -> list[str]:
    """The function `batch` of a script: the samples that a step sees."""
    if problem.steps_per_epoch == 1:
        return [
            "def batch(start, step):",
            '    """The samples that a step sees: all of them."""',
            "    return x_train, y_train",
        ]
    key = f"(start, {int(Purpose.BATCHES)}, epoch" + (f", {draw})" if draw else ")")
    return [
        "def batch(start, step):",
        '    """The samples that a step sees; the order in each epoch follows from the seed."""',
        f"    epoch, number = divmod(step, {problem.steps_per_epoch})",
        f"    sequence = np.random.SeedSequence({seed}, spawn_key={key})",
        "    order = np.random.default_rng(sequence).permutation(len(x_train))",
        f"    rows = order[number * {problem.batch_size} : (number + 1) * {problem.batch_size}]",
        "    return x_train[rows], y_train[rows]",
    ]


def penalty_lines(setup: NetworkSetup, library: str) -> list[str]:
    """What L1 and L2 add to the loss: PyTorch's model is asked for it, Keras's layers carry it."""
    if not (setup.l1 or setup.l2):
        return []
    if library == "keras":
        return call("keras.regularizers.L1L2", [f"l1={setup.l1!r}", f"l2={setup.l2!r}"], "penalty = ")
    terms = []
    if setup.l1:
        terms.append(f"{setup.l1!r} * weight.abs().sum()")
    if setup.l2:
        terms.append(f"{setup.l2!r} * (weight**2).sum()")
    return [
        "def penalty():",
        '    """What the weights add to the loss; biases and scales of a normalisation do not."""',
        "    weights = [layer.weight for layer in model if isinstance(layer, nn.Linear)]",
        f"    return sum({' + '.join(terms)} for weight in weights)",
    ]
