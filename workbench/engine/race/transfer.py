"""A race that changes its house: what one `Race` has to tell another one of the same experiment, as plain values.

Whoever takes a race over goes on bit for bit. Rows of the history are not among the values: both sides see the same
arrays (`History.allocate`, `History.adopt`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.checkpoints import Checkpoint, Checkpoints
from workbench.engine.race.history import Floats, History, Position, Shape
from workbench.engine.race.race import LaneRule, Race


@dataclass(frozen=True, slots=True)
class Marks:
    """Which states a race keeps, without the states: enough to keep the right ones from here on."""

    spacing: int
    limit_bytes: int
    limit_count: int
    sizes: tuple[tuple[int, int], ...]  # step and bytes of each


@dataclass(frozen=True, slots=True)
class Handover:
    """All that a race at rest consists of besides its experiment and its recorded rows."""

    checkpoint: Checkpoint
    limit: int | None
    rules: Mapping[int, tuple[LaneRule, ...]]
    metrics: Mapping[str, Floats]
    metrics_step: int
    marks: Marks
    loss: Floats


@dataclass(frozen=True, slots=True)
class Readings:
    """What a race shows between two steps, besides theta and the recorded rows; shapes as in `Snapshot`.

    Attributes:
        squares: the squared gradient norm of each layer (R, L).
        rates: the learning rate (R,) of the next step.
        problem: what changes from step to step beside the parameters, as `Problem.save` gives it.
    """

    step: int
    loss: Floats
    gradient_norm: Floats
    squares: Floats
    alive: NDArray[np.bool_]
    diverged_at: NDArray[np.int64]
    diverged_layer: NDArray[np.int64]
    reached_at: NDArray[np.int64]
    metrics: Mapping[str, Floats]
    metrics_step: int
    problem: Mapping[str, Floats]
    rates: Floats

    def copy(self) -> Readings:
        """The same with arrays of its own."""
        return Readings(
            self.step,
            self.loss.copy(),
            self.gradient_norm.copy(),
            self.squares.copy(),
            self.alive.copy(),
            self.diverged_at.copy(),
            self.diverged_layer.copy(),
            self.reached_at.copy(),
            {name: values.copy() for name, values in self.metrics.items()},
            self.metrics_step,
            self.problem,
            self.rates,
        )


def records(race: Race) -> list[History]:
    """The histories of a race in a fixed order: its rows and, where there are metrics, its evaluations."""
    return [race.history] if race.evaluated.record is None else [race.history, race.evaluated.record]


def hand_over(race: Race) -> Handover:
    """The race as it stands, copied."""
    kept = race.checkpoints
    marks = Marks(kept.spacing, kept.limit_bytes, kept.limit_count, kept.sizes)
    metrics = {name: values.copy() for name, values in race.metrics.items()}
    return Handover(
        race.checkpoint(), race.limit, dict(race.rules), metrics, race.metrics_step, marks, race.loss.copy()
    )


def take_over(
    race: Race,
    handover: Handover,
    arrays: Sequence[tuple[Sequence[Floats], Position]],
    keep: Callable[[Checkpoint], None],
) -> None:
    """Make `race`, built from the same experiment, the race that was handed over.

    `arrays` holds the rows of each history, which are written on from here; checkpoints go to `keep`.

    Raises:
        ValueError: the problem is another one, as where a file of data has changed since the race was built.
    """
    race.limit = handover.limit
    race.rules = dict(handover.rules)
    for record, (rows, position) in zip(records(race), arrays, strict=True):
        record.adopt(rows, position)
    race.checkpoints = _Relayed(handover.marks, keep)
    come_home(race, handover.checkpoint, handover.metrics, handover.metrics_step)
    if not np.array_equal(race.loss, handover.loss, equal_nan=True):
        raise ValueError("the same state has another loss there")


def come_home(race: Race, checkpoint: Checkpoint, metrics: Mapping[str, Floats], metrics_step: int) -> None:
    """Go to the state of a checkpoint; its metrics are those that the race held then."""
    race.restore(checkpoint)
    race.evaluated.show(metrics, metrics_step)


def readings(race: Race) -> Readings:
    """What the race shows now; the arrays are the race's own, to be sent or copied before its next step."""
    return Readings(
        race.step,
        race.loss,
        race.gradient_norm,
        race.squares,
        race.alive,
        race.diverged_at,
        race.diverged_layer,
        race.reached_at,
        race.metrics,
        race.metrics_step,
        race.problem.save(),
        race.rates(),
    )


def mirror(race: Race, shown: Readings, theta: Floats) -> None:
    """Show what another race shows. Until `restore`, `race` can be looked at and not be run: it has no state."""
    race.step = shown.step
    np.copyto(race.theta, theta)
    race.loss, race.gradient_norm = shown.loss, shown.gradient_norm
    np.copyto(race.squares, shown.squares)
    np.copyto(race.alive, shown.alive)
    np.copyto(race.diverged_at, shown.diverged_at)
    np.copyto(race.diverged_layer, shown.diverged_layer)
    np.copyto(race.reached_at, shown.reached_at)
    race.problem.load(shown.problem)
    race.evaluated.show(shown.metrics, shown.metrics_step)
    race.mirrored_rates = shown.rates


def shapes(record: History, position: Position) -> list[Shape]:
    """The shapes of a record's arrays as they were at a position."""
    return record.shapes(position.rows, extremes=position.extremes)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands for a state that is kept elsewhere."""

    step: int
    nbytes: int


class _Relayed(Checkpoints):
    """Chooses the states to keep as the ring of the other side does, and passes them on instead of keeping them."""

    def __init__(self, marks: Marks, keep: Callable[[Checkpoint], None]) -> None:
        super().__init__(marks.limit_bytes, marks.limit_count, marks.spacing)
        for step, nbytes in marks.sizes:
            self._remember(step, nbytes)
        self._pass_on = keep

    def keep(self, checkpoint: Checkpoint) -> None:
        self._pass_on(checkpoint)
        self._remember(checkpoint.step, checkpoint.nbytes)

    def _remember(self, step: int, nbytes: int) -> None:
        mark: Any = _Mark(step, nbytes)
        super().keep(mark)
