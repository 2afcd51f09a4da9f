"""The target of a CSV file: values to be met, or classes, which bear the file's own text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.csv_columns import Labels, not_a_number
from workbench.engine.datasets.csv_format import MISSING, CsvFormat, TargetKind
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_numbers import Numbers, like_number
from workbench.engine.params import RequestError, show

MOST_CLASSES = 100
#: whole numbers with at most so many different values are taken for classes
_CLASSES_GUESSED = 10
#: a code and no quantity: 007 is another than 7
_CODE = re.compile(r"0\d+")


@dataclass(frozen=True, slots=True)
class Target:
    """Class numbers (N,) with the classes' names, or values (N, 1); and what is not certain of them."""

    y: NDArray[Any]
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def missing_labels(labels: Sequence[str], kind: TargetKind, numbers: Numbers, told: CsvFormat) -> NDArray[np.bool_]:
    """Which rows (N,) have no target. Among classes that are words only an empty cell has none: `None` is a word.

    Words for a missing value that were told stand for one here, too.
    """
    empty = np.array([told.is_missing(label) for label in labels])
    present = [label for label, gone in zip(labels, empty, strict=True) if not gone]
    words = any(not numbers.is_spelled(label) and not like_number(label) for label in present) or not present
    if kind == "values" or told.missing_words or not words:
        return empty
    return np.array([not label for label in labels])


def read_target(path: Path, column: Labels, kind: TargetKind, numbers: Numbers) -> Target:
    """What is to be learned.

    Raises:
        RequestError: it is neither values nor two to a hundred classes, or a number that cannot be read for certain.
    """
    name, labels, places = column.name, column.texts, column.places
    numeric = all(map(numbers.is_spelled, labels))
    if kind == "auto" and not numeric:
        _refuse_unread_numbers(path, column, numbers)
    if kind == "values" or (kind == "auto" and numeric):
        # a column of numbers of which one is infinite is meant as numbers, and not as the names of classes
        at = next((k for k, label in enumerate(labels) if not numbers.has(label)), None)
        if at is not None:
            raise not_a_number(path, places[at], name, labels[at], numbers)
    if numeric and all(map(numbers.has, labels)):
        values = np.array([numbers.read(label) for label in labels])
        known = np.unique(values)
        few = len(known) <= _CLASSES_GUESSED and bool((known == np.rint(known)).all())
        quantity = any(map(numbers.is_marked, labels))
        if kind == "values" or (kind == "auto" and (quantity or not few)):
            code = next((label for label in labels if _CODE.fullmatch(label)), "")
            note = f"target: {show(code)} is read as the value {numbers.read(code):g}" if code else ""
            return Target(values[:, None], (), (note,) if note else ())
        found = _numbered(labels, values, numbers)
        if len(found[1]) <= MOST_CLASSES:
            return _classes(path, name, *found)
    distinct = sorted(set(labels))
    if len(distinct) > MOST_CLASSES:
        raise refusal(path, f', column "{name}": has {_too_many(labels, places, len(distinct), numbers)}')
    place = {label: number for number, label in enumerate(distinct)}
    words = [word for word in distinct if word.lower() in MISSING and word]
    notes = tuple(
        f"target: {show(word)} is a class; missing_words = [{show(word)}] makes a missing value of it" for word in words
    )
    return _classes(path, name, np.array([place[label] for label in labels]), tuple(distinct), notes)


def _refuse_unread_numbers(path: Path, column: Labels, numbers: Numbers) -> None:
    """Refuse to make classes of what looks like numbers alone, but cannot be read for certain."""
    unread = [k for k, label in enumerate(column.texts) if not numbers.is_spelled(label)]
    if all(like_number(column.texts[k]) for k in unread):
        error = not_a_number(path, column.places[unread[0]], column.name, column.texts[unread[0]], numbers)
        raise RequestError(error.path, f'{error.problem}; target_kind = "classes" makes names of them')


def _numbered(labels: Sequence[str], values: NDArray[Any], numbers: Numbers) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Class numbers in the order of the numbers, and the text of each: 1 and 1.0 are one class, 007 and 7 are two."""
    codes = any(map(_CODE.fullmatch, labels))
    known: dict[str, Any] = {}
    for label in dict.fromkeys(labels):
        known[label] = label if codes else _exact(label, numbers)
    names: dict[Any, str] = {}
    for label, key in known.items():
        names[key] = min(names.get(key, label), label, key=lambda text: (len(text), text))
    number = {known[label]: value for label, value in zip(labels, values, strict=True)}
    order = sorted(names, key=lambda key: (number[key], key if isinstance(key, Decimal) else 0, names[key]))
    place = {key: i for i, key in enumerate(order)}
    return np.array([place[known[label]] for label in labels]), tuple(names[key] for key in order)


def _exact(label: str, numbers: Numbers) -> Any:
    """What tells a number from others: all its digits, more than a float has."""
    try:
        return Decimal(label.replace(",", ".") if numbers.decimal == "comma" else label)
    except ArithmeticError:
        return Decimal(numbers.read(label))


def _too_many(labels: list[str], places: list[int], count: int, numbers: Numbers) -> str:
    """That there are too many classes, and which label keeps them from being values, where most are numbers."""
    others = [k for k, label in enumerate(labels) if not numbers.has(label)]
    said = f"{count:,} different values; at most {MOST_CLASSES} can be classes"
    if not others or 2 * len(others) > len(labels):
        return said
    return f"{said}, and line {places[others[0]]} holds no number: {show(labels[others[0]])}"


def _classes(path: Path, name: str, y: NDArray[Any], names: tuple[str, ...], notes: tuple[str, ...] = ()) -> Target:
    if len(names) < 2:
        raise refusal(
            path, f', column "{name}": holds the class {show(names[0])} alone; there must be at least two to tell apart'
        )
    return Target(y.astype(np.int64), names, notes)
