"""What a gradient check found, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.checks.gradient_check import BlockCheck, CheckReport
from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.words.health import layer_name
from workbench.ui.words.text import counted, grouped, readable

_CONTEXT = "GradientCheck"
_PLANE = ("x", "y")


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def small_number(value: float) -> str:
    """A number of three digits, its sign and exponent as people write them."""
    return readable(value, 3)


def block_name(info: RaceInfo, block: BlockCheck) -> str:
    """The name of a block: a coordinate, or a layer with the kind of its parameters."""
    layer, dot, kind = block.name.rpartition(".")
    if not dot or layer not in info.layers:
        place = int(kind[1:]) if kind[1:].isdigit() else -1
        return _PLANE[place] if 0 <= place < info.size <= len(_PLANE) else kind
    words = {"weight": _tr("weights"), "bias": _tr("biases"), "scale": _tr("scales")}
    return _tr("{layer}, {kind}").format(layer=layer_name(info, info.layers.index(layer)), kind=words.get(kind, kind))


def shape_words(block: BlockCheck) -> str:
    """The shape of a block: rows × columns, or how many there are."""
    return " × ".join(grouped(n) for n in block.shape) or "1"


def checked_words(block: BlockCheck) -> str:
    """How many components were compared, of how many."""
    if block.checked == block.size:
        return _tr("all {}").format(grouped(block.size)) if block.size > 1 else "1"
    return _tr("{} of {}").format(grouped(block.checked), grouped(block.size))


def verdict_word(block: BlockCheck) -> str:
    """The verdict on a block."""
    return {
        "waiting": "…",
        "agrees": _tr("agrees"),
        "fine": _tr("agrees; {} by shorter steps").format(grouped(block.fine)),
        "kinks": (_tr("agrees; {} on a kink") if block.judged else _tr("no verdict; {} on a kink")).format(
            grouped(block.kinks)
        ),
        "jump": (_tr("agrees; {} at a jump") if block.judged else _tr("no verdict; {} at a jump")).format(
            grouped(block.unjudged)
        ),
        "edge": (_tr("agrees; {} at an edge") if block.judged else _tr("no verdict; {} at an edge")).format(
            grouped(block.unjudged)
        ),
        "unsettled": _tr("cannot tell; {} where no step fits").format(grouped(block.unjudged)),
        "differs": _tr("✕ differs"),
        "small": _tr("too small to tell"),
        "none": _tr("no number"),
    }[block.verdict]


def verdict_sentence(block: BlockCheck) -> str:
    """What the verdict means, and where the largest difference is."""
    said = {
        "waiting": _tr("Not all of its components are compared yet."),
        "agrees": _tr("Exact and numerical gradient are the same, as far as rounding lets differences tell."),
        "kinks": counted(
            block.kinks,
            _tr("{} component stands on a kink, as of ReLU at 0: there is no slope to compare with."),
            _tr("{} components stand on a kink, as of ReLU at 0: there is no slope to compare with."),
        ),
        "fine": _tr(
            "The usual step is too long here, as for a fine wave or beside a singular point; by shorter ones exact and "
            "numerical gradient are the same."
        ),
        "jump": _tr("The loss jumps at this point: there is no slope to compare with."),
        "edge": _tr("On one side of this point the loss is no number: there is no slope to compare with."),
        "unsettled": _tr("The slopes at different steps do not come together: each step is too long or too short."),
        "differs": _tr("The exact gradient is not the slope of the loss."),
        "small": _tr("This gradient is so small that the rounding of the losses hides it."),
        "none": _tr("The loss or the gradient is no number here."),
    }[block.verdict]
    if block.verdict in ("kinks", "jump", "edge", "unsettled") and block.judged:
        said += " " + _tr("The others agree.")
    if block.worst >= 0 and block.size > 1:
        said += " " + _tr("The largest difference is at {}.").format(_place(block))
    return said


def _place(block: BlockCheck) -> str:
    """Where the worst component is, counted from 1."""
    if len(block.shape) < 2:
        return str(block.worst + 1)
    row, column = divmod(block.worst, block.shape[1])
    return _tr("row {}, column {}").format(row + 1, column + 1)


def where_sentence(info: RaceInfo, report: CheckReport) -> str:
    """The point that was checked."""
    step = grouped(report.step)
    loss = small_number(report.loss)
    if info.kind == "network":
        return _tr("At step {step}, for the batch of the next step: loss {loss}.").format(step=step, loss=loss)
    shown = ", ".join(small_number(float(value)) for value in report.theta[:4])
    if len(report.theta) > 4:
        shown += ", …"
    return _tr("At step {step}, in the point ({point}): loss {loss}.").format(step=step, point=shown, loss=loss)


def result_sentence(report: CheckReport) -> str:
    """How far the check is, and what came of it."""
    all_of = counted(report.size, _tr("{} component"), _tr("{} components"))
    compared = _tr("Compared {} of {}.").format(grouped(report.checked), all_of)
    if not report.done:
        return compared
    verdicts = [block.verdict for block in report.blocks]
    wrong = verdicts.count("differs")
    if "none" in verdicts:
        return _tr("There is no gradient to check: the run has left the numbers.")
    if wrong:
        return compared + " " + _tr("Blocks that differ: {} of {}.").format(wrong, len(verdicts))
    if not any(block.judged for block in report.blocks):
        return compared + " " + _tr("There is no slope to compare with here.")
    if set(verdicts) == {"small"}:
        return compared + " " + _tr("The gradient is too small to tell, as at a minimum.")
    return compared + " " + _tr("The exact gradient is right.")
