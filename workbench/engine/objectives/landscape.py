"""The loss over a plane: what height maps and contour lines are drawn from."""

from __future__ import annotations

import time
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Floats, Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, ground, piece, statistics
from workbench.engine.side_by_side import parts_of

Range = tuple[float, float]
_ROWS_AT_ONCE = 8192
_FEW = 16  # parameters of a problem whose next step is looked at
#: Steps that a search for an extremum takes at most, how fine they get and how far it may lead, in cells of a grid.
_SEARCH, _FINEST, _NEAR = 160, 1 / 8192, 2.0
#: A curvature so small a part of the other one is none.
_LEVEL = 2e-6
#: The finer grid of a surface has so many times the points a side.
FINER = 4


@dataclass(frozen=True, slots=True)
class Surface:
    """Loss values on a grid: `values[j, i]` (G, G) belongs to (x[i], y[j]).

    `finer` is the same rectangle on a finer grid, where it is known: contour lines need it where they are tight.
    `extrema` (K, 2), where they are known, are the loss's own local minima and maxima: in a valley that is narrow for
    the grid, its points are lower and higher by turns.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    values: Floats
    finer: Surface | None = None
    extrema: NDArray[np.float64] | None = None


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
    return Surface(x, y, values, extrema=own_extrema(problem, x, y, values))


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


def own_extrema(
    problem: Problem, x: NDArray[np.float64], y: NDArray[np.float64], values: Floats
) -> NDArray[np.float64]:
    """The local minima and maxima (K, 2) of the loss itself near those of a grid, and the grid's points on flat parts.

    From each candidate, ever shorter steps in sixteen directions go down, or up: what leads away was none.
    """
    found: list[Floats] = []
    cell = np.array([x[1] - x[0], y[1] - y[0]])
    with np.errstate(all="ignore"):
        for sign in (1.0, -1.0):
            lowest, is_flat = _candidates(sign * np.asarray(values, np.float64))
            j, i = np.nonzero(is_flat)
            found.append(np.column_stack([x[i], y[j]]))
            j, i = np.nonzero(lowest & ~is_flat)
            found.append(_own(problem, np.column_stack([x[i], y[j]]), sign, cell))
    extrema = np.concatenate(found).astype(np.float64)
    extrema.flags.writeable = False
    return extrema


def _candidates(values: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Points (G, G) inside a grid that no neighbour is lower than, and those of them with a neighbour as low."""
    lowest, is_flat = np.zeros(values.shape, bool), np.zeros(values.shape, bool)
    here = values[1:-1, 1:-1]
    least = np.full(here.shape, np.inf)
    rows, columns = values.shape
    for dj in (0, 1, 2):
        for di in (0, 1, 2):
            if (dj, di) != (1, 1):
                np.fmin(least, values[dj : rows - 2 + dj, di : columns - 2 + di], out=least)
    lowest[1:-1, 1:-1] = here <= least
    is_flat[1:-1, 1:-1] = here == least
    return lowest, is_flat


def _own(problem: Problem, points: Floats, sign: float, cell: NDArray[np.float64]) -> Floats:
    """The minima, with `sign` -1 the maxima, that lie within two cells of one of the points (K, 2)."""
    turns = np.arange(16) * np.pi / 8
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    at, reach = np.zeros_like(points), np.full(len(points), 0.5)  # in cells, from each point
    best = sign * _losses(problem, points)
    going = np.arange(len(points))
    for _ in range(_SEARCH):
        if not len(going):
            break
        tried = at[going, None] + reach[going, None, None] * ways
        values = sign * _losses(problem, (points[going, None] + tried * cell).reshape(-1, 2)).reshape(len(going), -1)
        values = np.where(np.isnan(values), np.inf, values)
        which = values.argmin(axis=1)
        rows = np.arange(len(going))
        lower = values[rows, which] < best[going]
        moved = going[lower]
        at[moved], best[moved] = tried[rows, which][lower], values[rows, which][lower]
        reach[going[~lower]] /= 2
        going = going[(reach[going] > _FINEST) & (np.abs(at[going]).max(axis=1) <= _NEAR)]
    ends = (points + at * cell)[np.abs(at).max(axis=1) <= _NEAR]
    return np.asarray(ends[_is_a_point(problem, ends, cell)])


