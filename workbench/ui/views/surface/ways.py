"""The ways of all runs on a block in space: what is seen of them, and what hills hide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.block import Block
from workbench.ui.plotting.curves import Line, pen
from workbench.ui.plotting.rays import Seen, heights_at, visible
from workbench.ui.plotting.space import TALL, Floats, Sight
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import mixed
from workbench.ui.views.shared.paths import PathsOfRecord

_WIDTH, _HALO = 2.0, 1.2
_BEHIND, _FUTURE = 0.62, 0.45  # what is left of a colour behind a hill, and of what is still to come
_LIFT = 0.004 * TALL  # over the surface, so that a path does not sink into it
_PIECE, _MOST_PIECES = 9.0, 40  # pixels between places of a long step that are looked at, and how many there are
_CELLS = 420.0  # places a side that a path's points are told apart by, whichever way one looks


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A run's way over the plane: `past` (K, 2) ends where it stands, `future` (M, 2) begins there."""

    past: NDArray[Any]
    future: NDArray[Any]
    color: str


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A way on a block: `past` (K, 3) and `future` (M, 3) in space, wherever one looks from."""

    past: Floats
    future: Floats
    color: str


class Ways:
    """Makes ways of snapshots of a race over two parameters, and keeps the last ones for as long as they are asked for.

    While a surface is turned they are the same in every frame.
    """

    def __init__(self) -> None:
        self._paths = PathsOfRecord()
        self._of: tuple[object, ...] = ()
        self._placed: list[Placed] = []

    def on_block(
        self, of: object, made: Block, colors: Sequence[str], ways: Callable[[], Sequence[Way]]
    ) -> list[Placed]:
        """The `ways` on a block; asked for again only where `of` is another object, or block or colours are."""
        if not (self._of and self._of[0] is of and self._of[1] is made and self._of[2] == tuple(colors)):
            self._of = (of, made, tuple(colors))
            self._placed = [Placed(on_block(made, w.past), on_block(made, w.future), w.color) for w in ways()]
        return self._placed

    def of(self, snapshot: Snapshot, made: Block, colors: Sequence[str]) -> list[Way]:
        """A way for each run, thinned to what can be told apart on the block."""
        path = snapshot.history.values.get("path")
        state = snapshot.theta.astype(np.float64)
        if path is None or not path.shape[2]:
            return []
        span = (float(made.x[-1] - made.x[0]), float(made.y[-1] - made.y[0]))
        key = (snapshot.generation, (_CELLS / span[0], _CELLS / span[1]))
        found = []
        for run, (steps, points) in enumerate(self._paths.thin(snapshot.history, key)):
            is_past, now = steps <= snapshot.step, state[run : run + 1]
            ahead = points[~is_past]
            future = np.concatenate([now, ahead]) if len(ahead) else ahead
            found.append(Way(np.concatenate([points[is_past], now]), future, colors[run // snapshot.info.starts]))
        return found


def on_block(made: Block, points: NDArray[Any]) -> Floats:
    """Points (K, 2) of the plane where they stand on the block (K, 3); not-a-number beside it."""
    with np.errstate(all="ignore"):
        foot = made.on_foot(np.asarray(points, np.float64))
    z = heights_at(made.z, np.where(np.isfinite(foot), foot, -9.0))
    return np.column_stack([foot, z + _LIFT])


def lines(ways: Sequence[Placed], sight: Sight, seen: Seen, theme: themes.Theme) -> list[Line]:
    """All ways as lines in pixels: what hills hide first, pale and dashed, then what is seen, each with its halo."""
    hidden: list[Line] = []
    shown: list[Line] = []
    for way in ways:
        ahead = pen(mixed(way.color, theme.plot, _FUTURE), 1.4)
        behind = pen(mixed(way.color, theme.plot, _BEHIND), 1.3, Qt.PenStyle.DashLine)
        for points, pens in (
            (way.future, (ahead,)),
            (way.past, (pen(theme.plot, _WIDTH + 2 * _HALO), pen(way.color, _WIDTH))),
        ):
            if not len(points):
                continue
            placed = _finely(points, sight)
            projected = sight.project(np.nan_to_num(placed))
            inside, is_seen = np.asarray(np.isfinite(placed).all(axis=1)), visible(projected, seen)
            hidden += [(*part, behind) for part in _stretches(projected, inside & ~is_seen, inside)]
            parts = _stretches(projected, inside & is_seen, inside & is_seen)
            shown += [(*part, each) for each in pens for part in parts]
    return hidden + shown


def _finely(points: Floats, sight: Sight) -> Floats:
    """A line (K, 3) with places between its points: a long step leads over some hills and through others."""
    if len(points) < 2:
        return points
    pieces = np.hypot(*np.diff(sight.project(np.nan_to_num(points))[:, :2], axis=0).T) // _PIECE
    counts = np.clip(np.where(np.isfinite(np.diff(points, axis=0)).all(axis=1), pieces, 0.0), 0, _MOST_PIECES)
    ends = np.concatenate([[0], np.cumsum(counts.astype(int) + 1)])
    return np.column_stack([np.interp(np.arange(ends[-1] + 1), ends, part) for part in points.T])


def _stretches(
    points: Floats, wanted: NDArray[np.bool_], usable: NDArray[np.bool_]
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """The stretches of a line (K, 3) whose points are wanted, each with the usable ones before and behind it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(int)))
    found = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        first -= int(first > 0 and usable[first - 1])
        last += int(last < len(points) and usable[last])
        if last - first > 1:
            found.append((points[first:last, 0], points[first:last, 1]))
    return found


def placed(
    made: Block, points: NDArray[Any], sight: Sight, seen: Seen
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where points (K, 2) of the plane stand in the picture (K, 2), and which of them nothing hides."""
    if not len(points):
        return np.zeros((0, 2)), np.zeros(0, bool)
    where = on_block(made, points)
    projected = sight.project(np.nan_to_num(where))
    inside = np.asarray(np.isfinite(where).all(axis=1))
    return np.where(inside[:, None], projected[:, :2], np.nan), visible(projected, seen)
