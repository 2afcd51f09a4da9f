"""The runs of a fair race as tasks for any executor: trials of a lane together, since they differ in numbers alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.swarm.starts import cloud
from workbench.engine.swarm.swarm import Swarm
from workbench.experiment import build, files
from workbench.experiment import experiment as values
from workbench.experiment.experiment import Experiment
from workbench.studies.batch import problem_of
from workbench.studies.tasks import Done
from workbench.studies.tuning import LOOKED_AT, Box, Quantity, Tuning
from workbench.studies.tuning_space import Trial

#: Seconds that a task is to take; runs of the first one; how much more the next may hold than any that was timed.
_SECONDS, _FIRST_RUNS, _GROWTH = 1.5, 4, 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Runs of one lane under one seed, which differ in their settings.

    Attributes:
        lane: its place among all of the experiment.
        trials: the settings of each run.
        rows: the number of each run.
    """

    lane: int
    seed: int
    trials: tuple[Trial, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Pieces of one contest, to be computed in one go: plain values.

    Attributes:
        number: of the contest.
        tables, box, lowest, quantity: as the contest has them.
    """

    number: int
    tables: Mapping[str, Any]
    box: Box
    lowest: float | None
    quantity: Quantity
    budget: int
    looks: tuple[int, ...]
    pieces: tuple[Piece, ...]

    @property
    def runs(self) -> int:
        return sum(len(piece.rows) for piece in self.pieces)

    def singly(self) -> Iterator[Task]:
        """A task for each piece."""
        return (replace(self, pieces=(piece,)) for piece in self.pieces)


def seeded(tables: Mapping[str, Any], box: Box, seed: int, budget: int) -> Experiment:
    """A contest's experiment under a seed: where starts are drawn, it begins at this seed's."""
    experiment = files.parse(tables)
    changes: dict[str, Any] = {"seed": seed, "steps": budget, "tolerance": None}
    if box is not None:
        changes["problem"] = values.replace(experiment.problem, start=cloud(*box, 1, seed)[0])
    found: Experiment = values.replace(experiment, **changes)
    return found


def work(task: Task) -> Done:
    """Compute a task, in whichever process. What goes wrong in one piece leaves the others as they are."""
    began = time.monotonic()
    found: list[dict[str, list[Any]] | str] = []
    for piece in task.pieces:
        try:
            found.append(_run(task, piece))
        except Exception as error:  # of any kind: it is told of the piece's runs
            found.append(f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")
    return Done(time.monotonic() - began, tuple(found))


def _run(task: Task, piece: Piece) -> dict[str, list[Any]]:
    experiment = seeded(task.tables, task.box, piece.seed, task.budget)
    problem = problem_of(experiment, piece.lane)
    build.refuse_too_many_parameters(experiment, piece.lane, problem.size)
    metric, less = LOOKED_AT.get(task.quantity, ("", False))
    swarm = Swarm(
        problem,
        build.lane_rule(experiment, piece.lane),
        steps=task.looks[-1],
        starts=np.zeros(len(piece.trials), np.intp),
        draws=experiment.lanes[piece.lane].draw,
        hyperparameters={name: [trial[name] for trial in piece.trials] for name in piece.trials[0]},
        stops=False,
        looks=task.looks,
        looks_at=metric,
    )
    swarm.advance()
    outcome = swarm.outcome()
    seen = np.asarray(outcome.looked.T, np.float64)
    seen = 1.0 - seen if less else seen - (task.lowest or 0.0)
    found: dict[str, list[Any]] = {"seen": seen.tolist(), "settings": [dict(trial) for trial in piece.trials]}
    if (outcome.spent != np.where(outcome.spent < 0, -1, np.array(task.looks)[:, None])).any():
        found["spent"] = outcome.spent.T.tolist()  # left out where a step asks for one gradient
    return found


class Tasks:
    """The tasks of what is left, piece by piece, cut as `timed` tells how long others took."""

    def __init__(self, tuning: Tuning, pieces: Iterator[tuple[int, Piece]], looks: tuple[int, ...]) -> None:
        """`pieces` come with the numbers of their contests, those of one contest one after the other."""
        self._tuning, self._pieces, self._looks = tuning, pieces, looks
        self._next = next(pieces, None)
        self._cost: dict[tuple[int, int], float] = {}
        self._largest: dict[tuple[int, int], int] = {}

    def timed(self, task: Task, done: Done) -> None:
        """Learn from a task how long its lane's runs take."""
        for lane in {piece.lane for piece in task.pieces}:
            kind = (task.number, lane)
            self._cost[kind] = done.seconds / max(1, task.runs)
            self._largest[kind] = max(self._largest.get(kind, 0), task.runs)

    def take(self) -> Task | None:
        """The next task, None where nothing is left."""
        if self._next is None:
            return None
        number, seconds, runs = self._next[0], 0.0, 0
        pieces: list[Piece] = []
        while self._next is not None and self._next[0] == number:
            kind = (number, self._next[1].lane)
            room = self._room(kind, seconds, runs)
            if room < 1:
                break
            piece = self._cut(room)
            pieces.append(piece)
            runs += len(piece.rows)
            seconds += len(piece.rows) * self._cost.get(kind, _SECONDS / _FIRST_RUNS)
        contest = self._tuning.contests[number]
        told = (contest.tables, contest.box, contest.lowest, contest.quantity)
        return Task(number, *told, self._tuning.budget, self._looks, tuple(pieces))

    def _room(self, kind: tuple[int, int], seconds: float, runs: int) -> int:
        """Runs that a task of some seconds and runs, so far, may take in besides."""
        if kind not in self._cost:
            return _FIRST_RUNS if not runs else 0
        most = _GROWTH * self._largest[kind] - runs
        more = int(min(most, (_SECONDS - seconds) / max(self._cost[kind], 1e-9)))
        return max(0 if runs else 1, more)

    def _cut(self, room: int) -> Piece:
        assert self._next is not None  # noqa: S101 - for the type checker
        number, piece = self._next
        if len(piece.rows) <= room:
            self._next = next(self._pieces, None)
            return piece
        self._next = (number, replace(piece, trials=piece.trials[room:], rows=piece.rows[room:]))
        return replace(piece, trials=piece.trials[:room], rows=piece.rows[:room])


def tuning_pieces(tuning: Tuning, trials: Any, done: NDArray[np.bool_]) -> Iterator[tuple[int, Piece]]:
    """What is left of the trials; `trials[lane][study]` are the settings, `done` (N,) says which runs are done."""
    numbers = np.arange(tuning.tuning_runs).reshape(tuning.tuning_shape)
    for c, contest in enumerate(tuning.contests):
        for lane in range(len(tuning.labels)):
            for study in range(tuning.studies):
                for u, seed in enumerate(tuning.tuning_seeds[study]):
                    rows = numbers[c, lane, study, :, u].tolist()
                    left = [t for t, row in enumerate(rows) if not done[row]]
                    if left:
                        given = tuple(trials[lane][study][t] for t in left)
                        yield c, Piece(contest.lanes[lane], seed, given, tuple(rows[t] for t in left))


def report_pieces(
    tuning: Tuning, chosen: Mapping[tuple[int, int, int], Trial], done: NDArray[np.bool_]
) -> Iterator[tuple[int, Piece]]:
    """What is left of the runs that are reported; `chosen` has the settings by contest, lane and study."""
    numbers = tuning.tuning_runs + np.arange(int(np.prod(tuning.report_shape))).reshape(tuning.report_shape)
    for c, contest in enumerate(tuning.contests):
        for lane in range(len(tuning.labels)):
            for r, seed in enumerate(tuning.seeds):
                rows = numbers[c, lane, :, r].tolist()
                left = [s for s, row in enumerate(rows) if not done[row]]
                if left:
                    given = tuple(chosen[c, lane, study] for study in left)
                    yield c, Piece(contest.lanes[lane], seed, given, tuple(rows[s] for s in left))
