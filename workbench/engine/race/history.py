"""What a race records of itself: append-only rows, bounded in number, that keep the extremes of what they drop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.beginning import Beginning, joined

Floats = NDArray[np.floating[Any]]
Shape = tuple[int, ...]
_Arrays = tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats], dict[str, Floats]]


def after(name: str) -> str:
    """The channel that has what another one is at the step right after each row's."""
    return f"{name}_after"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a history stands, besides its rows: enough for another one to go on with the same arrays.

    Attributes:
        rows: the length of the arrays; `extremes` says whether low and high have arrays of their own.
        stride, last, token: as in `History` and `HistoryView`.
        unfinished: the extremes so far of the row whose interval is open, the one thing that is written again.
    """

    rows: int
    extremes: bool
    stride: int
    last: int
    token: int
    unfinished: Mapping[str, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The rows complete so far, as read-only prefixes of arrays that are never written below their length again.

    Attributes:
        steps: the step of each row (T,).
        stride: steps from row to row.
        values: for each channel (T, ...), the value at the row's step; where rows are some steps apart, also that at
            the step after it, of the channels that are kept in pairs (`after`), not-a-number where it was not reached.
        low, high: for each tracked channel, the extremes over the row's step and those dropped behind it.
        token: changes when rows that were given out are replaced (thinning, a discarded future).
        beginning: for each channel of which it is kept, every one of the first steps (K, ...); empty where each row is
            a step anyway.
    """

    steps: NDArray[np.int64]
    stride: int
    values: Mapping[str, Floats]
    low: Mapping[str, Floats]
    high: Mapping[str, Floats]
    token: int
    beginning: Mapping[str, Floats] = field(default_factory=dict)

    def densely(self, name: str, *at: Any) -> tuple[NDArray[np.int64], Floats]:
        """The steps and values of a channel, with every one of the first steps where that is kept.

        `at` chooses among the axes behind that of the steps, as the run.
        """
        part, first = (slice(None), *at), self.beginning.get(name)
        return joined(None if first is None else first[part], self.steps, self.values[name][part])

    def in_pairs(self, name: str, *at: Any) -> tuple[NDArray[np.int64], Floats]:
        """As `densely`, with the step right after each row where that is kept: what swings to and fro is seen to."""
        steps, values = self.densely(name, *at)
        behind, count = self.values.get(after(name)), len(self.beginning.get(name, ()))
        first = int(np.searchsorted(self.steps, count))
        if behind is None or first == len(self.steps):
            return steps, values
        part = (slice(first, None), *at)
        both = np.stack([self.values[name][part], behind[part]], axis=1).reshape(-1, *values.shape[1:])
        at_steps = (self.steps[first:, None] + np.arange(2)).reshape(-1)
        reached = len(both) - int(np.isnan(both[-1]).all())  # of a run that has ended, the last row may have none after
        return np.concatenate([steps[:count], at_steps[:reached]]), np.concatenate([values[:count], both[:reached]])


