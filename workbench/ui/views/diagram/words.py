"""What is said of a unit or a weight in the drawing of a network."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.diagram import Diagram
from workbench.ui.views.diagram.places import Edge, Neuron
from workbench.ui.words.features import input_sign
from workbench.ui.words.text import grouped, readable


def _tr(text: str) -> str:
    return QCoreApplication.translate("DiagramCanvas", text)


def more_words(hidden: int) -> str:
    """How many units of a layer are not drawn."""
    return _tr("⋮ +{}").format(grouped(hidden))


def gap_words(hidden: int) -> str:
    """How many layers are not drawn between two that are."""
    return _tr("⋯\n+{}").format(grouped(hidden))


def described(found: Diagram, names: tuple[str, ...], neuron: Neuron | None, edge: Edge | None) -> str:
    """What there is to say of the unit or weight chosen; empty where none is. `names` are those of the columns."""
    if neuron is not None:
        return _unit(found, names, neuron)
    if edge is None:
        return ""
    layer, i, j = edge
    if layer == 0 and found.picture is not None:
        return _tr("to unit {}\nas wide as the RMS of its weights").format(found.shown[1][j] + 1)
    said = _tr("from {} to {}\nweight {}\ngradient {}").format(
        found.shown[layer][i] + 1,
        found.shown[layer + 1][j] + 1,
        readable(float(found.weights[layer][i, j])),
        readable(float(found.gradients[layer][i, j])),
    )
    return f"{said}\n{click_words()}"


def click_words() -> str:
    """What a click does."""
    return _tr("a click works it out under Backpropagation")


def _unit(found: Diagram, names: tuple[str, ...], neuron: Neuron) -> str:
    column, unit = neuron
    if column == 0:
        if found.picture is not None:
            rows, columns = found.picture.shape
            return _tr("{} inputs: an image of {} × {}, here the first training sample").format(
                grouped(found.units[0]), rows, columns
            )
        return _tr("input {}").format(input_sign(found.inputs[unit]))
    bias, slope = float(found.biases[column - 1][unit]), float(found.bias_gradients[column - 1][unit])
    said = [_tr("{}, unit {}").format(names[column].replace("\n", " "), found.shown[column][unit] + 1)]
    if column == len(found.units) - 1 and unit < len(found.classes):
        said.append(_tr("class {}").format(found.classes[unit]))
    said += [_tr("bias {}").format(readable(bias, 3)), _tr("its gradient {}").format(readable(slope, 3))]
    if found.dead[column - 1][unit]:
        said.append(_tr("dead: its slope is 0 for all of {} samples").format(grouped(found.probed)))
    return "\n".join([*said, click_words()])
