"""What is wrong with a layer, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.ui.words.text import grouped, readable

if TYPE_CHECKING:  # an objective has no layers
    from workbench.engine.network.ailing import LayerWarning
    from workbench.engine.network.health import HealthReport

_CONTEXT = "Health"


def _gravity(warning: LayerWarning) -> int:
    """How grave an ailment is, 0 for the gravest: as they are declared."""
    from workbench.engine.network.known_ailments import ailments  # loaded for networks alone

    return ailments.keys().index(warning.key)


def run_label(info: RaceInfo, run: int) -> str:
    """The lane's name, with the number of the start where there are several."""
    label = info.lanes[run // info.starts].label
    if info.starts == 1:
        return label
    return QCoreApplication.translate(_CONTEXT, "{} · start {}").format(label, run % info.starts + 1)


def diverged_words(snapshot: Snapshot, run: int) -> str:
    """That what is seen of a run comes from one that has diverged; empty where it has not."""
    step = int(snapshot.diverged_at[run])
    if step < 0:
        return ""
    told = QCoreApplication.translate(_CONTEXT, "{} diverged at step {}: this is what its last weights give.")
    return told.format(run_label(snapshot.info, run), grouped(step))


def layer_name(info: RaceInfo, layer: int) -> str:
    """The name of a layer as people say it."""
    name = info.layers[layer]
    if name == "output":
        return QCoreApplication.translate(_CONTEXT, "output layer")
    return QCoreApplication.translate(_CONTEXT, "layer {}").format(name.removeprefix("layer"))


def _layer_names(info: RaceInfo, layers: Sequence[int]) -> str:
    """Names of layers in their order, three and more of the hidden ones that follow each other as a range."""
    spans: list[list[int]] = []
    for layer in layers:
        if spans and layer == spans[-1][-1] + 1 and info.layers[layer] != "output":
            spans[-1].append(layer)
        else:
            spans.append([layer])
    said: list[str] = []
    for span in spans:
        if len(span) > 2:
            ends = (info.layers[i].removeprefix("layer") for i in (span[0], span[-1]))
            said.append(QCoreApplication.translate(_CONTEXT, "layers {} to {}").format(*ends))
        else:
            said += [layer_name(info, layer) for layer in span]
    return ", ".join(said)


def sentence(warning: LayerWarning, info: RaceInfo, *, past: bool = False) -> str:
    """What a warning says, with the lane, the layer, the number that gives rise to it, and the step."""
    translate = QCoreApplication.translate
    if warning.layer < 0 or warning.key in _OF_RUNS:
        return _of_run(warning, info)
    text = {
        ("vanishing", False): translate(
            _CONTEXT, "{lane}: the gradient of {layer} vanishes (RMS {size}), from step {step}."
        ),
        ("vanishing", True): translate(
            _CONTEXT, "{lane}: the gradient of {layer} vanished (RMS {size}) at step {step}."
        ),
        ("exploding", False): translate(
            _CONTEXT, "{lane}: the gradient of {layer} explodes (RMS {size}), from step {step}."
        ),
        ("exploding", True): translate(
            _CONTEXT, "{lane}: the gradient of {layer} exploded (RMS {size}) at step {step}."
        ),
        ("alone", False): translate(
            _CONTEXT,
            "Batch normalisation of a single sample in {layer} ({share} of the batches): nothing is left of it.",
        ),
        ("dead", False): translate(_CONTEXT, "{lane}: {share} of {layer} is dead, seen at step {step}."),
        ("saturated", False): translate(_CONTEXT, "{lane}: {share} of {layer} is saturated, seen at step {step}."),
    }[warning.key, past]
    return text.format(
        lane=run_label(info, warning.run),
        layer=layer_name(info, warning.layer),
        size=readable(warning.value, 2),
        share=f"{100 * warning.value:.0f} %",
        step=grouped(warning.step),
    )


#: what is told of a run and not of a layer, though a layer may be where it began
_OF_RUNS = ("lost", "poor_start")


def _of_run(warning: LayerWarning, info: RaceInfo) -> str:
    """What a warning of a whole run says."""
    translate = QCoreApplication.translate
    text = {
        "lost": translate(
            _CONTEXT, "{lane} diverged at step {step}: {quantity} of {layer} was the first to leave the numbers."
        ),
        "poor_start": translate(_CONTEXT, "{lane}: with its initial weights next to nothing comes through {layer}."),
        "unscaled_targets": translate(_CONTEXT, "{lane}: its targets are of size {size}, far from 1."),
        "unscaled_inputs": translate(_CONTEXT, "{lane}: its inputs are of size {size}, far from 1."),
        "imbalance": translate(_CONTEXT, "{lane}: {share} of the samples are of one class; the rarest is not learned."),
        "ratio": translate(_CONTEXT, "{lane}: a step is {size} of the weights, and the loss is not falling."),
        "stalled": translate(_CONTEXT, "{lane}: the loss is not falling, from step {step}."),
        "overfitting": translate(
            _CONTEXT, "{lane}: overfits from step {step}: the test loss is {size} times its best."
        ),
    }[warning.key]
    if warning.quantity == "uneven":
        text = translate(_CONTEXT, "{lane}: some inputs are {size} times as large as others.")
    if warning.key == "poor_start" and warning.value > 1.0:
        text = translate(_CONTEXT, "{lane}: with its initial weights the sums of {layer} are {size} times too large.")
    if warning.key == "lost" and warning.layer < 0:
        text = translate(_CONTEXT, "{lane} diverged at step {step}: {quantity} left the numbers.")
    return text.format(
        lane=run_label(info, warning.run),
        layer=layer_name(info, warning.layer) if warning.layer >= 0 else "",
        size=readable(warning.value, 2),
        share=f"{100 * warning.value:.0f} %",
        step=grouped(warning.step),
        quantity=_quantity(warning.quantity),
    )


def _quantity(key: str) -> str:
    """A quantity of the passes forward and back."""
    translate = QCoreApplication.translate
    words = {
        "weights": translate(_CONTEXT, "a weight"),
        "sums": translate(_CONTEXT, "a sum z"),
        "activations": translate(_CONTEXT, "an activation"),
        "loss": translate(_CONTEXT, "the loss"),
        "gradient": translate(_CONTEXT, "the gradient"),
    }
    return words.get(key, "")


def gravest(warnings: Sequence[LayerWarning]) -> LayerWarning:
    """The one to tell where there is room for one: dead layers come before gradients that are nought for it."""
    return min(warnings, key=lambda w: (_gravity(w), w.step, w.layer))


def groups(warnings: Sequence[LayerWarning]) -> list[LayerWarning]:
    """Of each ailment of a run the first warning, the gravest ailments first."""
    firsts: dict[tuple[str, int], LayerWarning] = {}
    for warning in sorted(warnings, key=lambda w: (_gravity(w), w.run, w.step, w.layer)):
        firsts.setdefault((warning.key, warning.run), warning)
    return list(firsts.values())


def summary(report: HealthReport, info: RaceInfo) -> list[str]:
    """Sentences, one for all the layers of a run that ail of the same thing, the gravest first."""
    groups: dict[tuple[bool, int, str, int], list[LayerWarning]] = {}
    for past, warnings in ((False, report.now), (True, report.past)):
        for warning in warnings:
            groups.setdefault((past, _gravity(warning), warning.key, warning.run), []).append(warning)
    said = []
    for (past, *_), group in sorted(groups.items(), key=lambda item: item[0]):
        first = min(group, key=lambda w: (w.step, w.layer))
        text = sentence(first, info, past=past)
        if len(group) > 1:
            names = _layer_names(info, sorted({w.layer for w in group if w.layer >= 0} - {first.layer}))
            if names:
                text += " " + QCoreApplication.translate(_CONTEXT, "Likewise: {}.").format(names)
        said.append(text)
    return said
