"""What each rule of backpropagation is called, and what it does, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.activations import activations
from workbench.engine.network.anatomy import FORMULAS
from workbench.engine.network.explain import ExplainedStage, Explanation
from workbench.ui.words.text import engine_text

#: a rule's title, its sentence, the sign of what it gives, and the sign of its local derivative
_RULES: dict[str, tuple[str, str, str, str]] = {
    "input": ("Input", "What the first layer reads.", "h", ""),
    "affine": (
        "Weighted sum", "Each unit adds its bias to the sum of what it reads, each value times its weight.", "z", "",
    ),
    "linear": ("Weighted sum", "Each unit sums what it reads, each value times its weight; no bias.", "s", ""),
    "batch_norm": (
        "Batch normalisation",
        "Each unit's sums are brought to mean 0 and deviation 1, then scaled by γ and shifted by b.", "z", "",
    ),
    "activation": ("Activation", "Each unit bends its sum by the activation function.", "a", "f′(z)"),
    "dropout": ("Dropout", "Some values are left out at random; the others grow in their place.", "h", "m/(1 − p)"),
    "loss": ("Loss", "One number says how far the outputs are from the targets.", "L", ""),
    "loss_gradient": (
        "Gradient of the loss", "How the loss changes with each output: where the way back begins.", "δ", "",
    ),
    "dropout_back": ("Back through dropout", "What was left out has no part in the loss: its gradient is 0.", "∂L/∂a",
                     "m/(1 − p)"),
    "activation_back": (
        "Back through activation",
        "Each gradient is multiplied by the activation's slope at that sum; where it is flat, little comes through.",
        "∂L/∂z", "f′(z)",
    ),
    "bias_gradient": ("Gradient of the biases", "A bias moves every sample's sum alike: the gradients are summed.",
                      "∂L/∂b", ""),
    "batch_norm_back": (
        "Back through normalisation",
        "Scaled back by γ/σ; what would only move the batch's mean or spread has no effect and is taken away.",
        "∂L/∂s", "γ/σ",
    ),
    "weight_gradient": (
        "Gradient of the weights",
        "A weight's gradient is what it read times the gradient of the sum it went into, summed over the samples.",
        "∂L/∂W", "h",
    ),
    "penalty_gradient": ("Penalty", "L1 and L2 pull the weights towards zero: their gradients are added.",
                         "∂L/∂W", "W"),
    "input_gradient": (
        "Back to the layer before",
        "Each input is to blame by the weights it went out through: the gradients are sent back along them.",
        "∂L/∂h", "W",
    ),
}  # fmt: skip
_EXTRA = {"normalised": "ŝ", "scale": "γ", "scale_gradient": "∂L/∂γ"}
#: rules whose number before is what they work on, so that it is shown beside them
WORKS_ON_THE_ONE_BEFORE = (
    "affine", "linear", "batch_norm", "activation", "dropout", "dropout_back", "activation_back", "batch_norm_back",
)  # fmt: skip

#: rules that work along the weights of a layer; the others work in its units, but for the loss
_ALONG_WEIGHTS = ("affine", "linear", "weight_gradient", "penalty_gradient", "input_gradient")


@dataclass(frozen=True, slots=True)
class StageMark:
    """Where in a drawing of the network a stage takes place.

    Attributes:
        layer: its place in the network, −1 for the input.
        part: what of the layer: the weights that lead to it, its units, or the loss behind the last one.
        forward: on the way forward, or back.
        words: the stage in words.
        layers: how many layers the network has that it is a stage of.
    """

    layer: int
    part: Literal["weights", "units", "loss"]
    forward: bool
    words: str
    layers: int


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackpropagationView", text)


def stage_title(stage: ExplainedStage) -> str:
    """The rule's name."""
    return _tr(_RULES[stage.rule][0])


def stage_sentence(stage: ExplainedStage) -> str:
    """What the rule does."""
    return _tr(_RULES[stage.rule][1])


def stage_signs(stage: ExplainedStage) -> tuple[str, str]:
    """The signs of what the rule gives and of its local derivative."""
    return _RULES[stage.rule][2], _RULES[stage.rule][3]


def extra_sign(name: str) -> str:
    """The sign of a number that a rule gives by the way."""
    return _EXTRA.get(name, name)


def layer_title(found: Explanation, stage: ExplainedStage) -> str:
    """The layer that a rule is applied in."""
    if stage.layer < 0:
        return _tr("Input")
    if stage.layer == len(found.layers) - 1:
        return _tr("Output layer")
    return _tr("Hidden layer {}").format(stage.layer + 1)


def stage_formula(found: Explanation, stage: ExplainedStage) -> str:
    """The rule as a formula, with the layer's own activation."""
    formula = FORMULAS[stage.rule]
    if stage.rule in ("activation", "activation_back"):
        entry = activations.get(found.activations[stage.layer])
        formula += f"\n{engine_text(entry.title)}: {entry.formula}"
    return formula


def stage_mark(found: Explanation, stage: ExplainedStage) -> StageMark:
    """Where a stage takes place."""
    forward = stage.direction == "forward"
    part: Literal["weights", "units", "loss"] = "units"
    if stage.rule in _ALONG_WEIGHTS:
        part = "weights"
    elif stage.rule in ("loss", "loss_gradient"):
        part = "loss"
    where = stage_title(stage) if stage.layer < 0 else f"{layer_title(found, stage)}: {stage_title(stage)}"
    return StageMark(stage.layer, part, forward, where, len(found.layers))
