"""What the quantities of a step are, in words, made from what the engine declares of them."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from workbench.engine.race.anatomy import Anatomy, Quantity
from workbench.engine.rules.forms import Form
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP, symbol
from workbench.ui.words.text import counted, engine_text, grouped, readable

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
    """What a line does, in a sentence or two, made from its form, and how long its name is kept."""
    quantity = found.quantities[place]
    kept = {q.name for q in found.quantities if q.origin == "state"}
    said = [_form_words(found, quantity, quantity.form or Form("other"), is_state=quantity.name in kept)]
    if quantity.name == GRADIENT:
        said.append(_say("The lines that follow read it as the gradient."))
    elif quantity.name in kept:
        said.append(_say("Kept for the next step."))
    if quantity.size == 1 < found.quantities[0].size and quantity.form is not None and quantity.form.shape != "of_all":
        said.append(_say("One number for all parameters."))
    return " ".join(said)


def _form_words(found: Anatomy, quantity: Quantity, form: Form, *, is_state: bool) -> str:
    """The sentence for a form; expressions stand in it as they are written."""
    of, by, share = form.of, form.by, _share(found, form)
    was = _say("what it was") if is_state else quantity.symbol
    return {
        "average": lambda: _average_words(of, share),
        "kept_sum": lambda: _say("Keeps {} of what it was and adds {}.").format(share.text, of),
        "sum": lambda: (
            _say("The sum of {} over all steps: it only grows.").format(of)
            if form.nonnegative and is_state
            else _say("Adds {} to {}.").format(of, was)
        ),
        "largest": lambda: _say("The larger of {} and {}.").format(
            _say("{} of what it was").format(share.text) if by else was, of
        ),
        "unbiased": lambda: _say("{} freed of the pull of its start at zero: divided by {}.").format(of, by),
        "over": lambda: _say("Each coordinate of {}, divided by its own {}.").format(of, by),
        "moves": lambda: _say("Moves the parameters by {}.").format(of),
        "against": lambda: (
            _say("Moves the parameters against {}, {} times as far.").format(of, by)
            if by
            else _say("Moves the parameters against {}.").format(of)
        ),
        "sign": lambda: _say("Only the sign of {}: every coordinate counts alike.").format(of),
        "root": lambda: _say("The root of {}.").format(of),
        "choice": lambda: _say("One of two values, whichever the condition says."),
        "scaled": lambda: _say("{} times {}.").format(of, by),
        "sum_of": lambda: _say("{} and {} together.").format(of, by),
        "of_all": lambda: _say("One number for all parameters, made of {}.").format(_reads(quantity)),
        "other": lambda: _say("Made of {}.").format(_reads(quantity)) if quantity.reads else _say("A fixed number."),
    }[form.shape]()


class _Share(NamedTuple):
    """A share of what was, as it is written, with its value where it is known."""

    text: str
    value: float | None


def _share(found: Anatomy, form: Form) -> _Share:
    known = next((q for q in found.quantities if q.origin == "setting" and q.name == form.name), None)
    value = float(known.values[0]) if known is not None else _as_number(form.by)
    if known is None or value is None:
        return _Share(form.by, value)
    return _Share(f"{form.by} = {readable(value)}", value)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _average_words(of: str, share: _Share) -> str:
    """An average remembers as many steps as its weights have, summed up."""
    if share.value is None or not 0.0 <= share.value < 1.0:
        return _say("A running average of {}: keeps {} of what it was.").format(of, share.text)
    steps = counted(round(1.0 / (1.0 - share.value)), _say("{} step"), _say("{} steps"))
    told = _say("A running average of {}: keeps {} of what it was, and so looks back over some {}.")
    return told.format(of, share.text, steps)


def _reads(quantity: Quantity) -> str:
    return _listed([symbol(name) for name in quantity.reads])


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
    if not layer:
        return _say("coordinate {}").format(grouped(index[0] + 1))
    where = _say("output layer") if layer == "output" else _say("layer {}").format(layer.removeprefix("layer"))
    if kind == "weight":
        return _say("{}, weight from {} to {}").format(where, index[0] + 1, index[1] + 1)
    words = {"bias": _say("bias"), "scale": _say("scale"), "shift": _say("shift")}
    return _say("{}, {} of unit {}").format(where, words.get(kind, kind), index[0] + 1)
