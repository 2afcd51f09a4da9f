"""A fair race as plain values: problems, lanes, what is tuned over which ranges, the budget, seeds and the measure.

Each lane has the same budget, seeds that tune are not those that are reported, and a target follows from the file or
from the tuning alone: what `docs/fair-comparison.md` asks of a comparison.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup
from workbench.studies.axes import Axis

Measure = Literal["final", "best", "target"]
Unit = Literal["steps", "evaluations"]
Quantity = Literal["loss", "train_loss", "test_loss", "error", "test_error"]
#: the lows and the highs that starts are drawn between
Box = tuple[tuple[float, ...], tuple[float, ...]] | None
#: the metric that a look takes at a network, and whether it is one less that
LOOKED_AT: Mapping[str, tuple[str, bool]] = {
    "train_loss": ("train_loss", False),
    "test_loss": ("test_loss", False),
    "error": ("accuracy", True),
    "test_error": ("test_accuracy", True),
}


@dataclass(frozen=True, slots=True)
class Contest:
    """One of a fair race's problems.

    Attributes:
        name: what it is called, and its file of runs.
        tables: those of its experiment's file, paths in them whole.
        experiment: what they say.
        lanes: the places of its enabled lanes.
        lowest: the lowest known loss, None where none is known; what is measured is then the loss itself.
        quantity: what is measured.
        box: the lows and the highs that starts are drawn between, None where the experiment's own are taken.
    """

    name: str
    tables: Mapping[str, Any]
    experiment: Experiment
    lanes: tuple[int, ...]
    lowest: float | None
    quantity: Quantity
    box: Box

    @property
    def is_random(self) -> bool:
        """Whether runs of different seeds differ at all."""
        return self.box is not None or self.experiment.problem.is_random

    @property
    def measured(self) -> str:
        """What stands in tables over the values: the gap where it is known."""
        return "f - f*" if self.lowest is not None else self.quantity.replace("_", " ")

    def lane(self, number: int) -> Lane:
        return self.experiment.lanes[self.lanes[number]]

    @property
    def is_objective(self) -> bool:
        return isinstance(self.experiment.problem, ObjectiveSetup)


@dataclass(frozen=True, slots=True)
class Goal:
    """When a run has arrived, as the file says it; `Targets` of `tuning_results` has the numbers.

    Attributes:
        kind: `target`: a value itself; `tolerance`: above the lowest known loss; `fraction`: this share of the gap at
            the start, which is Moré and Wild's; `factor`: so many times the best that any lane found in tuning.
    """

    kind: Literal["target", "tolerance", "fraction", "factor"]
    value: float


@dataclass(frozen=True, slots=True)
class Tuning:
    """A fair race: each lane's trials of each study on each contest, then the best of each under other seeds.

    Attributes:
        labels: what lanes are called, alike in all contests.
        spaces: what is tuned of each lane: the axes, whose paths are names of hyperparameters.
        budget: of a run, in `unit`.
        trials: settings that each study tries of each lane.
        tuning_seeds: (studies, seeds) of each study; `seeds` are those that are reported.
        measure: what is tuned on.
        ranked: by the runs that are reported, or by the studies' own fastest trials, as AlgoPerf does.
        goal: when a run has arrived, where the lowest value is known; `factor` for the others.
        every: steps between two looks at a run.
        extra: how far runs that are reported go on beyond the budget, as a share of it: there one sees who is late.
    """

    title: str
    contests: tuple[Contest, ...]
    labels: tuple[str, ...]
    spaces: tuple[tuple[Axis, ...], ...]
    design: str
    budget: int
    unit: Unit
    trials: int
    studies: int
    tuning_seeds: tuple[tuple[int, ...], ...]
    seeds: tuple[int, ...]
    measure: Measure
    ranked: Literal["seeds", "studies"]
    goal: Goal
    factor: float
    every: int
    extra: float
    preset: str

    @property
    def looks(self) -> tuple[int, ...]:
        """Steps at which the runs of trials are looked at: beyond the budget where they are what is ranked."""
        return self.long_looks if self.ranked == "studies" else _looks(self.every, self.budget)

    @property
    def long_looks(self) -> tuple[int, ...]:
        """Steps at which the runs that are reported are looked at: a part of them is beyond the budget."""
        short = _looks(self.every, self.budget)
        return (*short, *(at for at in _looks(self.every, self.longest) if at > self.budget))

    @property
    def longest(self) -> int:
        """Steps of the runs that are reported."""
        return self.budget + math.ceil(self.budget * self.extra)

    @property
    def tuning_shape(self) -> tuple[int, ...]:
        """Contests, lanes, studies, trials, tuning seeds of a study."""
        return (len(self.contests), len(self.labels), self.studies, self.trials, len(self.tuning_seeds[0]))

    @property
    def report_shape(self) -> tuple[int, ...]:
        """Contests, lanes, studies, seeds."""
        return (len(self.contests), len(self.labels), self.studies, len(self.seeds))

    @property
    def tuning_runs(self) -> int:
        return math.prod(self.tuning_shape)

    @property
    def runs(self) -> int:
        return self.tuning_runs + math.prod(self.report_shape)

    @property
    def digest(self) -> str:
        """A short text that is another one where any number of the results might be another."""
        told = {
            "contests": [[c.tables, c.quantity, c.box, c.lowest, data_digest(c)] for c in self.contests],
            "lanes": [self.labels, [[repr(axis) for axis in axes] for axes in self.spaces]],
            "rest": [self.design, self.budget, self.unit, self.trials, self.tuning_seeds, self.seeds, self.measure,
                     self.ranked, self.goal.kind, self.goal.value, self.factor, self.every, self.extra],
        }  # fmt: skip
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def data_digest(contest: Contest) -> str:
    """Of the data file that a contest's network learns from; empty where there is none."""
    from pathlib import Path

    data = contest.tables.get("problem", {}).get("data", {})
    file = data.get("file") if isinstance(data, Mapping) else None
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
    except OSError:
        return ""


def _looks(every: int, last: int) -> tuple[int, ...]:
    return (*range(0, last, every), last)
