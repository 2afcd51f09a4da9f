"""Polylines of a record, thinned to the columns of a picture: of each column the first, lowest, highest and last point.

What is drawn are points of the record, in their order and nothing else, and where a column is no wider than a pixel the
picture is the one that all points would give. Source: U. Jugel, Z. Jerzak, G. Hackenbroich, V. Markl, M4: A
Visualization-Oriented Time Series Data Aggregation, VLDB 2014, https://doi.org/10.14778/2732951.2732953.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Beyond this a curve is as good as gone; Qt's own arithmetic fails on much larger numbers.
LIMIT = 1e30
#: Columns of fewer rows are left as they are: nothing would go.
_LEAST_WIDTH = 4
#: The first rows on a logarithmic axis, which has room for every one; and the doublings that it is to have room for.
_FIRST_ROWS, _OCTAVES = 64, 10


class Thinning:
    """Thins a record that grows: what was chosen of columns that are complete is remembered from frame to frame."""

    def __init__(self) -> None:
        self._key: object = None
        self._chosen: list[NDArray[np.int64]] = []  # codes (C, 4, K) of complete columns, in order
        self._done = 0  # rows in them

    def polylines(
        self,
        x: Array,
        values: Array,
        columns: int,
        *,
        low: Array | None = None,
        high: Array | None = None,
        is_log: bool = False,
        key: object = None,
    ) -> list[tuple[Array, Array]]:
        """The points (x, y) of each of the K lines `values` (T, K) over x (T,), on about `columns` columns.

        `low` and `high` (T, K) are the extremes of what a record dropped between a row and the next. They are drawn at
        their row, where the line from row to row does not pass through them. With `is_log` the columns are even along
        the logarithm of the row's number. A line begins at its first number, as that of a fork does on the way, and
        ends before the next row that is no number, or beyond `LIMIT`.

        `key` names a record whose rows stay as they are: with the same one, and more rows, only the new ones are read.
        """
        count = len(x)
        if not count:
            return [(x[:0], values[:0, k]) for k in range(values.shape[1])]
        rows = _Rows(values, low, high)
        layout = tuple(_stretches(count, max(columns, 1), is_log=is_log))
        kept = (key, columns, is_log, values.shape[1], layout[0][2])
        if key is None or kept != self._key or count <= self._done:
            self._key, self._chosen, self._done = kept, [], 0
        codes = self._codes(rows, layout)
        return [_polyline(x, rows, codes[:, k], k) for k in range(values.shape[1])]

    def _codes(self, rows: _Rows, layout: tuple[tuple[int, int, int], ...]) -> NDArray[np.int64]:
        """The codes (N, K) of the points to draw, in order, some of them twice."""
        last: list[NDArray[np.int64]] = []
        for first, stop, width in layout:
            begin = max(first, self._done)
            # the last row's neighbour is yet to come: its column is chosen anew with it
            whole = (min(stop, rows.count - 1) - begin) // width
            if whole > 0:
                self._chosen.append(rows.choose(begin, whole, width))
                self._done = begin + whole * width
            if self._done < stop:
                last = [rows.choose(at, 1, min(width, stop - at)) for at in range(max(first, self._done), stop, width)]
                break
        if len(self._chosen) > 1:
            self._chosen = [np.concatenate(self._chosen)]
        codes = np.concatenate([*self._chosen, *last])
        return codes.reshape(-1, codes.shape[2])


def _stretches(count: int, columns: int, *, is_log: bool) -> Iterator[tuple[int, int, int]]:
    """Stretches (first row, row after the last, rows to a column) of columns of one width.

    Widths are powers of two: what was drawn once keeps its shape while the run goes on. Along a logarithm they double
    as often as the rows do, after a first stretch whose rows are all kept.
    """
    if not is_log:
        yield 0, count, _width(count, columns)
        return
    each = max(16, columns // _OCTAVES)
    first, stop, width = 0, _FIRST_ROWS, 1
    while first < count:
        yield first, min(stop, count), width
        first, stop, width = stop, 2 * stop, _width(stop, each)


def _width(count: int, columns: int) -> int:
    width = 1 << max(0, math.ceil(math.log2(count / columns)))
    return width if width >= _LEAST_WIDTH else 1


class _Rows:
    """The rows of a record as points with codes: 8 * row is the row's own, some after it are the extremes behind it.

    Those are even for the least and odd for the largest, in the order in which they are drawn.
    """

    def __init__(self, values: Array, low: Array | None, high: Array | None) -> None:
        self.values, self.low, self.high = values, low, high
        self.count = len(values)

    def choose(self, begin: int, columns: int, width: int) -> NDArray[np.int64]:
        """The codes (C, 4, K) of the first, lowest, highest and last point of columns, in the record's order."""
        stop = begin + columns * width
        own = _numbers(self.values[begin:stop])
        low, high = own, own
        behind_low, behind_high = np.zeros((2, 1, 1), np.int64)
        if self.low is not None and self.high is not None:
            after = _numbers(self.values[begin + 1 : stop + 1])
            if len(after) < len(own):
                after = np.concatenate([after, own[-1:]])
            least, most = _numbers(self.low[begin:stop]), _numbers(self.high[begin:stop])
            below, above = least < np.fmin(own, after), most > np.fmax(own, after)
            low, high = np.where(below, least, own), np.where(above, most, own)
            # a line that rises takes the least first, one that falls the largest: the shorter way
            rises = own <= after
            behind_low = np.where(below, np.where(rises, 2, 4), 0)
            behind_high = np.where(above, np.where(rises, 5, 3), 0)
        shape = (columns, width, own.shape[1])
        base = np.broadcast_to(width * np.arange(columns)[:, None], (columns, own.shape[1]))
        lowest = base + np.where(np.isnan(low), np.inf, low).reshape(shape).argmin(axis=1)
        highest = base + np.where(np.isnan(high), -np.inf, high).reshape(shape).argmax(axis=1)
        codes = [8 * base, 8 * lowest, 8 * highest, 8 * (base + width - 1)]
        if low is not own:
            lines = np.arange(own.shape[1])
            codes[1] = codes[1] + behind_low[lowest, lines]
            codes[2] = codes[2] + behind_high[highest, lines]
        return np.sort(8 * begin + np.stack(codes, axis=1), axis=1)

    def heights(self, codes: NDArray[np.int64], line: int) -> tuple[NDArray[np.int64], Array]:
        """The rows of codes, and the numbers that they stand for."""
        row, kind = np.divmod(codes, 8)
        y = self.values[row, line]
        if self.low is not None and self.high is not None and kind.any():
            y = np.where(kind == 0, y, np.where(kind % 2 == 0, self.low[row, line], self.high[row, line]))
        return row, y


def _numbers(values: Array) -> Array:
    return np.where(np.abs(values) < LIMIT, values, np.nan)


def _polyline(x: Array, rows: _Rows, codes: NDArray[np.int64], line: int) -> tuple[Array, Array]:
    codes = codes[np.diff(codes, prepend=-1) > 0]
    row, y = rows.heights(codes, line)
    begin, end = first_numbers(np.abs(y) < LIMIT)
    return x[row[begin:end]], y[begin:end]


def first_numbers(fine: NDArray[np.bool_]) -> tuple[int, int]:
    """The first stretch [begin, end) of a line's points that are numbers: a fork begins late, others end early."""
    if fine.all():
        return 0, len(fine)
    begin = int(np.argmax(fine))
    if not fine[begin]:
        return 0, 0
    after = fine[begin:]
    return begin, len(fine) if after.all() else begin + int(np.argmin(after))
