"""Runs of a lane under many learning rates, and its range test, computed in whichever process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.problem import Problem
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race
from workbench.engine.schedules import Schedule
from workbench.engine.swarm.outcome import Outcome
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, NetworkSetup, replace
from workbench.experiment.filling import fill
from workbench.studies.batch import Batch, Columns, problem_of

#: starts whose runs are measured at most: the first ones
MOST_STARTS = 9
#: what a network's runs are told apart by, where it has it: one number of all samples, not of the last batch
_OF_ALL = "train_loss"


@dataclass(frozen=True, slots=True)
class RateTask:
    """Runs of the only lane of an experiment, in a text, under learning rates."""

    text: str
    rates: tuple[float, ...]
    steps: int
    tolerance: float | None


@dataclass(frozen=True, slots=True)
class RateRows:
    """What came of N rates from S starts: infinite where a run diverged or did not arrive.

    Attributes:
        final, best: the loss at the end, of a network over all its training samples, and the lowest that steps saw;
            infinite where these were of batches, one of which may be low by luck.
        arrived: steps to the tolerance; with batches of runs that are there in the end alone.
        first: the loss at the start (S,), as `final` has it.
        lowest: the lowest known loss.
    """

    rates: NDArray[np.float64]
    final: NDArray[np.float64]
    best: NDArray[np.float64]
    arrived: NDArray[np.float64]
    first: NDArray[np.float64]
    lowest: float | None


def measure(task: RateTask) -> RateRows:
    """All runs of a task in one batched call."""
    experiment, problem = _prepared(task.text)
    starts = np.arange(min(problem.starts, MOST_STARTS))
    rates = np.array(task.rates)

    def outcome(columns: Columns | None, steps: int) -> tuple[Outcome, float | None]:
        batch = Batch(experiment, 0, columns, steps=steps, tolerance=task.tolerance, problem=problem, starts=starts)
        found = batch.run()
        assert found is not None  # noqa: S101 - for the type checker: nobody interrupts it
        return found, batch.lowest

    begin, lowest = outcome(None, 0)
    found, _ = outcome(Columns({"learning_rate": rates}), task.steps)
    diverged = found.diverged_at >= 0
    final = np.where(diverged, np.inf, _loss(found))
    unsure = np.full(final.shape, problem.steps_per_epoch > 1)
    there = (found.reached_at >= 0) & ~diverged & ~(unsure & (final > (task.tolerance or np.inf)))
    return RateRows(
        rates,
        final,
        np.where(diverged | unsure, np.inf, found.best).astype(np.float64),
        np.where(there, found.reached_at, np.inf),
        np.atleast_1d(_loss(begin)),
        lowest,
    )


def _loss(outcome: Outcome) -> NDArray[np.float64]:
    found = np.asarray(outcome.metrics.get(_OF_ALL, outcome.loss), np.float64)
    return np.where(np.isfinite(found), found, np.inf)


class Rising(Schedule):
    """The learning rate from one end to the other, by the same factor from step to step (L. N. Smith, 2017)."""

    key = "rising"
    params = ()
    warmup = 0

    def __init__(self, low: float, high: float, steps: int, rate: float) -> None:
        """`rate` is the lane's own, which the schedule's factor is of."""
        super().__init__({}, steps)
        self.low, self.high, self.rate = low, high, rate

    def rates(self) -> NDArray[np.float64]:
        """The rate of every step (K,)."""
        return np.geomspace(self.low, self.high, self.total)

    def shape(self, k: int) -> float:
        share = k / max(1, self.total - 1)
        return float(np.exp(np.log(self.low) + share * np.log(self.high / self.low)) / self.rate)


@dataclass(frozen=True, slots=True)
class RangeTask:
    """A stretch of the range test of the only lane of an experiment: from a state on, or from the start.

    Attributes:
        steps: of the whole test, over which the rate rises from `low` to `high`; `count` of them now.
    """

    text: str
    low: float
    high: float
    steps: int
    count: int
    state: Checkpoint | None = None


@dataclass(frozen=True, slots=True)
class RangePiece:
    """The losses (K,) that the steps of a stretch saw, before each was taken, and the state to go on from.

    After the step that diverged there are no more, and no state.
    """

    losses: NDArray[np.float64]
    state: Checkpoint | None


def stretch(task: RangeTask) -> RangePiece:
    """One run goes on for some steps, its first start's."""
    experiment, problem = _prepared(task.text)
    rule = build.lane_rule(experiment, 0)
    own = {**rule.hyperparameters, "learning_rate": 1.0}
    rising = Rising(task.low, task.high, task.steps, 1.0)
    lane = LaneRule(rule.optimizer, rule.convention, own, rising, rule.gradient)
    draws = np.full(1, experiment.lanes[0].draw)
    race = Race(problem.of_runs(np.zeros(1, np.intp), draws), [lane], limit=task.steps, evaluate_every=task.steps + 1)
    if task.state is not None:
        race.restore(task.state)
    losses: list[float] = []
    for _ in range(task.count):
        losses.append(float(race.shown_loss()[0]))
        if not race.advance(1) or not race.alive[0]:
            return RangePiece(np.array(losses), None)
    return RangePiece(np.array(losses), race.checkpoint())


@lru_cache(maxsize=8)
def _prepared(text: str) -> tuple[Experiment, Problem]:
    """The experiment of a text and the problem of its lane: tasks of one lane come one after the other."""
    experiment: Experiment = fill(files.loads(text))
    return experiment, problem_of(experiment, 0)


def alone(experiment: Experiment, lane: int) -> Experiment:
    """The experiment with one lane that begins at the start, without what changes no number or ends runs early."""
    own = replace(experiment.lanes[lane], label="", color="", enabled=True, origin=None)
    setup: Any = experiment.problem
    if isinstance(setup, NetworkSetup):
        setup = replace(setup, starts=min(setup.starts, MOST_STARTS))
    elif len(setup.points) > MOST_STARTS:
        setup = replace(setup, start=setup.points[:MOST_STARTS])
    found: Experiment = replace(
        experiment, problem=setup, lanes=(own,), title="", notes="", view={}, tolerance=None, stop=None
    )
    return found
