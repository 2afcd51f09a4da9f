"""Remedies: what of a lane may be changed for what it suffers from, by the numbers measured."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from workbench.engine.network.ailing import LayerWarning, Remedy, Treatment, remedies
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.looking import Look, rms

#: the factors that a rate is changed by: one digit and a power of ten
_DIGITS = (1, 2, 5)
_FEW_LAYERS = 2
#: units of a layer, at least
_LEAST = 2
#: sizes of inputs and targets that are worth scaling where a network suffers
_LARGE = 5.0
#: an RMS gradient that no rate is made for
_HUGE = 1e2
#: rules whose steps are as long as the gradient, and how long one may be beside the first weights
_STEP_BY_GRADIENT, _CLIPPED_RATIO = ("sgd", "momentum", "nesterov"), 5e-3
#: whose weights fit which activation: X. Glorot, Y. Bengio, 2010; K. He et al., 2015; G. Klambauer et al., 2017
_FITTING: Mapping[str, str] = {
    "identity": "xavier_uniform",
    "sigmoid": "xavier_uniform",
    "tanh": "xavier_uniform",
    "softsign": "xavier_uniform",
    "selu": "lecun_normal",
}


def rounded(value: float) -> float:
    """The nearest number of one digit, 1, 2 or 5, times a power of ten."""
    exponent = math.floor(math.log10(value))
    near = [digit * 10.0**power for power in (exponent, exponent + 1) for digit in _DIGITS]
    return float(f"{min(near, key=lambda number: abs(math.log(number / value))):.3g}")


@remedies.register("rectify")
class Rectify(Remedy):
    """Another activation, with weights for it."""

    title = "ReLU with He weights"
    doc = "The slope of ReLU is 1 wherever it is not 0, and He's weights keep the size of what passes."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not look.hidden or all(spec.activation == "relu" for spec in look.hidden):
            return None
        if (warning.key == "stalled" and not _in_band(look)) or _by_steps(look, warning):
            return None
        return Treatment(self.key, {"activation": "relu", "initializer": "he_normal"})


@remedies.register("leak")
class Leak(Remedy):
    """An activation that cannot die."""

    title = "Leaky ReLU with He weights"
    doc = "Leaky ReLU keeps a small slope below zero, so that a unit can come back."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not any(activation.dies for activation in look.problem.network.activations) or _by_steps(look, warning):
            return None
        return Treatment(self.key, {"activation": "leaky_relu", "initializer": "he_normal"})


@remedies.register("fit_initializer")
class FitInitializer(Remedy):
    """Initial weights that fit the activation."""

    title = "{initializer} weights"
    doc = "Initial weights of the size that fits the activation: what passes a layer keeps its size."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not look.hidden or _fits(look):
            return None
        name = _fitting(look.hidden[0])
        output = {} if look.problem.network.layers[-1].initializer == "xavier_uniform" else _OUTPUT
        return Treatment(self.key, {"initializer": name, **output}, numbers={"initializer": name})


_OUTPUT = {"output_initializer": "xavier_uniform"}


@remedies.register("normalise")
class Normalise(Remedy):
    """Batch normalisation."""

    title = "Batch normalisation"
    doc = "What goes into each activation is brought to mean 0 and deviation 1 over the batch."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not look.hidden or all(spec.batch_norm for spec in look.hidden):
            return None
        size, count = look.problem.batch_size, len(look.problem.x_train)
        if size == 1 or count % size == 1 or _by_steps(look, warning):
            return None
        return Treatment(self.key, {"batch_norm": True})


@remedies.register("without_norm")
class WithoutNorm(Remedy):
    """No batch normalisation."""

    title = "Without batch normalisation"
    doc = "Each sample is then seen for itself, however many a batch has."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        return Treatment(self.key, {"batch_norm": False})


@remedies.register("batches")
class Batches(Remedy):
    """Batches that leave no single sample over."""

    title = "Batches of {size}"
    doc = "The nearest size that leaves no batch of a single sample."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        count, size = len(look.problem.x_train), look.problem.batch_size
        fits = [b for b in range(2, count + 1) if count % b != 1]
        if not fits:
            return None
        wanted = min(fits, key=lambda b: (abs(b - max(size, 8 if size == 1 else size)), b))
        return Treatment(self.key, {"batch_size": wanted}, numbers={"size": wanted})


@remedies.register("fewer_layers")
class FewerLayers(Remedy):
    """Fewer hidden layers."""

    title = "{count} hidden layers"
    doc = "A shorter way back multiplies fewer factors; the first layers are kept."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if len(look.hidden) <= _FEW_LAYERS or not _fits(look):
            return None
        kept = tuple(_table(spec) for spec in look.hidden[:_FEW_LAYERS])
        return Treatment(self.key, {"layers": kept}, numbers={"count": _FEW_LAYERS})


@remedies.register("fewer_units")
class FewerUnits(Remedy):
    """Fewer units."""

    title = "Units {units}"
    doc = "So few units that there are no more weights than samples: less can be learned by heart."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        n_in, n_out = look.problem.network.blocks[0].n_in, look.problem.network.blocks[-1].n_out
        for parts in range(15, 0, -1):
            treatment = _resized(self.key, look, parts / 16)
            if treatment is None:
                continue
            sizes = [n_in, *(layer["units"] for layer in treatment.network["layers"]), n_out]
            fits = sum((a + 1) * b for a, b in itertools.pairwise(sizes)) <= len(look.problem.x_train)
            if fits or all(size <= _LEAST for size in sizes[1:-1]):
                units = " ".join(str(size) for size in sizes[1:-1])
                return replace(treatment, numbers={"units": units})
        return None


@remedies.register("wider")
class Wider(Remedy):
    """More units."""

    title = "Twice the units"
    doc = "With more units it can tell apart what these cannot; a network without a hidden layer gets one."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not _in_band(look) or look.layers_are_apart:
            return None
        if not look.hidden:
            return Treatment(self.key, {"layers": (_table(LayerSpec(16, "tanh")),)})
        return _resized(self.key, look, 2.0)


@remedies.register("rate")
class Rate(Remedy):
    """Another learning rate, by the factor that the update ratio asks for."""

    title = "Learning rate {rate}"
    doc = "The rate by the factor that brings the update ratio to a thousandth; by a tenth where there is no ratio."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        param = look.rule.param("learning_rate")
        rate = float(look.rule.hyperparameters.get("learning_rate", 0.0))
        if param is None or not rate > 0:
            return None
        factor = 0.1 if warning.key in ("lost", "exploding") else look.ratio_factor
        if warning.key in ("lost", "exploding"):
            if _from_the_start(look):
                return None
            factor = min(factor, look.ratio_factor)
        if 0.5 < factor < 2.0 or (factor > 1.0 and warning.key in _BY_STEPS):
            return None
        wanted = rounded(rate * factor)
        if not param.low <= wanted <= param.high:
            return None
        return Treatment(self.key, hyperparameters={"learning_rate": wanted}, numbers={"rate": wanted})


@remedies.register("clip")
class Clip(Remedy):
    """Clipping of the gradient's norm."""

    title = "Gradient clipped at {norm}"
    doc = "A longer gradient is cut to the length at which a step is a two-hundredth of the first weights."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if float((look.rule.gradient or {}).get("clip_norm", 0.0)) > 0 or _from_the_start(look):
            return None
        rate = float(look.rule.hyperparameters.get("learning_rate", 0.0))
        if look.rule.optimizer not in _STEP_BY_GRADIENT or not rate > 0:
            return None  # others divide by the size of the gradient, which is then of no account
        first = look.race.checkpoints.nearest(0).theta[look.run]
        norm = rounded(max(_CLIPPED_RATIO * float(np.linalg.norm(first)) / rate, 1e-9))
        return Treatment(self.key, gradient={"clip_norm": norm}, numbers={"norm": norm})


