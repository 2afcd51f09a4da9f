"""Where the gradient of an objective vanishes: minima, saddles and maxima in the part of the plane that is shown."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.base import Objective
from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, ground, piece, statistics

Floats = NDArray[np.float64]
Kind = Literal["minimum", "saddle", "maximum", "degenerate"]
KINDS: tuple[Kind, ...] = ("minimum", "saddle", "maximum", "degenerate")

_STARTS = {1: 400, 2: 28}  # points a side from which the search begins
_STEPS, _HALVINGS = 60, 12
#: a gradient this small, against those of the starts, is none; a point is one if its last step was so small a part
_NONE, _STILL = 1e-9, 1e-7
#: parts of the range within which two points are one; where the second derivatives vanish, the search is less sure
_ONE, _ONE_DEGENERATE = 1e-4, 2e-2
#: an eigenvalue so small a part of the point's other one is taken for 0, and so are all of a point that are so small a
#: part of how fast gradients change
_FLAT, _ALL_FLAT = 1e-10, 1e-3
_MOST_DEGENERATE = 3  # more of them are a flat part, not points


@dataclass(frozen=True, slots=True, eq=False)
class Stationary:
    """Points at which the gradient is zero.

    Attributes:
        points: (K, D), those of one kind after each other.
        values: f there (K,).
        kinds: the kind of each, by the signs of the eigenvalues of its Hessian: K of them.
        eigenvalues: of the Hessian, from low to high (K, D).
    """

    points: Floats
    values: Floats
    kinds: tuple[Kind, ...]
    eigenvalues: Floats

    def condition(self, which: int) -> float:
        """The ratio of the largest curvature to the smallest, whichever their signs; infinite where one is zero."""
        sizes = np.abs(self.eigenvalues[which])
        return float(sizes.max() / sizes.min()) if sizes.min() > 0 else float("inf")


NOTHING = Stationary(np.empty((0, 2)), np.empty(0), (), np.empty((0, 2)))


def stationary_points(objective: Objective, ranges: tuple[tuple[float, float], ...]) -> Stationary:
    """The stationary points of an objective within `ranges`, one or two of them.

    Newton's method for the gradient's zeros from a grid of starts, each step shortened until the gradient shrinks:
    J. E. Dennis, R. B. Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, 1983. One
    that has too small a place for the grid to lie in may be missed.
    """
    return deque(searched(objective, ranges), maxlen=1)[0]


def searched(objective: Objective, ranges: tuple[tuple[float, float], ...]) -> Iterator[Stationary]:
    """The search of `stationary_points`, a step at a time: nothing until the last, which gives what was found."""
    low, high = np.array(ranges, np.float64).T
    sides = [np.linspace(a, b, _STARTS[len(ranges)]) for a, b in zip(low, high, strict=True)]
    starts = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, len(ranges))
    search = _Search(objective, starts, high - low)
    for _ in range(_STEPS):
        with np.errstate(all="ignore"):
            moves = search.step()
        if not moves:
            break
        yield NOTHING
    room = 1e-6 * (high - low)
    with np.errstate(all="ignore"):
        inside = ((search.x >= low - room) & (search.x <= high + room)).all(axis=1)
        found = search.x[inside & (search.moved <= _STILL) & (search.norm <= _NONE * search.typical)]
        points = _sorted(objective, found, high - low, search.typical)
    yield points  # outside of what is ignored: who abandons the search here may be in another thread


class _Search:
    """Damped Newton steps from many points at once.

    Attributes:
        x: where they have led (K, D); moved: the last step in widths (K,).
        norm: |g| there (K,); typical: a usual |g| of where they began.
    """

    def __init__(self, objective: Objective, starts: Floats, width: Floats) -> None:
        self._objective, self._width, self.x = objective, width, starts.copy()
        self._g, self._h = np.empty_like(starts), np.empty((*starts.shape, starts.shape[1]))
        with np.errstate(all="ignore"):
            objective.gradient(self.x, self._g)
        self.norm = np.linalg.norm(self._g, axis=1)
        fine = self.norm[np.isfinite(self.norm)]
        self.typical = float(np.median(fine)) if len(fine) else 0.0
        self.moved = np.full(len(starts), np.inf)

    def step(self) -> bool:
        """One step of all points, shortened until the gradient shrinks; whether any of them still moves."""
        objective, width, x, g, h, norm = self._objective, self._width, self.x, self._g, self._h, self.norm
        count, size = x.shape
        objective.hessian(x, h)
        step = _newton(h, g, width)
        length, waiting = np.ones(count), np.arange(count)
        tried, fresh = x.copy(), g.copy()
        for _ in range(_HALVINGS):
            tried[waiting] = x[waiting] + length[waiting, None] * step[waiting]
            fresh[waiting] = objective.gradient(tried[waiting], np.empty((len(waiting), size)))
            shrinks = np.linalg.norm(fresh[waiting], axis=1) < norm[waiting]
            waiting = waiting[~shrinks]
            if not len(waiting):
                break
            length[waiting] /= 2
        tried[waiting], fresh[waiting] = x[waiting], g[waiting]  # it stands: no step makes the gradient smaller
        # that of a step that was refused is what Newton's method would still have gone
        refused = np.isin(np.arange(count), waiting)[:, None]
        moved = np.abs(np.where(refused, step, tried - x) / width).max(axis=1)
        self.x, self._g, self.norm = tried, fresh, np.linalg.norm(fresh, axis=1)
        self.moved = np.where(np.isnan(moved), np.inf, moved)
        return bool((moved > 1e-14).any())


def _newton(h: NDArray[np.floating[Any]], g: Floats, width: Floats) -> Floats:
    """Newton steps (K, D) for the zeros of g (K, D), no longer than a tenth of the width; zero where there is none."""
    fine = np.isfinite(h).all(axis=(1, 2)) & np.isfinite(g).all(axis=1)
    step = np.zeros_like(g)
    values, vectors = np.linalg.eigh(h[fine])
    least = 1e-12 * np.abs(values).max(axis=1, keepdims=True) + 1e-300
    values = np.where(np.abs(values) < least, least, values)
    along = np.einsum("kji,kj->ki", vectors, g[fine]) / values
    step[fine] = -np.einsum("kij,kj->ki", vectors, along)
    return np.asarray(step / np.maximum(1.0, np.abs(step / (0.1 * width)).max(axis=1, keepdims=True)))


def _sorted(objective: Objective, points: Floats, width: Floats, typical: float) -> Stationary:
    """What was found, each point once, by kind; `typical` is a usual length of the gradient."""
    size = points.shape[1]
    h = objective.hessian(points, np.empty((len(points), size, size)))
    fine = np.isfinite(h).all(axis=(1, 2)) & np.isfinite(objective.value(points))
    points, eigenvalues = points[fine], np.linalg.eigvalsh(h[fine])
    sizes = np.abs(eigenvalues)
    kinds = np.where((eigenvalues > 0).all(axis=1), 0, np.where((eigenvalues < 0).all(axis=1), 2, 1))
    usual = typical / float(width.max())
    kinds[(sizes.min(axis=1) <= _FLAT * sizes.max(axis=1)) | (sizes.max(axis=1) <= _ALL_FLAT * usual)] = 3
    kept: list[int] = []
    for kind in range(len(KINDS)):
        single: list[int] = []
        for i in np.flatnonzero(kinds == kind).tolist():
            near = _ONE if kind < 3 else _ONE_DEGENERATE
            if not any((np.abs(points[i] - points[j]) <= near * width).all() for j in single):
                single.append(i)
        kept += single if kind < 3 or len(single) <= _MOST_DEGENERATE else []
    values = objective.value(points[kept]).astype(np.float64)
    return Stationary(points[kept], values, tuple(KINDS[kinds[i]] for i in kept), eigenvalues[kept].astype(np.float64))


@statistics.register("stationary")
class StationaryStatistic(Statistic):
    """The stationary points within the ranges given, as `stationary_points` gives them; none while it searches.

    It is worked at in pieces: steps of the race do not wait for a search of tenths of a second.
    """

    refresh = 0.02
    rest = 3.0

    def __init__(self) -> None:
        self._question: Any = None
        self._work: Iterator[Stationary] = iter(())
        self._is_done = False
        self._found = NOTHING

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        found: Objective | None = getattr(problem, "objective", None)
        return found is not None and found.is_searched and problem.size in _STARTS

    def compute(self, race: Race, given: Any, *, running: bool) -> Stationary:
        problem: Any = race.problem
        question = (ground(race), given)
        if question != self._question:
            self._question, self._is_done, self._found = question, len(given) != problem.size, NOTHING
            # a demand may still be of the race before this one, of another number of parameters
            self._work = iter(()) if self._is_done else searched(problem.objective, given)
        until = time.monotonic() + piece(running)
        while not self._is_done:
            found = next(self._work, None)
            if found is None:
                self._is_done = True
            else:
                self._found = found
            if time.monotonic() > until:
                break
        return self._found

    def is_whole(self, race: Race) -> bool:
        return self._is_done
