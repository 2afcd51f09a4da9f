"""Stationary points against those that the literature, or algebra, knows."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from tests.experiments import VALLEY, experiment
from workbench.engine.objectives import objectives
from workbench.engine.objectives.stationary import StationaryStatistic, stationary_points
from workbench.engine.objectives.typed import TypedFormula
from workbench.experiment.build import make_race
from workbench.experiment.experiment import ObjectiveSetup, replace

#: what is published of the part that is shown: minima, saddles, maxima
COUNTS = {
    "himmelblau": (4, 4, 1),
    "six_hump_camel": (6, 7, 2),  # F. H. Branin, Widely convergent method, 1972: 15 stationary points
    "three_hump_camel": (3, 2, 0),
    "styblinski_tang": (4, 4, 1),  # three zeros of 4x³ − 32x + 5 a coordinate: 2 and 1 of either kind
    "branin": (3, 2, 0),
    "rosenbrock": (1, 0, 0),
    "saddle": (0, 1, 0),
}


@pytest.mark.parametrize("key", COUNTS)
def test_there_are_as_many_of_each_kind_as_are_known(key: str) -> None:
    objective = objectives.get(key)()
    kinds = Counter(stationary_points(objective, objective.domain[:2]).kinds)
    assert (kinds["minimum"], kinds["saddle"], kinds["maximum"]) == COUNTS[key]
    assert not kinds["degenerate"]


def test_himmelblaus_maximum_is_where_it_is_known_to_be() -> None:
    """(−0.270845, −0.923039), f = 181.617 (D. Himmelblau, Applied Nonlinear Programming, 1972)."""
    objective = objectives.get("himmelblau")()
    found = stationary_points(objective, objective.domain[:2])
    which = found.kinds.index("maximum")
    assert found.points[which] == pytest.approx([-0.270845, -0.923039], abs=1e-6)
    assert found.values[which] == pytest.approx(181.617, abs=1e-3)


def test_eigenvalues_and_condition_are_those_of_the_hessian() -> None:
    """Of 3x² + 2xy + 7y² − x: the matrix [[6, 2], [2, 14]]."""
    formula = TypedFormula({"text": "3*x^2 + 2*x*y + 7*y^2 - x"})
    found = stationary_points(formula, ((-2.0, 2.0), (-2.0, 2.0)))
    expected = np.linalg.eigvalsh([[6.0, 2.0], [2.0, 14.0]])
    assert found.kinds == ("minimum",)
    assert found.eigenvalues[0] == pytest.approx(expected, rel=1e-9)
    assert found.condition(0) == pytest.approx(expected[1] / expected[0], rel=1e-9)
    assert found.points[0] == pytest.approx(np.linalg.solve([[6.0, 2.0], [2.0, 14.0]], [1.0, 0.0]), rel=1e-9)


def test_a_monkey_saddle_is_degenerate() -> None:
    """Its second derivatives vanish at 0, which is its one stationary point."""
    objective = objectives.get("monkey_saddle")()
    found = stationary_points(objective, objective.domain[:2])
    assert found.kinds == ("degenerate",)
    assert np.abs(found.points[0]).max() < 1e-2


def test_a_curve_has_them_too() -> None:
    """Of x⁴/4 − x²: minima at ±√2, a maximum at 0, with the second derivatives 4, 4 and −2."""
    found = stationary_points(TypedFormula({"text": "x^4/4 - x^2"}), ((-3.0, 3.0),))
    by_place = sorted(zip(found.points[:, 0], found.kinds, found.eigenvalues[:, 0], strict=True))
    assert [kind for _, kind, _ in by_place] == ["minimum", "maximum", "minimum"]
    assert [place for place, _, _ in by_place] == pytest.approx([-np.sqrt(2), 0.0, np.sqrt(2)], abs=1e-9)
    assert [curvature for _, _, curvature in by_place] == pytest.approx([4.0, -2.0, 4.0], abs=1e-6)


def test_where_nothing_is_flat_there_is_none() -> None:
    """A slope has no stationary point, a flat floor has no single one, and a logarithm is no number everywhere."""
    for text in ("x + 2*y", "0*x + 0*y + 3", "log(x*y - 100)"):
        assert not stationary_points(TypedFormula({"text": text}), ((-3.0, 3.0), (-3.0, 3.0))).kinds


def test_another_question_does_not_show_the_points_of_the_one_before() -> None:
    """The first piece of a search knows nothing yet: what it shows must not be of the surface before."""
    statistic, race = StationaryStatistic(), make_race(experiment(VALLEY))
    ranges = race.problem.objective.domain[:2]  # type: ignore[attr-defined]
    while not statistic.compute(race, ranges, running=False).kinds:
        assert not statistic.is_whole(race)
    other = make_race(replace(experiment(VALLEY), problem=ObjectiveSetup(objective="himmelblau", start=(1.0, 1.0))))
    assert statistic.compute(other, ranges, running=True).kinds == ()


def test_a_demand_of_another_number_of_parameters_finds_nothing() -> None:
    """As that of a race before this one, of one parameter; a demand for two finds what there is."""
    statistic, race = StationaryStatistic(), make_race(experiment(VALLEY))
    assert statistic.compute(race, ((-1.0, 1.0),), running=False).kinds == ()
    assert statistic.is_whole(race)
    ranges = race.problem.objective.domain[:2]  # type: ignore[attr-defined]
    while not statistic.compute(race, ranges, running=False).kinds:
        assert not statistic.is_whole(race)