@remedies.register("scale_inputs")
class ScaleInputs(Remedy):
    """Scaled inputs."""

    title = "Inputs scaled to deviation 1"
    doc = "Each input is brought to mean 0 and deviation 1 by the training samples."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        x = np.asarray(look.problem.x_train, np.float64)
        size = float(np.sqrt(np.mean(x * x, axis=0)).max(initial=0.0))
        uneven = warning.key == "unscaled_inputs"
        if not (uneven or size > _LARGE):
            return None
        return Treatment(self.key, {"scaling": "standard"})


@remedies.register("scale_targets")
class ScaleTargets(Remedy):
    """Scaled targets."""

    title = "Targets scaled to deviation 1"
    doc = "The targets are brought to mean 0 and deviation 1; losses are still told in their own unit."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        split, size = look.problem.split, rms(look.problem.y_train)
        if split.classes or split.y_scale or not (warning.key == "unscaled_targets" or size > _LARGE):
            return None
        return Treatment(self.key, {"target_scaling": "standard"})


@remedies.register("balance")
class Balance(Remedy):
    """Classes that count alike."""

    title = "Classes that count alike"
    doc = "Each sample weighs the more, the rarer its class, so that all classes make the same share of the loss."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if look.problem.loss_name == "binary_cross_entropy":
            named = {"loss": "softmax_cross_entropy"}
        elif look.problem.loss_name == "softmax_cross_entropy":
            named = {}
        else:
            return None
        return Treatment(self.key, {**named, "loss_parameters": {"class_weights": "balanced"}})


