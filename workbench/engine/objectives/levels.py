"""The scale of a landscape: how heights become shades from 0 to 1, and at which round values contour lines run.

Levels are decimal numbers, short to write and exactly what their labels say. They are evenly spaced in their scale and
none is left out: equal steps of 1, 2, 2.5 or 5 times a power of ten; 1-2-5 decades, or whole decades, above a base; or
quantiles, between which lie equal shares of the plane.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["linear", "log", "rank"]
Spacing = Literal["steps", "decades", "shares"]
Floats = NDArray[np.float64]

#: contour lines over the range that is coloured, at most about
_MOST = 18
#: A scale is logarithmic by itself where the highest parts are this many times the middle, seen from the lowest.
_ASKS_FOR_LOG = 8.0
#: decades up to which a decade has lines at 1, 2 and 5; one that is narrower than the other has equal steps
_SHORT_DECADES, _LEAST_DECADES = 6.0, 1.0
#: lines go so many decades deeper than colours: about a minimum they tell more than the lowest colour
_DEEPER = 1.0
_SHARES = 20  # parts of the plane between quantiles
_TABLE = 513  # quantiles that ranks are looked up in
_ALIKE = 1e-3  # heights that differ by less than this part of their span are of one rank
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Level:
    """A contour line: its value, the value as it is written, and whether the line is a stronger one."""

    value: float
    label: str
    strong: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """How heights are shaded: linearly from `bottom` to `top`, by the logarithm above `base`, or by their rank.

    Attributes:
        base: what a logarithmic scale counts from; 0 where heights themselves are looked at.
        quantiles: (_TABLE,), what a share of all points lies below, for ranks; empty for the others.
        levels: from low to high.
        spacing: equal `steps`, `decades`, or equal `shares` of the plane between them.
    """

    kind: Kind
    bottom: float
    top: float
    levels: tuple[Level, ...]
    base: float = 0.0
    quantiles: Floats = field(default_factory=lambda: np.zeros(0))
    spacing: Spacing = "steps"

    def shade(self, values: NDArray[np.floating]) -> Floats:
        """Values of any shape as shades from 0 to 1; what is no finite number is not-a-number."""
        values = np.where(np.isfinite(values), values, np.nan).astype(np.float64)
        if not self.top > self.bottom:
            return np.where(np.isnan(values), np.nan, 0.5)
        if self.kind == "rank":
            found = np.interp(values, self.quantiles, np.linspace(0.0, 1.0, len(self.quantiles)))
            return np.where(np.isnan(values), np.nan, found)
        if self.kind == "linear":
            return np.asarray(np.clip((values - self.bottom) / (self.top - self.bottom), 0.0, 1.0))
        low, high = math.log10(self.bottom - self.base), math.log10(self.top - self.base)
        above = np.clip(values - self.base, self.bottom - self.base, self.top - self.base)
        return np.asarray((np.log10(above) - low) / (high - low))


def scale_of(values: NDArray[np.floating], heights: str = "auto", *, prefers_log: bool = False) -> Scale:
    """The scale for values of any shape: `auto`, `linear`, `log` or `rank`.

    By itself it is logarithmic where few heights tower above all others, or, where `prefers_log`, where all are above
    zero, as losses are; else it shades by rank, with lines at equal steps.
    """
    finite = np.asarray(values, np.float64)[np.isfinite(values)]
    if not len(finite):
        return Scale("linear", 0.0, 0.0, ())
    low, lower, middle, upper, high = (float(q) for q in np.percentile(finite, (0, 0.5, 50, 99, 100)))
    if not high > low or high - low < 1e-13 * max(abs(high), abs(low)):
        return Scale("linear", low, low, ())
    if heights == "auto":
        skewed = middle > low and (upper - low) / (middle - low) > _ASKS_FOR_LOG
        heights = "log" if skewed or (prefers_log and low > 0) else ""
    if heights == "rank":
        return Scale("rank", low, high, tuple(_shares(finite)), quantiles=_quantiles(finite), spacing="shares")
    top = upper if upper > low and high - low > 2 * (upper - low) else high
    if heights == "log":
        made = _by_factors(finite, low, lower, top)
        if made is not None:
            return made
    levels = tuple(_even(low, top))
    if heights == "linear":
        return Scale("linear", low, top, levels)
    return Scale("rank", low, top, levels, quantiles=_quantiles(np.minimum(finite, top)))


def _even(low: float, high: float) -> Iterator[Level]:
    """Multiples of a round step from low to high; every fifth is strong."""
    step = _round_step((high - low) / _MOST)
    first, last = math.ceil(Decimal(low) / step), math.floor(Decimal(high) / step)
    for count in range(first, last + 1):
        yield _level(count * step, strong=count % 5 == 0)


def _round_step(least: float) -> Decimal:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`."""
    power = Decimal(10) ** math.floor(math.log10(least))
    steps = [Decimal(m) * power for m in ("1", "2", "2.5", "5", "10")]
    return next((step for step in steps if float(step) >= least * (1 - 1e-9)), steps[-1])


