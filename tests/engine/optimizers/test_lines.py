"""The lines that optimizers declare are their steps, for all conventions, switches and settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.engine.literal_problems import network, valley
from tests.engine.optimizers.test_optimizers import SWITCHED, settings
from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import lines_of, rule_of, state_names, typed_out
from workbench.engine.problem import Problem
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.rules.machine import Machine
from workbench.engine.rules.names import POINT, RATE
from workbench.engine.rules.values import values_of

STEPS = 300
LINED = [case for case in SWITCHED if not optimizers.get(case[0]).stages]


def test_every_optimizer_declares_its_lines_or_its_stages() -> None:
    for entry in optimizers:
        said = bool(entry.lines) + bool(entry.stages) + (entry.key == "rule")
        assert said == 1, f"{entry.key} must declare either lines or stages"


def slope(x: np.ndarray, t: int) -> np.ndarray:
    """A gradient that changes its sign and its size, and with the step."""
    return np.sin(3.0 * x) + 0.3 * x + 0.2 * np.cos(0.7 * t)


@pytest.mark.parametrize(("key", "convention", "switches"), LINED)
def test_the_lines_are_the_step(key: str, convention: str, switches: dict[str, Any]) -> None:
    """300 steps to 1e-12, with a rate that changes, each step of the lines from where the last one led."""
    entry = optimizers.get(key)
    for h in settings(key, convention, switches):
        made = rule_of(entry, convention, h)
        assert made is not None
        rule, values = made
        optimizer = entry([h], convention)
        x = np.array([[0.7, -1.3, 0.0, 0.4]])
        optimizer.bind(x)
        mine, state = x.copy(), {}
        for name, kind in rule.states.items():
            state[name] = np.zeros((1, 4 if kind == 3 else 1))
            if name in rule.begins:
                state[name][...] = values_of(rule, [rule.begins[name]], {**values, POINT: mine})[0]
        columns = {name: np.full((1, 1), value) for name, value in values.items() if name in rule.hyperparameters}
        machine = Machine(rule, 1, 4, np.float64)
        machine.settle(columns)
        for t in range(1, STEPS + 1):
            factor = 1.0 if t <= 40 else 0.3 + 0.5 * (t % 3)
            optimizer.set_rate_factor(factor)
            machine.set_rate(np.array([[values[RATE] * factor]]))
            g = slope(x, t)
            optimizer.step(x, g, t)
            machine.step(mine, slope(mine, t), t, state)
            np.testing.assert_allclose(mine, x, rtol=1e-12, atol=1e-12, err_msg=f"step {t} of {h}")
        for name, own in state_names(entry, rule).items():
            np.testing.assert_allclose(state[name], optimizer.state_arrays[own], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("key", "convention", "switches"), LINED)
def test_a_built_in_rule_typed_out_takes_its_path(key: str, convention: str, switches: dict[str, Any]) -> None:
    """Side by side in one race on a network, 100 steps to 1e-12."""
    entry = optimizers.get(key)
    for h in settings(key, convention, switches):
        given = typed_out(entry, convention, h)
        assert given is not None
        typed = LaneRule("rule", convention, optimizers.get("rule").complete(given, convention))
        race = Race(network(2), [LaneRule(key, convention, h), typed])
        race.advance(100)
        np.testing.assert_allclose(race.theta[1], race.theta[0], rtol=1e-12, atol=1e-12)


STAGED = [case for case in SWITCHED if optimizers.get(case[0]).stages]


@pytest.mark.parametrize("make", [valley, network])
@pytest.mark.parametrize(("key", "convention", "switches"), STAGED)
def test_the_stages_add_up_to_the_step(
    key: str, convention: str, switches: dict[str, Any], make: Callable[[int], Problem]
) -> None:
    """100 steps of four runs to 1e-12: where a step led is where it began, and the stages that are added."""
    entry = optimizers.get(key)
    sets = settings(key, convention, switches)
    problem = make(len(sets))
    optimizer, x = entry(sets, convention), problem.initial()
    g, step = np.empty_like(x), [0]

    def evaluate(points: np.ndarray, rows: np.ndarray, out: np.ndarray) -> np.ndarray:
        return problem.loss_and_gradient(points, step[0], out, rows)

    optimizer.bind(x, tensors=problem.tensors, evaluate=evaluate, hessian=problem.exact_hessian)
    for t in range(1, 101):
        step[0] = t - 1
        problem.loss_and_gradient(x, step[0], g)
        before = x.copy()
        optimizer.step(x, g, t)
        found = optimizer.stage_arrays(before, g, x, t)
        assert list(found) == [stage.name for stage in entry.stages]
        added = before + sum(found[stage.name] for stage in entry.stages if stage.adds)
        np.testing.assert_allclose(added, x, rtol=1e-12, atol=1e-12, err_msg=f"step {t}")


def test_lines_say_what_an_option_changes_and_nothing_of_one_that_is_off() -> None:
    adam = optimizers.get("adam")
    plain = lines_of(adam, "pytorch", adam.complete({}))
    assert "v_max" not in plain
    assert "λ" not in plain
    assert lines_of(adam, "pytorch", adam.complete({"amsgrad": True})).count("v_max") == 3
    assert lines_of(adam, "pytorch", adam.complete({"weight_decay": 0.1})).startswith("g = g + λ x\n")
    assert lines_of(adam, "keras", adam.complete({"weight_decay": 0.1}, "keras")).startswith("x = (1 − η λ) x\n")
