"""Axes, and how numbers are written on them: plain, shortened where they are large, or as powers of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPen

from workbench.ui.words.text import signed

#: numbers from here on are written with their power of ten
_HUGE = 1e9
#: decades on a logarithmic axis below which its numbers are evenly spaced ones
_CLOSE = 0.35
#: so many numbers along an axis are enough to read from
_ENOUGH = 3
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """10^n as people write it, the small powers as plain numbers."""
    return {0: "1", 1: "10"}.get(exponent, "10" + str(exponent).translate(_SUPERSCRIPTS))


class ValueAxis(pg.AxisItem):
    """An axis of plain numbers, or, where `is_log`, of log10 values shown as powers of ten."""

    is_log = False

    def tickValues(self, low: float, high: float, size: float) -> Any:  # noqa: N802 - pyqtgraph's name
        levels = self._log_values(low, high, size) if self.is_log else super().tickValues(low, high, size)
        # lines over the whole plot stand at the coarsest numbers alone, as long as those are enough to read from
        return levels[:1] if self.grid is not False and levels and len(levels[0][1]) >= _ENOUGH else levels

    def drawPicture(self, painter: Any, axis: Any, ticks: Any, texts: Any) -> None:  # noqa: N802 - pyqtgraph's name
        """Its lines are as wide as the layout says, also in a picture of finer pixels."""
        axis = (_plain_pen(axis[0]), *axis[1:])
        super().drawPicture(painter, axis, [(_plain_pen(pen), *line) for pen, *line in ticks], texts)

    def _log_values(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        low, high = min(low, high), max(low, high)
        decades = high - low
        if decades < _CLOSE:
            return [_within_a_decade(low, high, size)]
        room = max(2.0, size / 28.0)
        spacing = max(1, math.ceil(decades / room))
        first = math.ceil(low / spacing) * spacing
        major = [float(v) for v in range(first, math.floor(high) + 1, spacing)]
        minor: list[float] = []
        if decades <= room / 2:
            steps = range(2, 10) if decades > 0.8 else [m / 2 for m in range(3, 20)]
            for exponent in range(math.floor(low), math.ceil(high) + 1):
                minor += [exponent + math.log10(m) for m in steps if low <= exponent + math.log10(m) <= high]
            minor = _apart(minor, major, 18.0 * decades / max(size, 1.0))
        levels = [(float(spacing), major)]
        if minor:
            levels.append((0.1, minor))
        return levels

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        if not self.is_log:
            if any(abs(v * scale) >= _HUGE for v in values):
                return _with_power([v * scale for v in values], spacing * scale)
            if any(abs(v * scale) >= 10_000 for v in values):
                return [_shortened(v * scale, spacing * scale) for v in values]
            strings: list[str] = super().tickStrings(values, scale, spacing)
            return [_plain(s) for s in strings]
        return [self._log_string(v, spacing) for v in values]

    def _log_string(self, value: float, spacing: float) -> str:
        exponent = round(value)
        if abs(value - exponent) < 1e-6:
            return power_of_ten(exponent)
        if self.range[1] - self.range[0] > 1.5 or spacing >= 1:
            return ""
        number, digits = 10.0**value, max(1, math.ceil(-math.log10(spacing)) + 1)
        if 1e-3 <= number < 1e4:
            return f"{number:.{max(4, digits)}g}"
        return signed(f"{number:.{digits - 1}e}")


def _plain_pen(pen: QPen) -> QPen:
    """The pen as one of the layout's pixels, not of the device's."""
    made = QPen(pen)
    made.setCosmetic(False)
    made.setWidthF(max(1.0, pen.widthF()))
    return made


def _within_a_decade(low: float, high: float, size: float) -> tuple[float, list[float]]:
    """Places of round numbers, evenly spaced, between two that differ little; and their distance as a share of them."""
    least, most = 10.0**low, 10.0**high
    wanted = (most - least) / max(2.0, size / 40.0)
    power = 10.0 ** math.floor(math.log10(wanted))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= wanted * (1 - 1e-12))
    numbers = [k * step for k in range(math.ceil(least / step - 1e-9), math.floor(most / step + 1e-9) + 1)]
    return step / most, [math.log10(number) for number in numbers]


def _apart(values: list[float], others: list[float], distance: float) -> list[float]:
    """Those of the values, from the highest down, that keep a distance from each other and from the others."""
    kept: list[float] = []
    for value in sorted(values, reverse=True):
        if all(abs(value - other) >= distance for other in (*kept, *others)):
            kept.append(value)
    return kept[::-1]


def _plain(text: str) -> str:
    """A number as one writes it: no zeros at its end, which one level of ticks would have and the next not."""
    return signed(text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text)


def _with_power(values: Sequence[float], spacing: float) -> list[str]:
    """Numbers too large for words, each as a multiple of the largest one's power of ten."""
    exponent = math.floor(math.log10(max(abs(value) for value in values)))
    digits = max(0, math.ceil(exponent - math.log10(spacing) - 1e-9)) + 1  # one more for steps of 2.5
    texts = [_plain(f"{value / 10.0**exponent:.{digits}f}") for value in values]
    return ["0" if text in ("0", "−0") else f"{text}·{power_of_ten(exponent)}" for text in texts]


def _shortened(value: float, spacing: float) -> str:
    """Large numbers: thousands as k, millions as M, in as many digits as tell them from the next, `spacing` away."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            digits = max(0, math.ceil(-math.log10(spacing / size) - 1e-9)) + 1  # one more for steps of 2.5
            return f"{_plain(f'{value / size:.{digits}f}')} {sign}"
    return _plain(f"{value:g}")
