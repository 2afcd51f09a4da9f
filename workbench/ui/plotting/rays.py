"""Which points of a landscape in space are seen: one column of the picture after the other. No Qt here.

A column is a cut through the block, along which the nearest part that is high enough hides what is behind it. So each
is found on its own, and what it costs is the number of its pixels, whatever the number of the grid's points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.plotting.space import TALL, Camera, Floats, Sight

Indices = NDArray[np.intp]
Singles = NDArray[Any]  # of single precision: as fine as pixels need, and twice as fast

#: of an index: nothing of the block is seen there, or one of its sides, which stands across x or across y
NOTHING, SIDE_X, SIDE_Y = -1, -2, -3
_TOUCH = 0.02  # how far, in the block's units, a point on the surface may be behind what its pixel shows


@dataclass(frozen=True, slots=True)
class Seen:
    """What each point of a picture shows, column by column from the left, each from the bottom up.

    Attributes:
        index: the point of the grid as `row * N + column` (W, H), or one of `NOTHING`, `SIDE_X`, `SIDE_Y`.
        away: how far away it is (W, H); infinite where there is nothing.
        density: how many of these points there are to a pixel, along each axis.
        spots: where exactly in the grid it is, by column and by row (2, W, H), where that was asked for.
    """

    index: Indices
    away: Singles
    density: float
    spots: Singles | None = None


def cast(z: Singles, sight: Sight, density: float, columns: slice, slices: int, *, finely: bool = True) -> Seen:
    """What is seen of heights z (N, N), 0 to `TALL`, row j at y, in some columns of the picture.

    `density` is the number of its points to a pixel, `slices` that of the places along each cut; `finely` looks
    between these, for places that are steep.
    """
    cuts = _Cuts(z, sight, density, columns, slices)
    if not cuts.inside.any():
        shape = (len(cuts.x), cuts.rows)
        return Seen(np.full(shape, NOTHING), np.full(shape, np.inf, np.float32), density)
    return cuts.seen(z, finely=finely)


class _Cuts:
    """Cuts through a block, a column of the picture each: where they enter its foot, and places along them."""

    def __init__(self, z: Singles, sight: Sight, density: float, columns: slice, slices: int) -> None:
        self.side, self.density, self.slices = len(z), density, slices
        self.cos, self.sin, low, high = sight.angles
        left, bottom = (density * part for part in sight.middle)
        scale = density * sight.scale
        self.rows = max(1, round(density * sight.height))
        x = (np.arange(columns.start, columns.stop) + 0.5 - left) / scale  # in the block's units, along the picture
        first, last, self.by_x = _crossed(x, self.cos, self.sin)
        self.inside = last > first
        self.x: Singles = x.astype(np.float32)[:, None]
        self.step: Singles = np.where(self.inside, (last - first) / slices, 0.0).astype(np.float32)[:, None]
        self.first: Singles = np.where(self.inside, first, 0.0).astype(np.float32)[:, None]
        # rows for a unit upwards, for one that is farther away, and of the foot's middle
        self.of_height, self.of_away, self.bottom = (np.float32(v) for v in (scale * low, scale * high, bottom))

    def seen(self, z: Singles, *, finely: bool) -> Seen:
        """What each row of each cut shows: the first slice whose top is above it."""
        count, rows, slices = len(self.x), self.rows, self.slices
        away = self.first + self.step * (np.arange(slices, dtype=np.float32) + np.float32(0.5))
        spots = self._spots(away)
        places = None if finely else _flat(spots, self.side)
        up = between(z, spots) if places is None else z.reshape(-1)[places]
        up *= self.of_height
        up += away * self.of_away
        up += self.bottom
        horizon = np.maximum.accumulate(up, axis=1)
        # how many slices do not reach over each row is the number of the first one that does
        over = np.clip(np.floor(horizon + np.float32(0.5)), 0, rows).astype(np.intp)
        over += np.arange(count)[:, None] * (rows + 1)
        reached = np.bincount(over.reshape(-1), minlength=count * (rows + 1)).reshape(count, rows + 1)
        which = np.cumsum(reached[:, :rows], axis=1)
        flat = np.minimum(which, slices - 1)
        flat += np.arange(count)[:, None] * slices
        row = np.arange(rows, dtype=np.float32) + np.float32(0.5)
        if places is None:
            far = away.reshape(-1)[flat]
            far -= self.step * self._short_of(up.reshape(-1), horizon.reshape(-1), flat, (which > 0, row))
            spots = self._spots(far)
            index = _flat(spots, self.side)
        else:
            far, index = away.reshape(-1)[flat], places.reshape(-1)[flat]
        beside = (which == 0) & (row < up[:, :1])
        np.copyto(index, np.where(self.by_x, SIDE_X, SIDE_Y)[:, None], where=beside)
        nothing = (which >= slices) | ~self.inside[:, None]
        nothing |= beside & (row < self.bottom + self.of_away * self.first)
        index[nothing] = NOTHING
        far[nothing] = np.inf
        return Seen(index, far, self.density, spots if finely else None)

    def _spots(self, away: Singles) -> Singles:
        """Where in the grid places along the cuts (W, K) are, by column and by row (2, W, K)."""
        half, limit = np.float32((self.side - 1) / 2), np.float32(self.side - 1)
        found = np.empty((2, *away.shape), np.float32)
        for out, of_away, of_x in ((found[0], -self.sin, self.cos), (found[1], self.cos, self.sin)):
            np.multiply(away, np.float32(of_away) * half, out=out)
            out += self.x * (np.float32(of_x) * half) + half
            np.clip(out, 0.0, limit, out=out)
        return found

    @staticmethod
    def _short_of(up: Singles, horizon: Singles, flat: Indices, at: tuple[NDArray[np.bool_], Singles]) -> Singles:
        """How much of a step (W, H) before its slice the surface meets a row, in proportion between two slices.

        Behind a ridge it is the slice itself. `at` says which have a slice before them, and where the rows are.
        """
        behind, row = at
        before = np.maximum(flat - 1, 0)
        under = horizon[before]
        joined = (up[before] >= under) & behind
        share = (row - under) / np.maximum(horizon[flat] - under, np.float32(1e-6))
        return np.where(joined, np.float32(1.0) - np.clip(share, np.float32(0.0), np.float32(1.0)), np.float32(0.0))


def _crossed(x: Floats, cos: float, sin: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Where a cut at x (W,) along the picture enters the foot, where it leaves it, and whether it does so across x."""
    entries, exits = [], []
    for start, along in ((x * cos, -sin), (x * sin, cos)):
        if abs(along) < 1e-9:
            outside = np.abs(start) > 1.0
            entries.append(np.where(outside, np.inf, -np.inf))
            exits.append(np.where(outside, -np.inf, np.inf))
        else:
            one, other = (-1.0 - start) / along, (1.0 - start) / along
            entries.append(np.minimum(one, other))
            exits.append(np.maximum(one, other))
    return np.maximum(*entries), np.minimum(*exits), entries[0] > entries[1]


