"""A run's path over a plane, kept to the points that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.history import HistoryView, after

_POINTS = 700
_BEGUN = 260  # of those, the most of a path's first steps once there are many more
_COARSEST = 8.0
_FULL = 0.85  # of the points, so that there is room for some steps before the next look


class PathThinner:
    """Keeps, of each run's path, the points that move it by a pixel or more, and looks only at new rows.

    Where a path has more of them than can be drawn in a frame, those stay that came to a pixel first, and the last
    ones: a run that shakes about one place covers it again and again, and its way there must not be lost for that.
    If that is not enough, the pixels are taken coarser, and in the end every second pair of rows is left out, along all
    of the path alike: one by one, rows of a path that swings to and fro would all be of one side.
    """

    def __init__(self, points: int = _POINTS) -> None:
        """`points` is how many of a path are kept at most."""
        self._key: Any = None
        self.most = points
        self._rows = 0
        self._kept: list[NDArray[np.intp]] = []
        #: the kept points (K, 2) of each run
        self.points: list[NDArray[Any]] = []
        self._coarse: list[float] = []
        self._every: list[int] = []  # one pair of rows of so many

    def thin(self, path: NDArray[Any], count: int, key: tuple[Any, ...]) -> list[NDArray[Any]]:
        """The kept points (K, 2) of each run, of the first `count` rows of path (T, R, 2).

        `key` ends with the pixels for a unit of x and y; with another key, or fewer rows, all is looked at anew.
        """
        self.thin_rows(path, count, key)
        return self.points

    def thin_rows(self, path: NDArray[Any] | _Pairs, count: int, key: tuple[Any, ...]) -> list[NDArray[np.intp]]:
        """As `thin`, the numbers of the rows (K,) in place of the points."""
        if key != self._key or count < self._rows:
            self._key, self._rows = key, 0
            self._kept = [np.arange(0) for _ in range(path.shape[1])]
            self.points = [np.zeros((0, 2)) for _ in range(path.shape[1])]
            self._coarse, self._every = [1.0] * path.shape[1], [1] * path.shape[1]
        if count > self._rows:
            fresh = np.arange(self._rows, count)
            self._rows = count
            for run in range(path.shape[1]):
                self._add(run, path, fresh, np.array(key[-1]))
        return self._kept

    def _add(self, run: int, path: NDArray[Any] | _Pairs, fresh: NDArray[np.intp], pixels: NDArray[Any]) -> None:
        if self._every[run] > 1:
            fresh = fresh[fresh // 2 % self._every[run] == 0]
        points = path[fresh, run]
        known = np.isfinite(points).all(axis=1)  # a fork has no points before it begins
        if not known.all():
            fresh, points = fresh[known], points[known]
        if not len(fresh):
            return
        kept, line = self._kept[run], self.points[run]
        if not len(kept):
            kept, line, fresh, points = fresh[:1], points[:1], fresh[1:], points[1:]
        moving = _moving(line[-1:], points, pixels / self._coarse[run])
        kept, line = np.concatenate([kept, fresh[moving]]), np.concatenate([line, points[moving]])
        if len(kept) > self.most:
            chosen = _first_visits(line, pixels / self._coarse[run], self.most // 4)
            kept, line = kept[chosen], line[chosen]
            while len(kept) > _FULL * self.most:
                self._coarse[run] *= 1.5
                chosen = _first_visits(line, pixels / self._coarse[run], self.most // 4)
                if self._coarse[run] > _COARSEST:  # a path that fills the view
                    self._every[run] *= 2
                    chosen[chosen] = np.arange(int(chosen.sum())) // 2 % 2 == 0
                kept, line = kept[chosen], line[chosen]
        self._kept[run], self.points[run] = kept, line


class PathsOfRecord:
    """Keeps, of each run's path in a record, the points that can be seen, its first steps among them one by one."""

    def __init__(self) -> None:
        self._first, self._rest = PathThinner(_BEGUN), PathThinner()
        self._of: tuple[Any, ...] = ()
        self._begun: list[tuple[NDArray[np.int64], NDArray[Any]]] = []

    def thin(
        self, history: HistoryView, key: tuple[Any, ...], upright: str = ""
    ) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
        """The steps (K,) and kept points (K, 2) of each run; `key` as in `PathThinner.thin`, of this record.

        Of a path of one coordinate, `upright` names what of the history goes upwards.
        """
        path = _upright(history.values, upright)
        first = _upright(history.beginning, upright) if history.beginning else path[:0]
        count = int(np.searchsorted(history.steps, len(first)))
        steps, rest = history.steps[count:], path[count:]
        self._rest.most = _POINTS - _BEGUN if len(first) else _POINTS
        second = None if upright else history.values.get(after("path"))
        key = (history.token, count, *key)
        if (key, len(first)) != self._of:  # those do not change while the race goes on
            self._of = (key, len(first))
            begun = self._first.thin_rows(first, len(first), key)
            self._begun = [*zip(begun, self._first.points, strict=True)]
        if second is None:
            at = [steps[rows] for rows in self._rest.thin_rows(rest, len(rest), key)]
        else:
            pairs = _Pairs(rest, second[count:])
            at = [steps[rows // 2] + rows % 2 for rows in self._rest.thin_rows(pairs, 2 * len(rest), key)]
        return [
            (np.concatenate([a, later]), np.concatenate([points, more]))
            for (a, points), later, more in zip(self._begun, at, self._rest.points, strict=True)
        ]


class _Pairs:
    """Rows (T, R, 2) and the steps after them as one path (2 T, R, 2): only what is asked for is put together."""

    def __init__(self, rows: NDArray[Any], behind: NDArray[Any]) -> None:
        self._both = (rows, behind)
        self.shape = (2 * len(rows), *rows.shape[1:])

    def __getitem__(self, at: tuple[NDArray[np.intp], int]) -> NDArray[Any]:
        rows, run = at
        half, odd = np.divmod(rows, 2)
        one, other = (part[half, run] for part in self._both)
        return np.asarray(np.where((odd == 0)[:, None], one, other))


def _upright(rows: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    """The path (T, R, 2) over a plane, or over a line with what goes upwards."""
    return np.concatenate([rows["path"][..., :1], rows[name][..., None]], axis=2) if name else rows["path"]


def _moving(last: NDArray[Any], fresh: NDArray[Any], pixels: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows (T,) of fresh (T, 2) lie in another pixel than the row before them, `last` (1, 2) before the first."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.concatenate([last, fresh]) * pixels, -1e9, 1e9))
    return np.asarray(np.any(cells[1:] != cells[:-1], axis=1))


def _first_visits(path: NDArray[Any], pixels: NDArray[Any], last: int) -> NDArray[np.bool_]:
    """Which rows (T,) of a path (T, 2) come to a pixel first; the `last` ones, whatever they come to."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.nan_to_num(path) * pixels, -1e9, 1e9))
    stays = np.zeros(len(path), bool)
    stays[np.unique(cells, axis=0, return_index=True)[1]] = True
    stays[len(stays) - last :] = True
    return stays
