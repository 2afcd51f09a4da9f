"""The lines of a CSV file as a table: the names of its columns, its rows, and how its numbers are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from workbench.engine.datasets.csv_format import SEPARATORS, CsvFormat
from workbench.engine.datasets.csv_head import is_index, names_of, refusal
from workbench.engine.datasets.csv_header import is_header
from workbench.engine.datasets.csv_numbers import Numbers, Row, is_worth_looking, survey
from workbench.engine.datasets.csv_records import (
    LOOKED_AT,
    ROWS_AT_ONCE,
    Watch,
    guess_separator,
    records,
    watched,
    without_blanks,
)
from workbench.engine.datasets.csv_text import read_text
from workbench.engine.params import show

MOST_ROWS = 200_000
MOST_COLUMNS = 10_000
_NO_ROW = "; take the line out if it is no row"
_ABOVE = "; a # before each line above the names makes a comment of it"
_COMMAS = _ABOVE + ", and decimal commas need quotation marks or another separator"


@dataclass(frozen=True, slots=True)
class Lines:
    """An opened file.

    Attributes:
        names: the names of the columns.
        rows: its rows, each as long as there are names, with their line numbers. Rows without any value are passed
            over; their lines are then in `blank`.
        numbers: how it writes numbers.
        format: what is said of it.
        separator: the letter between values.
        has_header: whether the names stood in it.
        has_index: whether the first column has no name and numbers or names the rows.
        notes: what is not certain, a sentence each.
        blank: the lines of rows without any value, as far as they have been read.
    """

    names: tuple[str, ...]
    rows: Iterator[Row]
    numbers: Numbers
    format: CsvFormat
    separator: str
    has_header: bool
    has_index: bool = False
    notes: tuple[str, ...] = ()
    blank: list[int] = field(default_factory=list)


def open_lines(
    path: Path, told: CsvFormat | None = None, watch: Watch | None = None, wanted: Sequence[str] = ()
) -> Lines:
    """Open a file: all its rows are as long as the first.

    A first line that holds one of the `wanted` names has names, whatever it looks like.

    Raises:
        RequestError: the file cannot be read, or is no table; also while the rows are read.
    """
    told = told or CsvFormat()
    text, named = read_text(path)
    separator = _separator(path, text, named, told)
    text = without_blanks(text, separator)
    numbers = Numbers()
    if told.decimal != "guess" or told.thousands != "guess" or is_worth_looking(text, separator):
        numbers = survey(_heard(records(path, text, separator), watch), told, separator)
    blank: list[int] = []
    rows = _with_values(records(path, text, separator), blank)
    if watch is not None:
        rows = watched(rows, watch, text.count("\n") + 1)
    line, first = next(rows, (1, [""]))
    begun = list(islice(rows, LOOKED_AT))
    _refuse_no_table(path, line, first, begun, told)
    has_header, note = is_header(first, [row for _, row in begun], numbers, told)
    if not has_header and told.header == "guess" and set(wanted) & {value.strip() for value in first}:
        has_header, note = True, ""
    notes = [note] if note else []
    if not has_header:
        names = tuple(f"column {i + 1}" for i in range(len(first)))
        even = _even(path, len(first), [(line, first), *begun], rows, _COMMAS if separator == "," else _ABOVE)
        return Lines(names, even, numbers, told, separator, False, False, tuple(notes), blank)
    first, row_names = _as_wide_as_rows(first, [row for _, row in begun])
    names = names_of(path, line, first)
    has_index = row_names or is_index(first[0], [row[0] for _, row in begun])
    even = _even(path, len(first), begun, rows, _COMMAS if separator == "," else _ABOVE)
    return Lines(names, even, numbers, told, separator, True, has_index, tuple(notes), blank)


def _separator(path: Path, text: str, named: str, told: CsvFormat) -> str:
    return SEPARATORS[told.separator] if told.separator != "guess" else named or guess_separator(path, text)


def _heard(rows: Iterator[Row], watch: Watch | None) -> Iterator[Row]:
    """The rows that tell how numbers are written; `watch` may end it."""
    for count, row in enumerate(islice(rows, MOST_ROWS + 1)):
        if watch is not None and count % ROWS_AT_ONCE == 0:
            watch(0, 1)
        yield row


def _with_values(rows: Iterator[Row], blank: list[int]) -> Iterator[Row]:
    """The rows that hold something; the lines of the others go into `blank`."""
    for line, row in rows:
        if row[0].strip() or any(map(str.strip, row)):
            yield line, row
        else:
            blank.append(line)


def _refuse_no_table(path: Path, line: int, first: list[str], begun: list[Row], told: CsvFormat) -> None:
    if len(first) > MOST_COLUMNS:
        raise refusal(path, f", line {line}: has {len(first):,} columns; at most {MOST_COLUMNS:,} are read")
    if len(first) > 1:
        return
    wider = next(((at, row) for at, row in begun if len(row) > 1), None)
    if wider is not None:
        raise refusal(
            path,
            f", line {wider[0]}: has {len(wider[1])} value(s) where the first line has 1{_ABOVE}",
        )
    if told.separator != "guess":
        raise refusal(path, f' has one column only where `separator` is "{told.separator}"')
    spaces = ' (separator = "space" is read if it is said)' if " " in first[0].strip() else ""
    raise refusal(path, f" has one column only: values must be separated by commas, semicolons, tabs or bars{spaces}")


def _as_wide_as_rows(first: list[str], begun: list[list[str]]) -> tuple[list[str], bool]:
    """The names where the rows are evenly longer or shorter, and whether the rows have names of their own.

    R's `write.table` leaves out the name above the names of the rows; some programs end the line of names alone with a
    separator.
    """
    widths = Counter(map(len, begun))
    if len(widths) != 1:
        return first, False
    (width,) = widths
    if width == len(first) + 1 and len(begun) > 1 and all(row[-1].strip() for row in begun) and first[-1].strip():
        return ["", *first], True
    while len(first) > max(width, 2) and not first[-1].strip():
        first = first[:-1]
    return first, False


def _even(path: Path, width: int, begun: Sequence[Row], rows: Iterator[Row], longer: str) -> Iterator[Row]:
    """The same rows, which must all be as long as the first, but for empty cells at their end.

    Those at the beginning are looked at here and now, so that what is above the names is told before anything else;
    `longer` is what may be the cause where one of them is longer.
    """
    first = [(line, _trimmed(path, width, line, row, longer)) for line, row in begun]
    return chain(first, _trimmed_rows(path, width, rows))


def _trimmed_rows(path: Path, width: int, rows: Iterator[Row]) -> Iterator[Row]:
    for found in rows:
        yield found if len(found[1]) == width else (found[0], _trimmed(path, width, *found, ""))


def _trimmed(path: Path, width: int, line: int, row: list[str], longer: str) -> list[str]:
    if len(row) > width and not any(value.strip() for value in row[width:]):
        return row[:width]
    if len(row) != width:
        hint = longer if len(row) > width else _NO_ROW if len(row) == 1 else ""
        raise refusal(path, f", line {line}: has {len(row)} value(s) where the first line has {width}{hint}")
    return row


def blank_note(blank: Sequence[int]) -> str:
    """That rows without any value were left out; empty where there were none."""
    if not blank:
        return ""
    which = ", ".join(map(str, blank[:5])) + (f" and {len(blank) - 5:,} more" if len(blank) > 5 else "")
    return f"{len(blank):,} row(s) without any value are left out: line {which}"


def known_names(names: Sequence[str]) -> str:
    """The names of columns in a sentence, the first of many."""
    return ", ".join(show(name) for name in names[:12]) + (", ..." if len(names) > 12 else "")
