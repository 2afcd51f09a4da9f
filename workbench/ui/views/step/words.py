"""What the quantities of a step are, in words, made from what the engine declares of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from workbench.engine.race.anatomy import Anatomy, Quantity
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.ui.views.shared.typeset import printed
from workbench.ui.words.text import engine_text, grouped

_CONTEXT = "Step"


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def given_words(quantity: Quantity) -> str:
    """What a rule is given: point, gradient, rate, step."""
    return {
        POINT: _say("the parameters before the step"),
        "gradient": _say("the gradient as the loss has it"),
        GRADIENT: _say("the gradient that the rule is given"),
        RATE: _say("the rate in force: the learning rate times its schedule's factor"),
        STEP: _say("the number of the step, from 1"),
    }[quantity.name]


def line_words(found: Anatomy, place: int) -> str:
    """A sentence on a line: what becomes of the name, from what, and how long it is kept."""
    quantity = found.quantities[place]
    kept = {q.name for q in found.quantities if q.origin == "state"}
    written = {q.name for q in found.quantities[:place] if q.origin == "line"}
    sources = []
    for name in quantity.reads:
        fresh = name == quantity.name and name in kept and name not in written
        sources.append(_say("what it was") if fresh else printed(name))
    told = _say("from {}").format(_listed(sources)) if sources else _say("a fixed number")
    if quantity.name == POINT:
        head = _say("moves the parameters")
    elif quantity.name == GRADIENT:
        head = _say("changes the gradient that the following lines read")
    elif quantity.name in kept:
        head = _say("kept for the next step")
    else:
        head = _say("for this step alone")
    made = f"{head[0].upper()}{head[1:]}, {told}"
    if quantity.size == 1 and len(found.point) and found.quantities[0].size > 1:
        made += "; " + _say("one number for all parameters")
    return made + "."


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _say("{} and {}").format(", ".join(parts[:-1]), parts[-1])


def quantity_words(found: Anatomy, name: str) -> str:
    """What a symbol of the rule stands for; empty for a name that the step does not have."""
    named = [q for q in found.quantities if q.name == name]
    if not named:
        return ""
    first = named[0]
    if first.origin == "given":
        return given_words(first)
    if first.origin == "setting":
        return engine_text(first.text) or _say("a setting of the rule")
    if first.origin == "state":
        return _say("state, kept from step to step")
    return _say("made in this step, for this step alone") if first.origin == "line" else engine_text(first.text)


def parameter_words(place: tuple[str, tuple[int, ...]]) -> str:
    """Where a parameter stands: its layer, and the units it leads from and to, counted from 1."""
    tensor, index = place
    layer, _, kind = tensor.rpartition(".")
    if not layer and len(index) > 1:
        return _say("row {}, column {}").format(index[0] + 1, index[1] + 1)
    if not layer:
        return _say("coordinate {}").format(grouped(index[0] + 1))
    where = _say("output layer") if layer == "output" else _say("layer {}").format(layer.removeprefix("layer"))
    if kind == "weight":
        return _say("{}, weight from {} to {}").format(where, index[0] + 1, index[1] + 1)
    words = {"bias": _say("bias"), "scale": _say("scale"), "shift": _say("shift")}
    return _say("{}, {} of unit {}").format(where, words.get(kind, kind), index[0] + 1)
