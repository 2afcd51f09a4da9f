"""What is wrong with a layer, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.words.text import grouped

if TYPE_CHECKING:  # an objective has no layers
    from workbench.engine.network.health import HealthReport, LayerWarning

_CONTEXT = "Health"
_GRAVITY = ("alone", "dead", "exploding", "vanishing", "saturated")


def run_label(info: RaceInfo, run: int) -> str:
    """The lane's name, with the number of the start where there are several."""
    label = info.lanes[run // info.starts].label
    if info.starts == 1:
        return label
    return QCoreApplication.translate(_CONTEXT, "{} · start {}").format(label, run % info.starts + 1)


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
        size=f"{warning.value:.2g}".replace("-", "−"),
        share=f"{100 * warning.value:.0f} %",
        step=grouped(warning.step),
    )


def gravest(warnings: Sequence[LayerWarning]) -> LayerWarning:
    """The one to tell where there is room for one: dead layers come before gradients that are nought for it."""
    return min(warnings, key=lambda w: (_GRAVITY.index(w.key), w.step, w.layer))


def summary(report: HealthReport, info: RaceInfo) -> list[str]:
    """Sentences, one for all the layers of a run that ail of the same thing, the gravest first."""
    groups: dict[tuple[bool, int, str, int], list[LayerWarning]] = {}
    for past, warnings in ((False, report.now), (True, report.past)):
        for warning in warnings:
            groups.setdefault((past, _GRAVITY.index(warning.key), warning.key, warning.run), []).append(warning)
    said = []
    for (past, *_), group in sorted(groups.items(), key=lambda item: item[0]):
        first = min(group, key=lambda w: (w.step, w.layer))
        text = sentence(first, info, past=past)
        if len(group) > 1:
            names = _layer_names(info, sorted({w.layer for w in group} - {first.layer}))
            if names:
                text += " " + QCoreApplication.translate(_CONTEXT, "Likewise: {}.").format(names)
        said.append(text)
    return said
