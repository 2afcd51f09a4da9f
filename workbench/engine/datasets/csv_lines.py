"""The lines of a CSV file: its encoding, its delimiter, its names, and how its numbers are written."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

from workbench.engine.datasets.csv_head import is_index, names_of, no_text, refusal, without_comments, without_separator
from workbench.engine.params import show

LARGEST_FILE = 100 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 10_000
_DELIMITERS = ",;\t|"
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
ROWS_AT_ONCE = 4096
_LOOKED_AT = 20  # rows by which a column is judged

#: told (lines read, lines in all)
Watch = Callable[[int, int], None]
Row = tuple[int, list[str]]
#: a number with a decimal comma, with a decimal point, with neither, and one that may have a thousands' comma
_COMMA = re.compile(r"\s*[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?\s*")
_POINT = re.compile(r"\s*[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?\s*")
_WHOLE = re.compile(r"\s*[+-]?\d+([eE][+-]?\d+)?\s*")
#: a number with marks for thousands, which is never read: 1.234,5 or 1 234.5
_MARKED = re.compile(r"\s*[+-]?\d{1,3}([.,' \u2019\u00a0\u202f]\d{3})+([.,]\d+)?\s*")
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How a file writes its numbers. It follows from the file alone, so that the same file always gives the same table.

    Attributes:
        decimal: whether a `comma` stands before the decimals, or a `point`.
        doubt: why commas are not read as decimal commas though there are such numbers, in a sentence; else empty.
    """

    decimal: Literal["point", "comma"] = "point"
    doubt: str = ""

    def read(self, value: str) -> float:
        """The number that a text is, maybe an infinite one, in no spelling but the usual: 1_000 is a name.

        Raises:
            ValueError: the text is no number.
        """
        if "_" in value:
            raise ValueError(value)
        return float(value.replace(",", ".") if self.decimal == "comma" else value)

    def has(self, value: str) -> bool:
        """Whether a text is a finite number."""
        try:
            return math.isfinite(self.read(value))
        except ValueError:
            return False

    def fault(self, value: str) -> str:
        """Why a text is no number to learn from."""
        return f"must be a finite number, got {show(value)}{self._hint(value)}"

    def _hint(self, value: str) -> str:
        if _COMMA.fullmatch(value):
            return f"; {self.doubt}" if self.doubt else " (a decimal point is wanted)"
        if _MARKED.fullmatch(value):
            return " (a number is wanted without marks for thousands)"
        if _WHOLE.fullmatch(value) or _POINT.fullmatch(value):
            return " (beyond 1.8e308 numbers are infinite)"
        return ""


@dataclass(frozen=True, slots=True)
class Lines:
    """An opened file: the names of its columns, its rows with their line numbers, and how it writes numbers.

    `has_index` says that the first column has no name and numbers the rows.
    """

    names: tuple[str, ...]
    rows: Iterator[Row]
    numbers: Numbers
    has_index: bool = False


def like_number(value: str) -> bool:
    """Whether a text is written as a number, be it infinite, with a decimal comma or with marks for thousands."""
    return bool(_COMMA.fullmatch(value) or _MARKED.fullmatch(value)) or _is_spelled_like_a_number(Numbers(), value)


def stamp(path: Path) -> tuple[int, int]:
    """What tells one state of the file from another."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise refusal(path, " does not exist") from None
    except (OSError, ValueError) as error:  # a ValueError for a zero byte in the name
        raise refusal(path, f" cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not path.is_file():
        raise refusal(path, " is a folder or no ordinary file")
    if stat.st_size > LARGEST_FILE:
        raise refusal(path, f" has {stat.st_size / 2**20:,.0f} MiB; at most {LARGEST_FILE >> 20} are read")
    return stat.st_mtime_ns, stat.st_size


def open_lines(path: Path, watch: Watch | None = None) -> Lines:
    """Open a file: all its rows are as long as the first.

    Raises:
        RequestError: the file cannot be read, or is no table; also while the rows are read.
    """
    text, told = _text(path)
    delimiter = told or _delimiter(re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0]))
    numbers = _numbers(path, text, delimiter, watch)
    rows = _rows(path, _reader(text, delimiter))
    if watch is not None:
        rows = _watched(rows, watch, text.count("\n") + 1)
    line, first = next(rows)
    if len(first) == 1:
        raise refusal(path, " has one column only: values must be separated by commas, semicolons, tabs or bars")
    if len(first) > MOST_COLUMNS:
        raise refusal(path, f", line {line}: has {len(first):,} columns; at most {MOST_COLUMNS:,} are read")
    if all(_is_spelled_like_a_number(numbers, value) for value in first):
        names = tuple(f"column {i + 1}" for i in range(len(first)))
        return Lines(names, _even(path, len(first), chain([(line, first)], rows)), numbers)
    names = names_of(path, line, first)
    begun = list(islice(rows, _LOOKED_AT))
    has_index = is_index(first[0], [row[0] for _, row in begun])
    return Lines(names, _even(path, len(first), chain(begun, rows)), numbers, has_index)


def _text(path: Path) -> tuple[str, str]:
    """The text of the file, which is not blank, and the separator that it names itself, if it does."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise refusal(path, f" cannot be read ({error.strerror})") from None
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise no_text(path, raw, error) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refusal(path, f", line {line}: holds a zero byte, so that this is no text file")
    text, separator = without_separator(text, _DELIMITERS)
    if not text.strip():
        raise refusal(path, " is empty")
    text = without_comments(text)
    if not text.strip():
        raise refusal(path, " holds comments alone: every line begins with #")
    return text, separator


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(beginning: str) -> str:
    """What separates values, told from the first line; its commas may be those of decimals."""
    for delimiter in _DELIMITERS[1:]:
        values = beginning.split(delimiter)
        if len(values) > 1 and all(_COMMA.fullmatch(value) or _WHOLE.fullmatch(value) for value in values):
            return delimiter
    return max(_DELIMITERS, key=beginning.count)


