"""Backpropagation as a person reads it: stage by stage, with a corner of each matrix and the sums of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.anatomy import Rule, Stage, dissect
from workbench.engine.network.network import Network
from workbench.engine.network.network_statistic import NetworkStatistic, network_of
from workbench.engine.network.notation import Reading, Symbol
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.network.worked import Numbers, formula_of, readings
from workbench.engine.problem import Floats
from workbench.engine.race.anatomy import Anatomy, anatomy
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

#: points of an activation's curve, and z that are marked on it
_CURVE_POINTS, MOST_DOTS = 161, 256
_LEAST_REACH = 3.0  # of an activation's curve to either side

Source = Literal["train", "test", "batch"]
#: a weight (its layer, what it reads, its unit), or a bias, which reads nothing: −1
Parameter = tuple[int, int, int]


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
class Factor:
    """An array that a stage reads: its role in the stage (`notation`), its sign, and its numbers."""

    role: str
    symbol: Symbol
    extract: Extract


@dataclass(frozen=True, slots=True)
class Curve:
    """An activation and its slope over z (K,), and this layer's own z and slopes there (N,), at most `MOST_DOTS`."""

    z: Floats
    f: Floats
    slope: Floats
    dots: Floats
    heights: Floats
    slopes: Floats


@dataclass(frozen=True, slots=True)
class ExplainedStage:
    """One rule applied in one layer: what it gave and what from, as extracts.

    Attributes:
        symbol: the sign of what it gives; formula: the rule, with roles and signs in braces.
        local: the local derivative that it multiplies by, and extra: what it gives by the way, as in `anatomy.Stage`.
        factors: all that it reads, in the order of the formula.
        numbers: its arrays as a whole, to work out single numbers.
        curve: of an activation, on the way forward or back.
    """

    direction: str
    layer: int
    rule: Rule
    value: Extract
    local: Extract | None
    extra: Mapping[str, Extract]
    symbol: Symbol
    formula: str
    factors: tuple[Factor, ...]
    numbers: Numbers
    curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The passes forward and back of one run for one sample or batch.

    Attributes:
        stages: in the order in which they are computed.
        layers: the names of the layers; activations: their activations' keys.
        source, index: which samples; `count` is how many there are to choose from, `samples` how many were passed.
        step, run: of the race.
        target: the sample's class or value, empty for a batch.
        picture: of a single sample that is an image its pixels (height, width) as they were before scaling.
        classes: the names of the outputs, where they are classes.
        parameter, taken: of the parameter asked for, the step that the run takes next with it; None for none.
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
    picture: Floats | None = None
    classes: tuple[str, ...] = ()
    parameter: Parameter | None = None
    taken: Anatomy | None = None


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
    network = problem.network
    with np.errstate(all="ignore"):
        stages = dissect(network, theta[run], x, y, masks=masks, running=running)
        named = readings(network, stages)
        explained = tuple(_explained(network, named[stage.layer], stage) for stage in stages)
    picture = None
    if source != "batch" and problem.split.image is not None:
        whole = problem.split.x_test if source == "test" else problem.split.x_train
        picture = problem.split.unscaled(whole[index]).reshape(problem.split.image)
    names = tuple(block.name for block in problem.network.blocks)
    keys = tuple(spec.activation for spec in problem.network.layers)
    classes = problem.split.classes if network.layers[-1].units > 1 else ()
    return Explanation(explained, names, keys, source, index, count, len(x), step, run, target, picture, classes)


def _target(problem: NetworkProblem, source: Source, index: int) -> str:
    """What the sample should give, in words."""
    split = problem.split
    y = (split.y_test if source == "test" else split.y_train)[index]
    return split.classes[int(y)] if split.classes else ", ".join(f"{v:.4g}" for v in np.ravel(split.unscaled_values(y)))


def _explained(network: Network, reading: Reading, stage: Stage) -> ExplainedStage:
    """A stage as extracts; the same arrays may be in several of them."""
    formula = formula_of(network, stage)
    order = sorted(
        stage.factors,
        key=lambda role: (
            formula.find(f"{{{role}}}", formula.find("=")) < 0,
            formula.find(f"{{{role}}}", formula.find("=")),
        ),
    )
    return ExplainedStage(
        stage.direction,
        stage.layer,
        stage.rule,
        extract(stage.value),
        None if stage.local is None else extract(stage.local),
        {name: extract(array) for name, array in stage.extra.items()},
        reading.symbol(stage.role),
        formula,
        tuple(Factor(role, reading.symbol(role), extract(stage.factors[role])) for role in order),
        Numbers(stage, reading, network),
        _curve(network, stage),
    )


def _curve(network: Network, stage: Stage) -> Curve | None:
    """The activation of a stage that applies it, or goes back through it."""
    if stage.rule not in ("activation", "activation_back"):
        return None
    dots = np.asarray(stage.factors["z"], np.float64).ravel()[:MOST_DOTS]
    reach = max(_LEAST_REACH, float(np.nan_to_num(np.abs(dots), nan=0.0, posinf=0.0).max(initial=0.0)))
    z = np.linspace(-reach, reach, _CURVE_POINTS)
    activation = network.activations[stage.layer]
    f, heights = np.empty_like(z), np.empty_like(dots)
    activation.forward(z, f)
    activation.forward(dots, heights)
    return Curve(z, f, activation.derivative(z), dots, heights, activation.derivative(dots))


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
        """`given` are run and samples, as `explain` takes them, and perhaps a parameter whose next step is told."""
        run, which, *parameters = given
        own = network_of(race, run)
        found = explain(own.problem, own.theta, race.step, own.run, which)
        if found is None:
            return None
        found = replace(found, run=own.part.rows.start + own.run)
        if not parameters or race.mirrored_rates is not None:
            return found
        layer, row, unit = parameter = parameters[0]
        blocks = own.problem.network.blocks
        if layer >= len(blocks) or row >= blocks[layer].n_in or unit >= blocks[layer].n_out:
            return found  # it may still be of the race before this one
        block = blocks[layer]
        place = block.start + row * block.n_out + unit if row >= 0 else block.bias_start + unit
        return replace(found, parameter=parameter, taken=anatomy(race, found.run, (place,)))
