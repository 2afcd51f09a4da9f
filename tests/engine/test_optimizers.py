"""Optimizers against the literal rules of `tests/references.py`: PyTorch's and Keras's, as documented."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.references import DEFAULTS, OPTIMIZERS
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.params import CONVENTIONS, complete

CASES = list(product(optimizers.keys(), CONVENTIONS))
START = (-1.2, 1.0)
STEPS = 200
#: Values other than the defaults, tried where a rule has a hyperparameter of that name.
VARIED: dict[str, tuple[float, ...]] = {
    "learning_rate": (1e-4, 3e-4, 1e-3),
    "momentum": (0.5, 0.9, 0.0),
    "rho": (0.5, 0.99, 0.9),
    "beta1": (0.9, 0.5, 0.0),
    "beta2": (0.999, 0.9, 0.99),
    "epsilon": (1e-8, 1e-2, 1e-6),
    "initial_accumulator": (0.0, 0.1, 1.0),
}


def settings(key: str, convention: str) -> list[dict[str, Any]]:
    """Complete hyperparameters: the defaults at a rate that is safe on the valley, then the varied ones."""
    params = optimizers.get(key).params
    sets = [{"learning_rate": 1e-4}]
    sets += [{p.name: VARIED[p.name][i] for p in params if p.name in VARIED} for i in range(3)]
    return [complete(params, given, convention) for given in sets]


def slope(x: float, y: float) -> tuple[float, float]:
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def reference_path(key: str, convention: str, h: dict[str, Any], rates: list[float] | None = None) -> np.ndarray:
    """The path (STEPS + 1, 2) on Rosenbrock in plain Python numbers."""
    rule = OPTIMIZERS[key, convention]
    point, states, path = list(START), [{}, {}], [START]
    for t in range(1, STEPS + 1):
        g = slope(*point)
        now = h if rates is None else {**h, "learning_rate": rates[t - 1]}
        point = [rule(x, g[i], t, states[i], now) for i, x in enumerate(point)]
        path.append(tuple(point))
    return np.array(path)


def engine_path(optimizer: Optimizer, runs: int, factor: Any = None) -> np.ndarray:
    """The path (STEPS + 1, R, 2) that the engine takes."""
    valley = objectives.get("rosenbrock")()
    theta = np.tile(np.array(START), (runs, 1))
    gradient = np.empty_like(theta)
    optimizer.bind(theta)
    path = [theta.copy()]
    for t in range(1, STEPS + 1):
        valley.gradient(theta, gradient)
        kept = gradient.copy()
        if factor is not None:
            optimizer.set_rate_factor(factor(t))
        optimizer.step(theta, gradient, t)
        assert np.array_equal(gradient, kept), "the gradient belongs to the caller"
        path.append(theta.copy())
    return np.array(path)


def test_every_optimizer_has_a_literal_rule_for_both_conventions() -> None:
    assert set(OPTIMIZERS) == set(CASES)


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_the_path_is_that_of_the_documented_rule(key: str, convention: str) -> None:
    """200 steps, four runs at once with hyperparameters of their own, each equal to the rule in plain numbers."""
    sets = settings(key, convention)
    path = engine_path(optimizers.get(key)(sets, convention), len(sets))
    for run, h in enumerate(sets):
        np.testing.assert_allclose(path[:, run], reference_path(key, convention, h), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_a_run_alone_takes_the_same_steps_bit_for_bit(key: str, convention: str) -> None:
    sets = settings(key, convention)
    together = engine_path(optimizers.get(key)(sets, convention), len(sets))
    for run, h in enumerate(sets):
        alone = engine_path(optimizers.get(key)([h], convention), 1)
        assert np.array_equal(alone[:, 0], together[:, run])


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_a_rate_that_changes_takes_effect_as_the_convention_says(key: str, convention: str) -> None:
    """Here the two velocities differ: PyTorch's is multiplied by today's rate, Keras's holds yesterday's."""
    h = settings(key, convention)[0]
    rates = [h["learning_rate"] * (1.0 if t <= 50 else 0.25) for t in range(1, STEPS + 1)]
    path = engine_path(optimizers.get(key)([h], convention), 1, lambda t: 1.0 if t <= 50 else 0.25)
    np.testing.assert_allclose(path[:, 0], reference_path(key, convention, h, rates), rtol=1e-12, atol=1e-14)


def test_the_two_velocities_agree_while_the_rate_is_constant_and_part_when_it_changes() -> None:
    for key in ("momentum", "nesterov"):
        h = settings(key, "pytorch")[0]
        both = [engine_path(optimizers.get(key)([h], c), 1) for c in CONVENTIONS]
        np.testing.assert_allclose(both[0], both[1], rtol=1e-9)
        both = [engine_path(optimizers.get(key)([h], c), 1, lambda t: 1.0 if t < 9 else 0.1) for c in CONVENTIONS]
        assert not np.allclose(both[0][9], both[1][9], rtol=1e-9)


@pytest.mark.parametrize(("key", "convention"), DEFAULTS)
def test_defaults_are_those_of_the_library(key: str, convention: str) -> None:
    assert complete(optimizers.get(key).params, {}, convention).items() >= DEFAULTS[key, convention].items()


@pytest.mark.parametrize("key", optimizers.keys())
def test_the_learning_rate_comes_first_and_the_difference_of_conventions_is_told(key: str) -> None:
    entry = optimizers.get(key)
    assert entry.params[0].name == "learning_rate"
    assert entry.conventions_note.endswith(".")


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_saved_state_goes_on_bit_for_bit_and_belongs_to_the_one_who_saved(key: str, convention: str) -> None:
    h = settings(key, convention)[1]
    gradients = np.random.default_rng(3).normal(size=(20, 1, 5))
    optimizer = optimizers.get(key)([h], convention)
    theta = np.ones((1, 5))
    optimizer.bind(theta)
    for t in range(1, 11):
        optimizer.step(theta, gradients[t - 1], t)
    saved, at = optimizer.save(), theta.copy()
    copies = {name: array.copy() for name, array in saved.items()}
    for t in range(11, 21):
        optimizer.step(theta, gradients[t - 1], t)
    assert all(np.array_equal(saved[name], copies[name]) for name in saved)
    end = theta.copy()
    np.copyto(theta, at)
    optimizer.load(saved)
    for t in range(11, 21):
        optimizer.step(theta, gradients[t - 1], t)
    assert np.array_equal(theta, end)


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_single_precision_stays_single_precision(key: str, convention: str) -> None:
    h = settings(key, convention)[0]
    optimizer = optimizers.get(key)([h, h], convention)
    theta = np.zeros((2, 3), np.float32)
    optimizer.bind(theta)
    for t in range(1, 6):
        optimizer.step(theta, np.full_like(theta, 0.5), t)
    assert {array.dtype for array in optimizer.save().values()} <= {np.dtype(np.float32)}
    double = optimizers.get(key)([h], convention)
    exact = np.zeros((1, 3))
    double.bind(exact)
    for t in range(1, 6):
        double.step(exact, np.full_like(exact, 0.5), t)
    np.testing.assert_allclose(theta[:1], exact, rtol=1e-4)


@pytest.mark.parametrize("key", optimizers.keys())
def test_a_live_change_of_the_rate_keeps_the_state(key: str) -> None:
    h = settings(key, "pytorch")[0]
    optimizer = optimizers.get(key)([h], "pytorch")
    theta = np.array([START])
    optimizer.bind(theta)
    optimizer.step(theta, np.ones_like(theta), 1)
    before = optimizer.save()
    optimizer.set_hyperparameters([{**h, "learning_rate": 0.5}])
    assert float(optimizer.rate[0, 0]) == 0.5
    assert all(np.array_equal(before[name], kept) for name, kept in optimizer.save().items())


def test_a_name_that_a_rule_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="SGD has no 'velocity'"):
        _ = optimizers.get("sgd")([{"learning_rate": 0.1}]).velocity
