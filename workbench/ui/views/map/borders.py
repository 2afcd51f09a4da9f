"""Contour lines of a map: the borders between measured cells on two sides of a value. Nothing is interpolated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.studies.map_picture import MapPicture
from workbench.ui.views.map.shades import Shades, shade_of

#: lines that a scale has at least, where powers of ten are fewer
_FEWEST = 4


def levels(scale: Shades) -> tuple[float, ...]:
    """The values of the lines, as log10: powers of ten within the scale; where these are few, 2 and 5 besides."""
    if scale.levels is None:
        return ()
    low, high = scale.levels
    powers = np.arange(np.floor(low), np.ceil(high) + 1.0)
    found = powers[(powers > low) & (powers < high)]
    if len(found) < _FEWEST:
        found = np.sort(np.concatenate([powers + np.log10(factor) for factor in (1.0, 2.0, 5.0)]))
        found = found[(found > low) & (found < high)]
    return tuple(found.tolist())


def borders(picture: MapPicture, scale: Shades) -> NDArray[np.float64]:
    """The lines as pairs of points (2 K, 2), in cells along x and y: stretches between cells of two bands.

    A band is what lies between two levels, or a minimum. Cells that diverged, did not reach what is asked for, or have
    not been measured themselves have no band, and no line at them.
    """
    bands = _bands(picture, scale)
    upright = (bands[:, 1:] != bands[:, :-1]) & (bands[:, 1:] >= 0) & (bands[:, :-1] >= 0)
    flat = (bands[1:] != bands[:-1]) & (bands[1:] >= 0) & (bands[:-1] >= 0)
    x, y0, y1 = _stretches(upright.T)
    y, x0, x1 = _stretches(flat)
    points = np.empty((2 * (len(x) + len(y)), 2))
    points[: 2 * len(x) : 2, 0] = points[1 : 2 * len(x) : 2, 0] = x + 1
    points[: 2 * len(x) : 2, 1], points[1 : 2 * len(x) : 2, 1] = y0, y1
    points[2 * len(x) :: 2, 1] = points[2 * len(x) + 1 :: 2, 1] = y + 1
    points[2 * len(x) :: 2, 0], points[2 * len(x) + 1 :: 2, 0] = x0, x1
    return points


def _bands(picture: MapPicture, scale: Shades) -> NDArray[np.int64]:
    """The band of each cell (n, n), -1 where it has none."""
    shade = shade_of(picture, scale)
    known = picture.measured & np.isfinite(shade) & (shade >= 0)
    if scale.levels is None:
        found = np.where(known, shade, 0.0).astype(np.int64)
    else:
        low, high = scale.levels
        value = low + np.where(known, shade, 0.0) * (high - low)
        found = np.searchsorted(levels(scale), value, side="right")
    return np.where(known, found, -1)


def _stretches(lines: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Each stretch of true values in rows (M, n): its row, where it begins, and where it ends."""
    edges = np.diff(np.pad(lines.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, begin = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    return row, begin, end
