"""The entries of a catalogue in their groups, and how they are searched: by name, property or formula."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QCoreApplication

from workbench.engine.datasets import datasets
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import optimizers
from workbench.engine.registry import prose
from workbench.ui.forms.picking import OWN_FILE
from workbench.ui.words.text import engine_text

_CONTEXT = "Catalogue"
#: what is chosen in the window
KINDS = ("objective", "optimizer", "data set")
_LEFT_OUT = str.maketrans("−", "-", " ^*·\u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to choose: its kind and key, its title, its group, and what is searched."""

    kind: str
    key: str
    title: str
    group: str
    words: str
    formula: str


def registry(kind: str) -> Any:
    """The registry of a kind."""
    return {"objective": objectives, "optimizer": optimizers, "data set": datasets}[kind]


def _say(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def group_of(entry: type) -> tuple[str, str]:
    """The group of an entry, and the sentence on it: alike ones stand in a module, which says what they are."""
    said = " ".join((sys.modules[entry.__module__].__doc__ or "").split("\n\n")[0].split())
    title = re.split("[:;.]", said)[0]
    return engine_text(title), engine_text(said)


def properties(kind: str, entry: Any) -> list[str]:
    """What is known of an entry, in a few words each."""
    if kind == "objective":
        return _of_objective(entry)
    if kind == "data set":
        return _of_data(entry)
    return []


def _of_objective(entry: Any) -> list[str]:
    made = entry()
    least, most = made.dimensions
    if most > least:
        found = [_say("any number of dimensions")]
    elif entry.shape:
        found = [_say("a matrix of {} × {}").format(*entry.shape)]
    else:
        found = [_say("one coordinate") if most == 1 else _say("two coordinates")]
    known = made.minima()
    if known:
        lowest = sum(minimum.is_global for minimum in known)
        found.append(_say("one minimum") if len(known) == 1 else _say("several minima: {}").format(len(known)))
        if lowest > 1:
            found.append(_say("{} of them global").format(lowest))
    if entry.log_scale:
        found.append(_say("heights over many powers of ten"))
    return found


def _of_data(entry: Any) -> list[str]:
    count = getattr(entry, "n_classes", 0)
    found = [_say("{} classes").format(count) if count else _say("values")]
    inputs = getattr(entry, "n_in", 0)
    if inputs:
        found.append(_say("one input") if inputs == 1 else _say("{} inputs").format(inputs))
    return found


def folded(text: str) -> str:
    """A text as it is searched: whatever its case, its accents, and how powers and indices are written."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(_LEFT_OUT)


@cache
def entries(kind: str) -> tuple[Entry, ...]:
    """All entries of a kind, those of a group one after the other."""
    groups: dict[str, list[Entry]] = {}
    for each in registry(kind):
        title, said = group_of(each)
        words = [each.key, engine_text(each.title), said, prose(each), *properties(kind, each)]
        formula = getattr(each, "formula", "")
        made = Entry(kind, each.key, engine_text(each.title), title, folded(" ".join(words)), folded(formula))
        groups.setdefault(title, []).append(made)
    listed = [entry for group in groups.values() for entry in group]
    if kind == "data set":
        listed.append(_own_file())
    return tuple(listed)


def _own_file() -> Entry:
    """What is no data set of the registry: a table of one's own, which is asked for when it is chosen."""
    title, words = _say("Own file …"), folded(f"{_say('Own file …')} CSV {own_file_words()}")
    return Entry("data set", OWN_FILE, title, _say("Your own data"), words, "")


def own_file_words() -> str:
    """What the page of it says."""
    return _say(
        "A table of your own as CSV: a row for each sample, columns of numbers or words. You choose the file, the "
        "column to be learned and those to learn from; separator, decimal sign and missing values are recognised."
    )


def found(kind: str, asked: str) -> list[Entry]:
    """The entries of which what is asked is said, or whose formula it is a part of; else those that have each word."""
    words, whole = [folded(word) for word in asked.split()], folded(asked)
    exact = [entry for entry in entries(kind) if whole in entry.words or whole in entry.formula]
    return exact or [entry for entry in entries(kind) if all(word in entry.words for word in words)]


def best(shown: Iterable[Entry], asked: str) -> Entry | None:
    """The one of them whose title begins with what is asked, else whose title has it, else the first."""
    listed, text = list(shown), folded(asked)
    for fits in (str.startswith, str.__contains__):
        for entry in listed:
            if text and fits(folded(entry.title), text):
                return entry
    return listed[0] if listed else None
