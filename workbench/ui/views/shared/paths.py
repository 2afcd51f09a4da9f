"""A run's path over a plane, kept to the points that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.history import HistoryView

_POINTS = 700
_COARSEST = 8.0
_FULL = 0.85  # of the points, so that there is room for some steps before the next look


class PathThinner:
    """Keeps, of each run's path, the points that move it by a pixel or more, and looks only at new rows.

    Where a path has more of them than can be drawn in a frame, those stay that came to a pixel first, and the last
    ones: a run that shakes about one place covers it again and again, and its way there must not be lost for that.
    If that is not enough, the pixels are taken coarser.
    """

    def __init__(self) -> None:
        self._key: Any = None
        self._rows = 0
        self._kept: list[NDArray[np.intp]] = []
        self._coarse: list[float] = []

    def thin(self, path: NDArray[Any], count: int, key: tuple[Any, ...]) -> list[NDArray[Any]]:
        """The kept points (K, 2) of each run, of the first `count` rows of path (T, R, 2).

        `key` ends with the pixels for a unit of x and y; with another key, or fewer rows, all is looked at anew.
        """
        self.thin_rows(path, count, key)
        return [path[rows, run] for run, rows in enumerate(self._kept)]

    def thin_rows(self, path: NDArray[Any], count: int, key: tuple[Any, ...]) -> list[NDArray[np.intp]]:
        """As `thin`, the numbers of the rows (K,) in place of the points."""
        if key != self._key or count < self._rows:
            self._key, self._rows = key, 0
            self._kept = [np.arange(0) for _ in range(path.shape[1])]
            self._coarse = [1.0] * path.shape[1]
        if count > self._rows:
            fresh = np.arange(self._rows, count)
            self._rows = count
            for run in range(path.shape[1]):
                self._add(run, path[:, run], fresh, np.array(key[-1]))
        return self._kept

    def _add(self, run: int, path: NDArray[Any], fresh: NDArray[np.intp], pixels: NDArray[Any]) -> None:
        old = self._kept[run]
        fresh = fresh[np.isfinite(path[fresh]).all(axis=1)]  # a fork has no points before it begins
        if not len(fresh):
            return
        if not len(old):
            old, fresh = fresh[:1], fresh[1:]
        kept = np.concatenate([old, fresh[_moving(path[old[-1:]], path[fresh], pixels / self._coarse[run])]])
        if len(kept) > _POINTS:
            kept = kept[_first_visits(path[kept], pixels / self._coarse[run])]
            while len(kept) > _FULL * _POINTS:
                self._coarse[run] *= 1.5
                moving = _moving(path[kept[:1]], path[kept[1:]], pixels / self._coarse[run])
                kept = np.concatenate([kept[:1], kept[1:][moving]])
                if self._coarse[run] > _COARSEST:  # a path that fills the view: every second point of it
                    kept = kept[:: max(2, len(kept) // _POINTS)]
        self._kept[run] = kept


class PathsOfRecord:
    """Keeps, of each run's path in a record, the points that can be seen, its first steps among them one by one."""

    def __init__(self) -> None:
        self._first, self._rest = PathThinner(), PathThinner()

    def thin(
        self, history: HistoryView, key: tuple[Any, ...], upright: str = ""
    ) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
        """The steps (K,) and kept points (K, 2) of each run; `key` as in `PathThinner.thin`, of this record.

        Of a path of one coordinate, `upright` names what of the history goes upwards.
        """
        path = _upright(history.values, upright)
        first = _upright(history.beginning, upright) if history.beginning else path[:0]
        behind = int(np.searchsorted(history.steps, len(first)))
        key = (history.token, behind, *key)
        steps, rest = history.steps[behind:], path[behind:]
        begun = self._first.thin_rows(first, len(first), key)
        gone_on = self._rest.thin_rows(rest, len(rest), key)
        return [
            (np.concatenate([a, steps[b]]), np.concatenate([first[a, run], rest[b, run]]))
            for run, (a, b) in enumerate(zip(begun, gone_on, strict=True))
        ]


def _upright(rows: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    """The path (T, R, 2) over a plane, or over a line with what goes upwards."""
    return np.concatenate([rows["path"][..., :1], rows[name][..., None]], axis=2) if name else rows["path"]


def _moving(last: NDArray[Any], fresh: NDArray[Any], pixels: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows (T,) of fresh (T, 2) lie in another pixel than the row before them, `last` (1, 2) before the first."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.concatenate([last, fresh]) * pixels, -1e9, 1e9))
    return np.asarray(np.any(cells[1:] != cells[:-1], axis=1))


def _first_visits(path: NDArray[Any], pixels: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows (T,) of a path (T, 2) come to a pixel first; the last ones, whatever they come to."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.nan_to_num(path) * pixels, -1e9, 1e9))
    stays = np.zeros(len(path), bool)
    stays[np.unique(cells, axis=0, return_index=True)[1]] = True
    stays[-_POINTS // 4 :] = True
    return stays
