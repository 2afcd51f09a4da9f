"""Objectives against the literal formulas of `tests/references.py`, central differences and published minima."""

from __future__ import annotations

import numpy as np
import pytest

from tests.references import MINIMA, OBJECTIVES
from workbench.engine.objective_problem import ObjectiveProblem, central_differences
from workbench.engine.objectives import Objective, objectives
from workbench.engine.params import RequestError

OTHER = {
    "quadratic": {"center_x": 1.0, "center_y": 2.0, "curvature_x": 3.0, "curvature_y": 0.5},
    "rosenbrock": {"a": 0.5, "b": 20.0},
    "rastrigin": {"amplitude": 3.0},
}
KEYS = objectives.keys()


def parameters(objective: Objective) -> dict[str, float]:
    return {param.name: getattr(objective, param.name) for param in objective.params}


def variants(key: str) -> list[Objective]:
    """The objective with its defaults, and with other parameters where it has any."""
    return [objectives.get(key)(), *([objectives.get(key)(OTHER[key])] if key in OTHER else [])]


def points(key: str, count: int = 200) -> np.ndarray:
    (x0, x1), (y0, y1) = objectives.get(key).domain
    return np.random.default_rng(5).uniform((x0, y0), (x1, y1), (count, 2))


def test_every_objective_has_a_reference_and_published_minima() -> None:
    assert set(KEYS) == set(OBJECTIVES) == set(MINIMA)


@pytest.mark.parametrize("key", KEYS)
def test_the_value_is_the_published_formula(key: str) -> None:
    for objective in variants(key):
        x = points(key)
        expected = [OBJECTIVES[key](float(u), float(v), **parameters(objective)) for u, v in x]
        np.testing.assert_allclose(objective.value(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_is_the_slope_of_the_published_formula(key: str) -> None:
    """Five-point differences of the reference, whose error is far below the tolerance."""
    h = 1e-3
    for objective in variants(key):
        x = points(key, 50)
        exact = objective.gradient(x, np.empty_like(x))

        def f(p: np.ndarray, settings: dict[str, float]) -> np.ndarray:
            return np.array([OBJECTIVES[key](float(u), float(v), **settings) for u, v in p])

        s = parameters(objective)
        for axis in range(2):
            e = np.zeros(2)
            e[axis] = h
            slope = (f(x - 2 * e, s) - 8 * f(x - e, s) + 8 * f(x + e, s) - f(x + 2 * e, s)) / (12 * h)
            np.testing.assert_allclose(exact[:, axis], slope, rtol=1e-6, atol=1e-6 * np.abs(exact).max())


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_agrees_with_the_engines_central_differences(key: str) -> None:
    for objective in variants(key):
        x = points(key)
        exact = objective.gradient(x, np.empty_like(x))
        numerical = central_differences(objective.value, x, 1e-6, np.empty_like(x))
        assert np.abs(exact - numerical).max() <= 1e-7 * np.abs(exact).max()


@pytest.mark.parametrize("key", KEYS)
def test_the_known_minima_are_those_published(key: str) -> None:
    known = objectives.get(key)().minima()
    assert len(known) == len(MINIMA[key])
    for minimum, (point, value, digits) in zip(known, MINIMA[key], strict=True):
        np.testing.assert_allclose(minimum.point, point, atol=digits, rtol=0)
        assert minimum.value == value


@pytest.mark.parametrize("key", KEYS)
def test_at_a_known_minimum_the_gradient_vanishes_and_the_value_is_as_stated(key: str) -> None:
    for objective in variants(key):
        for minimum in objective.minima():
            x = np.array([minimum.point])
            assert np.abs(objective.gradient(x, np.empty_like(x))).max() < 1e-11
            assert abs(objective.value(x)[0] - minimum.value) < 1e-11
            near = x + np.random.default_rng(1).normal(0, 1e-3, (100, 2))
            assert (objective.value(near) >= minimum.value - 1e-12).all()


@pytest.mark.parametrize("key", KEYS)
def test_many_points_at_once_give_what_each_gives_alone_bit_for_bit(key: str) -> None:
    objective = objectives.get(key)()
    x = points(key, 37)
    values, slopes = objective.value(x), objective.gradient(x, np.empty_like(x))
    for i in range(len(x)):
        one = x[i : i + 1].copy()
        assert np.array_equal(objective.value(one)[0], values[i])
        assert np.array_equal(objective.gradient(one, np.empty_like(one))[0], slopes[i])
    grid = x[:36].reshape(6, 6, 2)
    assert np.array_equal(objective.value(grid).ravel(), values[:36])


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_leaves_the_points_alone_and_returns_its_out(key: str) -> None:
    x = points(key, 9)
    before, out = x.copy(), np.empty_like(x)
    assert objectives.get(key)().gradient(x, out) is out
    assert np.array_equal(x, before)


@pytest.mark.parametrize("key", KEYS)
def test_the_picture_shows_the_start_and_every_minimum(key: str) -> None:
    entry = objectives.get(key)
    for point in (entry.start, *(m.point for m in entry().minima())):
        assert all(low <= c <= high for c, (low, high) in zip(point, entry.domain, strict=True))


def test_an_unknown_parameter_and_a_bad_value_are_refused() -> None:
    with pytest.raises(RequestError, match="`c` is not a setting of the objective"):
        objectives.get("rosenbrock")({"c": 1.0})
    with pytest.raises(RequestError, match=r"`b` must lie in \(0, 1e\+06\], got 0"):
        objectives.get("rosenbrock")({"b": 0.0})


def test_the_distance_is_to_the_nearest_of_several_minima() -> None:
    problem = ObjectiveProblem(objectives.get("himmelblau")(), [(3.0, 2.5), (-2.805118, 3.131312)])
    np.testing.assert_allclose(problem.distance(problem.initial()), [0.5, 0.0], atol=1e-6)
    flat = ObjectiveProblem(objectives.get("saddle")(), [(1.0, 1.0)])
    assert flat.distance(flat.initial()) is None


def test_central_differences_in_pieces_equal_those_in_one() -> None:
    """A problem with many coordinates is perturbed a few at a time, without a change in the numbers."""
    x = np.random.default_rng(0).normal(size=(3, 50))

    def value(p: np.ndarray) -> np.ndarray:
        return (p**3).sum(axis=-1)

    found = central_differences(value, x, 1e-4, np.empty_like(x))
    np.testing.assert_allclose(found, 3 * x**2, rtol=1e-6, atol=1e-7)
    one_by_one = np.empty_like(x)
    for r in range(3):
        central_differences(value, x[r : r + 1].copy(), 1e-4, one_by_one[r : r + 1])
    np.testing.assert_allclose(found, one_by_one, rtol=1e-9)
