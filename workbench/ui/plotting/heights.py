"""A surface read between its points."""

from __future__ import annotations

import numpy as np

from workbench.engine.objectives.landscape import Surface


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
