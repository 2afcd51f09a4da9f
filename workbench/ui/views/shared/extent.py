"""What is shown of a landscape: its domain, widened to hold every start, and the options that it has."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import RaceInfo
from workbench.experiment.view_options import VIEW_OPTIONS

_MARGIN = 0.08  # of the domain, kept free behind a start outside of it
_OF_CURVES = frozenset({"stationary", "steps", "legend"})

Range = tuple[float, float]


def interval(info: RaceInfo) -> Range | None:
    """What is shown of a single coordinate; None where there is no objective."""
    if info.domain is None or info.points is None:
        return None
    return _widened(info.domain[0], info.points[:, 0])


def plane(info: RaceInfo) -> tuple[Range, Range] | None:
    """What is shown of two coordinates; None where there is no surface."""
    if info.domain is None:
        return None
    starts = np.zeros((0, 2)) if info.points is None else info.points
    return _widened(info.domain[0], starts[:, 0]), _widened(info.domain[1], starts[:, 1])


def _widened(domain: Range, starts: NDArray[Any]) -> Range:
    low, high = domain
    if not len(starts):
        return low, high
    room, first, last = _MARGIN * (high - low), float(starts.min()), float(starts.max())
    return (first - room if first < low else low, last + room if last > high else high)


def is_part(places: NDArray[np.float64], wanted: Range) -> bool:
    """Whether the points (K,) of a grid are of that interval, and not of another one."""
    return bool(np.allclose([places[0], places[-1]], wanted))


def options_of(info: RaceInfo) -> set[str]:
    """The view's options that change something of such a race's landscape."""
    names = {param.name for param in VIEW_OPTIONS["landscape"]}
    if info.size == 1:
        return names & _OF_CURVES
    if info.kind != "objective":
        names.discard("stationary")
    if info.minima is None or not len(info.minima):
        names.discard("minimum_lines")
    if info.kind != "objective" or info.minima is None or len(info.minima) < 2:
        names.discard("basins")
    return names