@remedies.register("weight_penalty")
class WeightPenalty(Remedy):
    """A penalty on large weights."""

    title = "L2 penalty {weight}"
    doc = "Large weights, which single samples are learned by, become part of the loss."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        weight = rounded(max(0.01, 4.0 * look.problem.network.l2))
        return Treatment(self.key, {"l2": weight}, numbers={"weight": weight})


@remedies.register("dropout")
class Dropout(Remedy):
    """Dropout."""

    title = "Dropout {share}"
    doc = "At each step a share of the units is left out, so that none can rely on another."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        if not look.hidden or any(spec.dropout for spec in look.hidden):
            return None
        return Treatment(self.key, {"dropout": 0.5}, numbers={"share": 0.5})


@remedies.register("patience")
class Patience(Remedy):
    """A schedule that waits longer."""

    title = "Patience {patience}"
    doc = "The schedule waits four times as long before it lowers the rate."

    def treat(self, look: Look, warning: LayerWarning) -> Treatment | None:
        schedule = look.rule.schedule
        if schedule is None or not hasattr(schedule, "patience"):
            return None
        patience = max(4, 4 * int(schedule.patience))
        kept: dict[str, Any] = {param.name: getattr(schedule, param.name) for param in schedule.params}
        return Treatment(
            self.key,
            schedule={"kind": schedule.key, "parameters": {**kept, "patience": patience}},
            numbers={"patience": patience},
        )


def _from_the_start(look: Look) -> bool:
    """Whether the first gradient was beyond all measure: then it is not the steps that made it so."""
    return not float(np.nanmax(look.recorded("gradient_rms")[0], initial=0.0)) < _HUGE


#: initializers whose weights keep the size of what passes, up to a factor that no network suffers from
_GOOD = ("xavier", "he", "lecun", "orthogonal")


def _fitting(spec: LayerSpec) -> str:
    """The initializer that fits a layer's activation."""
    return _FITTING.get(spec.activation, "he_normal")


def _fits(look: Look) -> bool:
    """Whether the hidden layers begin with weights of about the size that fits their activations."""
    return all(spec.initializer.startswith(_GOOD) for spec in look.hidden)


#: what too large steps lead to, too: then it is these that are to be changed
_BY_STEPS = ("dead", "saturated", "vanishing")


def _by_steps(look: Look, warning: LayerWarning) -> bool:
    """Whether it came on the way, by too large steps, and was not there from the start."""
    if warning.key == "saturated":
        return not look.began_saturated
    return warning.key in _BY_STEPS and look.steps_too_large


def _in_band(look: Look) -> bool:
    """Whether steps were of the right size all the while."""
    return look.ratio_factor == 1.0


def _resized(key: str, look: Look, factor: float) -> Treatment | None:
    """The same layers with other numbers of units, 2 to 1024."""
    units = [min(1024, max(_LEAST, round(factor * spec.units))) for spec in look.hidden]
    if not units or units == [spec.units for spec in look.hidden]:
        return None
    layers = tuple({**_table(spec), "units": count} for spec, count in zip(look.hidden, units, strict=True))
    return Treatment(key, {"layers": layers})


def _table(spec: LayerSpec) -> dict[str, Any]:
    """A hidden layer as the file has it."""
    return {
        "units": spec.units,
        "activation": spec.activation,
        "initializer": spec.initializer,
        "batch_norm": spec.batch_norm,
        "dropout": spec.dropout,
        "activation_parameters": dict(spec.activation_parameters),
        "initializer_parameters": dict(spec.initializer_parameters),
    }
