"""Optimizers against the literal rules of `tests/references.py`: PyTorch's and Keras's, as documented."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from tests.engine.literal_problems import SAMPLES, START, TARGETS, network, valley
from tests.references import DEFAULTS, OPTIMIZERS, banana, optimizer_path, small_network
from tests.references_vector import Problem as Slopes
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.params import CONVENTIONS, complete
from workbench.engine.problem import Problem, TensorSlice
from workbench.engine.race.race import LaneRule, Race

CASES = list(product(optimizers.keys(), CONVENTIONS))
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
    "weight_decay": (0.0, 0.1, 0.01),
    "dampening": (0.1, 0.0, 0.9),
    "learning_rate_decay": (0.0, 0.01, 0.1),
    "learning_rate_power": (-0.5, -0.3, -0.7),
    "l1": (0.0, 0.5, 0.1),
    "l2": (0.1, 0.0, 0.01),
    "l2_shrinkage": (0.0, 0.01, 0.1),
    "beta": (0.0, 1.0, 0.1),
    "momentum_decay": (0.004, 1.0, 0.1),
    "eta_minus": (0.5, 0.3, 0.7),
    "eta_plus": (1.2, 1.1, 1.5),
    "smallest_step": (1e-6, 1e-4, 1e-3),
    "largest_step": (50.0, 0.1, 0.01),
    "lambd": (1e-4, 0.0, 0.1),
    "alpha": (0.75, 0.5, 1.0),
    "t0": (1e6, 0.0, 50.0),
    "nu": (0.7, 0.0, 1.0),
    "nu1": (0.7, 1.0, 0.0),
    "nu2": (1.0, 0.5, 0.9),
    "warmup_steps": (0, 50, 7),
    "beta2_decay": (-0.8, -0.5, -1.0),
    "epsilon2": (1e-3, 1e-1, 1e-2),
    "clip_threshold": (1.0, 0.5, 2.0),
    "damping": (1e-4, 1.0, 100.0),
    "difference": (1e-5, 1e-4, 1e-3),
}
#: Where a rule needs others: trial lengths are no rates, a difference of gradients must not drown in rounding, Keras's
#: schedule-free rule divides by beta1, and a centred average without an epsilon divides by what cancellation leaves.
OWN: dict[str, dict[str, tuple[float, ...]]] = {
    "lbfgs": {"learning_rate": (1.0, 0.5, 0.1)},
    "newton": {"learning_rate": (1.0, 0.5, 1.0), "difference": (0.1, 0.03, 0.01), "damping": (1.0, 3.0, 10.0)},
    "radam": {"learning_rate": (1e-4, 1e-4, 1e-3)},
    "schedule_free_adamw": {"beta1": (0.9, 0.5, 0.1)},
    "rmsprop": {"epsilon": (1e-4, 1e-2, 1e-3)},
}
#: Switches, the same for all runs of one call: each combination is a case of its own.
SWITCHES: dict[str, list[dict[str, Any]]] = {
    "adam": [{}, {"amsgrad": True}],
    "adamw": [{}, {"amsgrad": True}],
    "rmsprop": [{}, {"centered": True}],
    "muon": [{}, {"nesterov": False, "newton_schulz_steps": 3}],
    "lbfgs": [{}, {"history_size": 3}, {"line_search_trials": 4}],
    "newton": [{}, {"hessian": "numerical"}],
}
SWITCHED = [(key, convention, switches) for key, convention in CASES for switches in SWITCHES.get(key, [{}])]


def amplifies(key: str, switches: dict[str, Any]) -> bool:
    """Whether the rule itself magnifies a difference in the last digit by orders of magnitude within 200 steps.

    L-BFGS divides by small differences of gradients, and its line search takes decisions; a centred average divides by
    what cancellation leaves. Those are followed: each step of the rule starts from the engine's last point, and what
    L-BFGS remembers are the differences of those points, so that no step inherits the rounding of the ones before.
    """
    return key == "lbfgs" or "centered" in switches


def settings(key: str, convention: str, switches: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Complete hyperparameters: the defaults at a rate that is safe on the valley, then the varied ones."""
    entry = optimizers.get(key)
    params = entry.settings({}, convention)
    own = OWN.get(key, {})
    varied = VARIED | own
    sets: list[dict[str, Any]] = [{name: varied[name][0] for name in ("learning_rate", *own)}]
    sets += [{p.name: varied[p.name][i] for p in params if p.name in varied} for i in range(3)]
    return [entry.complete({**given, **(switches or {})}, convention) for given in sets]


def slope(x: float, y: float) -> tuple[float, float]:
    """Of Rosenbrock's valley."""
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def engine_slopes(problem: NetworkProblem) -> Slopes:
    """The engine's own loss and gradient to the last digit, for rules that magnify the last digit."""
    out = np.empty((1, problem.size))

    def gradient(p: np.ndarray) -> np.ndarray:
        problem.loss_and_gradient(p[None], 0, out)
        return out[0].copy()

    tensors = tuple((tensor.start, tensor.shape) for tensor in problem.tensors)
    return Slopes(lambda p: float(problem.loss_and_gradient(p[None], 0, out)[0]), gradient, tensors)


