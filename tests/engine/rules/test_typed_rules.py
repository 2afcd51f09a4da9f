"""Rules typed in take the steps of their papers, written out independently in `typed_rules.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_objective, rule
from tests.engine.rules.typed_rules import RULES, Typed
from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.typed import ADAM
from workbench.engine.params import RequestError
from workbench.engine.race.race import Race

STEPS = 300
START = (0.7, -1.3, 0.4)


def slope(x: np.ndarray, t: int) -> np.ndarray:
    """A gradient that changes its sign and its size, and with the step."""
    return np.sin(3.0 * x) + 0.3 * x + 0.2 * np.cos(0.7 * t)


def engine_path(
    sets: list[dict[str, Any]], steps: int = STEPS, size: int = 3, dtype: Any = np.float64, factor: Any = None
) -> np.ndarray:
    """The path (steps + 1, R, P) of typed rules with complete settings."""
    rule = optimizers.get("rule")([optimizers.get("rule").complete(each) for each in sets])
    x = np.tile(np.resize(np.array(START, dtype), size), (len(sets), 1))
    rule.bind(x)
    path = [x.copy()]
    for t in range(1, steps + 1):
        if factor is not None:
            rule.set_rate_factor(factor(t))
        rule.step(x, slope(x, t).astype(dtype), t)
        path.append(x.copy())
    return np.array(path)


def given(typed: Typed, **changes: float) -> dict[str, Any]:
    """A rule's settings under the names that stand in its text."""
    named = {"momentum" if "momentum" in typed.text and name == "mu" else name: v for name, v in typed.settings.items()}
    return {"text": typed.text, "learning_rate": typed.rate, **named, **changes}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_typed_in_takes_the_steps_of_its_source(name: str) -> None:
    """300 steps to 1e-12, under a rate that falls."""
    typed, s = RULES[name], {}
    path = engine_path([given(typed)], factor=lambda t: 1.0 if t <= 50 else 10.0 / (t - 40))
    x = np.array(START)
    for t in range(1, STEPS + 1):
        h = {**typed.settings, "lr": typed.rate * (1.0 if t <= 50 else 10.0 / (t - 40))}
        x = typed.step(x, slope(x, t), t, s, h)
        np.testing.assert_allclose(path[t, 0], x, rtol=1e-12, atol=1e-12, err_msg=f"{name}, step {t}")


@pytest.mark.parametrize("size", [1, 2, 40])
@pytest.mark.parametrize("name", RULES)
def test_a_run_alone_takes_the_same_steps_bit_for_bit(name: str, size: int) -> None:
    typed = RULES[name]
    sets = [given(typed, learning_rate=typed.rate * share) for share in (1.0, 0.5, 2.0)]
    if typed.settings:
        first = next(iter(typed.settings))
        sets[1]["momentum" if "momentum" in sets[1] else first] = typed.settings[first] * 0.9
    together = engine_path(sets, 60, size)
    for run, each in enumerate(sets):
        assert np.array_equal(engine_path([each], 60, size)[:, 0], together[:, run], equal_nan=True)


def test_settings_are_known_in_every_spelling_and_once() -> None:
    entry = optimizers.get("rule")
    found = entry.complete({"β1": 0.5, "lr": 0.1, "ε": 1e-3})
    assert (found["beta1"], found["learning_rate"], found["epsilon"]) == (0.5, 0.1, 1e-3)
    with pytest.raises(RequestError, match="in another spelling"):
        entry.complete({"β1": 0.5, "beta1": 0.5})
    with pytest.raises(RequestError, match="is not a setting"):
        entry.complete({"text": "x = x − η g", "beta1": 0.5})


def test_a_rule_stays_in_the_precision_of_its_parameters() -> None:
    """What single precision gives is near what double gives, in single precision."""
    sets = [{"text": ADAM, "learning_rate": 0.01}, {"text": ADAM, "learning_rate": 0.02}]
    single = engine_path(sets, 50, dtype=np.float32)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, engine_path(sets, 50), atol=1e-4)


def test_names_of_a_person_are_never_taken_for_parts_of_the_program() -> None:
    """States and hyperparameters called as attributes are: plain gradient descent comes out."""
    text = "update = g; state = state + 0*g; init state = rate - rate\nx = x − η (update + state) shape / shape"
    sets = [{"text": text, "learning_rate": 0.1, "rate": 3.0, "shape": 2.0}]
    plain = engine_path([{"text": "x = x − η g", "learning_rate": 0.1}], 40)
    np.testing.assert_allclose(engine_path(sets, 40), plain, rtol=1e-12)


@pytest.mark.alone
def test_a_rule_typed_in_costs_at_most_three_times_the_built_in_one() -> None:
    """Adam over 1,000 runs of two parameters: the better of several tries of each, by turns."""
    from time import perf_counter

    built_in, typed = optimizers.get("adam"), optimizers.get("rule")
    best = {"adam": np.inf, "rule": np.inf}
    gradient = np.random.default_rng(1).normal(size=(1000, 2))
    for _ in range(6):
        for entry in (built_in, typed):
            rates = [{"learning_rate": 0.001 * (1.0 + i / 1000)} for i in range(1000)]
            rule, x = entry([entry.complete(each) for each in rates]), np.ones((1000, 2))
            rule.bind(x)
            rule.step(x, gradient, 1)
            begin = perf_counter()
            for t in range(2, 102):
                rule.step(x, gradient, t)
            best[entry.key] = min(best[entry.key], perf_counter() - begin)
    assert best["rule"] < 3.0 * best["adam"]


def test_what_an_init_line_reads_is_fixed_and_all_else_is_live() -> None:
    """Changed at step 0, what it reads would not be in the state: the race would not be the one that is saved."""
    text = "init m = p η\nm = q m + g\nx = x − s m"
    first = {"text": text, "p": 0.5, "q": 0.9, "s": 0.01}
    race = Race(on_objective("rosenbrock", 1), [rule("rule", 0.1, **first)])
    for rate, name in ((0.1, "p"), (0.2, "q")):
        with pytest.raises(ValueError, match="only live hyperparameters"):
            race.set_rules([rule("rule", rate, **{**first, name: 0.25})])
    other = rule("rule", 0.1, **{**first, "q": 0.7, "s": 0.002})
    fresh = Race(on_objective("rosenbrock", 1), [other])
    race.set_rules([other])
    for each in (race, fresh):
        each.advance(20)
    assert np.array_equal(race.theta, fresh.theta)
    race.seek(3)
    fresh.seek(3)
    assert np.array_equal(race.theta, fresh.theta)


def test_a_rate_that_no_init_line_reads_stays_live() -> None:
    race = Race(on_objective("rosenbrock", 1), [rule("rule", 0.001, text="init m = p\nm = m + g\nx = x − η m")])
    race.set_rules([rule("rule", 0.002, text="init m = p\nm = m + g\nx = x − η m")])
    assert race.rates()[0] == 0.002
