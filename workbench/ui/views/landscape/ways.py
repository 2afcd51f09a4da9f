"""The ways of all runs over a plane: what is past, what is still to come, and the steps one can see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.traces import Trace
from workbench.ui.views.shared.paths import PathsOfRecord

_APART = 6.0  # pixels between two steps that can be told apart
_NEAR = 7.0  # pixels from the mouse to the path that it points at
_MOST_DOTS = 300  # a path

Box = tuple[tuple[float, float], tuple[float, float]]


class Ways:
    """Makes traces of snapshots, and knows which one is near a point."""

    def __init__(self) -> None:
        self._paths = PathsOfRecord()
        self._pixels = np.ones(2)
        self.traces: list[Trace] = []
        self._steps: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []  # of each trace's past and future

    def trace(
        self,
        snapshot: Snapshot,
        colors: Sequence[str],
        box: Box,
        size: tuple[float, float],
        *,
        dots: bool,
        upright: str = "",
    ) -> list[Trace]:
        """A trace for each run over the part `box` of the plane, which is `size` pixels wide and high.

        Of an objective of one coordinate, `upright` names what of the history goes upwards.
        """
        (x0, x1), (y0, y1) = box
        pixels = (size[0] / (x1 - x0), size[1] / (y1 - y0))
        self._pixels = np.array(pixels)
        path = snapshot.history.values.get("path")
        self.traces, self._steps = [], []
        if path is None or not path.shape[2]:
            return self.traces
        state = snapshot.theta.astype(np.float64)
        if upright:
            state = np.column_stack([state[:, 0], snapshot.loss])
        # what left the picture far behind would make Qt's own arithmetic overflow
        low, high = np.array([4 * x0 - 3 * x1, 4 * y0 - 3 * y1]), np.array([4 * x1 - 3 * x0, 4 * y1 - 3 * y0])
        found = self._paths.thin(snapshot.history, (snapshot.generation, pixels), upright)
        for run, (steps, path) in enumerate(found):
            now = np.clip(state[run : run + 1], low, high)
            if snapshot.step < snapshot.info.begins(run):
                now = now[:0]
            is_past = steps <= snapshot.step
            points = np.clip(path, low, high)
            past = np.concatenate([points[is_past], now])
            future = np.concatenate([now, points[~is_past]]) if not is_past.all() else points[:0]
            shown = self._steps_apart(points[is_past], steps[is_past]) if dots else points[:0]
            self.traces.append(Trace(past, future, shown, colors[run // snapshot.info.starts]))
            stands = np.full(len(now), snapshot.step)
            ahead = np.concatenate([stands, steps[~is_past]]) if len(future) else stands[:0]
            self._steps.append((np.concatenate([steps[is_past], stands]), ahead))
        return self.traces

    def _steps_apart(self, points: NDArray[Any], steps: NDArray[np.int64]) -> NDArray[Any]:
        """The points (N, 2) of steps that follow each other and are some pixels apart."""
        if len(points) < 2:
            return points[:0]
        apart = np.hypot(*(np.diff(points, axis=0) * self._pixels).T)
        told = (apart >= _APART) & (np.diff(steps) == 1)
        shown = np.zeros(len(points), bool)
        shown[:-1] |= told
        shown[1:] |= told
        found = points[shown]
        return found if len(found) <= _MOST_DOTS else found[-_MOST_DOTS:]

    def clear(self) -> None:
        """Know of no path."""
        self.traces, self._steps = [], []

    def nearest(self, x: float, y: float) -> int | None:
        """The run whose past passes within a few pixels of a point, the nearest one; none where there is none."""
        best, found = _NEAR, None
        for run, trace in enumerate(self.traces):
            away = _distance(trace.past * self._pixels, np.array([x, y]) * self._pixels)
            if away <= best:
                best, found = away, run
        return found

    def moment(self, x: float, y: float) -> tuple[int, int] | None:
        """The run and the step of the drawn point nearest to a place on a path, past or yet to come; else None."""
        best, found = _NEAR, None
        here = np.array([x, y]) * self._pixels
        for run, (trace, steps) in enumerate(zip(self.traces, self._steps, strict=True)):
            for points, at in zip((trace.past, trace.future), steps, strict=True):
                away = _distance(points * self._pixels, here)
                if away <= best:
                    apart = np.hypot(*(points * self._pixels - here).T)
                    best, found = away, (run, int(at[int(np.nanargmin(apart))]))
        return found

    @property
    def points(self) -> NDArray[Any]:
        """All points of the past (K, 2)."""
        return np.concatenate([np.zeros((0, 2)), *(trace.past for trace in self.traces)])


def _distance(line: NDArray[Any], point: NDArray[Any]) -> float:
    """From a point to a polyline (K, 2)."""
    fine = line[np.isfinite(line).all(axis=1)]
    if not len(fine):
        return float("inf")
    if len(fine) == 1:
        return float(np.hypot(*(fine[0] - point)))
    along = np.diff(fine, axis=0)
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - fine[:-1]) * along).sum(axis=1) / square, 0.0, 1.0)
    return float(np.hypot(*(fine[:-1] + share[:, None] * along - point).T).min())
