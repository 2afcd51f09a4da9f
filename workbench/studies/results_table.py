"""The runs of a study as a table that is looked at: columns, their order, and the rows that a text is found in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: rows whose texts are made, or looked through, in one go
_CHUNK = 5000
#: below this a whole number is shown with all its digits, as a seed or a step
_WHOLE = 1e15


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a table: numbers (N,), not-a-number where there is none, or places (N,) among its `words`."""

    name: str
    values: NDArray[Any]
    words: tuple[str, ...] | None = None

    def text(self, row: int) -> str:
        """What is shown in a row."""
        value = self.values[row]
        return _number(float(value)) if self.words is None else self.words[value]

    def texts(self, rows: slice) -> list[str]:
        """What is shown in some rows."""
        found = self.values[rows].tolist()
        words = self.words
        return [_number(value) for value in found] if words is None else [words[value] for value in found]

    def order(self, *, descending: bool) -> NDArray[np.intp]:
        """The rows by this column, those of no number last; equal ones as they stand."""
        key = self.values
        if self.words is not None:
            rank = np.empty(len(self.words), np.int64)
            rank[sorted(range(len(self.words)), key=self.words.__getitem__)] = np.arange(len(self.words))
            key = rank[self.values] if len(self.words) else self.values
        return np.argsort(-key if descending else key, kind="stable")


@dataclass(frozen=True, slots=True, eq=False)
class ResultsTable:
    """A row a run.

    Attributes:
        title: of the study.
        numbers: of each row (N,), by which its run is asked for.
        texts: all that is shown, row after row, in small letters; `starts` (N + 1,) where each begins.
        said: what a person should know of it, in sentences.
        charts: whether there is something to draw.
        opens: whether runs can be opened.
    """

    title: str
    columns: tuple[Column, ...]
    numbers: NDArray[np.int64]
    texts: bytes
    starts: NDArray[np.int64]
    said: tuple[str, ...]
    charts: bool
    opens: bool

    @property
    def rows(self) -> int:
        return len(self.numbers)

    def shown(
        self,
        column: int = -1,
        *,
        descending: bool = False,
        query: str = "",
        stopped: Callable[[], bool] = lambda: False,
    ) -> NDArray[np.intp]:
        """The rows in the order of a column, -1 for their own, that have every word of a query in them."""
        rows = np.arange(self.rows) if column < 0 else self.columns[column].order(descending=descending)
        if column < 0 and descending:
            rows = rows[::-1]
        held = np.ones(self.rows, bool)
        for word in query.casefold().split():
            held &= self._having(word, stopped)
        return rows[held[rows]]

    def _having(self, word: str, stopped: Callable[[], bool]) -> NDArray[np.bool_]:
        held = np.zeros(self.rows, bool)
        pattern = re.compile(re.escape(word.encode()))
        for first in range(0, self.rows, _CHUNK):
            if stopped():
                break
            begin, end = int(self.starts[first]), int(self.starts[min(first + _CHUNK, self.rows)])
            places = np.fromiter((m.start() for m in pattern.finditer(self.texts, begin, end)), np.int64)
            held[np.searchsorted(self.starts, places, side="right") - 1] = True
        return held


def table_of(
    title: str,
    columns: Sequence[Column],
    numbers: NDArray[np.int64],
    said: Sequence[str],
    *,
    charts: bool,
    opens: bool,
) -> ResultsTable:
    """The table of these columns, with the texts of its rows."""
    pieces, lengths = [], [0]
    for texts in _rows(columns, len(numbers)):
        # a row ends with a sign that is in no text: no word is found across two of them
        row = ("\t".join(texts).replace("\n", " ").casefold() + "\n").encode("utf-8", "replace")
        pieces.append(row)
        lengths.append(len(row))
    starts = np.cumsum(np.array(lengths, np.int64))
    return ResultsTable(title, tuple(columns), numbers, b"".join(pieces), starts, tuple(said), charts, opens)


def _rows(columns: Sequence[Column], count: int) -> Iterator[tuple[str, ...]]:
    for first in range(0, count, _CHUNK):
        rows = slice(first, min(first + _CHUNK, count))
        yield from zip(*(column.texts(rows) for column in columns), strict=True)


def numbers_column(name: str, values: Any) -> Column:
    """A column of numbers."""
    return Column(name, np.asarray(values, np.float64))


def words_column(name: str, values: Iterable[Any]) -> Column:
    """A column of texts."""
    texts = [str(value) for value in values]
    words = sorted(set(texts))
    places = {word: place for place, word in enumerate(words)}
    return Column(name, np.array([places[text] for text in texts], np.int32), tuple(words))


def mixed_column(name: str, values: Sequence[Any]) -> Column:
    """A column of numbers where all are, and of texts where any is not; None and an empty text are no number."""
    found: list[float] = []
    for value in values:
        if value is None or value == "":
            found.append(np.nan)
            continue
        try:
            found.append(float(value))
        except (TypeError, ValueError):
            return words_column(name, ["" if each is None else each for each in values])
    return numbers_column(name, found)


def _number(value: float) -> str:
    """A number as it is shown: short, and nothing where there is none."""
    if value != value:  # noqa: PLR0124 - the quickest way to see that it is no number: this is asked a million times
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else f"{value:.6g}"
