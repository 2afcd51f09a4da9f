"""A warning's chain of causes and its remedies, in words: the engine's texts, translated by key."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from workbench.engine.network.ailing import LayerWarning, Link, Treatment
from workbench.engine.network.initializers import initializers
from workbench.engine.network.known_ailments import ailments, remedies
from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.words.health import layer_name
from workbench.ui.words.text import engine_text, grouped, readable, signed

_CONTEXT = "Why"
#: a number that is counted has no decimals up to here
_COUNTED = 1e6


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def title(warning: LayerWarning) -> str:
    """What the ailment is called."""
    return engine_text(ailments.get(warning.key).title)


def explanation(warning: LayerWarning) -> str:
    """The two sentences on it."""
    return engine_text(ailments.get(warning.key).why)


def remedy_title(treatment: Treatment) -> str:
    """What is tried, in a few words, with its numbers."""
    numbers = dict(treatment.numbers)
    if "initializer" in numbers:
        numbers["initializer"] = engine_text(initializers.get(str(numbers["initializer"])).title)
    said = {name: value if isinstance(value, str) else value_text(float(value)) for name, value in numbers.items()}
    return engine_text(remedies.get(treatment.remedy).title).format(**said)


def remedy_doc(treatment: Treatment) -> str:
    """What it does, in a sentence."""
    return engine_text(remedies.get(treatment.remedy).doc)


def value_text(value: float) -> str:
    """A number of a chain: whole ones as such, others to three digits."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < _COUNTED:
        return signed(grouped(int(value)))
    return readable(value, 3)


def link_label(link: Link, info: RaceInfo, run: int) -> str:
    """What a line of a chain is of."""
    if link.kind == "layer":
        columns = info.columns_of(run)
        return layer_name(info, columns[link.place]) if 0 <= link.place < len(columns) else ""
    if link.kind == "step":
        return _tr("step {}").format(grouped(link.place))
    if link.kind == "target":
        return _tr("target {}").format(link.place + 1)
    if link.kind == "class":
        return _tr("class {}").format(link.name)
    return link.name


def first_heading(kind: str) -> str:
    """The heading above the labels."""
    words = {
        "layer": _tr("Layer"),
        "step": _tr("Step"),
        "target": _tr("Target"),
        "class": _tr("Class"),
        "input": _tr("Input"),
    }
    return words.get(kind, "")
