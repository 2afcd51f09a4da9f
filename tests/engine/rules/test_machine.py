"""A rule laid out over arrays that are written over again and again gives what its nodes give one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from workbench.engine.formula.faults import FormulaError
from workbench.engine.rules.grammar import compiled
from workbench.engine.rules.machine import Machine
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.rule import Kind, Rule, state_leaf
from workbench.engine.rules.values import values_of

NAMES = ("a", "b", "c", "d", "x", "g")
LEAVES = (*NAMES, *NAMES, "η", "t", "p", "q", "2", "0.5")
ONE = ("tanh({})", "−({})", "|{}|", "sign({})", "({})²", "√|{}|", "norm({})", "mean({})")
TWO = (
    "{} + {}", "{} − {}", "({})·({})", "({}) / (1 + |{}|)", "min({}, {})", "max({}, {})", "({} < {})",
    "(1 + |{}|)^tanh({})",
)  # fmt: skip


def expression(draw: random.Random, depth: int) -> str:
    if depth == 0 or draw.random() < 0.2:
        return draw.choice(LEAVES)
    kind = draw.random()
    if kind < 0.3:
        return draw.choice(ONE).format(expression(draw, depth - 1))
    if kind < 0.9:
        return draw.choice(TWO).format(expression(draw, depth - 1), expression(draw, depth - 1))
    parts = [expression(draw, depth - 1) for _ in range(3)]
    return "where({} > 0.1, {}, {})".format(*parts)


def some_rule(seed: int) -> Rule:
    """A rule made at random; what has no meaning, as the mean of one number, is drawn again."""
    draw = random.Random(seed)
    while True:
        names = [draw.choice(NAMES) for _ in range(draw.randint(1, 6))]
        lines = [f"{name} = tanh({expression(draw, 3)})" if draw.random() < 0.7 else f"{name} = {draw.choice(NAMES)}"
                 for name in names]  # fmt: skip
        try:
            return compiled("\n".join([*lines, f"x = x − 0.1 tanh({expression(draw, 2)})"]))
        except FormulaError:
            continue


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("runs", "size"), [(1, 1), (3, 1), (1, 3), (4, 3), (3, 40)])
def test_rules_made_at_random_take_the_steps_of_their_nodes(runs: int, size: int, shared: bool) -> None:
    """60 rules, five steps each to 1e-9: names that swap, states that nothing reads again, numbers of a run."""
    for seed in range(60):
        rule, numbers = some_rule(seed), np.random.default_rng(seed)
        column = np.full((runs, 1), 0.7) if shared else numbers.uniform(0.2, 1.0, (runs, 1))
        settings = {name: column + i for i, name in enumerate(rule.hyperparameters)}
        machine = Machine(rule, runs, size, np.float64)
        machine.settle(settings)
        machine.set_rate(column)
        x = numbers.normal(size=(runs, size))
        state = {n: np.zeros((runs, size if kind == Kind.FULL else 1)) for n, kind in rule.states.items()}
        for t in range(1, 6):
            g = numbers.normal(size=(runs, size))
            leaves = {POINT: x.copy(), GRADIENT: g, STEP: np.float64(t), RATE: column, **settings}
            leaves |= {state_leaf(name): array.copy() for name, array in state.items()}
            kept = g.copy()
            wanted = values_of(rule, rule.roots, leaves)
            machine.step(x, g, t, state)
            assert np.array_equal(g, kept), rule.text
            for found, value in zip((x, *state.values()), wanted, strict=True):
                told = f"{rule.text}\nseed {seed}, step {t}"
                np.testing.assert_allclose(found, np.broadcast_to(value, found.shape), 1e-9, 1e-12, err_msg=told)
