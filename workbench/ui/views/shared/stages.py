"""What each rule of backpropagation is called, and what it does, in words."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.activations import activations
from workbench.engine.network.explain import ExplainedStage, Explanation
from workbench.ui.words.text import engine_text
from workbench.ui.words.worked import formula_html

#: a rule's title and its sentence
_RULES: dict[str, tuple[str, str]] = {
    "input": ("Input", "What the first layer reads."),
    "affine": ("Weighted sum", "Each unit adds its bias to the sum of what it reads, each value times its weight."),
    "linear": ("Weighted sum", "Each unit sums what it reads, each value times its weight; no bias."),
    "batch_norm": (
        "Batch normalisation",
        "Each unit's sums are brought to mean 0 and deviation 1, then scaled by γ and shifted by b.",
    ),
    "activation": ("Activation", "Each unit bends its sum by the activation function."),
    "dropout": ("Dropout", "Some values are left out at random; the others grow in their place."),
    "softmax": ("Softmax", "The outputs become probabilities: all above zero, and together 1."),
    "logistic": ("Sigmoid", "The output becomes the probability of the second class."),
    "difference": ("Difference", "How far each output is from its target."),
    "loss": ("Loss", "One number says how far the outputs are from the targets."),
    "loss_gradient": ("Gradient of the loss", "How the loss changes with each output: where the way back begins."),
    "dropout_back": ("Back through dropout", "What was left out has no part in the loss: its gradient is 0."),
    "activation_back": (
        "Back through activation",
        "Each gradient is multiplied by the activation's slope at that sum; where it is flat, little comes through.",
    ),
    "bias_gradient": (
        "Gradient of the biases", "A bias moves every sample's sum alike: the gradients are summed.",
    ),
    "batch_norm_back": (
        "Back through normalisation",
        "Scaled back by γ/σ; what would only move the batch's mean or spread has no effect and is taken away.",
    ),
    "weight_gradient": (
        "Gradient of the weights",
        "A weight's gradient is what it read times the gradient of the sum it went into, summed over the samples.",
    ),
    "penalty_gradient": ("Penalty", "L1 and L2 pull the weights towards zero: their gradients are added."),
    "input_gradient": (
        "Back to the layer before",
        "Each input is to blame by the weights it went out through: the gradients are sent back along them.",
    ),
}  # fmt: skip
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


def layer_title(found: Explanation, stage: ExplainedStage) -> str:
    """The layer that a rule is applied in."""
    if stage.layer < 0:
        return _tr("Input")
    if stage.layer == len(found.layers) - 1:
        return _tr("Output layer")
    return _tr("Hidden layer {}").format(stage.layer + 1)


def stage_formula(found: Explanation, stage: ExplainedStage) -> str:
    """The rule as HTML, each sign an anchor (`workbench.ui.words.worked`), with the layer's own activation."""
    symbols = {factor.role: factor.symbol for factor in stage.factors} | {stage.numbers.stage.role: stage.symbol}
    formula = formula_html(stage.formula, symbols)
    if stage.rule in ("activation", "activation_back"):
        entry = activations.get(found.activations[stage.layer])
        formula += f"<br>{html.escape(engine_text(entry.title))}: {html.escape(entry.formula)}"
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
