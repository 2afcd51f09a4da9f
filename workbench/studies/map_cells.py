"""The cells of a map, computed in whichever process: which settings a lane has, and what came of the runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import Param
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race
from workbench.engine.swarm.outcome import Outcome
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, LaneNetwork, NetworkSetup, ObjectiveSetup, replace
from workbench.experiment.filling import fill, fill_lane
from workbench.experiment.lane_networks import network_of
from workbench.studies.batch import Batch, Columns, problem_of
from workbench.studies.layer_rates import LINEAR, LayerRates
from workbench.studies.map_picture import VALUES, MapAxis, MapRequest

#: decades of the learning rate around the lane's own, to either side
_DECADES = 2
_LARGEST_BATCH = 256
#: a run has ended at a minimum this near, as a share of the domain's width, and nearer than half way to another one
_AT_MINIMUM = 0.05
_RATE = re.compile(r"rate\.(\w+)")


# Which settings there are


def axes_of(experiment: Experiment, lane: int) -> tuple[MapAxis, ...]:
    """The settings that a map of a lane can have along an axis, with the part of each that it shows at first."""
    full = fill_lane(experiment.lanes[lane], f"lanes[{lane}]")
    rule, setup = optimizers.get(full.optimizer), experiment.problem
    known = rule.settings(rule.spelt(full.hyperparameters), full.convention)
    found = [_setting(p, float(full.hyperparameters[p.name])) for p in known if not p.switch]
    if isinstance(setup, ObjectiveSetup):
        objective = objectives.get(setup.objective)(setup.parameters)
        point = (setup.points or (objective.usual_start(),))[0]
        for i in range(min(len(point), 8)):
            low, high = objective.domain[i % len(objective.domain)]
            found.append(MapAxis(f"start.{i}", f"start x{_subscript(i)}", low, high))
        found.append(MapAxis("noise", "noise", 0.0, max(1.0, 2.0 * setup.noise)))
    else:
        found.append(MapAxis("batch_size", "batch size", 1, _LARGEST_BATCH, log=True, whole=True))
        layers = network_of(setup, full.network).layers
        if full.optimizer in LINEAR and not full.hyperparameters.get("weight_decay") and layers:
            rate = float(full.hyperparameters["learning_rate"])
            names = [*(f"layer{i + 1}" for i in range(len(layers))), "output"]
            found += [MapAxis(f"rate.{name}", f"learning rate of {name}", *_around(rate), log=True) for name in names]
    found += [MapAxis(f"gradient.{p.name}", p.words, 1e-4, 10.0, log=True) for p in GRADIENT_OPTIONS]
    return tuple(found)


def _setting(param: Param, value: float) -> MapAxis:
    title = f"{param.words} {param.symbol}".strip()
    if param.name == "learning_rate":
        low, high = _around(value)
        return MapAxis(param.name, title, low, min(high, param.high), log=True)
    low, high = param.slider or (param.low, param.high)
    if not np.isfinite([low, high]).all():
        low, high = min(0.0, 2 * value), max(1.0, 2 * value)
    return MapAxis(param.name, title, low, high, param.scale == "log" and low > 0, param.kind == "int")


def _around(rate: float) -> tuple[float, float]:
    middle = rate if rate > 0 else 0.01
    return float(f"{middle / 10**_DECADES:.3g}"), float(f"{middle * 10**_DECADES:.3g}")


def _subscript(number: int) -> str:
    return str(number + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def with_settings(experiment: Experiment, lane: int, settings: Mapping[str, float]) -> Experiment | None:
    """The experiment in which the lane has the settings of a cell; None where no lane can have them."""
    own, setup = experiment.lanes[lane], experiment.problem
    start = list(_start_of(setup)) if isinstance(setup, ObjectiveSetup) else []
    for key, value in settings.items():
        name = key.partition(".")[2]
        if key.startswith("rate."):
            return None
        if key.startswith("start."):
            start[int(name)] = value
            setup = replace(setup, start=tuple(start))
        elif key == "noise":
            setup = replace(setup, noise=value)
        elif key == "batch_size":
            own = replace(own, network=replace(own.network or LaneNetwork(), batch_size=int(value)))
        elif key.startswith("gradient."):
            own = replace(own, gradient={**own.gradient, name: value})
        else:
            own = replace(own, hyperparameters={**own.hyperparameters, key: value})
    lanes = tuple(own if i == lane else each for i, each in enumerate(experiment.lanes))
    changed: Experiment = replace(experiment, problem=setup, lanes=lanes)
    return changed


def _start_of(setup: ObjectiveSetup) -> tuple[float, ...]:
    return (setup.points or (objectives.get(setup.objective)(setup.parameters).usual_start(),))[0]


# What came of runs


@dataclass(frozen=True, slots=True)
class Tile:
    """Cells of a map next to each other: plain values, with the experiment as text."""

    text: str
    request: MapRequest
    side: int
    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a tile: `VALUES` by name (rows, columns), and what is known of the problem."""

    values: Mapping[str, NDArray[Any]]
    lowest: float | None
    minima: Floats


