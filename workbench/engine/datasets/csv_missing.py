"""Rows of a CSV file in which values are missing: refused, left out, or kept to be filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.csv_columns import Column, Labels
from workbench.engine.datasets.csv_format import Missing
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.params import show

_TOLD = 5  # places that are named; the others are counted
_WAY = 'fill them in or take the rows out, or let `missing` be "leave_out", "mean" or "most_frequent"'


class Holes:
    """Where values are missing: in the inputs, `empty` (N, C), and in the target, `untold` (N,)."""

    def __init__(self, path: Path, columns: Sequence[Column], labels: Labels, untold: NDArray[np.bool_]) -> None:
        self._path, self._columns, self._labels = path, columns, labels
        self.empty = np.column_stack([np.isnan(column.values) for column in columns])
        self.untold = untold

    def rows_kept(self, missing: Missing, notes: list[str]) -> list[int]:
        """The rows that are learned from; a sentence on each kind of loss is added to `notes`.

        Raises:
            RequestError: values are missing and nothing is said of that, or no row is left.
        """
        holes = self.empty.any(axis=1) | self.untold
        if not holes.any():
            return list(range(len(holes)))
        if missing == "refuse":
            raise refusal(self._path, f": values are missing in {_first(self._cells(holes))}; {_WAY}")
        out = holes if missing == "leave_out" else self.untold
        if out.all():
            raise refusal(self._path, ": a value is missing in every row")
        if out.any():
            where = _first([f"line {self._labels.places[k]}" for k in map(int, np.flatnonzero(out))])
            notes.append(f"{int(out.sum()):,} of {len(out):,} rows are left out, as values are missing: {where}")
        if missing != "leave_out" and self.empty.any():
            notes.append(self._filled(missing))
        return [int(k) for k in np.flatnonzero(~out)]

    def _cells(self, holes: NDArray[np.bool_]) -> list[str]:
        labels, cells = self._labels, []
        for k in map(int, np.flatnonzero(holes)):
            names = [self._columns[int(j)].name for j in np.flatnonzero(self.empty[k])]
            names += [labels.name] if self.untold[k] else []
            cells += [f'line {labels.places[k]} (column "{name}")' for name in names]
        return cells

    def _filled(self, missing: Missing) -> str:
        """How many values are filled in which columns, and with what."""
        empty = self.empty[~self.untold]
        for column in self._columns:
            if not column.seen:
                raise refusal(self._path, f", column {show(column.name)}: holds no value to fill others with")
        counts = empty.sum(axis=0).tolist()
        where = [f'{n:,} in column "{c.name}"' for n, c in zip(counts, self._columns, strict=True) if n]
        how = "the mean (of texts the most frequent)" if missing == "mean" else "the most frequent value"
        return f"{sum(counts):,} missing value(s) are filled with {how} of the training samples: {_first(where)}"


def _first(places: Sequence[str]) -> str:
    return ", ".join(places[:_TOLD]) + (f" and {len(places) - _TOLD:,} more" if len(places) > _TOLD else "")
