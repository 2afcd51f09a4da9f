"""A plane under the paths of a race of more than two parameters, its losses found a few points at a time.

The plane is laid through what the paths are at one moment and kept while they go on, so that the picture holds still;
it is laid anew when they have gone a good way further, or the race rests elsewhere.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.network_statistic import is_of_networks
from workbench.engine.network.plane import (
    Plane,
    plane_through,
    principal_plane,
    random_directions,
    random_plane,
    view_of,
)
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Problem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, piece, statistics
from workbench.engine.side_by_side import part_of

Floats = NDArray[np.floating[Any]]
Kind = Literal["paths", "random", "ends"]

#: points of each side of the grids, coarse first; every point of a coarse one is one of the finer ones
GRIDS = (25, 49, 97)
#: numbers that one point of a plane may take, samples times parameters, for the finest grid: it takes a second then
_CHEAP = 200_000
#: points that a plane is laid through at most
_POINTS = 360
#: a plane is laid anew when the race has gone on by this share, and by this many steps
_FURTHER, _FURTHER_STEPS = 0.3, 24
_POINTS_AT_ONCE = 48
#: parameters of all points evaluated at once, at most: a large network takes them one by one
_NUMBERS_AT_ONCE = 1 << 22
#: seconds from one state of the losses that is handed out to the next
_SHOW_EVERY = 0.25
#: seconds from one picture to the next while the race runs
_PICTURE_EVERY = 0.15


@dataclass(frozen=True, slots=True)
class PlaneRequest:
    """Which plane: through the `paths`, `random` around a run's present point, or through the start and two `ends`.

    A random one needs no path.
    """

    kind: Kind = "paths"
    runs: tuple[int, int] = (0, 0)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class PlaneFault:
    """Why there is no plane: the paths stand `still`, the points lie on a `line`, or every run has `diverged`."""

    request: PlaneRequest
    key: Literal["still", "line", "diverged"]


@dataclass(frozen=True, slots=True)
class PlaneGrid:
    """A plane as it was laid.

    Attributes:
        plane: the plane; `step` is where it was laid.
        explained: the shares (2,) of the paths' squared distance from the center that lie along either axis, not a
            number where they have not moved.
        u, v: the coordinates of the grid (G,).
        losses: (G, G), row j at v[j], column i at u[i]; not-a-number where not yet known.
    """

    plane: Plane
    step: int
    explained: NDArray[np.float64]
    u: NDArray[np.float64]
    v: NDArray[np.float64]
    losses: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlanePicture:
    """What is known so far.

    Attributes:
        request: what it answers.
        grid: the plane and its losses; `known` is the share of its points that are evaluated, not put between others.
        path_steps: (T,); paths: feet of the runs' kept states (T, R, 2).
        loss, shown: full loss of each run's present state, and that of its foot in the plane (R,), at `step`.
        runs: which ones train the network whose losses these are (R,); of others there is nothing but not-a-number.
    """

    request: PlaneRequest
    grid: PlaneGrid
    known: float
    path_steps: NDArray[np.int64]
    paths: Floats
    loss: Floats
    shown: Floats
    step: int
    runs: NDArray[np.bool_]

    def coordinates(self, theta: Floats) -> Floats:
        """Where the runs' points (R, P) have their feet in the plane (R, 2)."""
        found, plane = np.full((len(theta), 2), np.nan), self.grid.plane
        with np.errstate(all="ignore"):
            found[self.runs] = plane.coordinates(np.asarray(theta[self.runs, : len(plane.center)], np.float64))
        return found


