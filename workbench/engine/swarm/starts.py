"""Very many starts at once: a grid or a random cloud in a box, the same ones again from the same seed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.engine.streams import Purpose, stream

#: starts that an objective may have
MOST_STARTS = 1000
_DIGITS = 6

Point = tuple[float, ...]


def grid_shape(count: int, dimensions: int) -> tuple[int, ...]:
    """The points of a grid along each axis: about as many along each, and no more than `count` in all."""
    if dimensions == 1:
        return (count,)
    wide = math.ceil(math.sqrt(count))
    return (wide, max(1, count // wide))


def grid(low: Sequence[float], high: Sequence[float], count: int) -> tuple[Point, ...]:
    """Points of an even grid in the box from `low` to `high` (D,), its border included; row by row. D is 1 or 2."""
    axes = [
        np.linspace(a, b, n) if n > 1 else np.array([0.5 * (a + b)])
        for a, b, n in zip(low, high, grid_shape(count, len(low)), strict=True)
    ]
    mesh = np.meshgrid(*axes[::-1], indexing="ij")
    return _written(np.stack([part.ravel() for part in mesh[::-1]], axis=1))


def cloud(low: Sequence[float], high: Sequence[float], count: int, seed: int, index: int = 0) -> tuple[Point, ...]:
    """`count` points drawn evenly from the box from `low` to `high` (D,); another `index` draws others."""
    shares = stream(seed, Purpose.STARTS, index=index).random((count, len(low)))
    return _written(np.asarray(low) + shares * (np.asarray(high) - np.asarray(low)))


def _written(points: NDArray[np.float64]) -> tuple[Point, ...]:
    """As numbers that a file and a field show in full."""
    return tuple(tuple(float(f"{x:.{_DIGITS}g}") for x in point) for point in points.tolist())
