"""A surface as numbers: how it is shaded, at which values its contours run, and what it is worth between its points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.landscape import Surface

_LEVELS = 12
#: The height map is drawn from the logarithm where the highest parts are this many times the middle.
_ASKS_FOR_LOG = 8.0


@dataclass(frozen=True, slots=True)
class Heights:
    """A surface as it is coloured: `shade` (G, G) from 0 to 1, and contour levels with their values.

    `is_log` says that shades are equal factors, not equal differences.
    """

    shade: NDArray[np.float64]
    levels: tuple[float, ...]
    is_log: bool


def heights(surface: Surface, *, prefers_log: bool = False) -> Heights:
    """Choose the scale and the contour levels for a surface; what is no number counts as the highest.

    `prefers_log` takes the logarithm of the values themselves where all are above zero, as suits losses.
    """
    values = np.asarray(surface.values, dtype=float)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Heights(np.ones_like(values), (), is_log=False)
    low, middle, high = (float(q) for q in np.percentile(finite, (0, 50, 99)))
    if high <= low:
        return Heights(np.zeros_like(values), (), is_log=False)
    values = np.clip(np.where(np.isfinite(values), values, np.inf), low, high)
    if prefers_log and low > 0:
        return _in_factors(values, low, high)
    is_log = middle > low and (high - low) / (middle - low) > _ASKS_FOR_LOG
    shift = 1e-3 * (middle - low) if is_log else 0.0
    scaled = np.log10(values - low + shift) if is_log else values
    bottom, top = float(scaled.min()), float(scaled.max())
    steps = np.linspace(bottom, top, _LEVELS + 2)[1:-1]
    raw = 10.0**steps - shift + low if is_log else steps
    span = high - low
    levels = sorted({_rounded(float(v), span if not is_log else abs(float(v) - low)) for v in raw})
    return Heights((scaled - bottom) / (top - bottom), tuple(v for v in levels if low < v < high), is_log)


def _in_factors(values: NDArray[np.float64], low: float, high: float) -> Heights:
    """Values above zero by their logarithm: levels are equal factors apart."""
    bottom, top = np.log10(low), np.log10(high)
    raw = 10.0 ** np.linspace(bottom, top, _LEVELS + 2)[1:-1]
    levels = sorted({_rounded(float(v), float(v)) for v in raw})
    shade = (np.log10(values) - bottom) / (top - bottom)
    return Heights(shade, tuple(v for v in levels if low < v < high), is_log=True)


def _rounded(value: float, span: float) -> float:
    """A level that is short to write: two significant digits of the span that it belongs to."""
    if span <= 0:
        return value
    digits = 1 - int(np.floor(np.log10(span)))
    return round(value, digits)


def interpolated(surface: Surface, x: float, y: float) -> float | None:
    """The value between the four nearest grid points; None outside the surface."""
    u = (x - surface.x[0]) / (surface.x[1] - surface.x[0])
    v = (y - surface.y[0]) / (surface.y[1] - surface.y[0])
    i, j = int(np.floor(u)), int(np.floor(v))
    if not (0 <= i < len(surface.x) - 1 and 0 <= j < len(surface.y) - 1):
        return None
    a, b = u - i, v - j
    z = surface.values[j : j + 2, i : i + 2]
    value = float(z[0, 0] * (1 - a) * (1 - b) + z[0, 1] * a * (1 - b) + z[1, 0] * (1 - a) * b + z[1, 1] * a * b)
    return value if np.isfinite(value) else None