def race_path(problem: Problem, key: str, convention: str, sets: list[dict[str, Any]], steps: int) -> np.ndarray:
    """The path (steps + 1, R, P) of a race with a lane for each set of hyperparameters."""
    race = Race(problem, [LaneRule(key, convention, h) for h in sets])
    path = [race.theta.copy()]
    for _ in range(steps):
        race.advance()
        path.append(race.theta.copy())
    return np.array(path)


def engine_path(optimizer: Optimizer, runs: int, factor: Any = None) -> np.ndarray:
    """The path (STEPS + 1, R, 2) that the engine takes in the valley."""
    valley = objectives.get("rosenbrock")()

    def evaluate(points: np.ndarray, _rows: np.ndarray, out: np.ndarray) -> np.ndarray:
        valley.gradient(points, out)
        return valley.value(points)

    theta = np.tile(np.array(START), (runs, 1))
    gradient = np.empty_like(theta)
    optimizer.bind(theta, evaluate=evaluate)
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


def assert_same_path(found: np.ndarray, expected: np.ndarray) -> None:
    """Equal to 1e-12 of each coordinate, or of 1 where it passes through zero."""
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("key", "convention", "switches"), SWITCHED)
def test_the_path_is_that_of_the_documented_rule(key: str, convention: str, switches: dict[str, Any]) -> None:
    """200 steps, four runs at once with hyperparameters of their own, each equal to the rule in plain numbers."""
    sets = settings(key, convention, switches)
    path = engine_path(optimizers.get(key)(sets, convention), len(sets))
    for run, h in enumerate(sets):
        along = path[:, run] if amplifies(key, switches) else None
        assert_same_path(path[:, run], optimizer_path(key, convention, h, START, banana(), STEPS, along=along))


@pytest.mark.parametrize(("key", "convention", "switches"), SWITCHED)
def test_a_network_takes_the_path_of_the_documented_rule(key: str, convention: str, switches: dict[str, Any]) -> None:
    """The same through a whole race: backpropagation, layer shapes and line searches are those of the engine."""
    sets = settings(key, convention, switches)
    path = race_path(network(len(sets)), key, convention, sets, STEPS)
    literal = engine_slopes(network(1)) if amplifies(key, switches) else small_network(SAMPLES, TARGETS, 3)
    for run, h in enumerate(sets):
        along = path[:, run] if amplifies(key, switches) else None
        assert_same_path(path[:, run], optimizer_path(key, convention, h, path[0, run], literal, STEPS, along=along))


@pytest.mark.parametrize("make", [valley, network])
@pytest.mark.parametrize(("key", "convention", "switches"), SWITCHED)
def test_a_run_alone_takes_the_same_steps_bit_for_bit(
    key: str, convention: str, switches: dict[str, Any], make: Callable[[int], Problem]
) -> None:
    sets = settings(key, convention, switches)
    together = race_path(make(len(sets)), key, convention, sets, STEPS)
    for run, h in enumerate(sets):
        alone = race_path(make(1), key, convention, [h], STEPS)
        assert np.array_equal(alone[:, 0], together[:, run])


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_a_rate_that_changes_takes_effect_as_the_convention_says(key: str, convention: str) -> None:
    """Here the two velocities differ: PyTorch's is multiplied by today's rate, Keras's holds yesterday's."""
    h = settings(key, convention)[0]
    rates = [h["learning_rate"] * (1.0 if t <= 50 else 0.25) for t in range(1, STEPS + 1)]
    path = engine_path(optimizers.get(key)([h], convention), 1, lambda t: 1.0 if t <= 50 else 0.25)
    along = path[:, 0] if amplifies(key, {}) else None
    assert_same_path(path[:, 0], optimizer_path(key, convention, h, START, banana(), STEPS, rates, along))


