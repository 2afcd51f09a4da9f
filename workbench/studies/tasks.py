"""The tasks of a sweep: some seconds of work each, whose results do not depend on how they were cut."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Problem
from workbench.experiment import experiment as values
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.studies.batch import Batch, Columns, columns_of, is_column, problem_of, rows_of
from workbench.studies.sweep import Subject, Sweep, at_point, each_lane

#: Seconds that a task is to take: short beside a sweep, long beside what it costs to hand it over. Towards the end they
#: are shorter, so many to a worker of what is left: else one would be at a whole task while the others have none.
_SECONDS, _LEAST_SECONDS, _LAST_TASKS = 1.5, 0.2, 3
#: pieces and runs of one task at most
_MOST_PIECES, _MOST_ROWS = 2000, 20_000
#: runs of a lane whose cost is not known yet, and how much more the next task may hold than any that was timed
_FIRST_ROWS, _GROWTH = 16, 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Runs of one lane under one seed at points that differ in columns alone.

    Attributes:
        settings: what is put into the experiment's tables.
        lane: the place of the lane among all.
        rows: the numbers in the sweep of each point's first run.
    """

    settings: tuple[tuple[str, Any], ...]
    seed: int
    lane: int
    columns: Columns | None
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """Pieces of one experiment, to be computed in one go: plain values."""

    subject: int
    tables: Mapping[str, Any]
    steps: int
    tolerance: float | None
    pieces: tuple[Piece, ...]

    @property
    def points(self) -> int:
        return sum(len(piece.rows) for piece in self.pieces)

    def singly(self) -> Iterator[Task]:
        """A task for each piece."""
        return (replace(self, pieces=(piece,)) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task: the seconds it took, and for each piece its rows, or the sentence of what went wrong."""

    seconds: float
    results: tuple[dict[str, list[Any]] | str, ...]


def work(task: Task) -> Done:
    """Compute a task, in whichever process. What goes wrong in one piece leaves the others as they are."""
    began = time.monotonic()
    found: list[dict[str, list[Any]] | str] = []
    ready: _Ready | None = None
    for piece in task.pieces:
        try:
            if ready is None or ready.key != (piece.settings, piece.seed):
                ready = _Ready(task, piece)
            found.append(ready.run(piece))
        except Exception as error:  # of any kind: it is told in the piece's rows
            ready = None
            found.append(f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}")
    return Done(time.monotonic() - began, tuple(found))


class _Ready:
    """An experiment as some settings and a seed make it, with its problem: pieces of other lanes share it."""

    def __init__(self, task: Task, piece: Piece) -> None:
        self.key = (piece.settings, piece.seed)
        self._task = task
        experiment: Experiment = files.parse(at_point(task.tables, dict(piece.settings)))
        self.experiment = values.replace(experiment, seed=piece.seed, steps=task.steps)
        self._lane = piece.lane
        self._problem: Problem = problem_of(self.experiment, piece.lane)

    def run(self, piece: Piece) -> dict[str, list[Any]]:
        task, lanes = self._task, self.experiment.lanes
        if lanes[piece.lane].network != lanes[self._lane].network:
            self._lane, self._problem = piece.lane, problem_of(self.experiment, piece.lane)
        batch = Batch(
            self.experiment,
            piece.lane,
            piece.columns,
            steps=task.steps,
            tolerance=task.tolerance,
            problem=self._problem,
        )
        outcome = batch.run()
        assert outcome is not None  # noqa: S101 - for the type checker: nobody interrupts it
        found = rows_of(outcome, batch.lowest)
        if piece.columns is None and len(piece.rows) > 1:  # points that differ in what other lanes do
            found = {name: column * len(piece.rows) for name, column in found.items()}
        return found


class Tasks:
    """The tasks of what is left of a sweep, cut as `timed` tells how long others took."""

    def __init__(self, sweep: Sweep, done: NDArray[np.bool_], workers: int = 1) -> None:
        """`done` (N,) says which runs need no more work; a point's runs of a lane are done together.

        `workers` is how many tasks are computed at a time.
        """
        self._sweep, self._done, self._workers = sweep, done, workers
        self._left = int((~done).sum())  # runs that no task has yet
        self._groups = self._all_groups()
        self._next = next(self._groups, None)
        self._cost: dict[tuple[int, int], float] = {}
        self._largest: dict[tuple[int, int], int] = {}

    def timed(self, task: Task, done: Done) -> None:
        """Learn from a task how long its lane's runs take."""
        kinds = {(task.subject, piece.lane) for piece in task.pieces}
        for kind in kinds:
            self._cost[kind] = done.seconds / task.points
            self._largest[kind] = max(self._largest.get(kind, 0), task.points)

    def take(self) -> Task | None:
        """The next task, None where nothing is left."""
        if self._next is None:
            return None
        subject, seconds, rows = self._next[0], 0.0, 0
        pieces: list[Piece] = []
        while self._next is not None and self._next[0] == subject and len(pieces) < _MOST_PIECES:
            kind = (subject, self._next[1].lane)
            room = self._room(kind, seconds) - rows
            if room < 1:
                break
            piece = self._cut(room)
            pieces.append(piece)
            rows += len(piece.rows)
            self._left -= len(piece.rows) * self._sweep.subjects[subject].starts
            seconds += len(piece.rows) * self._cost.get(kind, 0.0)
        found = self._sweep.subjects[subject]
        return Task(subject, found.tables, self._sweep.steps_of(found), self._sweep.tolerance_of(found), tuple(pieces))

    def _room(self, kind: tuple[int, int], seconds: float) -> int:
        """Points that a task of some seconds, so far, may have in all."""
        if kind not in self._cost:
            return 1 if seconds else _FIRST_ROWS
        most = min(_MOST_ROWS, _GROWTH * self._largest[kind])
        cost = max(self._cost[kind], 1e-9)
        left = cost * self._left / self._sweep.subjects[kind[0]].starts + seconds
        more = (min(_SECONDS, max(_LEAST_SECONDS, left / (_LAST_TASKS * self._workers))) - seconds) / cost
        return max(1 if not seconds else 0, int(min(most, more)))

    def _cut(self, room: int) -> Piece:
        """Up to so many points of the next group."""
        assert self._next is not None  # noqa: S101 - for the type checker
        subject, piece, settings = self._next
        rows = piece.rows[:room]
        experiment = self._sweep.subjects[subject].experiment
        given = {path: column[:room] for path, column in settings.items()}
        cut = replace(piece, rows=rows, columns=columns_of(given, piece.lane, experiment))
        rest = {path: column[room:] for path, column in settings.items()}
        left = replace(piece, rows=piece.rows[room:])
        self._next = (subject, left, rest) if left.rows else next(self._groups, None)
        return cut

    def _all_groups(self) -> Iterator[tuple[int, Piece, dict[str, list[Any]]]]:
        """All that is left, in groups of what can be computed together; with each the values of its columns."""
        for number, subject in enumerate(self._sweep.subjects):
            columns, others = self._divided(subject)
            for points in _together(others, self._sweep.points):
                for seed in range(self._sweep.seeds_of(subject)):
                    for lane, place in enumerate(subject.lanes):
                        rows = [self._sweep.row(subject, point, seed, lane) for point in points]
                        left = [i for i, row in enumerate(rows) if not self._done[row]]
                        if left:
                            given = {path: [column[points[i]] for i in left] for path, column in columns.items()}
                            first = {path: others[path][points[0]] for path in others}
                            piece = Piece(
                                tuple(first.items()),
                                self._sweep.seed(subject, seed),
                                place,
                                None,
                                tuple(rows[i] for i in left),
                            )
                            yield number, piece, given

    def _divided(self, subject: Subject) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        """The axes whose values are columns of a batch, by path, and those that make another problem or rule."""
        columns: dict[str, list[Any]] = {}
        others: dict[str, list[Any]] = {}
        for axis, column in zip(self._sweep.axes, self._sweep.columns, strict=True):
            each = each_lane(axis.path, subject.tables)
            if all(is_column(path, subject.experiment) for path in each):
                columns |= dict.fromkeys(each, column)
            else:
                others[axis.path] = column
        return columns, others


def _together(others: Mapping[str, Sequence[Any]], points: int) -> list[list[int]]:
    """The points in groups that have the same values of these axes."""
    found: dict[str, list[int]] = {}
    for point in range(points):
        found.setdefault(repr([column[point] for column in others.values()]), []).append(point)
    return list(found.values())
