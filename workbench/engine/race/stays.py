"""Which minimum each run has reached, and whether it was thrown out of it: read from the record, a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.history import Floats, HistoryView

#: A minimum is reached, and left again, where the loss stands above it by these shares of the way down to it from the
#: start. They are far apart, so that a run which shakes in its minimum is not said to come and go.
REACHED, LEFT = 1e-6, 1e-3
#: Steps that make a stay of a visit: a run that passes through a minimum at speed has not come to rest there.
REST = 10
#: Stays that are remembered of a run: the first ones and the last ones.
_MOST = 16
#: Numbers in the arrays that a piece of the record needs at most.
_AT_ONCE = 1 << 21


@dataclass(frozen=True, slots=True)
class Stay:
    """A run that came to rest in a minimum.

    Attributes:
        run: which one.
        minimum: the place of the minimum in `RaceInfo.minima`.
        reached: the recorded step at which it was there.
        left: the recorded step from which on it was thrown out, -1 while it stays.
    """

    run: int
    minimum: int
    reached: int
    left: int = -1

    def at(self, step: int) -> Stay | None:
        """The stay as it was known at a step; None where it had not begun."""
        if self.reached > step:
            return None
        return replace(self, left=-1) if self.left > step else self


class Watch:
    """Reads the rows of a record that are new since the last time; nothing is done while a step is taken.

    A record that was thinned or cut is read again from its beginning: steps are then as exact as its rows are close.
    """

    def __init__(
        self, points: Floats, values: Floats, rest: int = REST, *, roots: NDArray[np.intp] | None = None
    ) -> None:
        """`points` (M, D) are the known minima, `values` (M,) the losses there; shorter visits than `rest` are none.

        `roots` (R,) are the runs whose first losses are those of the start; left out, each run's own.
        """
        self._roots: Any = slice(None) if roots is None else roots
        self._points, self._values, self._rest = points, values, rest
        self._heights = np.sort(values)
        self._begin(-1)

    def _begin(self, token: int) -> None:
        self._token, self._read = token, 0
        self._stays: dict[int, list[Stay]] = {}
        self._shown: tuple[Stay, ...] = ()

    def read(self, history: HistoryView) -> tuple[Stay, ...]:
        """The stays so far, run by run and in their order within a run."""
        count = len(history.steps)
        if not len(self._points) or "path" not in history.values or not count:
            return ()
        if history.token != self._token or count < self._read:
            self._begin(history.token)
        runs, before = history.values["loss"].shape[1], self._read
        piece = max(1, _AT_ONCE // (4 * runs + len(self._points)))
        with np.errstate(all="ignore"):
            while self._read < count:
                rows = slice(self._read, min(count, self._read + piece))
                self._take(history, rows)
                self._read = rows.stop
        if self._read > before or not before:
            known = int(history.steps[-1]) - self._rest
            found = (stay for run in sorted(self._stays) for stay in self._stays[run])
            self._shown = tuple(stay for stay in found if stay.left >= 0 or stay.reached <= known)
        return self._shown

    def _take(self, history: HistoryView, rows: slice) -> None:
        first = history.values["loss"][0][self._roots]
        loss, scale = history.values["loss"][rows], first[:, None] - self._values
        home = np.array([self._home(run) for run in range(loss.shape[1])])
        comes = self._near_a_value(loss, first)
        goes = _leaves(history, rows, self._values[home], np.take_along_axis(scale, home[:, None], axis=1)[:, 0])
        for run in np.flatnonzero(np.where(home < 0, comes.any(axis=0), goes.any(axis=0))):
            self._follow(history, rows, int(run), comes[:, run], scale[run])

    def _home(self, run: int) -> int:
        """The minimum in which a run stays now, -1 where in none."""
        stays = self._stays.get(run)
        return stays[-1].minimum if stays and stays[-1].left < 0 else -1

    def _near_a_value(self, loss: Floats, first: Floats) -> NDArray[np.bool_]:
        """Where the loss (T, R) is that of some minimum: there alone it is worth asking which one is near."""
        # rounding may leave a run a little below its minimum
        below = np.searchsorted(self._heights, loss + REACHED * (first - self._heights[0]), side="right") - 1
        height = self._heights[np.maximum(below, 0)]
        return np.asarray(loss - height < REACHED * (first - height))

    def _follow(self, history: HistoryView, rows: slice, run: int, comes: NDArray[np.bool_], scale: Floats) -> None:
        """Note how one run comes to minima and leaves them, from row to row."""
        steps, stays, where = history.steps[rows], self._stays.setdefault(run, []), np.flatnonzero(comes)
        apart = ((history.values["path"][rows, run][where, None] - self._points) ** 2).sum(axis=2)
        nearest = np.argmin(np.where(np.isnan(apart), np.inf, apart), axis=1)
        there = history.values["loss"][rows, run][where] - self._values[nearest] < REACHED * scale[nearest]
        where, nearest = where[there], nearest[there]
        goes: dict[int, NDArray[np.intp]] = {}  # the rows away from a minimum
        at, home = 0, self._home(run)
        while at < len(steps):
            if home < 0:
                first = int(np.searchsorted(where, at))
                if first == len(where):
                    break
                at, home = int(where[first]), int(nearest[first])
                stays.append(Stay(run, home, int(steps[at])))
            if home not in goes:
                goes[home] = np.flatnonzero(_leaves(history, rows, self._values[home], scale[home], run))
            first = int(np.searchsorted(goes[home], at))
            if first == len(goes[home]):
                break
            at = int(goes[home][first])
            stay = replace(stays.pop(), left=int(steps[at]))
            if stay.left - stay.reached >= self._rest:
                stays.append(stay)
            at, home = at + 1, -1
        while len(stays) > _MOST:
            del stays[_MOST // 2]


def _leaves(history: HistoryView, rows: slice, value: Any, scale: Any, run: int | slice = slice(None)) -> Any:
    """Where a loss (T, R) or (T,) is not that of a stay: far above the minimum, below it, or no number."""
    low, high = history.low["loss"][rows, run], history.high["loss"][rows, run]
    return ~((high - value <= LEFT * scale) & (low - value >= -LEFT * scale))
