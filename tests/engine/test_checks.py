"""The gradient check finds right gradients right and wrong ones wrong, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_network, on_objective, problem_of
from workbench.engine.checks import check_gradient, numerical_gradient
from workbench.engine.objectives import objectives
from workbench.engine.problem import Floats

CASES: list[tuple[str, dict[str, Any]]] = [
    *((key, {}) for key in objectives.keys()),  # noqa: SIM118 - iterating gives classes
    ("moons", {"batch_size": 8}),
    ("spirals", {"batch_size": 0}),
    ("linear", {}),
    ("digits", {"batch_size": 16}),
]


@pytest.mark.parametrize(("lanes", "starts"), [(1, 1), (3, 1), (2, 3)])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=[name for name, _ in CASES])
def test_the_programs_gradients_pass_to_1e7(name: str, settings: dict[str, Any], lanes: int, starts: int) -> None:
    """However many runs share the work, and whichever batch the step sees."""
    problem = problem_of(name, lanes, starts, **settings)
    h = 1e-6 if name in ("eggholder", "levy_13") else 1e-5  # their waves are short
    for step in (0, 3):
        rows = check_gradient(problem, problem.initial()[0], step, h)
        assert [row.name for row in rows] == [part.name for part in problem.layers]
        assert sum(row.parameters for row in rows) == problem.size
        assert max(row.relative_error for row in rows) <= 1e-7


def test_a_wrong_gradient_is_found_in_its_own_part(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = on_network("moons", 1)
    right = problem.loss_and_gradient
    part = problem.layers[1]

    def wrong(theta: Floats, step: int, out: Floats, runs: Any = None) -> Floats:
        loss = right(theta, step, out, runs)
        out[:, part.start] *= 1.01
        return loss

    monkeypatch.setattr(problem, "loss_and_gradient", wrong)
    errors = {row.name: row.relative_error for row in check_gradient(problem, problem.initial()[0])}
    assert errors.pop("layer2") > 1e-5
    assert max(errors.values()) < 1e-7


def test_the_norms_are_those_of_the_gradient() -> None:
    (row,) = check_gradient(on_objective("quadratic", 1), np.array([3.0, 2.0]))
    assert row.exact_norm == pytest.approx(2 * np.hypot(3, 2), rel=1e-12)
    assert row.numerical_norm == pytest.approx(2 * np.hypot(3, 2), rel=1e-8)


def test_at_a_minimum_both_gradients_vanish_and_the_check_passes() -> None:
    (row,) = check_gradient(on_objective("quadratic", 1), np.zeros(2))
    assert row.relative_error < 1e-7


def test_single_precision_is_checked_with_a_difference_that_it_can_see() -> None:
    """With a step of 1e-5 the rounding of the loss alone would be a hundred times the tolerance."""
    problem = on_network("moons", 2, dtype="float32")
    assert max(row.relative_error for row in check_gradient(problem, problem.initial()[0])) < 2e-2


def test_the_numerical_gradient_has_an_error_of_second_order() -> None:
    """Half the step, a quarter of the error: a difference that stood on one side only would halve it."""
    problem, x = on_objective("rosenbrock", 1), np.array([0.5, 0.5])
    exact = problem.objective.gradient(x, np.empty(2))
    errors = [np.abs(numerical_gradient(problem, x, 0, h) - exact).max() for h in (1e-2, 5e-3)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=1e-3)
