"""What networks have learned, beside their data: curves, decision maps, pages of pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.base import Split
from workbench.engine.logistic import logistic
from workbench.engine.network.fine_map import FineMap, refined
from workbench.engine.network.network_statistic import NetworkStatistic, network_of
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.problem import Floats
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

_CURVE_POINTS = 129
_MAP_POINTS, _FEWEST_MAP_POINTS = 56, 16
#: products in one map: a large network has a coarser one, so that its steps do not wait a second for each
_MAP_WORK = 2e9
#: points computed along sharp boundaries, for one of the map
_MOST_SHARP = 2
_AT_ONCE = 4096
_PICTURES = 72
_MARGIN = 0.15
#: samples whose own losses are given, of training and of testing
SAMPLES = 1200


@dataclass(frozen=True, slots=True)
class Judged:
    """What a network makes of samples, nothing dropped and no penalty added.

    Attributes:
        values: the probability of each class (N, C); what the network gives (N, n_out), unscaled, where it gives none.
        losses: each sample's own loss (N,); their mean is the loss of them all.
    """

    values: Floats
    losses: Floats


@dataclass(frozen=True, slots=True)
class Quality:
    """How well values are met by what is given for them, in the data's own unit.

    Attributes:
        r2: R², 1 less the sum of squared residuals over that of squared distances from the mean; over all outputs.
        error: the mean absolute error; count: of so many samples.
    """

    r2: float
    error: float
    count: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a picture of a fit shall show besides.

    Attributes:
        area: the plane that a map covers (x0, x1, y0, y1), in the data's own units; None for that of the data.
        worst: pictures in the order of their losses, the largest first, and not in that of the data.
    """

    area: tuple[float, float, float, float] | None = None
    worst: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """The outputs of networks where a picture needs them.

    Attributes:
        kind: `curves` (values of one input), `map` (two inputs), `pictures` (samples are images), `agreement` (values
            of more inputs: what is given against what should be), `matrix` (classes of other data).
        x: the inputs of the curves (K,); of the map the two axes (2, G); of pictures the samples (K, n_in), all as they
            were before any scaling, as are values.
        outputs: curves (R, K, n_out); map (G, G) of the chosen run, the class as a number, or the value; pictures
            the predicted classes (K,) of the chosen run. Nothing for the last two kinds, which `train`, `test` and
            `Confusion` say all about.
        margin: map: how sure the network is, 0 to 1, (G, G); pictures: the probability of the predicted class (K,).
        truth: the true classes (K,) of pictures, else None.
        train, test: what the network makes of the samples themselves, at most `SAMPLES` of each.
        run: the run that was chosen.
        fine: of a map of classes the same with more points, computed where it is sharp.
        order: of pictures the places of the samples shown among all (K,).
        train_quality, test_quality: of values, over the samples in `train` and `test`; None without any.
    """

    kind: str
    x: NDArray[Any]
    outputs: NDArray[Any]
    margin: NDArray[Any] | None = None
    truth: NDArray[Any] | None = None
    train: Judged | None = None
    test: Judged | None = None
    run: int = 0
    fine: FineMap | None = None
    order: NDArray[np.intp] | None = None
    train_quality: Quality | None = None
    test_quality: Quality | None = None


def fit_kind(problem: NetworkProblem) -> str:
    """Which picture fits the data."""
    if problem.split.image is not None and problem.split.classes:
        return "pictures"
    inputs, classes = problem.split.x_train.shape[1], bool(problem.split.classes)
    if inputs == 2:
        return "map"
    return "matrix" if classes else "curves" if inputs == 1 else "agreement"


def map_points(parameters: int) -> int:
    """How many points a side the map of a network with so many parameters has."""
    return int(min(_MAP_POINTS, max(_FEWEST_MAP_POINTS, (_MAP_WORK / parameters) ** 0.5)))


