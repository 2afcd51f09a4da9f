"""The records of a CSV text, each with its line, and which letter separates their values."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from workbench.engine.datasets.csv_format import MISSING
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_numbers import Row, like_number

ROWS_AT_ONCE = 4096
#: by so many records the file is judged, in so many letters
LOOKED_AT = 50
_LOOKED_INTO = 1 << 18
_DELIMITERS = ",;\t|"
#: cells in one record beyond which it is not even put together
_MOST_CELLS = 1_000_000
#: how much more a separator must explain than the one that the first line has most of
_BETTER = 0.05
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SINGLE = re.compile(r"\s*'[^'\r\n]*'\s*[,;\t| ]\s*'[^'\r\n]*'")
_DECIMAL = re.compile(r"\s*[+-]?(\d+(,\d*)?|,\d+)([eE][+-]?\d+)?\s*")

#: told (lines read, lines in all)
Watch = Callable[[int, int], None]


class _Feed:
    """The lines of a text, as long as the record they belong to does not grow beyond all bounds."""

    def __init__(self, text: str, delimiter: str, path: Path) -> None:
        self._lines = _LINE.finditer(text)
        self._delimiter, self._path = delimiter, path
        self._number = 0
        self.line = ""
        self.cells = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines).group()
        if not line:
            raise StopIteration
        self._number, self.line = self._number + 1, line
        self.cells += line.count(self._delimiter)
        if self.cells > _MOST_CELLS:
            raise refusal(self._path, f", line {self._number}: has more than {_MOST_CELLS:,} values in one row")
        return line.replace("\t", " ") if self._delimiter == " " else line


def records(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    """The records that are not blank, each with the number of the line on which it ends.

    Blanks between a separator and a quotation mark are no part of the value. Marks are single ones where the text
    begins with two values in such, and has no others.

    Raises:
        RequestError: quotation marks do not match, or a value or record is overlarge.
    """
    feed = _Feed(text, delimiter, path)
    single = '"' not in text[:_LOOKED_INTO] and _SINGLE.match(text)
    quote = "'" if single else '"'
    reader = csv.reader(feed, delimiter=delimiter, quotechar=quote, strict=True, skipinitialspace=True)
    ended = 0
    try:
        for row in reader:
            ended, feed.cells = reader.line_num, 0
            if row:
                yield ended, row
    except csv.Error as error:
        way = ', or separator = "space" is said' if delimiter != " " and '" ' in feed.line else ""
        raise refusal(path, _in_words(str(error), ended + 1, reader.line_num, way)) from None


def without_blanks(text: str, delimiter: str) -> str:
    """The text without blanks between a closing quotation mark and a separator, where there are such."""
    marks = re.escape(delimiter.strip(" "))
    pattern = rf'(?<!")"[ ]+(?=[{marks}\r\n]|\Z)' if marks else r'(?<!")"[ ]+(?=[\r\n]|\Z)'
    return re.sub(pattern, '"', text) if '" ' in text else text


def watched(rows: Iterator[Row], watch: Watch, total: int) -> Iterator[Row]:
    """The same rows; `watch` is told of every so many lines."""
    for count, (line, row) in enumerate(rows):
        if count % ROWS_AT_ONCE == 0:
            watch(line, total)
        yield line, row


def guess_separator(path: Path, text: str) -> str:
    """What separates values: the letter under which the first records are alike and their cells are numbers and words.

    Where that tells nothing it is the one that the first line has most of.
    """
    usual = _of_first_line(re.sub(r'"[^"]*"', "", text[:_LOOKED_INTO].lstrip().partition("\n")[0]))
    worth = {delimiter: _worth(path, text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: (worth[delimiter], delimiter == usual))
    return best if worth[best] > worth[usual] + _BETTER else usual


def _of_first_line(beginning: str) -> str:
    """What separates values, told from the first line; its commas may be those of decimals."""
    for delimiter in _DELIMITERS[1:]:
        values = beginning.split(delimiter)
        if len(values) > 1 and all(_DECIMAL.fullmatch(value) for value in values):
            return delimiter
    return max(_DELIMITERS, key=beginning.count)


def _worth(path: Path, text: str, delimiter: str) -> float:
    """How well a letter separates the first records, from 0 to 1: their share of the same width, times their cells'."""
    beginning = text[:_LOOKED_INTO]
    found: list[list[str]] = []
    try:
        for _, row in islice(records(path, without_blanks(beginning, delimiter), delimiter), LOOKED_AT):
            if any(value.strip() for value in row):
                found.append(row)
    except ValueError:
        pass  # a record that is cut off, or quotation marks that do not fit this separator
    if not found:
        return 0.0
    width, count = Counter(map(len, found)).most_common(1)[0]
    if width < 2:
        return 0.0
    cells = [value for row in found if len(row) == width for value in row]
    return count / len(found) * sum(map(_plainness, cells)) / len(cells)


def _plainness(cell: str) -> float:
    """How much a cell looks like one: a number fully, a text that holds other separators hardly."""
    if like_number(cell):
        return 1.0
    if cell.strip().lower() in MISSING:
        return 0.9
    return 0.3 if any(letter in cell for letter in _DELIMITERS) else 0.8


def _in_words(error: str, began: int, line: int, way: str) -> str:
    """Python's words for what is no table, in those of a person who wrote one; the row began at line `began`.

    `way` is what else may help where a quotation mark is closed too soon.
    """
    if "field limit" in error:
        limit = csv.field_size_limit()
        return f", line {line}: holds a value of more than {limit:,} letters; maybe a quotation mark is not closed"
    if "unexpected end" in error:
        return f", line {began}: a quotation mark is opened that is closed nowhere below"
    if "expected after" in error:
        told = "a quotation mark is closed before its value ends; one inside of a value is written twice"
        return f", line {line}: {told}{way}"
    return f", line {line}: is no row of a table ({error})"
