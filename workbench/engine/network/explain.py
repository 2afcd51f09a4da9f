"""Backpropagation as a person reads it: stage by stage, with a corner of each matrix and the sums of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.anatomy import Rule, Stage, dissect
from workbench.engine.network.network_statistic import NetworkStatistic, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

#: rows and columns of a matrix that are given number by number
ROWS, COLUMNS = 16, 12
#: the same of a single row
IN_A_ROW = 64
#: samples of a batch that are taken apart at once
MOST_SAMPLES = 512
#: parameters of a network that is taken apart: each stage is a copy
MOST_PARAMETERS = 1_000_000

Source = Literal["train", "test", "batch"]


@dataclass(frozen=True, slots=True)
class Extract:
    """A corner of a matrix, and what is to be said of all of it.

    Attributes:
        shape: the shape of the whole.
        corner: its first rows and columns (r, c); vectors are one row, of more columns.
        low, high, rms: the least, the largest and the root mean square of all its numbers.
        zeros: the share of zeros among them.
    """

    shape: tuple[int, ...]
    corner: Floats
    low: float
    high: float
    rms: float
    zeros: float


@dataclass(frozen=True, slots=True)
class ExplainedStage:
    """One rule applied in one layer: what it gave and by what local derivative, as extracts."""

    direction: str
    layer: int
    rule: Rule
    value: Extract
    local: Extract | None
    extra: Mapping[str, Extract] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The passes forward and back of one run for one sample or batch.

    Attributes:
        stages: in the order in which they are computed.
        layers: the names of the layers; activations: their activations' keys.
        source, index: which samples; `count` is how many there are to choose from, `samples` how many were passed.
        step, run: of the race.
        target: the sample's class or value, empty for a batch.
    """

    stages: tuple[ExplainedStage, ...]
    layers: tuple[str, ...]
    activations: tuple[str, ...]
    source: Source
    index: int
    count: int
    samples: int
    step: int
    run: int
    target: str


def explain(
    problem: NetworkProblem, theta: Floats, step: int, run: int, which: tuple[Source, int] = ("batch", 0)
) -> Explanation | None:
    """Take apart what run `run` of theta (R, P) computes at a step; None for a network too large for it.

    `batch` is the batch that the step sees, with its dropout, as the step itself passes it. A single sample of the
    training or test set, by its place, is passed as a network is judged: nothing dropped, running averages.
    """
    if problem.size > MOST_PARAMETERS:
        return None
    source, index = which
    run = min(run, len(theta) - 1)
    masks, running, target = None, None, ""
    if source == "batch":
        x, y = (part[min(run, len(part) - 1)] for part in problem.batch(step))
        drawn = problem.masks(step, len(x))
        if drawn is not None:
            masks = [None if m is None else m[min(run, len(m) - 1)][None][:, :MOST_SAMPLES] for m in drawn]
        count, index = 1, 0
        x, y = x[:MOST_SAMPLES], y[:MOST_SAMPLES]
    else:
        if source == "test" and not len(problem.x_test):
            source = "train"
        inputs, targets = (problem.x_test, problem.y_test) if source == "test" else (problem.x_train, problem.y_train)
        count = len(inputs)
        index = min(max(index, 0), count - 1)
        x, y = inputs[index : index + 1], targets[index : index + 1]
        running = problem.running[run] if problem.network.moments else None
        target = _target(problem, source, index)
    with np.errstate(all="ignore"):
        stages = dissect(problem.network, theta[run], x, y, masks=masks, running=running)
        explained = tuple(_explained(stage) for stage in stages)
    names = tuple(block.name for block in problem.network.blocks)
    keys = tuple(spec.activation for spec in problem.network.layers)
    return Explanation(explained, names, keys, source, index, count, len(x), step, run, target)


def _target(problem: NetworkProblem, source: Source, index: int) -> str:
    """What the sample should give, in words."""
    split = problem.split
    y = (split.y_test if source == "test" else split.y_train)[index]
    return split.classes[int(y)] if split.classes else ", ".join(f"{v:.4g}" for v in np.ravel(split.unscaled_values(y)))


def _explained(stage: Stage) -> ExplainedStage:
    return ExplainedStage(
        stage.direction,
        stage.layer,
        stage.rule,
        extract(stage.value),
        None if stage.local is None else extract(stage.local),
        {name: extract(array) for name, array in stage.extra.items()},
    )


def extract(array: NDArray[Any]) -> Extract:
    """The corner and the sums of an array of at most two axes."""
    table = np.atleast_2d(array)
    columns = COLUMNS if len(table) > 1 else IN_A_ROW
    corner = np.ascontiguousarray(table[:ROWS, :columns], dtype=np.float64)
    flat = np.asarray(table, dtype=np.float64).ravel()
    if not len(flat):
        return Extract(np.shape(array), corner, 0.0, 0.0, 0.0, 0.0)
    rms = float(np.sqrt(np.mean(flat * flat)))
    return Extract(np.shape(array), corner, float(flat.min()), float(flat.max()), rms, float(np.mean(flat == 0)))


@statistics.register("backpropagation")
class BackpropagationStatistic(NetworkStatistic):
    """What `explain` gives of the run and the sample given."""

    refresh, rest = 0.15, 9.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Explanation | None:
        run, which = given
        own = network_of(race, run)
        found = explain(own.problem, own.theta, race.step, own.run, which)
        return None if found is None else replace(found, run=run)
