"""What curves against the step share: their axis, and what makes many losses one line.

That is the median of several starts with a band, and the mean of the batches of some steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.plot import nice_upper

_MARK_ROOM = 8.0  # pixels beside a mark's middle
_FIRST_STEPS = 10  # the fewest that an axis shows

#: log10 of what counts as zero on a logarithmic axis, and of what is as good as infinite
LOG_ZERO, LOG_ENDLESS = -30.0, 30.0
_HIGHEST = 12.0
_EDGE = 0.02  # the share of the axis that zeros stand above its lower end

#: with fewer starts than this, a band goes from the least to the largest loss
_QUARTILES_FROM = 5


def step_range(step: int, limit: int | None, pixels: float, *, is_log: bool = False) -> tuple[float, float]:
    """The ends of an axis of steps, `pixels` long, with room for the marks at step 0 and at the last one.

    It ends at the run's own end where that is near, else at a round number that need not move each frame. Where it
    `is_log` the ends are log10 of the step + 1: so step 0 has a place.
    """
    last = max(step, _FIRST_STEPS)
    right = float(max(limit, step)) if limit is not None and last > limit / 3 else nice_upper(last)
    end = float(np.log10(right + 1.0)) if is_log else right
    room = end * _MARK_ROOM / max(pixels - 2 * _MARK_ROOM, 100.0)
    return -room, end + room


def log_range(values: NDArray[Any]) -> tuple[float, float]:
    """The ends of an axis of log10 values, at half decades. Zeros do not stretch it: they stand at its lower end."""
    found = values[np.isfinite(values) & (values > LOG_ZERO)]
    if not len(found):
        return -3.0, 1.0
    low, high = float(np.min(found)), min(float(np.max(found)), _HIGHEST)
    return float(np.floor(min(low, high) * 2) / 2 - 0.1), float(np.ceil(high * 2) / 2 + 0.1)


def at_least(values: NDArray[Any], ends: tuple[float, float]) -> NDArray[Any]:
    """The values on an axis with these ends, what is below it just above its lower end, where it is seen."""
    low, high = ends
    return np.asarray(np.maximum(values, low + _EDGE * (high - low)))


@dataclass(frozen=True, slots=True)
class Spread:
    """Lines with their bands: x (N,), the others (N, K). A line of a single run is its own band."""

    x: NDArray[Any]
    middle: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]


def spread(x: NDArray[Any], y: NDArray[Any], group: int) -> Spread:
    """The median of every `group` columns of y (N, R), between its quartiles; between its extremes where they are few.

    A run that is no number any more counts as the worst one: the median goes on while half of the runs do.
    """
    ranked = np.sort(y.reshape(len(y), -1, group), axis=2)  # what is no number comes last
    middle = 0.5 * (ranked[:, :, (group - 1) // 2] + ranked[:, :, group // 2])
    skipped = (group - 1) // 4 if group >= _QUARTILES_FROM else 0
    low, high = ranked[:, :, skipped], ranked[:, :, group - 1 - skipped]
    return Spread(x, middle, low, np.where(np.isnan(high), np.fmax.reduce(ranked, axis=2), high))


def averaged(x: NDArray[Any], y: NDArray[Any], columns: int) -> tuple[NDArray[Any], NDArray[Any]]:
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


def pale(color: str) -> QPen:
    """A pen for what stands behind a mean."""
    made, faint = pen(color, 1.0), QColor(color)
    faint.setAlphaF(0.3)
    made.setColor(faint)
    return made