def fit(problem: NetworkProblem, theta: Floats, run: int, wanted: Wanted | None = None, *, judged: bool = True) -> Fit:
    """The fit of theta (R, P); all but the curves show the run chosen. `judged` False leaves single samples out."""
    kind, run, wanted = fit_kind(problem), min(run, len(theta) - 1), wanted or Wanted()
    split = problem.split
    with np.errstate(all="ignore"):
        train = test = None
        if judged:
            train = judge(problem, theta, run, split.x_train[:SAMPLES], problem.y_train[:SAMPLES])
            test = judge(problem, theta, run, split.x_test[:SAMPLES], problem.y_test[:SAMPLES])
        if kind == "curves":
            (low,), (high,) = _bounds(problem)
            x = np.linspace(low, high, _CURVE_POINTS)
            curves = split.unscaled_values(problem.outputs(theta, x[:, None]))
            found = Fit(kind, split.unscaled(x[:, None])[:, 0], curves)
        elif kind == "map":
            found = _map(problem, theta, run, wanted.area, sharp=judged)
        elif kind == "pictures":
            found = _page(problem, theta, run, test if len(split.x_test) else train, worst=wanted.worst)
        else:
            found = Fit(kind, np.empty(0), np.empty(0))
        qualities = _quality(split, train, split.y_train), _quality(split, test, split.y_test)
    return replace(found, train=train, test=test, run=run, train_quality=qualities[0], test_quality=qualities[1])


def _map(
    problem: NetworkProblem, theta: Floats, run: int, area: tuple[float, float, float, float] | None, *, sharp: bool
) -> Fit:
    """What one run gives over the plane of two inputs; `sharp` computes more of it along boundaries."""
    split = problem.split
    low, high = _bounds(problem)
    if area is not None:
        ends = np.array(area, np.float64).reshape(2, 2).T
        low, high = (ends - np.array(split.shift)) / np.array(split.scale) if split.scale else ends
    side = map_points(problem.size)
    axes = np.linspace(low, high, side)
    shape = (side, side)

    def outputs_at(points: Floats) -> Floats:
        return np.asarray(problem.outputs(theta[run : run + 1], points, runs=[run])[0])

    outputs = outputs_at(np.stack(np.meshgrid(axes[:, 0], axes[:, 1]), axis=-1).reshape(-1, 2))
    classes, margin = _decide(problem, outputs)
    fine = None
    if split.classes:
        grid = np.asarray(shares(problem, outputs), np.float64).reshape(*shape, -1)
        most = min(_MOST_SHARP * side * side, int(_MAP_WORK / problem.size)) if sharp else 0
        fine = refined(grid, axes, (lambda points: shares(problem, outputs_at(points))) if sharp else None, most)
    return Fit("map", split.unscaled(axes).T, classes.reshape(shape), margin.reshape(shape), fine=fine)


def shares(problem: NetworkProblem, outputs: Floats) -> Floats:
    """What speaks for each class (N, C), from 0 to 1: its probability, or its output where that is none."""
    loss = problem.network.loss
    return probabilities(problem, outputs) if loss.binary or loss.takes_classes else np.clip(outputs, 0.0, 1.0)


def _page(problem: NetworkProblem, theta: Floats, run: int, judged: Judged | None, *, worst: bool) -> Fit:
    """The pictures that are shown of one run: of the test samples, or the training samples where there are none."""
    split = problem.split
    tested = len(split.x_test) > 0
    x, truth = (split.x_test, split.y_test) if tested else (split.x_train, split.y_train)
    order = np.arange(len(x))
    if worst and judged is not None:
        losses = np.nan_to_num(judged.losses, nan=np.inf)
        order = np.argsort(-losses, kind="stable")
    order = order[:_PICTURES]
    classes, margin = _decide(problem, problem.outputs(theta[run : run + 1], x[order], runs=[run])[0])
    return Fit("pictures", split.unscaled(x[order]), classes, margin, truth[order], order=order)


def _quality(split: Split, judged: Judged | None, truth: NDArray[Any]) -> Quality | None:
    """How well values are met; None of classes, and of no samples."""
    if split.classes or judged is None or not len(judged.losses):
        return None
    y = split.unscaled_values(truth[: len(judged.values)])
    residuals, spread = y - judged.values, y - y.mean(axis=0)
    around = float(np.sum(spread * spread))
    r2 = 1.0 - float(np.sum(residuals * residuals)) / around if around > 0 else float("nan")
    return Quality(r2, float(np.mean(np.abs(residuals))), len(y))


def judge(problem: NetworkProblem, theta: Floats, run: int, x: Floats, y: NDArray[Any]) -> Judged:
    """What the network of one run of theta (R, P) makes of samples x (N, n_in), targets y as the loss wants them."""
    if not len(x):
        return Judged(np.empty((0, 1)), np.empty(0))
    outputs = problem.outputs(theta[run : run + 1], x, runs=[run])[0]
    # as so many runs of a single sample, so that the loss gives the mean over each one
    losses = problem.network.loss.value(outputs[:, None], y[:, None]) * problem.loss_unit
    return Judged(probabilities(problem, outputs), np.asarray(losses))


