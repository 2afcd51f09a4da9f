"""A map of classes without beads along its boundary: between the points of a grid, and computed where it is sharp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

#: points of the fine map for one of the grid, along each axis
FINENESS = 4
#: a cell is sharp where a probability differs by this much among its corners
_SHARP = 0.12


@dataclass(frozen=True, slots=True)
class FineMap:
    """Classes by number and the probability of each, (F, F); the points lie evenly from end to end of the grid."""

    classes: NDArray[Any]
    margin: Floats


def refined(grid: Floats, axes: Floats, probabilities: Callable[[Floats], Floats] | None, most: int) -> FineMap:
    """The fine map of probabilities `grid` (G, G, C) over axes (G, 2), row by the second one.

    Between the points of the grid they are interpolated, bilinearly; in cells that are sharp, `most` points of them at
    most, the sharpest first, they are what `probabilities` gives of points (N, 2).
    """
    side = len(grid)
    between = _weights(side)
    fine = np.einsum("fg,ghc,kh->fkc", between, np.nan_to_num(grid), between, optimize=True)
    if probabilities is not None:
        rows, columns = _sharp_points(grid, most)
        if len(rows):
            lines = between @ axes
            fine[rows, columns] = probabilities(np.column_stack([lines[columns, 0], lines[rows, 1]]))
    classes = fine.argmax(axis=2)
    return FineMap(classes, np.take_along_axis(fine, classes[..., None], axis=2)[..., 0])


def _weights(side: int) -> Floats:
    """How much each of `side` points counts at each point of the fine map (F, G)."""
    count = (side - 1) * FINENESS + 1
    at = np.arange(count) / FINENESS
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(side)[None])))


def _sharp_points(grid: Floats, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the points of the fine map in sharp cells, the grid's own left out."""
    corners = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, :-1], grid[1:, 1:]])
    spread = np.nan_to_num(np.ptp(corners, axis=0)).max(axis=2)
    cells = np.argwhere(spread > _SHARP)
    order = np.argsort(-spread[cells[:, 0], cells[:, 1]], kind="stable")[: most // FINENESS**2]
    count = (len(grid) - 1) * FINENESS + 1
    wanted = np.zeros((count, count), bool)
    for row, column in cells[order].tolist():
        down, right = row * FINENESS, column * FINENESS
        wanted[down : down + FINENESS + 1, right : right + FINENESS + 1] = True
    wanted[::FINENESS, ::FINENESS] = False
    found = np.nonzero(wanted)
    return found[0], found[1]
