"""Clipping and weight decay of a lane's gradients, by their formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError, complete
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.engine.race.race import LaneRule, Race
from workbench.experiment.build import lane_rules, same_race
from workbench.experiment.files import dumps, loads
from workbench.experiment.filling import fill

START = (-1.2, 1.0)
OPTIONS: list[dict[str, float]] = [
    {},
    {"clip_value": 3.0},
    {"clip_norm": 2.0},
    {"l2": 0.3},
    {"weight_decay": 0.3},
    {"clip_value": 30.0, "clip_norm": 20.0, "l2": 0.1, "weight_decay": 0.2},
]


def rule(key: str, options: dict[str, float], convention: str = "pytorch", **given: float) -> LaneRule:
    values = complete(optimizers.get(key).params, given, convention)
    return LaneRule(key, convention, values, None, complete(GRADIENT_OPTIONS, options))


def race_of(*rules: LaneRule) -> Race:
    return Race(ObjectiveProblem(objectives.get("rosenbrock")(), [START], len(rules)), rules)


def slope(x: float, y: float) -> np.ndarray:
    return np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])


@pytest.mark.parametrize("convention", ["pytorch", "keras"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "none")
def test_the_options_act_in_their_order_before_the_rule(options: dict[str, float], convention: str) -> None:
    """Value, norm over all parameters, L2, decoupled decay; PyTorch adds 1e-6 to the norm, Keras nothing."""
    race = race_of(rule("sgd", options, convention, learning_rate=1e-3))
    x = np.array(START)
    for _ in range(50):
        g = slope(*x)
        if "clip_value" in options:
            g = np.maximum(-options["clip_value"], np.minimum(options["clip_value"], g))
        if "clip_norm" in options:
            length = np.sqrt((g**2).sum()) + (1e-6 if convention == "pytorch" else 0.0)
            g = g * min(1.0, options["clip_norm"] / length)
        g = g + options.get("l2", 0.0) * x
        x = x * (1 - 1e-3 * options.get("weight_decay", 0.0)) - 1e-3 * g
        race.advance()
        np.testing.assert_allclose(race.theta[0], x, rtol=1e-12)


def test_the_record_keeps_the_problems_own_gradient_and_loss() -> None:
    race = race_of(rule("sgd", {"clip_norm": 1.0, "l2": 1.0}))
    np.testing.assert_allclose(race.gradient_norm[0], np.linalg.norm(slope(*START)), rtol=1e-12)
    np.testing.assert_allclose(race.loss[0], 24.2, rtol=1e-12)


@pytest.mark.parametrize("key", ["sgd", "momentum", "adam", "lbfgs", "newton", "muon"])
def test_a_lane_alone_takes_the_same_steps_bit_for_bit(key: str) -> None:
    """Beside lanes with other options, so that what is off in one is on in its neighbour."""
    rules = [rule(key, options, learning_rate=1e-3) for options in OPTIONS]
    together = race_of(*rules)
    together.advance(60)
    for lane, alone in enumerate(race_of(r) for r in rules):
        alone.advance(60)
        assert np.array_equal(alone.theta[0], together.theta[lane])


def test_a_line_search_sees_the_loss_with_its_l2_term() -> None:
    """The minimum of (1 - x)² + 100 (y - x²)² + ½ λ (x² + y²): the slope of the whole vanishes there."""
    race = race_of(rule("lbfgs", {"l2": 0.5}, tolerance_change=0.0))
    race.advance(100)
    x = race.theta[0]
    assert np.abs(slope(*x) + 0.5 * x).max() < 1e-6


def test_options_change_while_a_race_runs_and_going_back_repeats_it() -> None:
    race = race_of(rule("sgd", {}), rule("sgd", {"clip_norm": 1.0}))
    race.advance(20)
    race.set_rules([rule("sgd", {"clip_value": 0.5}), rule("sgd", {})])
    race.advance(20)
    end = race.theta.copy()
    race.seek(5)
    race.seek(40)
    assert np.array_equal(race.theta, end)


FILE = """
format = 1
seed = 0
[problem]
kind = "objective"
objective = "rosenbrock"
[[lanes]]
optimizer = "sgd"
[lanes.gradient]
clip_norm = 1.5
weight_decay = 0.01
"""


def lane_gradient(text: str) -> dict[str, Any]:
    return dict(loads(text).lanes[0].gradient)


def test_a_file_says_them_and_says_them_again() -> None:
    assert lane_gradient(FILE) == {"clip_norm": 1.5, "weight_decay": 0.01}
    full = fill(loads(FILE))
    assert lane_gradient(dumps(full)) == {"clip_value": 0.0, "clip_norm": 1.5, "l2": 0.0, "weight_decay": 0.01}
    assert loads(dumps(loads(FILE))) == loads(FILE)
    assert lane_rules(full)[0].gradient == full.lanes[0].gradient


def test_they_are_live() -> None:
    assert same_race(loads(FILE), loads(FILE.replace("1.5", "2.5")))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("clip_norm = -1", r"`lanes\[0\].gradient.clip_norm` must lie in \[0, 1e12\], got -1"),
        ("clip_nrom = 1", r"`lanes\[0\].gradient.clip_nrom` is not a setting of a lane's gradient.*clip_norm"),
    ],
)
def test_a_bad_one_is_refused_with_its_place(bad: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        loads(FILE.replace("clip_norm = 1.5", bad))


@pytest.mark.parametrize("key", ["sgd", "adam", "adamw", "lion", "asgd", "adamax"])
@pytest.mark.parametrize("convention", ["pytorch", "keras"])
def test_a_weight_decay_is_titled_by_what_it_does(key, convention):
    """Of no gradient, the decoupled one shrinks parameters by 1 − η λ; in the gradient it is a gradient of λ θ."""
    entry = optimizers.get(key)
    given = {"learning_rate": 0.1, "weight_decay": 0.5}
    values = complete(entry.params, given, convention)
    theta = np.array([[2.0, -3.0]])
    none = np.zeros_like(theta)

    def stepped(decay: float, gradient: np.ndarray) -> np.ndarray:
        made, at = entry([values | {"weight_decay": decay}], convention), theta.copy()
        made.bind(at)
        made.step(at, gradient, 1)
        return at

    (param,) = [p for p in entry.params_under(convention) if p.name == "weight_decay"]
    expected = {
        "weight decay (decoupled)": (1 - 0.1 * 0.5) * theta,
        "weight decay (in the gradient)": stepped(0.0, 0.5 * theta),
    }[param.title]
    np.testing.assert_allclose(stepped(0.5, none), expected, rtol=1e-12)
