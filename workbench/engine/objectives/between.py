"""A surface of few points on a finer grid, put smoothly between them.

Evenly from point to point, a steep wall would be a flight of steps, and contour lines on it zigzags: a loss that grows
tenfold from one point to the next passes its levels near the lower one. Smoothly, and by the logarithm, errors are a
third to a tenth of that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.landscape import Surface

Floats = NDArray[np.float64]
#: cells a side that a finer grid has, at least
_CELLS = 192
#: a slope is at most so many times the smaller one of its two sides: beside a cliff nothing swings
_SLOPE = 3.0


def smooth(surface: Surface) -> Surface:
    """The surface with a finer one, where that can be made: height maps and contour lines are drawn from it."""
    return replace(surface, finer=finer_between(surface))


def finer_between(surface: Surface) -> Surface | None:
    """The surface with several times as many cells a side, the same at its own points; None where one is unknown.

    Cells beside a point whose loss is no number any more are infinite, as it is.
    """
    values = np.asarray(surface.values, np.float64)
    times = max(2, -(-_CELLS // (len(values) - 1)))
    if np.isnan(values).any():
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        has_log = bool((values > 0).all())
        given = np.log(values) if has_log else values
        found = _along(_along(np.where(np.isfinite(given), given, np.nan), times).T, times).T
        found = np.exp(found) if has_log else found
    found[::times, ::times] = values
    found = np.where(np.isnan(found), np.inf, found)
    found.flags.writeable = False
    x, y = (_places(at, times) for at in (surface.x, surface.y))
    return Surface(x, y, found)


def _along(rows: Floats, times: int) -> Floats:
    """Cubic pieces between rows (N, M), whose slopes are those from neighbour to neighbour where both sides agree."""
    steps = np.diff(rows, axis=0)
    before, after = np.concatenate([steps[:1], steps]), np.concatenate([steps, steps[-1:]])
    most = _SLOPE * np.minimum(np.abs(before), np.abs(after))
    slopes = np.clip((before + after) / 2, -most, most)
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    share = (np.arange(times) / times)[None, :, None]
    low, high, first, last = (part[:, None] for part in (rows[:-1], rows[1:], slopes[:-1], slopes[1:]))
    back = share - 1.0
    made = low + (high - low) * share**2 * (3.0 - 2.0 * share) + share * back * (back * first + share * last)
    return np.concatenate([made.reshape(-1, rows.shape[1]), rows[-1:]])


def _places(at: Floats, times: int) -> Floats:
    return np.interp(np.arange((len(at) - 1) * times + 1) / times, np.arange(len(at)), at)
