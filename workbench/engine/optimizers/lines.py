"""The lines that an optimizer is in the language of rules, for a convention and settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engine.optimizers.base import Optimizer
from workbench.engine.params import CONVENTIONS, Value
from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.marked import chosen
from workbench.engine.rules.names import RATE, canonical
from workbench.engine.rules.rule import Rule


def lines_of(entry: type[Optimizer], convention: str, hyperparameters: Mapping[str, Value], written: str = "") -> str:
    """The lines of an optimizer under complete settings; empty for one that has stages in their place.

    `written` are other lines, with their marks, that stand for its own.
    """
    if any(param.name == "text" for param in entry.params):
        return str(hyperparameters["text"])
    if not entry.lines:
        return ""

    def holds(mark: str) -> bool:
        return mark == convention or bool(hyperparameters.get(mark))

    return "\n".join([*_decay(entry, convention, hyperparameters), chosen(written or entry.lines, holds)])


def usual_lines(entry: type[Optimizer]) -> dict[str, str]:
    """The lines under the defaults of each convention; none for an optimizer that has stages."""
    found = {c: lines_of(entry, c, entry.complete({}, c)).strip() for c in CONVENTIONS}
    return {convention: lines for convention, lines in found.items() if lines}


def _decay(entry: type[Optimizer], convention: str, hyperparameters: Mapping[str, Value]) -> list[str]:
    """What `Optimizer.step` does about weight decay before the rule itself."""
    if not hyperparameters.get("weight_decay"):
        return []
    name = next((spelt for spelt, own in _spellings(entry).items() if own == "weight_decay"), "weight_decay")
    sign = "λ" if name == "lambda" else name
    return {"l2": [f"g = g + {sign} x"], "decoupled": [f"x = (1 − η {sign}) x"], "itself": []}[entry.decays[convention]]


def _spellings(entry: type[Optimizer]) -> dict[str, str]:
    """The names of settings by those that lines may have for them: their symbols, and what they are called."""
    found: dict[str, str] = {}
    for param in entry.params:
        if param.symbol.replace("₀", "0").replace("η", "η").isidentifier():
            found.setdefault(canonical(param.symbol), param.name)
    for param in entry.params:
        found[param.name] = param.name
    return found


def rule_of(
    entry: type[Optimizer], convention: str, hyperparameters: Mapping[str, Value], written: str = ""
) -> tuple[Rule, dict[str, Any]] | None:
    """The rule that an optimizer's lines are, and the values of its hyperparameters; None where it has no lines.

    `written` as in `lines_of`.
    """
    text = lines_of(entry, convention, hyperparameters, written)
    if not text:
        return None
    rule, spellings = compiled(text), _spellings(entry)
    names = {name: spellings.get(name, name) for name in rule.hyperparameters}
    return rule, {name: hyperparameters[own] for name, own in names.items()} | {RATE: hyperparameters[RATE]}


def state_names(entry: type[Optimizer], rule: Rule) -> dict[str, str]:
    """The optimizer's own name of each state of its lines."""
    return {name: entry.line_names.get(name, name) for name in rule.states}


def typed_out(entry: type[Optimizer], convention: str, hyperparameters: Mapping[str, Value]) -> dict[str, Value] | None:
    """The settings of a typed rule that takes the steps of an optimizer; None for one that has no lines."""
    made = rule_of(entry, convention, hyperparameters)
    if made is None:
        return None
    rule, values = made
    return {RATE: values[RATE], "text": f"{rule.text}\n", **{name: values[name] for name in rule.hyperparameters}}