def _is_a_point(problem: Problem, points: Floats, cell: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which extrema (K, 2) are single points, and not part of a valley, or a ring, whose floor is level all along."""
    steps = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]]) / 2.0
    around = (points[:, None] + steps * cell).reshape(-1, 2)
    here, east, west, north, south, a, b, c, d = _losses(problem, around).reshape(-1, len(steps)).T
    xx, yy, xy = east - 2 * here + west, north - 2 * here + south, (a + b - c - d) / 4
    middle, apart = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    least, most = np.abs(np.abs(middle) - apart), np.abs(middle) + apart
    return np.asarray(~(least < _LEVEL * most))


def _losses(problem: Problem, points: Floats) -> Floats:
    """The full loss at points (K, 2), a few at a time."""
    points = points.astype(problem.dtype)
    pieces = [problem.losses(points[k : k + _ROWS_AT_ONCE]) for k in range(0, len(points), _ROWS_AT_ONCE)]
    return np.concatenate([np.zeros(0), *pieces])


class _Finer:
    """The finer grid of a surface, filled a few rows at a time."""

    def __init__(self, problem: Problem, coarse: Surface) -> None:
        self._problem = problem
        side = FINER * len(coarse.x)
        self._x, self._y = (np.linspace(along[0], along[-1], side) for along in (coarse.x, coarse.y))
        self._values: Any = np.empty((side, side), problem.dtype)
        self._filled = 0

    def work(self, seconds: float) -> Surface | None:
        """Go on for about so long; the whole grid once it is."""
        until, side = time.perf_counter() + seconds, len(self._x)
        rows = max(1, _ROWS_AT_ONCE // side)
        with np.errstate(all="ignore"):
            while self._filled < side:
                y = self._y[self._filled : self._filled + rows]
                points = np.stack(np.meshgrid(self._x, y), axis=-1).reshape(-1, 2).astype(self._problem.dtype)
                self._values[self._filled : self._filled + rows] = self._problem.losses(points).reshape(len(y), side)
                self._filled += rows
                if time.perf_counter() >= until:
                    break
        if self._filled < side:
            return None
        self._values.flags.writeable = False
        extrema = own_extrema(self._problem, self._x, self._y, self._values)
        return Surface(self._x, self._y, self._values, extrema=extrema)


@statistics.register("surface")
class SurfaceStatistic(Statistic):
    """The surface over the rectangle given, as `surface` gives it, at once; its finer grid follows in pieces."""

    rest = 5.0

    def __init__(self) -> None:
        self._of: Any = None
        self._found: Surface | None = None
        self._finer: _Finer | None = None

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return problem.size == 2 and len(parts_of(problem)) == 1

    def compute(self, race: Race, given: Any, *, running: bool) -> Surface:
        of = (ground(race), given)
        if self._found is None or self._of != of:
            self._of, self._found = of, surface(race.problem, *given)
            self._finer = _Finer(race.problem, self._found)
        elif self._finer is not None:
            finer = self._finer.work(piece(running))
            if finer is not None:
                self._found, self._finer = replace(self._found, finer=finer), None
        return self._found

    def is_whole(self, race: Race) -> bool:
        return self._finer is None


@statistics.register("curve")
class CurveStatistic(Statistic):
    """The curve over the interval given, as `curve` gives it."""

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return problem.size == 1 and len(parts_of(problem)) == 1

    def compute(self, race: Race, given: Any, *, running: bool) -> tuple[NDArray[np.float64], Floats]:
        return curve(race.problem, *given)


@statistics.register("next_step")
class NextStepStatistic(Statistic):
    """Where each run stands after its next step (R, P): a copy of the race takes it, the race itself does not."""

    follows_steps = needs_state = True
    refresh, rest = 0.03, 4.0

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        return problem.size <= _FEW and hasattr(problem, "objective")

    def compute(self, race: Race, given: Any, *, running: bool) -> Floats:
        # the rows of a short record would not reach to a step that it is put at: none is recorded but that at 0
        ahead = Race(copy(race.problem), race.lanes, record_every=race.step + 2, capacity=256, forks=race.forks.origins)
        ahead.restore(race.state())
        ahead.advance(1)
        theta = ahead.theta.copy()
        theta.flags.writeable = False
        return theta