class Survey:
    """Works at the picture of one race: `work` a while, look at what it gives, and so on."""

    def __init__(self, request: PlaneRequest) -> None:
        self.request = request
        self._fault: PlaneFault | None = PlaneFault(request, "still")
        self._grid: PlaneGrid | None = None
        self._shown: PlaneGrid | None = None
        self._show_at = 0.0
        self._whole = False
        self._picture: PlanePicture | PlaneFault | None = None
        self._pictured_at = 0.0
        self._at = (-1, -1)
        self._on: _OnPlane | None = None
        self._queue: NDArray[np.intp] = np.zeros(0, np.intp)

    def is_current(self, race: Race) -> bool:
        """Whether there is nothing to do at the race's present state."""
        return not len(self._queue) and self._at == (race.step, race.history.last)

    def work(self, race: Race, seconds: float, *, resting: bool) -> PlanePicture | PlaneFault:
        """Go on for about `seconds`, at least by a few points; `resting` says that the race stands at its step.

        While the coarse grid of a new plane is not known, the old plane is given.
        """
        members = runs_alike(race, self.request.runs[0])
        problem = part_of(race.problem, int(members[0])).problem
        began = time.perf_counter()
        outdated = self._is_outdated(race.step, resting=resting)
        self._at = (race.step, race.history.last)
        if not (outdated or resting or began >= self._pictured_at + _PICTURE_EVERY):
            if self._grid is not None and len(self._queue):
                self._fill(problem, self._grid, began + seconds)
            return self._picture or PlaneFault(self.request, "still")
        if outdated:
            self._lay(race, problem, members)
        grid = self._grid
        if grid is None:
            self._picture = self._fault
        else:
            if len(self._queue):
                self._fill(problem, grid, began + seconds)
                self._show(grid)
            self._picture = self._take(race, problem, members, self._shown or grid)
        self._pictured_at = began
        return self._picture or PlaneFault(self.request, "still")

    def _show(self, grid: PlaneGrid) -> None:
        """Hand the losses found so far out, now and then: each time they are drawn anew."""
        now, whole = time.perf_counter(), self._known * len(grid.u) ** 2 >= GRIDS[0] ** 2
        own = self._shown is None or self._shown.plane is grid.plane
        crossed = whole and not self._whole
        if crossed or ((own or whole) and (now >= self._show_at or not len(self._queue))):
            self._show_at, self._whole = now + _SHOW_EVERY, whole
            self._shown = replace(grid, losses=_between(grid.losses) if whole else _around(grid.losses))

    @property
    def _known(self) -> float:
        return 1.0 if self._grid is None else 1.0 - len(self._queue) / len(self._grid.u) ** 2

    def _is_outdated(self, step: int, *, resting: bool) -> bool:
        grid = self._grid
        if grid is None or step < grid.step or (resting and step != grid.step):
            return True
        return not len(self._queue) and step > grid.step * (1 + _FURTHER) + _FURTHER_STEPS

    def _lay(self, race: Race, problem: Problem, members: NDArray[np.intp]) -> None:
        """Lay the plane anew and begin its grid."""
        self._queue = np.zeros(0, np.intp)
        paths = _paths(race, members, problem.size)[1]
        alive = race.alive[members]
        if not alive.any():
            self._set_fault("diverged")
            return
        points = paths[:, alive]
        every = max(1, -(-points.shape[0] * points.shape[1] // _POINTS))
        flat = np.concatenate([points[:1], points[::-1][::every]]).reshape(-1, points.shape[2])
        if self.request.kind != "random" and not float(np.ptp(flat, axis=0).max()) > 0:
            self._set_fault("still")
            return
        try:
            plane = self._plane(problem, flat, paths, members)
        except ValueError:
            self._set_fault("line")
            return
        ranges = np.array(view_of(plane, flat))
        if self.request.kind == "random":
            ranges = np.array([np.minimum(ranges[:, 0], -1.0), np.maximum(ranges[:, 1], 1.0)]).T
        size = _finest(problem)
        u, v = (np.linspace(low, high, size) for low, high in ranges)
        self._fault = None
        self._grid = PlaneGrid(plane, race.step, _explained(plane, flat), u, v, np.full((size, size), np.nan))
        self._queue, self._whole = _order(size), False

    def _set_fault(self, key: Literal["still", "line", "diverged"]) -> None:
        self._fault, self._grid, self._shown = PlaneFault(self.request, key), None, None

    def _plane(self, problem: Problem, flat: Floats, paths: Floats, members: NDArray[np.intp]) -> Plane:
        """The plane that was asked for. Raises ValueError where the points do not make one."""
        a, b = (int(np.searchsorted(members, min(run, members[-1]))) for run in self.request.runs)
        if self.request.kind == "random":
            if isinstance(problem, NetworkProblem):
                return random_plane(problem.network.blocks, paths[-1, a], self.request.seed)
            return random_directions(paths[-1, a], self.request.seed)
        if self.request.kind == "ends":
            return plane_through(paths[0, a], paths[-1, a], paths[-1, b])
        plane = principal_plane(flat)
        # either sense of an axis would do: the first path that lies along it goes up, so that no new plane is mirrored
        senses = np.sign(plane.axes @ (paths[-1] - paths[0]).T)
        return replace(plane, axes=plane.axes * [[next((s for s in row if s), 1.0)] for row in senses])

    def _fill(self, problem: Problem, grid: PlaneGrid, until: float) -> None:
        """Evaluate points of the grid until the time is over."""
        count = max(1, min(_POINTS_AT_ONCE, _NUMBERS_AT_ONCE // problem.size))
        while len(self._queue):
            began = time.perf_counter()
            here, self._queue = self._queue[:count], self._queue[count:]
            j, i = np.divmod(here, len(grid.u))
            with np.errstate(all="ignore"):
                found = problem.losses(grid.plane.points(grid.u[i], grid.v[j]).astype(problem.dtype))
            grid.losses[j, i] = np.where(np.isfinite(found), found, np.inf)
            now = time.perf_counter()
            if now >= until:
                break
            count = max(1, min(count, int(count * (until - now) / max(now - began, 1e-9))))

    def _take(self, race: Race, problem: Problem, members: NDArray[np.intp], grid: PlaneGrid) -> PlanePicture:
        on, at = self._on, (race.step, race.history.last)
        if on is None or on.plane is not grid.plane or on.at != at:  # while the race rests, the grid alone is filled
            on = self._on = _on_plane(race, problem, members, grid.plane)
        return PlanePicture(self.request, grid, self._known, on.steps, on.paths, on.loss, on.shown, race.step, on.runs)


@dataclass(frozen=True, slots=True)
class _OnPlane:
    """The paths on one plane, as in `PlanePicture`, when the race was `at` a step and had recorded one."""

    plane: Plane
    at: tuple[int, int]
    steps: NDArray[np.int64]
    paths: Floats
    loss: Floats
    shown: Floats
    runs: NDArray[np.bool_]


def runs_alike(race: Race, run: int) -> NDArray[np.intp]:
    """The runs that train the same network as a run, in order: all of them where the race has one problem."""
    kind = part_of(race.problem, run).kind
    return np.concatenate([np.arange(part.rows.start, part.rows.stop) for part in race.parts if part.kind == kind])


def _on_plane(race: Race, problem: Problem, members: NDArray[np.intp], plane: Plane) -> _OnPlane:
    steps, paths = _paths(race, members, problem.size)
    theta = np.asarray(race.theta[members, : problem.size], np.float64)
    with np.errstate(all="ignore"):
        feet = np.nan_to_num(plane.feet(theta), posinf=0.0, neginf=0.0)
        values = problem.losses(np.concatenate([theta, feet]).astype(problem.dtype)).astype(np.float64)
        flat = plane.coordinates(paths.reshape(-1, paths.shape[2])).reshape(*paths.shape[:2], 2)
    count, runs = len(theta), np.zeros(race.problem.runs, np.bool_)
    runs[members] = True

    def spread(found: Floats, axis: int) -> Floats:
        """What was found of the members, in the places of all runs."""
        whole = np.full((*found.shape[:axis], len(runs), *found.shape[axis + 1 :]), np.nan)
        whole[(slice(None),) * axis + (members,)] = found
        return whole

    at = (race.step, race.history.last)
    return _OnPlane(plane, at, steps, spread(flat, 1), spread(values[:count], 0), spread(values[count:], 0), runs)


def _paths(race: Race, members: NDArray[np.intp], size: int) -> tuple[NDArray[np.int64], Floats]:
    """The steps (T,) and states (T, K, P) of some runs that the race keeps up to now, the present one last."""
    kept = race.checkpoints.up_to(race.step)
    steps = [c.step for c in kept if c.step < race.step] + [race.step]
    states = [theta[members, :size] for theta in (*(c.theta for c in kept if c.step < race.step), race.theta)]
    return np.array(steps), np.stack(states).astype(np.float64)


def _explained(plane: Plane, points: Floats) -> NDArray[np.float64]:
    """The share of the points' (K, P) squared distances from the center that lies along either axis.

    Not-a-number where all points are the center.
    """
    away = points - plane.center
    total = float(np.einsum("kp,kp->", away, away))
    if not total > 0:
        return np.full(2, np.nan)
    unit = plane.axes / np.maximum(np.linalg.norm(plane.axes, axis=1, keepdims=True), 1e-300)
    return np.asarray(((away @ unit.T) ** 2).sum(axis=0) / total)


def _finest(problem: Problem) -> int:
    """How many points a side the grid of a problem has: narrow valleys need the more, as long as they take no time."""
    samples = len(problem.x_train) if isinstance(problem, NetworkProblem) else 1
    return GRIDS[-1] if problem.size * samples <= _CHEAP else GRIDS[-2]


def _order(size: int) -> NDArray[np.intp]:
    """The points of the fine grid: those of the coarse ones first, each from the middle outwards, then the others."""
    j, i = np.divmod(np.arange(size * size), size)
    level = np.zeros(size * size, np.intp)
    for grid in GRIDS[:-1]:
        step = (size - 1) // (grid - 1)
        level += (j % step > 0) | (i % step > 0)
    away = np.maximum(abs(j - size // 2), abs(i - size // 2))
    return np.lexsort((away, level))


def _around(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The fine grid where the coarse one is not whole: each of its known points stands for those nearest to it."""
    size, step = len(losses), (len(losses) - 1) // (GRIDS[0] - 1)
    nearest = step * ((np.arange(size) + step // 2) // step)
    return losses[np.ix_(nearest, nearest)]


def _between(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The fine grid with what is not yet known put between the points of the finest grid that is known."""
    size = len(losses)
    steps = [(size - 1) // (grid - 1) for grid in GRIDS if grid <= size]
    step = next(s for s in steps[::-1] if s == steps[0] or not np.isnan(losses[::s, ::s]).any())
    coarse = losses[::step, ::step]
    at, all_ = np.arange(0, size, step), np.arange(size)
    rows = np.stack([np.interp(all_, at, row) for row in coarse])
    between = np.stack([np.interp(all_, at, column) for column in rows.T], axis=1)
    return np.where(np.isnan(losses), between, losses)


@statistics.register("plane")
class PlaneStatistic(Statistic):
    """The picture of the plane that the `PlaneRequest` given asks for, worked at in pieces."""

    refresh, rest, follows_steps = 0.02, 7.0, True

    @classmethod
    def applies(cls, problem: Problem) -> bool:
        """Networks have it, and objectives that are no landscape themselves."""
        return is_of_networks(problem) or problem.size > 2

    def __init__(self) -> None:
        self._survey: tuple[Race | None, Survey] = (None, Survey(PlaneRequest()))

    def compute(self, race: Race, given: Any, *, running: bool) -> PlanePicture | PlaneFault:
        if self._survey[0] is not race or self._survey[1].request != given:
            self._survey = (race, Survey(given))
        return self._survey[1].work(race, piece(running), resting=not running)

    def is_whole(self, race: Race) -> bool:
        return self._survey[1].is_current(race)

    def let_go(self, race: Race) -> None:
        if self._survey[0] not in (None, race):
            self._survey = (None, Survey(PlaneRequest()))