class History:
    """Rows of named channels, one every `stride` steps; when `capacity` rows are full, every second one is dropped.

    Rows once handed out are never overwritten: growing, thinning and truncating move to fresh arrays, so that a
    reader in another thread needs no lock. `tracked` channels keep, for each row, the extremes since it; of `whole`
    ones the first steps are kept one by one (`Beginning`), and of those in `pairs` the step after each row.
    """

    def __init__(
        self,
        channels: Mapping[str, tuple[int, ...]],
        tracked: tuple[str, ...] = (),
        *,
        stride: int = 1,
        capacity: int | None = 8192,
        dtype: Any = np.float64,
        whole: tuple[str, ...] = (),
        pairs: tuple[str, ...] = (),
    ) -> None:
        """`channels` gives each channel's shape within a row; `capacity` None keeps every row (for files)."""
        self.stride = self._first_stride = stride
        self.last = -1  # the last step recorded
        self._first = 0  # the number of the first row in the arrays
        self._capacity = None if capacity is None else max(4, capacity - capacity % 2)
        self._tracked = tracked
        self._token = 0
        self._beginning = Beginning(tuple(name for name in whole if name in channels))
        self._pairs = tuple(name for name in pairs if name in channels)
        self._shapes = dict(channels)
        self._dtype = np.dtype(dtype)
        #: gives fresh arrays of these shapes; another one may take them from memory that processes share
        self.allocate: Callable[[Sequence[Shape]], Sequence[Floats]] = partial(_private, self._dtype)
        rows = 1024 if capacity is None else min(1024, self._capacity or 1024)
        self._values, self._low, self._high, self._behind = self._fresh(rows, extremes=stride > 1)

    @property
    def channels(self) -> Collection[str]:
        """The names of what is recorded."""
        return self._values.keys()

    @property
    def rows(self) -> Mapping[str, Floats]:
        """The arrays of all channels, row by row; only rows of steps up to `last` mean anything."""
        return self._values

    def stride_at(self, step: int) -> int:
        """The steps from row to row of a record that nothing was cut from, when it takes this step."""
        stride = self._first_stride
        while self._capacity is not None and step >= self._capacity * stride:
            stride *= 2
        return stride

    def wants(self, step: int) -> bool:
        """Whether the untracked channels of this step will be kept."""
        return step > self.last and step % self.stride == 0

    def record(self, step: int, row: Mapping[str, Any]) -> None:
        """Take the values of the next step; of a step recorded before, nothing."""
        if step <= self.last:
            return
        self.last = step
        index, offset = (step, 0) if self.stride == 1 else divmod(step, self.stride)
        index -= self._first
        if offset == 0:
            if index >= self._room:
                self._make_room()
                index, offset = divmod(step, self.stride)
                index -= self._first
            if offset == 0:
                values = self._values
                for name, value in row.items():
                    values[name][index] = value
                for name in self._low:
                    self._low[name][index] = self._high[name][index] = row[name]
                self._forget_after(index)
                return
        self._pass_by(index, offset, row)

    def _pass_by(self, index: int, offset: int, row: Mapping[str, Any]) -> None:
        """Take a step that is no row: what it adds to the row before it."""
        if offset == 1:
            for name, behind in self._behind.items():
                behind[index] = row[name]
        for name in self._low:
            np.fmin(self._low[name][index], row[name], out=self._low[name][index])
            np.fmax(self._high[name][index], row[name], out=self._high[name][index])

    def view(self, *, ended: bool = False) -> HistoryView:
        """The complete rows; the last one is not among them while its interval is open, unless the run has `ended`."""
        return self._view((self.last // self.stride + 1 if ended else (self.last + 1) // self.stride) - self._first)

    def _view(self, count: int) -> HistoryView:
        """The first rows in the arrays."""
        steps = np.arange(self._first, self._first + count, dtype=np.int64) * self.stride
        values = {name: _frozen(array[:count]) for name, array in self._values.items()}
        values |= {after(name): _frozen(array[:count]) for name, array in self._behind.items()}
        low = {name: _frozen(self._low.get(name, self._values[name])[:count]) for name in self._tracked}
        high = {name: _frozen(self._high.get(name, self._values[name])[:count]) for name in self._tracked}
        return HistoryView(steps, self.stride, values, low, high, self._token, self._beginning.rows)

    def truncate(self, step: int) -> None:
        """Forget what was recorded after `step`."""
        if step >= self.last:
            return
        count = step // self.stride + 1
        self._move(self._rows(), count)
        if step % self.stride == 0 and count:
            self._forget_after(count - 1)
        for name in self._low:  # the open row's extremes may hold some of the forgotten steps
            self._low[name][count - 1] = self._values[name][count - 1]
            self._high[name][count - 1] = self._values[name][count - 1]
        self.last = step
        self._token += 1
        self._beginning.cut(step + 1)

    def is_like(self, other: History) -> bool:
        """Whether rows of the other one, of whatever runs, could be this one's."""
        if (self._capacity, self._first_stride) != (other._capacity, other._first_stride):
            return False
        ours, theirs = ({name: shape[1:] for name, shape in each._shapes.items()} for each in (self, other))
        return ours == theirs

    def take_rows(self, other: History, runs: NDArray[np.intp], last: int) -> None:
        """Begin as another record that is like this one, up to step `last`; what this one had is forgotten.

        The rows are those of the other's `runs` (R,), and not-a-number where that is -1.
        """
        count, none = last // other.stride + 1, runs < 0
        self._go_on_in(self._fresh(other._rows(), extremes=bool(other._low)))
        for own, theirs in zip(self._all, other._all, strict=True):
            for name, array in own.items():
                array[:count] = theirs[name][:count, runs]
                array[:count, none] = np.nan
        if last < other.last and last % other.stride == 0:
            self._forget_after(count - 1)
        for name in self._low if last < other.last else ():  # as where a record is cut
            self._low[name][count - 1] = self._high[name][count - 1] = self._values[name][count - 1]
        self.stride, self.last = other.stride, last
        self._token += 1
        self._beginning.take(other._beginning, runs, last + 1)

    def _forget_after(self, row: int) -> None:
        """The step after a row is yet to be taken."""
        for behind in self._behind.values():
            behind[row] = np.nan

    # The arrays themselves, for a history that goes on elsewhere

    @property
    def position(self) -> Position:
        """Where the history stands now, copied."""
        row = self.last // self.stride
        unfinished = {name: (self._low[name][row].copy(), self._high[name][row].copy()) for name in self._low}
        return Position(self._rows(), bool(self._low), self.stride, self.last, self._token, unfinished)

    def shapes(self, rows: int, *, extremes: bool) -> list[Shape]:
        """The shapes of all arrays of that many rows, in the order in which `allocate` and `adopt` have them."""
        between = (*self._tracked, *self._tracked, *self._pairs) if extremes else ()
        return [(rows, *shape) for shape in (*self._shapes.values(), *(self._shapes[name] for name in between))]

    @property
    def arrays(self) -> list[Floats]:
        """All arrays, in that order; only rows of steps up to `last` mean anything."""
        return [array for arrays in self._all for array in arrays.values()]

    @property
    def _all(self) -> _Arrays:
        return self._values, self._low, self._high, self._behind

    def _go_on_in(self, arrays: _Arrays) -> None:
        self._values, self._low, self._high, self._behind = arrays

    def adopt(
        self, arrays: Sequence[Floats], position: Position, *, unfinished: bool = False, goes_on: bool = False
    ) -> None:
        """Stand where another history of the same channels stands, with its arrays: from here on they are this one's.

        `unfinished` puts back the open row's extremes, where the arrays may have been written since. `goes_on` says
        that this record's own arrays are those that the other one had before: it has filled them since.
        """
        if position.stride == 1:
            self._beginning.clear()
        elif goes_on and self.stride == 1:
            self._beginning.keep(self._values)
        self._beginning.cut(position.last + 1)
        self._go_on_in(self._named(arrays, extremes=position.extremes))
        self.stride, self.last, self._token = position.stride, position.last, position.token
        if unfinished:
            row = self.last // self.stride
            for name, (low, high) in position.unfinished.items():
                self._low[name][row], self._high[name][row] = low, high
            if self.last % self.stride == 0:
                self._forget_after(row)

    def begin_with(self, values: Mapping[str, Floats]) -> None:
        """Keep the first steps out of arrays (T, ...) that have every one of them, as of a longer record."""
        self._beginning.keep(values)

    def settle(self) -> None:
        """Move what was recorded to arrays of this history's own allocation."""
        self._move(self._rows(), self.last // self.stride + 1)

    def streamed(self, rows: int, take: Callable[[HistoryView], None]) -> StreamedHistory:
        """A record that goes on from this one, keeps `rows` rows in memory and gives full ones to `take`."""
        return StreamedHistory(self, rows, take)

    def clear(self) -> None:
        """Begin again without a row, in private arrays."""
        self.allocate = partial(_private, self._dtype)
        self.stride, self.last = 1, -1
        self._token += 1
        self._beginning.clear()
        self._go_on_in(self._fresh(4, extremes=False))

    def _fresh(self, rows: int, *, extremes: bool) -> _Arrays:
        return self._named(self.allocate(self.shapes(rows, extremes=extremes)), extremes=extremes)

    def _named(self, arrays: Sequence[Floats], *, extremes: bool) -> _Arrays:
        """Values, low, high and what is behind rows, by channel."""
        self._room = len(arrays[0])
        given, tracked, pairs = iter(arrays), self._tracked if extremes else (), self._pairs if extremes else ()
        values, low, high, behind = (
            {name: next(given) for name in names} for names in (self._shapes, tracked, tracked, pairs)
        )
        return values, low, high, behind

    def _rows(self) -> int:
        return self._room

    def _move(self, rows: int, keep: int) -> None:
        """Go on in fresh arrays of that many rows that begin as the present ones."""
        fresh = self._fresh(rows, extremes=bool(self._low))
        for before, now in zip(self._all, fresh, strict=True):
            for name, array in before.items():
                now[name][:keep] = array[:keep]
        self._go_on_in(fresh)

    def _make_room(self) -> None:
        rows = self._rows()
        if self._capacity is None or rows < self._capacity:
            self._move(rows * 2 if self._capacity is None else min(rows * 2, self._capacity), rows)
            return
        if self.stride == 1:
            self._beginning.keep(self._values)
        low, high = self._low or self._values, self._high or self._values
        fresh = self._fresh(rows, extremes=True)
        kept = rows // 2
        for name in self._tracked:
            np.fmin(low[name][0::2], low[name][1::2], out=fresh[1][name][:kept])
            np.fmax(high[name][0::2], high[name][1::2], out=fresh[2][name][:kept])
        for name, array in self._values.items():
            fresh[0][name][:kept] = array[0::2]
        for name in self._pairs:
            behind = self._behind[name][0::2] if self._behind else self._values[name][1::2]
            fresh[3][name][:kept] = behind
        self._go_on_in(fresh)
        self.stride *= 2
        self._token += 1


class StreamedHistory(History):
    """A record of any length in a bounded memory: its arrays hold the last rows, the ones before were given away.

    Every row is kept, in order. Nothing can be forgotten: it goes forward alone.
    """

    def __init__(self, begun: History, rows: int, take: Callable[[HistoryView], None]) -> None:
        """Go on from `begun`, all of whose rows fit into `rows`; `take` has each piece until it returns."""
        super().__init__(begun._shapes, begun._tracked, stride=begun.stride, capacity=None, dtype=begun._dtype)
        self._take = take
        self._go_on_in(self._fresh(rows, extremes=begun.stride > 1))
        kept = begun.last // begun.stride + 1
        for own, theirs in zip(self.arrays, begun.arrays, strict=True):
            own[:kept] = theirs[:kept]
        self.last = begun.last

    def hand_on(self) -> None:
        """Give away all rows, the last one as if the run had ended there."""
        self._give(self.last // self.stride + 1 - self._first)

    def _make_room(self) -> None:
        self._give(self._rows())

    def _give(self, count: int) -> None:
        self._take(self._view(count))
        self._first += count


def _private(dtype: np.dtype[Any], shapes: Sequence[Shape]) -> list[Floats]:
    return [np.empty(shape, dtype) for shape in shapes]


def _frozen(view: Floats) -> Floats:
    view = view.view()
    view.flags.writeable = False
    return view
