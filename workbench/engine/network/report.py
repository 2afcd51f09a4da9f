"""How the layers of a network fare at one step: activations, histograms, and what is wrong since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.demanded import NetworkStatistic
from workbench.engine.network.layer_measures import (
    EXPLODING_ABOVE,
    PROBE,
    VANISHING_BELOW,
    VANISHING_SHARE,
    Histogram,
    LayerStatistics,
    LayerWarning,
    health,
    histogram,
    layer_statistics,
)
from workbench.engine.network.layers import Workspace
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import statistics

Floats = NDArray[np.floating[Any]]

_BRIEF = 10  # rows of a bad stretch of the past that is not worth a word


@dataclass(frozen=True, slots=True)
class LayersReport:
    """The layers of all runs, and one layer of one run taken apart.

    Attributes:
        step: the state that it is of.
        statistics: of all runs and layers.
        run, layer: which ones the histograms are of.
        histograms: of `weights`, `activations` (over the probe) and `gradients` (of the batch the next step uses).
    """

    step: int
    statistics: LayerStatistics
    run: int
    layer: int
    histograms: Mapping[str, Histogram]


def layers_report(race: Race, run: int, layer: int) -> LayersReport | None:
    """The report of a race's present state; None where its problem is no network."""
    problem = race.problem
    if not isinstance(problem, NetworkProblem):
        return None
    run, layer = min(run, problem.runs - 1), min(layer, len(problem.layers) - 1)
    block = problem.network.blocks[layer]
    weights = slice(block.start, block.bias_start)
    with np.errstate(all="ignore"):
        theta = race.theta[run : run + 1]
        activations = forward_one(problem, theta, run, problem.x_train[:PROBE]).a[layer]
        found = {
            "weights": histogram(theta[:, weights]),
            "activations": histogram(activations.reshape(1, -1)),
            "gradients": histogram(gradient_of(problem, theta, run, race.step)[:, weights]),
        }
    return LayersReport(race.step, layer_statistics(problem, race.theta), run, layer, found)


def forward_one(problem: NetworkProblem, theta: Floats, run: int, x: Floats) -> Workspace:
    """A forward pass of run `run` with parameters theta (1, P) over inputs x (N, n_in), in buffers of its own.

    The inputs are those of the network, features computed; batch normalisation takes the run's averages.
    """
    work = problem.network.workspace(1, len(x))
    running = problem.running[run : run + 1] if problem.network.moments else None
    problem.network.forward(theta, x[None], work, running=running)
    return work


def gradient_of(problem: NetworkProblem, theta: Floats, run: int, step: int) -> Floats:
    """The gradient (1, P) of one run's parameters theta (1, P) for the batch, and the dropout, of a step.

    Nothing of the problem changes by it: running averages stay what they are.
    """
    x, y = problem.batch(step)
    masks = problem.masks(step, x.shape[1])
    if len(x) > 1:
        x, y = x[run : run + 1], y[run : run + 1]
    if masks is not None:
        masks = [mask if mask is None or len(mask) == 1 else mask[run : run + 1] for mask in masks]
    out = np.empty_like(theta)
    work = problem.network.workspace(1, x.shape[1])
    problem.network.loss_and_gradient(theta, x, y, work, out, masks=masks)
    return out


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What is wrong with layers `now`, with the step since when, and what was for a while in the `past`."""

    now: tuple[LayerWarning, ...] = ()
    past: tuple[LayerWarning, ...] = ()


class HealthWatch:
    """Looks at the layers of one race now and then.

    Vanishing and exploding are read from the history: the step is the one at which it began, whenever one looks. Dead
    and saturated units are not recorded: there the step is the one at which they were first seen.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int, int], int] = {}

    def look(self, race: Race) -> HealthReport:
        """The warnings of the present state, and earlier ones, by run and layer."""
        problem = race.problem
        if not isinstance(problem, NetworkProblem):
            return HealthReport()
        with np.errstate(all="ignore"):
            found = health(race.step, race.gradient_rms(), layer_statistics(problem, race.theta), race.alive)
        stretches = _stretches(race)
        now = []
        for warning in found:
            key = (warning.key, warning.run, warning.layer)
            since = race.step
            if key in stretches:
                first, last, _ = stretches.pop(key)[-1]
                since = first if last == race.step else race.step
            elif warning.key in ("dead", "saturated"):
                since = min(self._seen.get(key, race.step), race.step)
            now.append(replace(warning, step=since))
        self._seen = {(w.key, w.run, w.layer): w.step for w in now}
        past = []
        for (name, run, layer), parts in stretches.items():
            first, _, value = max(parts, key=lambda part: part[1] - part[0])
            past.append(LayerWarning(name, run, layer, first, value))
        return HealthReport((*now, *_alone(problem)), tuple(sorted(past, key=lambda w: (w.run, w.layer))))


def _alone(problem: NetworkProblem) -> list[LayerWarning]:
    """Layers that normalise single samples: they do so in every run and from the start, and it is said once."""
    share = 1.0 / problem.steps_per_epoch if problem.batch_size > 1 else 1.0
    return [LayerWarning("alone", 0, layer, 0, share) for layer in problem.normalised_alone]


def _stretches(race: Race) -> dict[tuple[Any, int, int], list[tuple[int, int, float]]]:
    """When gradients were too small or too large: first step, last step and the worst value of each stretch.

    By ailment, run and layer. A stretch that ended counts from ten recorded rows on.
    """
    view = race.history.view()
    count = int(np.searchsorted(view.steps, race.step, side="right"))
    steps, rms = view.steps[:count], view.values["gradient_rms"][:count]
    with np.errstate(invalid="ignore"):
        ill = {
            "vanishing": (rms < VANISHING_BELOW) & (rms < VANISHING_SHARE * rms.max(axis=2, keepdims=True)),
            "exploding": rms > EXPLODING_ABOVE,
        }
    found: dict[tuple[Any, int, int], list[tuple[int, int, float]]] = {}
    for name, mask in ill.items():
        for run, layer in np.argwhere(mask.any(axis=0)):
            own = mask[:, run, layer]
            edges = np.flatnonzero(np.diff(np.concatenate([[False], own, [False]]).astype(np.int8)))
            parts = []
            for first, stop in edges.reshape(-1, 2):
                if stop < count and stop - first < _BRIEF:
                    continue
                values = rms[first:stop, run, layer]
                worst = float(values.min() if name == "vanishing" else values.max())
                last = race.step if stop == count else int(steps[stop - 1])
                parts.append((int(steps[first]), last, worst))
            if parts:
                found[name, int(run), int(layer)] = parts
    return found


@statistics.register("layers")
class LayersStatistic(NetworkStatistic):
    """The report of the run and the layer given, as `layers_report` gives it."""

    refresh, rest = 0.2, 9.0

    def compute(self, race: Race, given: Any, *, running: bool) -> LayersReport | None:
        return layers_report(race, *given)


@statistics.register("health")
class HealthStatistic(NetworkStatistic):
    """What is wrong with the layers; nothing is given."""

    refresh, rest = 0.5, 24.0

    def __init__(self) -> None:
        self._watch: tuple[Race | None, HealthWatch] = (None, HealthWatch())

    def compute(self, race: Race, given: Any, *, running: bool) -> HealthReport:
        if self._watch[0] is not race:
            self._watch = (race, HealthWatch())
        return self._watch[1].look(race)

    def let_go(self, race: Race) -> None:
        if self._watch[0] not in (None, race):
            self._watch = (None, HealthWatch())
