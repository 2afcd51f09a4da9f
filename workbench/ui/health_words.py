"""What is wrong with a layer, in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.statistics import LayerWarning
from workbench.engine.snapshot import RaceInfo

_CONTEXT = "Health"


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


def sentence(warning: LayerWarning, info: RaceInfo) -> str:
    """What a warning says, with the lane, the layer, the number that gives rise to it, and the step."""
    text = {
        "vanishing": QCoreApplication.translate(
            _CONTEXT, "{lane}: the gradient of {layer} vanishes (RMS {value:.1e}), from step {step}."
        ),
        "exploding": QCoreApplication.translate(
            _CONTEXT, "{lane}: the gradient of {layer} explodes (RMS {value:.1e}), from step {step}."
        ),
        "dead": QCoreApplication.translate(
            _CONTEXT, "{lane}: {value:.0%} of {layer} is dead, zero for every sample; seen at step {step}."
        ),
        "saturated": QCoreApplication.translate(
            _CONTEXT, "{lane}: {layer} is saturated, its slope nearly flat for {value:.0%}; seen at step {step}."
        ),
    }[warning.key]
    return text.format(
        lane=run_label(info, warning.run),
        layer=layer_name(info, warning.layer),
        value=warning.value,
        step=f"{warning.step:,}".replace(",", " "),
    )


def summary(warnings: tuple[LayerWarning, ...], info: RaceInfo) -> list[str]:
    """Sentences, one for all the layers of a run that ail of the same thing."""
    groups: dict[tuple[str, int], list[LayerWarning]] = {}
    for warning in warnings:
        groups.setdefault((warning.key, warning.run), []).append(warning)
    said = []
    for group in groups.values():
        first = min(group, key=lambda w: (w.step, w.layer))
        text = sentence(first, info)
        if len(group) > 1:
            names = ", ".join(layer_name(info, w.layer) for w in group if w is not first)
            text += " " + QCoreApplication.translate(_CONTEXT, "So does: {}.").format(names)
        said.append(text)
    return said
