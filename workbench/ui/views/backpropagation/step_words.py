"""What is passed through the network, and the optimizer's next step on one parameter, line by line with its numbers."""

from __future__ import annotations

import html
import math

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.explain import Explanation
from workbench.engine.network.notation import Symbol
from workbench.engine.race.anatomy import Anatomy, Quantity
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.typeset import numbered, printed_number, printed_symbol
from workbench.ui.words.text import counted, digits_apart, engine_text, grouped
from workbench.ui.words.worked import anchor, sign_words


def _tr(text: str) -> str:
    return QCoreApplication.translate("BackpropagationView", text)


def sample_words(found: Explanation, row: int) -> str:
    """Which stage of what is shown."""
    place = _tr("stage {} of {}").format(row + 1, len(found.stages))
    if found.source == "batch":
        samples = counted(found.samples, _tr("{} sample"), _tr("{} samples"))
        return f"{place}  ·  " + _tr("{} of the batch of step {}").format(samples, grouped(found.step))
    kind = _tr("test sample {}") if found.source == "test" else _tr("training sample {}")
    return f"{place}  ·  {kind.format(found.index)}, " + _tr("target {}").format(found.target)


def parameter_sign(found: Explanation) -> str:
    """The sign of the parameter whose step is told."""
    assert found.parameter is not None  # noqa: S101 - for the type checker
    layer, row, unit = found.parameter
    return Symbol("W", layer + 1).at(row, unit) if row >= 0 else Symbol("b", layer + 1).at(unit)


def step_html(found: Explanation, theme: themes.Theme, optimizer: str) -> str:
    """What the optimizer makes of the gradient of the parameter that was asked for; empty where none was."""
    taken = found.taken
    if taken is None or found.parameter is None:
        return ""
    sign = parameter_sign(found)
    gradient = next(q for q in taken.quantities if q.name == GRADIENT)
    ends = float(taken.point[0]), float(taken.after[0])
    head = _tr("Step {} with {} moves {} from {} to {}").format(
        grouped(taken.step + 1),
        html.escape(optimizer),
        anchor(sign),
        *(printed_number(end, digits_apart(*ends)) for end in ends),
    )
    muted = f"<span style='color: {theme.muted}'>"
    parts = [f"<p style='margin: 0 0 2px 0'>{head}</p>", f"<p style='margin: 0 0 2px 0'>{muted}"]
    parts.append(_given_words(found, float(gradient.values[0])) + "</span></p>")
    known = {q.name: float(q.values[0]) for q in taken.quantities if q.origin in ("given", "setting", "state")}
    for quantity in taken.quantities:
        if quantity.origin == "line":
            parts.append(_line(quantity, known, sign))
            known[quantity.name] = float(quantity.values[0])
        elif quantity.origin == "stage" and quantity.size > 1:
            parts.append(f"<p style='margin: 0 0 1px 14px'>{_linked(quantity)} = {_number(quantity.values)}</p>")
    return "".join(parts)


def _given_words(found: Explanation, gradient: float) -> str:
    """Where the gradient that the step takes comes from: a single sample's is but a part of it."""
    if found.source == "batch":
        return _tr("The gradient of the batch is g = {}.").format(printed_number(gradient))
    return _tr("The step takes the gradient of its whole batch, g = {}; the numbers above are of one sample.").format(
        printed_number(gradient)
    )


def _line(quantity: Quantity, known: dict[str, float], sign: str) -> str:
    found = float(quantity.values[0])
    digits = digits_apart(known.get(quantity.name, math.nan), found)
    numbers = numbered(quantity.text, quantity.reads, known, quantity.name, digits)
    value = printed_number(found, digits)
    name = anchor(sign) if quantity.name == POINT else _linked(quantity)
    made = f"{name} = <b>{value}</b>" if numbers == value else f"{name} = {numbers} = <b>{value}</b>"
    return f"<p style='margin: 0 0 1px 14px'>{made}</p>"


def _linked(quantity: Quantity) -> str:
    return f'<a href="{html.escape(quantity.name)}">{printed_symbol(quantity.symbol)}</a>'


def _number(values: object) -> str:
    return printed_number(float(values[0]))  # type: ignore[index]


def told(found: Explanation, sign: str) -> str:
    """What a sign of the step means."""
    own = sign_words(sign)
    if own and any(mark in sign for mark in "⁽"):
        return own
    return quantity_told(found.taken, sign) if found.taken is not None else ""


def quantity_told(taken: Anatomy, name: str) -> str:
    """What a quantity of the step is."""
    quantity = next((q for q in reversed(taken.quantities) if q.name == name), None)
    if quantity is None:
        return ""
    words = {
        POINT: _tr("the parameter before the step"),
        "gradient": _tr("the gradient as the loss has it"),
        GRADIENT: _tr("the gradient that the rule is given"),
        RATE: _tr("the rate in force: the learning rate times its schedule's factor"),
        STEP: _tr("the number of the step, from 1"),
    }.get(name)
    if words is not None:
        return words
    if quantity.origin == "setting":
        return engine_text(quantity.text) or _tr("a setting of the rule")
    if name in {q.name for q in taken.quantities if q.origin == "state"}:
        return _tr("kept from step to step")
    return engine_text(quantity.text) if quantity.origin == "stage" else _tr("made in this step, for this step alone")