def bowl(points: np.ndarray, _rows: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Half the square of the distance to the origin, for the rules that ask."""
    np.copyto(out, points)
    return np.vecdot(points, points) / 2


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
    assert (entry.__doc__ or "").endswith(f"\n\n    Conventions: {entry.conventions_note}")
    decays_apart = dict(entry.decays) == {"pytorch": "l2", "keras": "decoupled"}
    decays_apart &= any(p.name == "weight_decay" for p in entry.params)
    assert ("added to the gradient in PyTorch; in Keras it shrinks" in entry.conventions_note) == decays_apart


#: What a note says where the two conventions, given the same settings, take the same steps.
SAMENESS = ("oth conventions take", "The same rule", "The same step", "The rule is the same")


@pytest.mark.parametrize("key", optimizers.keys())
def test_the_conventions_take_the_same_steps_where_the_note_says_so_and_others_where_not(key: str) -> None:
    """All settings the same in both, an epsilon that counts, and a rate that changes on the way. Where weight decay is
    added in one and shrinks in the other, it is left out: that the notes of these say so is asked above."""
    entry = optimizers.get(key)
    names = {p.name for p in entry.params}
    rate = 0.01 if key == "adamax" else 1e-4  # its two epsilons part where gradients fall fast
    given = {"learning_rate": rate, "epsilon": 1.0, "momentum": 0.9, "beta2": 0.9}
    given |= {"weight_decay": 0.0 if dict(entry.decays) == {"pytorch": "l2", "keras": "decoupled"} else 0.1}
    h = complete(entry.params, {name: value for name, value in given.items() if name in names})
    paths = [engine_path(entry([h], c), 1, lambda t: 1.0 if t <= 50 else 0.1) for c in CONVENTIONS]
    same = any(words in entry.conventions_note for words in SAMENESS)
    assert np.allclose(*paths, rtol=1e-9, atol=0.0) == same


def copied(arrays):
    return {name: array.copy() for name, array in arrays.items()}


@pytest.mark.parametrize(("key", "convention"), CASES)
def test_a_copied_state_goes_on_bit_for_bit(key: str, convention: str) -> None:
    h = settings(key, convention)[1]
    gradients = np.random.default_rng(3).normal(size=(20, 1, 5))
    optimizer = optimizers.get(key)([h], convention)
    theta = np.ones((1, 5))
    optimizer.bind(theta, evaluate=bowl)
    for t in range(1, 11):
        optimizer.step(theta, gradients[t - 1], t)
    saved, at = copied(optimizer.state_arrays), theta.copy()
    for t in range(11, 21):
        optimizer.step(theta, gradients[t - 1], t)
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
    theta = np.ones((2, 3), np.float32)
    optimizer.bind(theta, evaluate=bowl)
    for t in range(1, 6):
        optimizer.step(theta, np.full_like(theta, 0.5), t)
    of_parameters = {array.dtype for array in optimizer.state_arrays.values() if array.shape == theta.shape}
    assert of_parameters <= {np.dtype(np.float32)}
    assert all(optimizer.scratch(i).dtype == np.float32 for i in range(3))
    double = optimizers.get(key)([h], convention)
    exact = np.ones((1, 3))
    double.bind(exact, evaluate=bowl)
    for t in range(1, 6):
        double.step(exact, np.full_like(exact, 0.5), t)
    np.testing.assert_allclose(theta[:1], exact, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_adafactor_in_single_precision_survives_a_unit_without_gradient(convention: str) -> None:
    """An input that is always zero, into a unit that is never active: row times column is less than the precision
    holds, and 0 / 0 must not come of it. The others move as they do in double precision, and the dead stay."""
    h = complete(optimizers.get("adafactor").params, {"learning_rate": 0.01, "epsilon": 1e-30}, convention)
    slopes = np.random.default_rng(4).normal(size=(1, 4, 3))
    slopes[:, 1], slopes[:, :, 2] = 0.0, 0.0
    ends = []
    for dtype in (np.float32, np.float64):
        optimizer, theta = optimizers.get("adafactor")([h], convention), np.ones((1, 12), dtype)
        optimizer.bind(theta, tensors=(TensorSlice("weights", 0, (4, 3)),))
        for t in range(1, 11):
            optimizer.step(theta, slopes.reshape(1, 12).astype(dtype), t)
        ends.append(theta.reshape(4, 3))
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-6)
    assert np.array_equal(ends[0] != 1.0, slopes[0] != 0.0)


@pytest.mark.parametrize("key", optimizers.keys())
def test_a_live_change_of_the_rate_keeps_the_state(key: str) -> None:
    h = settings(key, "pytorch")[0]
    optimizer = optimizers.get(key)([h], "pytorch")
    theta = np.array([START])
    optimizer.bind(theta, evaluate=bowl)
    optimizer.step(theta, np.ones_like(theta), 1)
    before = copied(optimizer.state_arrays)
    optimizer.set_hyperparameters([{**h, "learning_rate": 0.5}])
    assert (np.asarray(optimizer.rate) == 0.5).all()  # one number where all runs share it
    assert all(np.array_equal(before[name], kept) for name, kept in optimizer.state_arrays.items())


def test_a_name_that_a_rule_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="SGD has no 'velocity'"):
        _ = optimizers.get("sgd")([{"learning_rate": 0.1}]).velocity


def test_powers_for_many_steps_at_once_are_those_of_each_step_bit_for_bit() -> None:
    """Of runs that share a setting, and of runs that do not: a lane must not see who is beside it."""
    for base in (0.9, 0.999, 0.5, 0.0, 1.0 - 1e-7):
        given = settings("adam", "pytorch")[0]
        shared = optimizers.get("adam")([{**given, "beta1": base}] * 2)
        apart = optimizers.get("adam")([{**given, "beta1": beta} for beta in (base, 0.123)])
        for each in (shared, apart):
            each.bind(np.zeros((2, 3)))
        for t in (*range(1, 600), 10**6, 3):
            assert shared.power("beta1", t) == apart.power("beta1", t)[0, 0], (base, t)