def _flat(spots: Singles, side: int) -> Indices:
    """The nearest points of the grid to spots (2, ...), as flat indices."""
    found = (spots[1] + np.float32(0.5)).astype(np.intp)
    found *= side
    found += (spots[0] + np.float32(0.5)).astype(np.intp)
    return np.asarray(found)


def between(grid: Singles, spots: Singles) -> Singles:
    """The values of a grid (N, N) at spots (2, ...), in proportion between the four nearest points."""
    side = len(grid)
    column, row = (np.minimum(part.astype(np.intp), side - 2) for part in spots)
    a, b = spots[0] - column.astype(np.float32), spots[1] - row.astype(np.float32)
    at = row
    at *= side
    at += column
    flat = grid.reshape(-1)
    low = flat[at]
    low += a * (flat[at + 1] - low)
    at += side
    high = flat[at]
    high += a * (flat[at + 1] - high)
    high -= low
    high *= b
    high += low
    return np.asarray(high)


def visible(points: Floats, seen: Seen) -> NDArray[np.bool_]:
    """Which projected points (K, 3) of the surface nothing hides; those outside of the picture are not hidden."""
    columns, rows = seen.away.shape
    i = np.floor(np.clip(points[:, 0] * seen.density, -1, columns)).astype(int)
    j = np.floor(np.clip(points[:, 1] * seen.density, -1, rows)).astype(int)
    inside = (i >= 0) & (i < columns) & (j >= 0) & (j < rows)
    away = seen.away[np.clip(i, 0, columns - 1), np.clip(j, 0, rows - 1)]
    return np.asarray(~inside | (points[:, 2] <= away + _TOUCH))


def heights_at(z: Singles, points: Floats) -> Floats:
    """The heights of a grid (N, N) at places (K, 2) of the foot, between its points; not-a-number beside it."""
    side = len(z)
    u, v = ((points[:, axis] + 1.0) / 2 * (side - 1) for axis in (0, 1))
    inside = (u >= 0) & (u <= side - 1) & (v >= 0) & (v <= side - 1)
    u, v = (np.clip(np.nan_to_num(part), 0, side - 1) for part in (u, v))
    i, j = (np.minimum(part.astype(int), side - 2) for part in (u, v))
    a, b = u - i, v - j
    low, high = z[j, i] * (1 - a) + z[j, i + 1] * a, z[j + 1, i] * (1 - a) + z[j + 1, i + 1] * a
    return np.asarray(np.where(inside, low * (1 - b) + high * b, np.nan))


#: ways to look from at first: the first one, unless another shows clearly more
_FIRST_TURNS = (-37.0, 37.0, 143.0, -127.0, -53.0, 53.0, 127.0, -143.0)
_CLEARLY_MORE = 0.03
_LOOKED_AT = 120.0  # pixels of the picture that is judged
_SIGNS_COUNT = 0.5  # of what is looked for, the points that are to be seen against the low places


def open_view(z: Singles, signs: Floats) -> Camera:
    """The camera of `_FIRST_TURNS` that shows most of the low places of heights (N, N), and of `signs` (K, 2).

    Those are places on the foot, such as starts and minima; the ones beside it count for nothing.
    """
    every = max(1, len(z) // 48)
    coarse = z[::every, ::every]
    place = np.linspace(-1.0, 1.0, len(coarse))
    x, y = (part.ravel() for part in np.meshgrid(place, place))
    points = np.column_stack([x, y, coarse.ravel()])
    weights = (1.0 - points[:, 2] / TALL) ** 2
    weights /= max(float(weights.sum()), 1e-9)
    heights = heights_at(z, signs)
    known = np.isfinite(heights)
    if known.any():
        points = np.concatenate([points, np.column_stack([signs, heights])[known]])
        share = np.full(int(known.sum()), _SIGNS_COUNT / known.sum())
        weights = np.concatenate([(1.0 - _SIGNS_COUNT) * weights, share])
    best, most = Camera(), -1.0
    for turn in _FIRST_TURNS:
        camera = replace(Camera(), turn=turn)
        sight = Sight(_LOOKED_AT, _LOOKED_AT, camera)
        seen = cast(z, sight, 1.0, slice(0, round(_LOOKED_AT)), 160)
        shown = float(weights[visible(sight.project(points), seen)].sum())
        if shown > most + _CLEARLY_MORE:
            best, most = camera, shown
    return best
