"""The ends of the axes of curves: filled by what is drawn, at round numbers that need not move each frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.plotting.plot import nice_upper

Array = NDArray[Any]

_MARK_ROOM = 8.0  # pixels beside a mark's middle
_FIRST_STEPS = 10  # the fewest that an axis shows

#: log10 of what counts as zero on a logarithmic axis, and of what is as good as infinite
LOG_ZERO, LOG_ENDLESS = -30.0, 30.0
_CLIMBED = 8.0  # decades above the highest beginning of a line beyond which one leaves the axis
_EDGE = 0.02  # the share of the axis that zeros stand above its lower end

#: The share of a plain axis that is left free at its ends, where half a number stands.
_EDGES = 0.06
#: The share of a line's points that do not stretch an axis downwards by themselves, and the decades they get.
_RARE, _FOR_RARE = 0.01, 1.0
#: A line that climbs higher than so many times the way from the lowest point to the highest start leaves a plain axis.
_CLIMB = 20.0
#: Losses that differ by less than this share of their size are told apart as differences from a round number.
_NARROW = 1e-3


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


def log_range(lines: Sequence[Array]) -> tuple[float, float]:
    """The ends of an axis of log10 values, at half decades, or closer where they lie within one.

    Zeros do not stretch it, nor does what a line touches for a few of its points: they stand at its lower end.
    """
    above = [line[np.isfinite(line) & (line > LOG_ZERO)] for line in lines]
    above = [line for line in above if len(line)]
    lowest, highest = math.inf, -math.inf
    ceiling = max((float(line[0]) for line in above), default=0.0) + _CLIMBED
    for found in above:
        top, bottom = min(float(found.max()), ceiling), float(found.min())
        rare = int(_RARE * len(found))
        usual = float(np.partition(found, rare)[rare]) if rare else bottom
        room = max(_FOR_RARE, 0.1 * (top - usual))
        lowest, highest = min(lowest, max(bottom, usual - room)), max(highest, top)
    if lowest > highest:
        return -3.0, 1.0
    span = highest - lowest
    step = 0.5 if span > 0.7 or span == 0.0 else _round_step(span)
    bottom, top = math.floor(lowest / step) * step, math.ceil(highest / step) * step
    room = max(0.2 * step, 2.0 * _EDGE * (top - bottom))  # what is low, but above zero, stands clear of the foot
    return bottom - room, top + 0.2 * step


def linear_range(lines: Sequence[Array]) -> tuple[float, float]:
    """The ends of a plain axis that all lines fill; what climbs far beyond where they began leaves it at the top."""
    found = [line[np.isfinite(line)] for line in lines]
    found = [line for line in found if len(line)]
    if not found:
        return 0.0, 1.0
    low, high = min(float(line.min()) for line in found), max(float(line.max()) for line in found)
    start = max(float(line[0]) for line in found)
    if start > low:
        high = min(high, low + _CLIMB * (start - low))
    step = _round_step(high - low) if high > low else max(0.1 * abs(high), 0.1)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    room = _EDGES * (top - bottom)
    return bottom - room, top + room


def _round_step(span: float) -> float:
    """A round number of which some five make up a span."""
    return nice_upper(span / 7.0)


def at_least(values: Array, ends: tuple[float, float]) -> Array:
    """The values on an axis with these ends; zeros, and what is below, just above its lower end, where it is seen."""
    return np.where(is_below(values, ends), foot(ends), values)


def is_below(values: Array, ends: tuple[float, float]) -> NDArray[np.bool_]:
    """Which values count as zero on a logarithmic axis, or are below its foot: that is where they then stand."""
    return np.asarray((values <= LOG_ZERO) | (values < foot(ends)))


def foot(ends: tuple[float, float]) -> float:
    """The height at which stands what is below an axis with these ends."""
    low, high = ends
    return low + _EDGE * (high - low)


def offset_of(low: float, high: float) -> float:
    """The round number that values between two are told apart from: 0 where they tell themselves apart."""
    span, size = high - low, max(abs(low), abs(high))
    if not (0.0 < span < _NARROW * size):
        return 0.0
    grain = 10.0 ** math.ceil(math.log10(span))
    return math.floor(low / grain) * grain
