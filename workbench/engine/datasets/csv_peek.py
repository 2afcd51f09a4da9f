"""The beginning of a CSV file, as one chooses target and columns by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from workbench.engine.datasets.csv_columns import NO_ROWS
from workbench.engine.datasets.csv_format import CsvFormat
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_lines import Lines, open_lines
from workbench.engine.datasets.csv_numbers import Numbers, like_number
from workbench.engine.datasets.csv_text import stamp
from workbench.engine.params import show


@dataclass(frozen=True, slots=True)
class Peek:
    """The names and first rows.

    Attributes:
        columns: the names.
        kinds: what the rows shown hold by column, `number` or `text`.
        rows: the first rows as they stand there.
        faults: by column why it is no input though it holds numbers, or that it holds nothing; else empty.
        numbers: how the file writes numbers.
        index: the name of the first column where nobody named it and it numbers the rows; else empty.
        has_header: whether the names stood in the file.
        separator: the letter between values.
        notes: what is not certain, a sentence each.
    """

    columns: tuple[str, ...]
    kinds: tuple[Literal["number", "text"], ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    index: str = ""
    has_header: bool = True
    separator: str = ","
    notes: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[str, ...]:
        """The names of the columns that hold numbers."""
        return tuple(name for name, kind in zip(self.columns, self.kinds, strict=True) if kind == "number")


def peek(path: str | Path, rows: int = 20, told: CsvFormat | None = None, wanted: Sequence[str] = ()) -> Peek:
    """The names and first rows of a CSV file. A first line with one of the `wanted` names has names.

    Raises:
        RequestError: the file cannot be read, or is no table.
    """
    path = Path(path)
    stamp(path)
    lines = open_lines(path, told, wanted=wanted)
    first = list(islice(lines.rows, rows))
    if not first:
        raise refusal(path, NO_ROWS)
    index = lines.names[0] if lines.has_index else ""
    faults, kinds = [], []
    for i, name in enumerate(lines.names):
        kind, fault = _kind([(line, row[i]) for line, row in first], name, lines)
        kinds.append(kind)
        faults.append(fault)
    return Peek(
        lines.names, tuple(kinds), tuple(tuple(row) for _, row in first), tuple(faults), lines.numbers, index,
        lines.has_header, lines.separator, (*lines.notes, *lines.numbers.notes),
    )  # fmt: skip


def _kind(cells: list[tuple[int, str]], name: str, lines: Lines) -> tuple[Literal["number", "text"], str]:
    """What a column holds, and why it is no input where one might have expected it to be one."""
    present = [(line, value) for line, value in cells if not lines.format.is_missing(value)]
    if cells and not present:
        return "text", f"column {show(name)}: no value in lines {cells[0][0]} to {cells[-1][0]}"
    others = [(line, value) for line, value in present if not lines.numbers.has(value)]
    if present and not others:
        return "number", ""
    if len(present) == len(others) and not any(like_number(value) for _, value in others):
        return "text", ""
    line, value = others[0]
    return "text", f"line {line}, column {show(name)}: {lines.numbers.fault(value)}"
