"""The loss over a plane: what height maps and contour lines are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats, Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, statistics

Range = tuple[float, float]
_ROWS_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class Surface:
    """Loss values on a grid: `values[j, i]` (G, G) belongs to (x[i], y[j])."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    values: Floats


def surface(problem: Problem, x_range: Range, y_range: Range, grid: int = 192) -> Surface:
    """The full loss of a problem with P = 2 over a rectangle, `grid` points a side.

    Raises:
        ValueError: the problem has another number of parameters.
    """
    if problem.size != 2:
        raise ValueError(f"a surface needs 2 parameters, this problem has {problem.size}")
    x, y = np.linspace(*x_range, grid), np.linspace(*y_range, grid)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2).astype(problem.dtype)
    values: Any = np.empty(len(points), problem.dtype)
    with np.errstate(all="ignore"):
        for first in range(0, len(points), _ROWS_AT_ONCE):
            values[first : first + _ROWS_AT_ONCE] = problem.losses(points[first : first + _ROWS_AT_ONCE])
    values = values.reshape(grid, grid)
    values.flags.writeable = False
    return Surface(x, y, values)


def curve(problem: Problem, x_range: Range, points: int = 512) -> tuple[NDArray[np.float64], Floats]:
    """The full loss of a problem with P = 1 along an interval: x (points,) and the loss there (points,).

    Raises:
        ValueError: the problem has another number of parameters.
    """
    if problem.size != 1:
        raise ValueError(f"a curve needs 1 parameter, this problem has {problem.size}")
    x = np.linspace(*x_range, points)
    with np.errstate(all="ignore"):
        values = np.array(problem.losses(x[:, None].astype(problem.dtype)))
    values.flags.writeable = False
    return x, values


@statistics.register("surface")
class SurfaceStatistic(Statistic):
    """The surface over the rectangle given, as `surface` gives it."""

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return problem.size == 2

    def compute(self, race: Race, given: Any, *, running: bool) -> Surface:
        return surface(race.problem, *given)


@statistics.register("curve")
class CurveStatistic(Statistic):
    """The curve over the interval given, as `curve` gives it."""

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return problem.size == 1

    def compute(self, race: Race, given: Any, *, running: bool) -> tuple[NDArray[np.float64], Floats]:
        return curve(race.problem, *given)
