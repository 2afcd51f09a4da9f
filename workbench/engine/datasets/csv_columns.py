"""The inputs of a CSV file: numbers as they stand, texts as zeros and ones, missing values as not-a-number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from workbench.engine.datasets.base import Array
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_lines import MOST_ROWS, Lines
from workbench.engine.datasets.csv_numbers import Numbers, Row, like_number
from workbench.engine.datasets.csv_records import ROWS_AT_ONCE
from workbench.engine.params import RequestError, show

MOST_VALUES = 20_000_000
MOST_INPUTS = 1024
#: different texts in a column that is coded as so many inputs
MOST_TEXTS = 50
_NO_INPUT = "take the line out if it is no row, or let `columns` name the inputs if this is none"
NO_ROWS = " has names of columns but no rows"


@dataclass(slots=True)
class Column:
    """One input column as it is read, row after row.

    `texts` numbers the different texts of a column that holds such; None for numbers, and until a value is seen.
    """

    place: int
    name: str
    parts: list[Array] = field(default_factory=list)
    texts: dict[str, int] | None = None
    seen: bool = False

    @property
    def values(self) -> Array:
        """Numbers, or numbers of texts, (N,); not-a-number where a value is missing."""
        return np.concatenate(self.parts)


@dataclass(frozen=True, slots=True)
class Labels:
    """The target's column: its name, its cells, and the line of each."""

    name: str
    texts: list[str]
    places: list[int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What stands in the rows."""

    columns: list[Column]
    labels: Labels


def gather(path: Path, lines: Lines, target: int, chosen: Sequence[int]) -> Gathered:
    """Read all rows.

    Raises:
        RequestError: a cell is no number where others of its column are, or the table is overlarge.
    """
    columns = [Column(i, lines.names[i]) for i in chosen]
    labels: list[str] = []
    places: list[int] = []
    while chunk := list(islice(lines.rows, ROWS_AT_ONCE)):
        if len(labels) + len(chunk) > MOST_ROWS:
            raise refusal(path, f" has more than {MOST_ROWS:,} rows, the most that are read")
        if (len(labels) + len(chunk)) * len(chosen) > MOST_VALUES:
            raise refusal(path, f" has more than {MOST_VALUES:,} values, the most that are read")
        for column in columns:
            column.parts.append(_part(path, lines, column, chunk))
        labels += [row[target].strip() for _, row in chunk]
        places += [line for line, _ in chunk]
    if not labels:
        raise refusal(path, NO_ROWS if lines.has_header else " has no rows")
    return Gathered(columns, Labels(lines.names[target], labels, places))


def _part(path: Path, lines: Lines, column: Column, chunk: list[Row]) -> Array:
    """The values of one column in some rows."""
    numbers, i = lines.numbers, column.place
    if column.texts is None:
        try:
            plain = [row[i] for _, row in chunk]
            read = float if numbers.is_usual and "_" not in "".join(plain) else numbers.read
            part = np.array([read(cell) for cell in plain])
            if np.isfinite(part).all():
                column.seen = True
                return part
        except ValueError:
            pass
    cells = [(line, row[i].strip()) for line, row in chunk]
    present = [(line, cell) for line, cell in cells if not lines.format.is_missing(cell)]
    if not column.seen and present and not any(like_number(cell) or numbers.is_spelled(cell) for _, cell in present):
        column.texts = {}
    column.seen = column.seen or bool(present)
    return np.array([_value(path, column, line, cell, lines) for line, cell in cells])


def _value(path: Path, column: Column, line: int, cell: str, lines: Lines) -> float:
    if lines.format.is_missing(cell):
        return math.nan
    numbers, texts = lines.numbers, column.texts
    if texts is None:
        if not numbers.has(cell):
            raise not_a_number(path, line, column.name, cell, numbers)
        return numbers.read(cell)
    if cell not in texts:
        if like_number(cell) or numbers.is_spelled(cell):
            raise refusal(
                path, f', line {line}, column "{column.name}": {show(cell)} is a number where texts stand above it'
            )
        if len(texts) == MOST_TEXTS:
            raise refusal(
                path,
                f', line {line}, column "{column.name}": has more than {MOST_TEXTS} different texts, too many to be '
                "coded as inputs; `columns` can name the inputs, if this is none",
            )
        texts[cell] = len(texts)
    return float(texts[cell])


def not_a_number(path: Path, line: int, name: str, value: str, numbers: Numbers) -> RequestError:
    """Why a cell is no number, and what to do if it is not meant as one."""
    fault = numbers.fault(value)
    hint = (
        ""
        if like_number(value)
        else "; take the line out if it is no row, or let `columns` name the inputs if this is none"
    )
    return refusal(path, f', line {line}, column "{name}": {fault}{hint}')


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs as a network takes them.

    Attributes:
        x: (N, n_in), not-a-number where a value is missing.
        names: of the n_in inputs; that of a text's is `column=text`.
        coded: the first and last place but one of the inputs that stand for one column of texts.
        notes: what became of texts.
    """

    x: Array
    names: tuple[str, ...]
    coded: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]


def coded(columns: Sequence[Column]) -> Inputs:
    """Texts as one of n: for each different text of a column one input, 1 where it stands and 0 elsewhere.

    Raises:
        RequestError: there would be too many inputs.
    """
    width = sum(1 if column.texts is None else len(column.texts) for column in columns)
    if width > MOST_INPUTS:
        raise RequestError("columns", f"must give at most {MOST_INPUTS} inputs, got {width} with those of texts")
    x = np.empty((len(columns[0].values), width))
    names: list[str] = []
    groups: list[tuple[int, int]] = []
    notes = []
    for column in columns:
        at, values = len(names), column.values
        if column.texts is None:
            x[:, at] = values
            names.append(column.name)
            continue
        words = sorted(column.texts)
        order = np.array([column.texts[word] for word in words], float)
        x[:, at : at + len(words)] = values[:, None] == order
        x[np.isnan(values), at : at + len(words)] = np.nan
        names += [f"{column.name}={word}" for word in words]
        groups.append((at, len(names)))
        shown = ", ".join(words[:4]) + (", ..." if len(words) > 4 else "")
        notes.append(f"column {show(column.name)} holds texts: {len(words)} input(s) of 0 and 1 ({shown})")
    return Inputs(x, tuple(names), tuple(groups), tuple(notes))
