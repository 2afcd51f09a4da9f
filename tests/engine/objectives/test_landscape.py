"""The loss over a plane is the problem's own loss, point by point."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.races import on_network, on_objective, rule
from workbench.engine.objectives import landscape
from workbench.engine.objectives.landscape import NextStepStatistic, surface
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.objectives.typed import TypedFormula
from workbench.engine.race.race import Race


def test_the_value_at_row_j_and_column_i_belongs_to_x_i_and_y_j() -> None:
    found = surface(on_objective("himmelblau", 1), (-2.0, 3.0), (0.0, 1.0), grid=7)
    assert (found.x[0], found.x[-1], found.y[0], found.y[-1]) == (-2.0, 3.0, 0.0, 1.0)
    for j, y in enumerate(found.y):
        for i, x in enumerate(found.x):
            assert found.values[j, i] == pytest.approx((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2, rel=1e-12)


def test_the_surface_of_a_line_is_its_mean_squared_error_over_all_samples() -> None:
    """A network of one weight and one bias; batches play no part in the picture."""
    problem = on_network("linear", 2, 2, batch_size=5)
    found = surface(problem, (1.0, 4.0), (0.0, 3.0), grid=5)
    x, y = problem.x_train, problem.y_train
    for j, b in enumerate(found.y):
        for i, w in enumerate(found.x):
            assert found.values[j, i] == pytest.approx(((w * x + b - y) ** 2).mean(), rel=1e-12)


def test_pieces_make_no_difference_and_nobody_can_write_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = on_objective("rastrigin", 1)
    whole = surface(problem, (-1, 1), (-1, 1), 33).values
    monkeypatch.setattr(landscape, "_ROWS_AT_ONCE", 100)
    assert np.array_equal(surface(problem, (-1, 1), (-1, 1), 33).values, whole)
    assert not whole.flags.writeable


def test_values_beyond_all_numbers_come_without_a_warning() -> None:
    found = surface(on_objective("beale", 1), (-1e300, 1e300), (-1e300, 1e300), 3)
    assert found.values[1, 1] == pytest.approx(1.5**2 + 2.25**2 + 2.625**2)
    assert not np.isfinite(found.values).all()


def test_a_problem_of_more_parameters_has_no_surface() -> None:
    with pytest.raises(ValueError, match="needs 2 parameters"):
        surface(on_network("moons", 1), (0, 1), (0, 1))


@pytest.mark.parametrize("step", [0, 1, 511, 600, 10_000])
def test_the_next_step_is_known_however_far_the_race_is(step: int) -> None:
    """Gradient descent on x²/2 from 1: x − η x, at steps beyond any record of a copy, too; the race stays."""
    problem = ObjectiveProblem(TypedFormula({"text": "x^2/2"}), [[1.0]])
    race = Race(problem, [rule("sgd", 1e-4)])
    race.advance(step)
    at = float(race.theta[0, 0])
    assert NextStepStatistic().compute(race, (), running=False)[0, 0] == pytest.approx(at * (1 - 1e-4), rel=1e-12)
    assert (race.step, race.theta[0, 0]) == (step, at)
