"""What curves against the step share: what was taken and what is yet to come, and what makes many losses one line.

That is the median of several starts with a band, and the mean of some steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from workbench.engine.race.medians import middle as middle_of
from workbench.ui.plotting.curves import pen

Array = NDArray[Any]

#: with fewer starts than this, a band goes from the least to the largest loss
QUARTILES_FROM = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """Lines with their bands: x (N,), the others (N, K). A line of a single run is its own band."""

    x: Array
    middle: Array
    low: Array
    high: Array


def spread(x: Array, y: Array, group: int) -> Spread:
    """The median of every `group` columns of y (N, R), between its quartiles; between its extremes where they are few.

    The median is that of `engine.race.medians`.
    """
    ranked = np.sort(y.reshape(len(y), -1, group), axis=2)  # what is no number comes last
    middle = middle_of(ranked)
    skipped = (group - 1) // 4 if group >= QUARTILES_FROM else 0
    low, high = ranked[:, :, skipped], ranked[:, :, group - 1 - skipped]
    return Spread(x, middle, low, np.where(np.isnan(high), np.fmax.reduce(ranked, axis=2), high))


def averaged(x: Array, y: Array, columns: int) -> tuple[Array, Array]:
    """The means of x (T,) and y (T, K) over stretches of a width that only doubles, `columns` or fewer.

    What is left over at the end is a stretch of its own once it is half as wide: a mean of few would jump.
    """
    if len(x) <= columns:
        return x, y
    width = 1 << int(np.ceil(np.log2(len(x) / columns)))
    edges = np.arange(0, len(x) - width // 2 + 1, width)
    sizes = np.diff(np.append(edges, len(x)))
    means = np.add.reduceat(y, edges, axis=0) / sizes[:, None]
    return np.append(np.add.reduceat(x, edges) / sizes, x[-1]), np.concatenate([means, means[-1:]])


@lru_cache(maxsize=1024)
def pale(color: str, share: float = 0.3) -> QPen:
    """A pen for what stands behind a mean, or is yet to come. All share it: who changes it, copies it."""
    made, faint = QPen(pen(color, 1.0)), QColor(color)
    faint.setAlphaF(share)
    made.setColor(faint)
    return made


def parted(x: Array, y: Array, step: float, now: float | None) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """A line's points up to a step, and those beyond it, joined where it stands `now`; None joins at the last point.

    What is no number now ended before, and nothing lies beyond; or it is a fork that has not begun, and all does.
    """
    at = int(np.searchsorted(x, step, side="right"))
    if now is None:
        return (x[:at], y[:at]), ((x[max(at - 1, 0) :], y[max(at - 1, 0) :]) if at < len(x) else (x[:0], y[:0]))
    if not np.isfinite(now):
        return ((x[:at], y[:at]), (x[:0], y[:0])) if at else ((x[:0], y[:0]), (x, y))
    stands = bool(at) and x[at - 1] == step and y[at - 1] == now  # at a point of the line
    past = (x[:at], y[:at]) if stands else (np.append(x[:at], float(step)), np.append(y[:at], now))
    if at >= len(x):
        return past, (x[:0], y[:0])
    return past, (np.insert(x[at:].astype(float), 0, float(step)), np.insert(y[at:], 0, now))


def where_it_stands(x: Array, y: Array, step: float) -> float | None:
    """The height of a line at a step that lies between two of its points, None where it has not got there."""
    if len(x) < 2 or not x[0] <= step < x[-1]:
        return None
    return float(np.interp(step, x, y))
