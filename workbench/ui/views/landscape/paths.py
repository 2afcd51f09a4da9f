"""A run's path over a plane, kept to the points that can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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
        self._kept: list[NDArray[Any]] = []
        self._coarse: list[float] = []

    def thin(self, path: NDArray[Any], count: int, key: tuple[Any, ...]) -> list[NDArray[Any]]:
        """The kept points (K, 2) of each run, of the first `count` rows of path (T, R, 2).

        `key` ends with the pixels for a unit of x and y; with another key, or fewer rows, all is looked at anew.
        """
        if key != self._key or count < self._rows:
            self._key, self._rows = key, 0
            self._kept = [path[:1, run] for run in range(path.shape[1])]
            self._coarse = [1.0] * path.shape[1]
        if count > self._rows:
            fresh = path[self._rows : count]
            self._rows = count
            for run in range(path.shape[1]):
                self._add(run, fresh[:, run], np.array(key[-1]))
        return self._kept

    def _add(self, run: int, fresh: NDArray[Any], pixels: NDArray[Any]) -> None:
        kept = np.concatenate([self._kept[run], _moving(self._kept[run][-1:], fresh, pixels / self._coarse[run])])
        if len(kept) > _POINTS:
            kept = _first_visits(kept, pixels / self._coarse[run])
            while len(kept) > _FULL * _POINTS:
                self._coarse[run] *= 1.5
                kept = np.concatenate([kept[:1], _moving(kept[:1], kept[1:], pixels / self._coarse[run])])
                if self._coarse[run] > _COARSEST:  # a path that fills the view: every second point of it
                    kept = kept[:: max(2, len(kept) // _POINTS)]
        self._kept[run] = kept


def _moving(last: NDArray[Any], fresh: NDArray[Any], pixels: NDArray[Any]) -> NDArray[Any]:
    """The rows of fresh (T, 2) that lie in another pixel than the row before them, `last` (1, 2) before the first."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.concatenate([last, fresh]) * pixels, -1e9, 1e9))
    return np.asarray(fresh[np.any(cells[1:] != cells[:-1], axis=1)])


def _first_visits(path: NDArray[Any], pixels: NDArray[Any]) -> NDArray[Any]:
    """The rows of a path (T, 2) that come to a pixel first, and the last ones whatever they come to."""
    with np.errstate(invalid="ignore", over="ignore"):
        cells = np.rint(np.clip(np.nan_to_num(path) * pixels, -1e9, 1e9))
    stays = np.zeros(len(path), bool)
    stays[np.unique(cells, axis=0, return_index=True)[1]] = True
    stays[-_POINTS // 4 :] = True
    return path[stays]