def compute(tile: Tile) -> Found:
    """The runs of a tile's cells."""
    request = tile.request
    x = request.x.values(tile.side)[slice(*tile.columns)]
    y = request.y.values(tile.side)[slice(*tile.rows)]
    shape = (len(y), len(x))
    cells = _Cells(tile.text, request, np.broadcast_to(x, shape).ravel(), np.broadcast_to(y[:, None], shape).ravel())
    return Found({name: v.reshape(shape) for name, v in cells.values.items()}, cells.lowest, cells.minima)


def curve(text: str, request: MapRequest, settings: Mapping[str, float]) -> NDArray[np.float64]:
    """The recorded losses (T,) of the run of one cell, less the lowest known one, up to its end; T at most some 500."""
    experiment, _ = _prepared(text, request.lane)
    rates = {key: value for key, value in settings.items() if key.startswith("rate.")}
    plain = {key: value for key, value in settings.items() if key not in rates}
    changed = with_settings(experiment, request.lane, plain)
    assert changed is not None  # noqa: S101 - for the type checker: the rates of layers are apart
    alone = replace(changed, lanes=(changed.lanes[request.lane],), steps=request.steps, tolerance=None)
    problem: Problem = build.make_problem(alone)
    rule = build.lane_rule(alone, 0)
    if rates:
        problem = _with_rates(problem, np.array([[value] for value in rates.values()]), tuple(rates), rule)
        rule = _of_rate_one(rule)
    every = max(1, request.steps // 500)
    race = Race(problem, [rule], limit=request.steps, record_every=every, capacity=None)
    race.advance(request.steps)
    known = problem.known_minima
    lowest = float(known[1].min()) if problem.measure == "gap" and known is not None else 0.0
    return np.asarray(race.history.view(ended=True).values["loss"][:, 0], np.float64) - lowest


class _Cells:
    """N runs of a map's lane at values x, y (N,) of the two axes."""

    def __init__(self, text: str, request: MapRequest, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._experiment, self._problem = _prepared(text, request.lane)
        self._request = request
        self.values: dict[str, NDArray[Any]] = {
            name: np.full(len(x), empty, kind) for name, (kind, empty) in VALUES.items()
        }
        self.lowest: float | None = None
        self.minima: Floats = np.empty((0, 2))
        given = {request.x.key: x, request.y.key: y}
        given |= {key: np.full(len(x), value) for key, value in request.through}
        apart = [key for key in given if key in ("noise", "batch_size")]
        keys = [tuple(given[key][i] for key in apart) for i in range(len(x))] if apart else [()] * len(x)
        for values in dict.fromkeys(keys):  # those of one problem together
            rows = np.array([i for i, key in enumerate(keys) if key == values])
            problem = self._other(dict(zip(apart, values, strict=True)))
            self._run(problem, rows, {key: column[rows] for key, column in given.items() if key not in apart})

    def _other(self, settings: Mapping[str, float]) -> Problem:
        """The problem with another noise or batch size."""
        if not settings:
            return self._problem
        changed = with_settings(self._experiment, self._request.lane, settings)
        assert changed is not None  # noqa: S101 - for the type checker
        return problem_of(changed, self._request.lane)

    def _run(self, problem: Problem, rows: NDArray[np.intp], given: Mapping[str, NDArray[np.float64]]) -> None:
        request, experiment = self._request, self._experiment
        hyperparameters: dict[str, ArrayLike] = {}
        gradient: dict[str, ArrayLike] = {}
        rates: dict[str, NDArray[np.float64]] = {}
        points: NDArray[np.float64] | None = None
        for key, column in given.items():
            name = key.partition(".")[2]
            if key.startswith("start."):
                assert isinstance(experiment.problem, ObjectiveSetup)  # noqa: S101 - for the type checker
                points = np.tile(_start_of(experiment.problem), (len(rows), 1)) if points is None else points
                points[:, int(name)] = column
            elif key.startswith("rate."):
                rates[key] = column
            else:
                (gradient if key.startswith("gradient.") else hyperparameters)[name or key] = column
        starts = np.zeros((1, 1), np.intp)
        if rates:
            rule = build.lane_rule(experiment, request.lane)
            problem = _with_rates(problem, np.array([*rates.values()]), tuple(rates), rule, hyperparameters)
            hyperparameters["learning_rate"] = np.ones(len(rows))
            starts = np.arange(len(rows))[:, None]
        batch = Batch(
            experiment,
            request.lane,
            Columns(hyperparameters, gradient, points),
            steps=request.steps,
            tolerance=request.tolerance,
            problem=problem,
            starts=starts,
        )
        outcome = batch.run()
        assert outcome is not None  # noqa: S101 - for the type checker: nobody interrupts it
        self._note(batch, outcome, rows)

    def _note(self, batch: Batch, outcome: Outcome, rows: NDArray[np.intp]) -> None:
        self.lowest, self.minima = batch.lowest, outcome.minima
        found = {
            "loss": outcome.loss,
            "best": outcome.best,
            "steps_to_target": outcome.reached_at,
            "diverged_at": outcome.diverged_at,
            "minimum": outcome.minimum(_reach(batch.problem, outcome.minima)),
        }
        for name, values in found.items():
            self.values[name][rows] = values.ravel()


def _with_rates(
    problem: Problem,
    rates: NDArray[np.float64],
    keys: tuple[str, ...],
    rule: LaneRule,
    hyperparameters: Mapping[str, Any] | None = None,
) -> Problem:
    """The problem whose gradient has the learning rate in it, layer by layer: `rates` (len(keys), N) of those named."""
    names = {match[1]: row for row, key in enumerate(keys) if (match := _RATE.fullmatch(key))}
    usual = (hyperparameters or {}).get("learning_rate", float(rule.hyperparameters["learning_rate"]))
    factors = np.empty((rates.shape[1], len(problem.layers)))
    for i, layer in enumerate(problem.layers):
        factors[:, i] = rates[names[layer.name]] if layer.name in names else usual
    assert isinstance(problem, NetworkProblem)  # noqa: S101 - for the type checker: no other has layers
    return LayerRates(problem, factors)


def _of_rate_one(rule: LaneRule) -> LaneRule:
    """The rule at a learning rate of 1: the gradient has it in it."""
    own = {**rule.hyperparameters, "learning_rate": 1.0}
    return LaneRule(rule.optimizer, rule.convention, own, rule.schedule, rule.gradient)


def _reach(problem: Problem, minima: Floats) -> float:
    """How near to a known minimum a run has ended there."""
    if not isinstance(problem, ObjectiveProblem) or not len(minima):
        return 0.0
    width = max(high - low for low, high in problem.objective.domain)
    apart = np.linalg.norm(minima[:, None] - minima, axis=-1)
    between = apart[apart > 0]
    nearest = float(between.min()) if len(between) else np.inf
    return float(min(_AT_MINIMUM * width, nearest / 2))


@lru_cache(maxsize=4)
def _prepared(text: str, lane: int) -> tuple[Experiment, Problem]:
    """The experiment of a text, and the problem of one of its lanes: tiles of one map come one after the other."""
    experiment = fill(files.loads(text))
    if isinstance(experiment.problem, NetworkSetup):
        experiment = replace(experiment, problem=replace(experiment.problem, starts=1))
    elif len(experiment.problem.points) > 1:
        experiment = replace(experiment, problem=replace(experiment.problem, start=experiment.problem.points[0]))
    return experiment, problem_of(experiment, lane)