def _by_factors(finite: Floats, low: float, lower: float, top: float) -> Scale | None:
    """Decades above a base; None where there are too few of them to be told from equal steps."""
    if low >= 0 and top > 30 * low:
        base = Decimal(0)
    else:  # the round number under the lowest value
        unit = Decimal(10) ** (math.floor(math.log10(top - low)) - 3)
        base = math.floor(Decimal(low) / unit) * unit
    above = finite - float(base)
    least = float(above[above > 0].min())
    bottom = max(lower - float(base), least, (top - float(base)) * 1e-30)
    decades = math.log10((top - float(base)) / bottom)
    if decades < _LEAST_DECADES:
        return None
    deepest = max(least, bottom * 10.0**-_DEEPER)
    levels = tuple(_decades(base, deepest, top - float(base), decades))
    return Scale("log", float(base) + bottom, top, levels, float(base), spacing="decades")


def _decades(base: Decimal, low: float, high: float, decades: float) -> Iterator[Level]:
    """1-2-5 decades, or every n-th whole decade, above a base, from low to high; decades or fifth lines are strong."""
    if decades <= _SHORT_DECADES:
        for exponent in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
            for mantissa in (1, 2, 5):
                above = Decimal(mantissa).scaleb(exponent)
                if low <= float(above) <= high:
                    yield _level(base + above, strong=mantissa == 1)
        return
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if decades / n <= _MOST)
    for count in range(math.ceil(math.log10(low) / every), math.floor(math.log10(high) / every) + 1):
        yield _level(base + Decimal(1).scaleb(count * every), strong=count % 5 == 0)


def _shares(finite: Floats) -> Iterator[Level]:
    """Quantiles at equal shares, in as few digits as keep them within a share's hundredth; every fifth is strong."""
    ordered = np.sort(finite)
    last = -math.inf
    for part in range(1, _SHARES):
        wanted = part / _SHARES
        written = _shortest(float(ordered[round(wanted * (len(ordered) - 1))]), ordered, wanted)
        if max(last, float(ordered[0])) < float(written) < ordered[-1]:
            last = float(written)
            yield _level(written, strong=part % 5 == 0)


def _quantiles(finite: Floats) -> Floats:
    """What equal shares of all points lie below, as a table (_TABLE,); one height of many points has one shade."""
    found = np.quantile(finite, np.linspace(0.0, 1.0, _TABLE))
    apart = np.unique(np.round((found - found[0]) / (_ALIKE * (found[-1] - found[0]))), return_index=True)[1]
    found = found[np.union1d(apart, [len(found) - 1])]
    return np.asarray(np.interp(np.linspace(0.0, 1.0, _TABLE), np.linspace(0.0, 1.0, len(found)), found))


def _shortest(value: float, ordered: Floats, wanted: float) -> Decimal:
    """A value in as few digits as leave it at its rank."""
    count = len(ordered)
    spread = float(ordered[-1] - ordered[0])
    exponent = math.floor(math.log10(spread))
    for digits in range(1, 14):
        unit = Decimal(10) ** (exponent - digits)
        rounded = round(Decimal(value) / unit) * unit
        below = float(np.searchsorted(ordered, float(rounded), side="left")) / count
        until = float(np.searchsorted(ordered, float(rounded), side="right")) / count
        if below - 0.002 <= wanted <= until + 0.002:
            return rounded
    return Decimal(repr(value))


def _level(value: Decimal, *, strong: bool) -> Level:
    return Level(float(value), written(value), strong)


def written(value: Decimal) -> str:
    """A decimal number in all its digits, as people write it: 0.02, −25, 2×10⁹, and 0 without a sign."""
    value = value.normalize()
    if value == 0:
        return "0"
    sign, digits, exponent = value.as_tuple()
    power = len(digits) + int(exponent) - 1
    mark = "−" if sign else ""
    if -4 <= power < 6 or len(digits) > 3:
        return mark + f"{abs(value):f}"
    mantissa = str(digits[0]) + ("." + "".join(map(str, digits[1:])) if len(digits) > 1 else "")
    raised = "10" + str(power).translate(_SUPERSCRIPTS)
    return mark + (raised if mantissa == "1" else f"{mantissa}×{raised}")
