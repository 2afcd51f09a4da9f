"""What a race records of itself: append-only rows, bounded in number, that keep the extremes of what they drop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The rows complete so far, as read-only prefixes of arrays that are never written below their length again.

    Attributes:
        steps: the step of each row (T,).
        stride: steps from row to row.
        values: for each channel (T, ...), the value at the row's step.
        low, high: for each tracked channel, the extremes over the row's step and those dropped behind it.
        token: changes when rows that were given out are replaced (thinning, a discarded future).
    """

    steps: NDArray[np.int64]
    stride: int
    values: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    token: int


class History:
    """Rows of named channels, one every `stride` steps; when `capacity` rows are full, every second one is dropped.

    Rows once handed out are never overwritten: growing, thinning and truncating move to fresh arrays, so that a
    reader in another thread needs no lock. `tracked` channels keep, for each row, the extremes since it.
    """

    def __init__(
        self,
        channels: Mapping[str, tuple[int, ...]],
        tracked: tuple[str, ...] = (),
        *,
        stride: int = 1,
        capacity: int | None = 8192,
        dtype: Any = np.float64,
    ) -> None:
        """`channels` gives each channel's shape within a row; `capacity` None keeps every row (for files)."""
        self.stride = stride
        self.last = -1  # the last step recorded
        self._capacity = None if capacity is None else max(4, capacity - capacity % 2)
        self._tracked = tracked
        self._token = 0
        rows = 1024 if capacity is None else min(1024, self._capacity or 1024)
        self._values = {name: np.empty((rows, *shape), dtype) for name, shape in channels.items()}
        self._low: dict[str, Floats] = {}
        self._high: dict[str, Floats] = {}
        if stride > 1:
            self._separate_extremes()

    @property
    def channels(self) -> Collection[str]:
        """The names of what is recorded."""
        return self._values.keys()

    def wants(self, step: int) -> bool:
        """Whether the untracked channels of this step will be kept."""
        return step > self.last and step % self.stride == 0

    def record(self, step: int, row: Mapping[str, Any]) -> None:
        """Take the values of the next step; of a step recorded before, nothing."""
        if step <= self.last:
            return
        self.last = step
        index, offset = divmod(step, self.stride)
        if offset == 0:
            if index >= self._rows():
                self._make_room()
                index, offset = divmod(step, self.stride)
            if offset == 0:
                for name, value in row.items():
                    self._values[name][index] = value
                    if name in self._low:
                        self._low[name][index] = value
                        self._high[name][index] = value
                return
        for name in self._low:
            np.fmin(self._low[name][index], row[name], out=self._low[name][index])
            np.fmax(self._high[name][index], row[name], out=self._high[name][index])

    def view(self, *, ended: bool = False) -> HistoryView:
        """The complete rows; the last one is not among them while its interval is open, unless the run has `ended`."""
        count = self.last // self.stride + 1 if ended else (self.last + 1) // self.stride
        steps = np.arange(count, dtype=np.int64) * self.stride
        values = {name: _frozen(array[:count]) for name, array in self._values.items()}
        low = {name: _frozen(self._low.get(name, self._values[name])[:count]) for name in self._tracked}
        high = {name: _frozen(self._high.get(name, self._values[name])[:count]) for name in self._tracked}
        return HistoryView(steps, self.stride, values, low, high, self._token)

    def truncate(self, step: int) -> None:
        """Forget what was recorded after `step`."""
        if step >= self.last:
            return
        count = step // self.stride + 1
        self._values, self._low, self._high = (
            {name: _moved(array, len(array), count) for name, array in part.items()}
            for part in (self._values, self._low, self._high)
        )
        for name in self._low:  # the open row's extremes may hold some of the forgotten steps
            self._low[name][count - 1] = self._values[name][count - 1]
            self._high[name][count - 1] = self._values[name][count - 1]
        self.last = step
        self._token += 1

    def _rows(self) -> int:
        return len(next(iter(self._values.values())))

    def _separate_extremes(self) -> None:
        self._low = {name: self._values[name].copy() for name in self._tracked}
        self._high = {name: self._values[name].copy() for name in self._tracked}

    def _make_room(self) -> None:
        rows = self._rows()
        if self._capacity is None or rows < self._capacity:
            more = rows * 2 if self._capacity is None else min(rows * 2, self._capacity)
            self._values, self._low, self._high = (
                {name: _moved(array, more, rows) for name, array in part.items()}
                for part in (self._values, self._low, self._high)
            )
            return
        if not self._low:
            self._separate_extremes()
        self._low = {name: _halved(a, np.fmin(a[0::2], a[1::2])) for name, a in self._low.items()}
        self._high = {name: _halved(a, np.fmax(a[0::2], a[1::2])) for name, a in self._high.items()}
        self._values = {name: _halved(a, a[0::2]) for name, a in self._values.items()}
        self.stride *= 2
        self._token += 1


def _frozen(view: Floats) -> Floats:
    view = view.view()
    view.flags.writeable = False
    return view


def _moved(array: Floats, rows: int, keep: int) -> Floats:
    fresh = np.empty((rows, *array.shape[1:]), array.dtype)
    fresh[:keep] = array[:keep]
    return fresh


def _halved(array: Floats, kept: Floats) -> Floats:
    fresh = np.empty_like(array)
    fresh[: len(kept)] = kept
    return fresh
