"""The first steps of a record, kept one by one when the record itself drops every second row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: Of what a race keeps its first steps.
WHOLE = ("loss", "path")
#: Steps that are kept, if they are no more numbers of a channel than these: 8 MiB.
STEPS, _NUMBERS = 1024, 1 << 20


class Beginning:
    """What some channels were at steps 0, 1, 2, …, as far as it is kept; nothing while the record has every step.

    Where a run begins, it goes its longest way: of 50,000 steps the record has every eighth, and a path through these
    alone would cut the corners of the valley it came down, or show one side of it where it swung to and fro.

    Attributes:
        rows: by channel (T, ...), read-only and never written again.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.rows: Mapping[str, Floats] = {}

    @property
    def count(self) -> int:
        """The steps that are kept."""
        return min((len(rows) for rows in self.rows.values()), default=0)

    def keep(self, values: Mapping[str, Floats]) -> None:
        """Copy the first rows of arrays that have every step and are full."""
        count = min([STEPS, *(_NUMBERS // max(1, values[name][0].size) for name in self.names)], default=0)
        self.rows = {name: _frozen(values[name][:count].copy()) for name in self.names if count}

    def cut(self, count: int) -> None:
        """Forget all but the first steps."""
        if count < self.count:
            self.rows = {name: rows[:count] for name, rows in self.rows.items() if count}

    def take(self, other: Beginning, runs: NDArray[np.intp], count: int) -> None:
        """Begin as another record does, with its `runs` (R,): not-a-number where that is -1."""
        self.rows = {}
        for name, rows in other.rows.items():
            own = rows[:count, runs]
            own[:, runs < 0] = np.nan
            self.rows = {**self.rows, name: _frozen(own)}

    def clear(self) -> None:
        """Know nothing, as of a record that has every step."""
        self.rows = {}


def joined(
    first: NDArray[Any] | None, steps: NDArray[np.int64], rows: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Rows at the steps (T,), with the `first` of every step before them in place of those that they were."""
    if first is None or not len(first):
        return steps, rows
    behind = int(np.searchsorted(steps, len(first)))
    return np.concatenate([np.arange(len(first)), steps[behind:]]), np.concatenate([first, rows[behind:]])


def _frozen(array: Floats) -> Floats:
    array.flags.writeable = False
    return array