def probabilities(problem: NetworkProblem, outputs: Floats) -> Floats:
    """The probability of each class (N, C) that outputs (N, n_out) mean; the outputs where they mean none."""
    loss = problem.network.loss
    if loss.binary:
        right = logistic(outputs)
        return np.concatenate([1.0 - right, right], axis=1)
    if loss.takes_classes:
        found = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(found / found.sum(axis=1, keepdims=True))
    return problem.split.unscaled_values(outputs)


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each true class was taken for each.

    Attributes:
        counts: (C, C), the true class by row, the class read by column.
        tested: whether these are the test samples; the training samples where none are kept for testing.
        run: the run.
    """

    counts: NDArray[np.int64]
    tested: bool
    run: int


def confusion(problem: NetworkProblem, theta: Floats, run: int) -> Confusion | None:
    """The confusion of one run of theta (R, P); None where the data have no classes."""
    split, run = problem.split, min(run, len(theta) - 1)
    count = len(split.classes)
    if not count:
        return None
    tested = len(split.x_test) > 0
    x, truth = (split.x_test, split.y_test) if tested else (split.x_train, split.y_train)
    counts = np.zeros((count, count), np.int64)
    with np.errstate(all="ignore"):
        for first in range(0, len(x), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            read = problem.predicted(problem.outputs(theta[run : run + 1], x[part], runs=[run]))[0]
            np.add.at(counts, (truth[part], read), 1)
    return Confusion(counts, tested, run)


def _bounds(problem: NetworkProblem) -> tuple[Floats, Floats]:
    low, high = problem.split.x_train.min(axis=0), problem.split.x_train.max(axis=0)
    room = _MARGIN * np.maximum(high - low, 1e-9)
    return low - room, high + room


def _decide(problem: NetworkProblem, outputs: Floats) -> tuple[NDArray[Any], Floats]:
    """The class of each sample (K,) and its probability; for values the value itself and certainty 1."""
    if not problem.split.classes:
        return problem.split.unscaled_values(outputs)[:, 0], np.ones(len(outputs))
    classes = problem.predicted(outputs[None])[0]
    if problem.network.loss.binary:
        sureness = logistic(np.abs(outputs[:, 0]))
    elif problem.network.loss.takes_classes:
        sureness = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        sureness = sureness.max(axis=1) / sureness.sum(axis=1)
    else:
        sureness = np.clip(outputs.max(axis=1), 0.0, 1.0)
    return classes, sureness


def fit_of(race: Race, run: int, wanted: Wanted | None = None, *, judged: bool = True) -> Fit:
    """The fit of a run of a race, with the curves of all runs, whichever networks they train."""
    own = network_of(race, run)
    found = fit(own.problem, own.theta, own.run, wanted, judged=judged)
    outputs = found.outputs
    if found.kind == "curves" and len(race.parts) > 1:
        others = (network_of(race, part.rows.start) for part in race.parts)
        outputs = np.concatenate([fit(each.problem, each.theta, 0, judged=False).outputs for each in others])
    return replace(found, outputs=outputs, run=own.part.rows.start + own.run)


@statistics.register("fit")
class FitStatistic(NetworkStatistic):
    """The fit of the run given, as `fit` gives it; with the run may be given what is `Wanted`."""

    refresh, rest = 0.1, 4.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Fit:
        return fit_of(race, *given)


@statistics.register("fits")
class FitsStatistic(NetworkStatistic):
    """The fits of all the runs given, without single samples."""

    refresh, rest = 0.15, 6.0

    def compute(self, race: Race, given: Any, *, running: bool) -> tuple[Fit, ...]:
        return tuple(fit_of(race, run, judged=False) for run in given)


@statistics.register("confusion")
class ConfusionStatistic(NetworkStatistic):
    """The confusion of the run given, as `confusion` gives it."""

    refresh, rest = 0.2, 9.0

    def compute(self, race: Race, given: Any, *, running: bool) -> Confusion | None:
        (run,) = given
        own = network_of(race, run)
        found = confusion(own.problem, own.theta, own.run)
        return None if found is None else replace(found, run=own.part.rows.start + own.run)