def _numbers(path: Path, text: str, delimiter: str, watch: Watch | None) -> Numbers:
    """Decimal commas, where numbers are written so and none has a point; where that is in doubt, points, and why."""
    if delimiter == "," or "," not in text:
        return Numbers()
    seen: dict[str, str] = {}
    for count, (line, row) in enumerate(islice(_rows(path, _reader(text, delimiter)), MOST_ROWS + 1)):
        if watch is not None and count % ROWS_AT_ONCE == 0:
            watch(0, 1)
        for value in row:
            if "," in value or "." in value:
                _note(value, line, seen)
        if "comma" in seen and ("point" in seen or "." not in text):
            break
    comma, thousands = seen.get("comma"), seen.get("thousands")
    if "point" in seen and (comma or thousands):
        commas = comma or thousands
        return Numbers(doubt=f"the file has commas ({commas}) and points ({seen['point']}) in its numbers")
    if thousands and not comma:
        return Numbers(doubt=f"nothing tells whether the comma of {thousands} stands before decimals or thousands")
    return Numbers("comma") if comma else Numbers()


def _note(value: str, line: int, seen: dict[str, str]) -> None:
    """Note the first number with a decimal `comma`, with a comma that may be one of `thousands`, and with a `point`."""
    if "," in value and "comma" not in seen and _COMMA.fullmatch(value):
        kind = "thousands" if _THOUSANDS.fullmatch(value) else "comma"
    elif "." in value and "point" not in seen and _POINT.fullmatch(value):
        kind = "point"
    else:
        return
    if kind not in seen:
        seen[kind] = f"{show(value.strip())} in line {line}"


def _is_spelled_like_a_number(numbers: Numbers, value: str) -> bool:
    try:
        numbers.read(value)
    except ValueError:
        return False
    return True


def _rows(path: Path, reader: Any) -> Iterator[Row]:
    """The rows that are not blank, each with the number of the line on which it ends."""
    ended = 0
    try:
        for row in reader:
            ended = reader.line_num
            if row:
                yield ended, row
    except csv.Error as error:
        raise refusal(path, _in_words(str(error), ended + 1, reader.line_num)) from None


def _in_words(error: str, began: int, line: int) -> str:
    """Python's words for what is no table, in those of a person who wrote one; the row began at line `began`."""
    if "field limit" in error:
        limit = csv.field_size_limit()
        return f", line {line}: holds a value of more than {limit:,} letters; maybe a quotation mark is not closed"
    if "unexpected end" in error:
        return f", line {began}: a quotation mark is opened that is closed nowhere below"
    if "expected after" in error:
        return (
            f", line {line}: a quotation mark is closed before its value ends; one inside of a value is written twice"
        )
    return f", line {line}: is no row of a table ({error})"


def _watched(rows: Iterator[Row], watch: Watch, total: int) -> Iterator[Row]:
    """The same rows; `watch` is told of every so many lines."""
    for count, (line, row) in enumerate(rows):
        if count % ROWS_AT_ONCE == 0:
            watch(line, total)
        yield line, row


def _even(path: Path, width: int, rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, which must all be as long as the first."""
    for line, row in rows:
        if len(row) != width:
            raise refusal(path, f", line {line}: has {len(row)} value(s) where the first line has {width}")
        yield line, row
