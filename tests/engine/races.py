"""Races for the tests of the engine: many lanes on many problems, and what it means that two are equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.engine import datasets
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.schedules import Schedule, schedules


def rule(
    key: str, rate: float, convention: str = "pytorch", schedule: Schedule | None = None, **given: Any
) -> LaneRule:
    """A complete rule."""
    values = optimizers.get(key).complete({"learning_rate": rate, **given}, convention)
    return LaneRule(key, convention, values, schedule)


def every_rule(rate: float = 0.01) -> list[LaneRule]:
    """Each optimizer in both conventions, neighbours of one kind with other rates, some with a schedule."""
    cosine = schedules.get("cosine")({"period": 40})
    rules = []
    for key in optimizers.keys():  # noqa: SIM118 - iterating gives classes
        own = {"history_size": 4} if key == "lbfgs" else {}
        rules += [
            rule(key, rate, **own),
            rule(key, rate / 3, schedule=cosine, **own),
            rule(key, rate, "keras", **own),
        ]
    return rules


def on_objective(key: str, lanes: int, starts: int = 1, **settings: Any) -> ObjectiveProblem:
    entry = objectives.get(key)
    offsets = np.random.default_rng(2).normal(0, 0.3, (starts, len(entry.start)))
    offsets[0] = 0.0
    return ObjectiveProblem(entry(), np.array(entry.start) + offsets, lanes, **settings)


def on_network(name: str, lanes: int, starts: int = 1, **settings: Any) -> NetworkProblem:
    sizes = {} if name == "digits" else {"samples": 44}
    split = datasets.load(name, sizes, 0, 0.25, "range" if name == "digits" else "none")
    hidden = [] if name == "linear" else [LayerSpec(16, "relu", "he_normal"), LayerSpec(7, "tanh")]
    return NetworkProblem(split, hidden, lanes=lanes, starts=starts, **settings)


def problem_of(name: str, lanes: int, starts: int = 1, **settings: Any) -> Problem:
    make = on_objective if name in objectives else on_network
    return make(name, lanes, starts, **settings)


def recorded(race: Race, run: slice) -> list[np.ndarray]:
    """All that a race recorded of some runs."""
    views = [race.history.view()] + ([race.evaluated.record.view()] if race.evaluated.record else [])
    return [a[:, run] for view in views for part in (view.values, view.low, view.high) for a in part.values()]


def state(race: Race, run: slice = slice(None)) -> list[np.ndarray]:
    """What a race holds of some runs, the optimizers' state only where all runs are asked for."""
    arrays = [race.theta[run], race.loss[run], race.gradient[run], race.gradient_norm[run], race.alive[run]]
    arrays += [race.diverged_at[run], race.gradient_rms()[run]]
    if run == slice(None):
        arrays += [array for group in race.checkpoint().optimizers for array in group.values()]
    return [array.copy() for array in arrays]


def equal(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> bool:
    """Bit for bit, a not-a-number equal to itself."""
    return len(a) == len(b) and all(
        np.array_equal(x, y, equal_nan=x.dtype.kind == "f") for x, y in zip(a, b, strict=True)
    )


def continues(short: Sequence[np.ndarray], long: Sequence[np.ndarray]) -> bool:
    """Whether `long` begins as `short`; further rows, recorded after all of short's runs diverged, are not-a-number
    or, for a path, stay where they are."""
    begins = equal(short, [b[: len(a)] for a, b in zip(short, long, strict=True)])
    return begins and all(
        (np.isnan(b[len(a) :]) | (b[len(a) :] == a[-1:])).all() for a, b in zip(short, long, strict=True)
    )
