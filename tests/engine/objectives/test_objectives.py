"""Objectives against what others compute (`tests/record_objectives.py`), published minima, properties of gradients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.objective_formulas import FORMULAS, MINIMA, OTHER_PARAMETERS
from workbench.engine.objectives import Objective, objectives
from workbench.engine.objectives.landscape import curve
from workbench.engine.objectives.problem import ObjectiveProblem, central_differences
from workbench.engine.optimizers import optimizers
from workbench.engine.params import RequestError
from workbench.engine.race.race import LaneRule, Race

RECORDED: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "data" / "objectives.json").read_text("utf-8")
)["objectives"]
KEYS = tuple(key for key in objectives.keys() if key != "formula")  # noqa: SIM118 - iterating gives classes
MANY = tuple(key for key in KEYS if objectives.get(key).dimensions[1] > 64)


def variants(key: str) -> list[Objective]:
    """The objective with its defaults, and with other parameters where it has any."""
    return [objectives.get(key)(), *([objectives.get(key)(OTHER_PARAMETERS[key])] if key in OTHER_PARAMETERS else [])]


def points(key: str, count: int = 200, dimension: int | None = None) -> np.ndarray:
    """Random points of the domain, or of its ranges over and over."""
    entry = objectives.get(key)
    ranges = [entry.domain[i % len(entry.domain)] for i in range(dimension or len(entry.start))]
    random = np.random.default_rng(5)
    return np.stack([random.uniform(low, high, count) for low, high in ranges], axis=-1)


def slopes(objective: Objective, x: np.ndarray) -> np.ndarray:
    return objective.gradient(x, np.full_like(x, np.nan))


def size_of(objective: Objective, key: str, dimension: int) -> float:
    """How large gradients are in the domain: what a rounding error is measured by."""
    return float(np.abs(slopes(objective, points(key, 50, dimension))).max())


def test_the_catalogue_is_as_large_as_it_is_said_to_be() -> None:
    two = [key for key in KEYS if objectives.get(key).dimensions[0] <= 2 <= objectives.get(key).dimensions[1]]
    assert len(two) >= 40
    assert sum(objectives.get(key).dimensions == (1, 1) for key in KEYS) >= 6
    assert all(objectives.get(key).dimensions[1] == 1000 for key in MANY)


def test_every_objective_has_a_printed_formula_recorded_values_and_published_minima() -> None:
    assert set(KEYS) == set(RECORDED) == set(FORMULAS) == set(MINIMA)
    assert {key for key in KEYS if objectives.get(key).params} == set(OTHER_PARAMETERS)


@pytest.mark.parametrize("key", KEYS)
def test_value_and_gradient_are_those_that_others_compute(key: str) -> None:
    """At random points in 1, 2, 3 and 10 dimensions, with two sets of parameters, by up to three judges."""
    for case in RECORDED[key]:
        objective = objectives.get(key)(case.get("parameters"))
        x = np.array(case["points"])
        values = np.array(case["values"])
        np.testing.assert_allclose(objective.value(x), values, rtol=1e-12, atol=1e-13 * max(1.0, np.abs(values).max()))
        if "gradients" in case:
            expected = np.array(case["gradients"])
            scale = max(1.0, float(np.abs(expected).max()))
            np.testing.assert_allclose(slopes(objective, x), expected, rtol=1e-10, atol=1e-12 * scale)


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_agrees_with_central_differences(key: str) -> None:
    for objective in variants(key):
        x = points(key)
        exact = slopes(objective, x)
        h = 1e-6 * max(1.0, float(np.abs(x).max()) / 100.0)
        error = np.abs(exact - central_differences(objective.value, x, h, np.empty_like(x))).max(axis=1)
        # a difference that spans a kink says nothing: a hundredth of the points may lie that close to one
        assert np.quantile(error, 0.99) <= 1e-6 * max(1.0, np.abs(exact).max())


@pytest.mark.parametrize("key", MANY)
@pytest.mark.parametrize("dimension", [2, 3, 7, 64, 257, 1000])
def test_in_many_dimensions_the_gradient_is_the_slope_in_every_direction(key: str, dimension: int) -> None:
    objective = objectives.get(key)()
    x = points(key, 3, dimension)
    direction = np.random.default_rng(2).normal(size=dimension)
    direction /= np.linalg.norm(direction)
    h = 1e-5
    along = (objective.value(x + h * direction) - objective.value(x - h * direction)) / (2 * h)
    scale = np.abs(objective.value(x)).max() * 1e-16 / h + np.linalg.norm(slopes(objective, x), axis=1)
    assert (np.abs(slopes(objective, x) @ direction - along) <= 1e-5 * scale + 1e-9).all()


@pytest.mark.parametrize("key", KEYS)
def test_the_known_minima_are_those_published(key: str) -> None:
    known = objectives.get(key)().minima()
    for point, value in MINIMA[key]:
        nearest = min(known, key=lambda m: float(np.linalg.norm(np.subtract(m.point, point))))
        np.testing.assert_allclose(nearest.point, point, rtol=2e-4, atol=1e-4)
        assert nearest.value == pytest.approx(value, rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("key", KEYS)
def test_at_a_known_minimum_the_gradient_vanishes_and_the_value_is_as_stated(key: str) -> None:
    for objective in variants(key):
        entry = type(objective)
        for dimension in {len(entry.start), *((2, 3, 7, 64, 257, 1000) if key in MANY else ())}:
            for minimum in objective.minima(dimension):
                x = np.array(minimum.point)
                assert len(x) == dimension
                assert float(objective.value(x)) == pytest.approx(minimum.value, rel=1e-13, abs=1e-13 * dimension)
                if minimum.stationary:
                    rounding = 1e-13 * max(10.0, size_of(objective, key, dimension))
                    assert np.abs(slopes(objective, x)).max() <= rounding * dimension**0.5


@pytest.mark.parametrize("key", KEYS)
def test_no_point_near_a_known_minimum_is_lower(key: str) -> None:
    for objective in variants(key):
        (low, high), *_ = objectives.get(key).domain
        for minimum in objective.minima():
            if minimum.stationary:
                x = np.array(minimum.point)
                near = x + np.random.default_rng(1).normal(0, 1e-4 * (high - low), (1000, len(x)))
                assert (objective.value(near) >= minimum.value - 1e-13 * max(1.0, abs(minimum.value))).all()


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_no_value_among_a_million_random_points_of_the_domain_is_lower_than_the_lowest_minimum(key: str) -> None:
    for objective in variants(key):
        known = [m.value for m in objective.minima() if m.is_global]
        if not known:
            assert key in {"saddle", "monkey_saddle"}
            return
        x = points(key, 1_000_000)
        assert float(objective.value(x).min()) >= min(known)


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_is_finite_on_axes_centres_and_corners_where_kinks_lie(key: str) -> None:
    entry = objectives.get(key)
    d = len(entry.start)
    ends = np.array([entry.domain[i] for i in range(d)])
    special = [np.zeros(d), ends[:, 0], ends[:, 1], ends.mean(axis=1), np.eye(d)[0], np.eye(d)[-1], np.ones(d)]
    special += [np.array(m.point) for m in entry().minima()]
    for x in special:
        assert np.isfinite(slopes(entry(), x)).all()
        assert np.isfinite(entry().value(x))


@pytest.mark.parametrize("key", KEYS)
def test_many_points_at_once_give_what_each_gives_alone_bit_for_bit(key: str) -> None:
    objective = objectives.get(key)()
    x = points(key, 37)
    values, all_slopes = objective.value(x), slopes(objective, x)
    for i in range(len(x)):
        one = x[i : i + 1].copy()
        assert np.array_equal(objective.value(one)[0], values[i])
        assert np.array_equal(slopes(objective, one)[0], all_slopes[i])
    grid = x[:36].reshape(6, 6, -1)
    assert np.array_equal(objective.value(grid).ravel(), values[:36])
    assert np.array_equal(slopes(objective, grid).reshape(36, -1), all_slopes[:36])


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_leaves_the_points_alone_and_returns_its_out(key: str) -> None:
    x = points(key, 9)
    before, out = x.copy(), np.empty_like(x)
    assert objectives.get(key)().gradient(x, out) is out
    assert np.array_equal(x, before)


@pytest.mark.parametrize("key", KEYS)
def test_the_second_derivatives_are_the_slopes_of_the_gradient(key: str) -> None:
    """Exact or not, they are symmetric and agree with wider differences of the gradient."""
    for objective in variants(key):
        x = points(key, 20)
        d = x.shape[-1]
        found = objective.hessian(x, np.full((20, d, d), np.nan))
        assert np.array_equal(found, np.swapaxes(found, 1, 2))
        h = 1e-5 * max(1.0, float(np.abs(x).max()) / 100.0)
        for j in range(d):
            e = h * np.eye(d)[j]
            column = (slopes(objective, x + e) - slopes(objective, x - e)) / (2 * h)
            error = np.abs(found[:, :, j] - column).max(axis=1)
            scale = max(1.0, float(np.abs(found).max()), np.abs(slopes(objective, x)).max())
            assert np.quantile(error, 0.9) <= 1e-5 * scale


def test_points_without_leading_axes_have_second_derivatives_too() -> None:
    for key in ("rosenbrock", "sphere", "ackley"):
        x = np.array([0.3, -0.7, 1.1])
        whole = objectives.get(key)().hessian(x[None], np.empty((1, 3, 3)))[0]
        assert np.array_equal(objectives.get(key)().hessian(x, np.empty((3, 3))), whole)


@pytest.mark.parametrize("key", KEYS)
def test_the_picture_shows_the_start_and_every_lowest_minimum(key: str) -> None:
    entry = objectives.get(key)
    for point in (entry.start, *(m.point for m in entry().minima() if m.is_global)):
        assert all(low <= c <= high for c, (low, high) in zip(point, entry.domain, strict=True))


@pytest.mark.parametrize("key", MANY)
def test_the_usual_start_is_known_in_every_dimension(key: str) -> None:
    for dimension in (2, 5, 1000):
        start = objectives.get(key).start_for(dimension)
        assert len(start) == dimension
        assert start[:2] == objectives.get(key).start


def test_rosenbrocks_chain_has_no_known_minimum_where_its_terms_pull_apart() -> None:
    """With a = 2 the minimum of the plane, (2, 4), does not continue into more dimensions."""
    rosenbrock = objectives.get("rosenbrock")({"a": 2.0})
    assert [m.point for m in rosenbrock.minima(2)] == [(2.0, 4.0)]
    assert rosenbrock.minima(3) == ()


def test_a_tilt_beyond_the_last_leaves_one_well() -> None:
    """The cubic slope has three zeros as long as |c| < 2/(3√3)."""
    assert len(objectives.get("double_well")({"tilt": 0.384}).minima()) == 2
    assert len(objectives.get("double_well")({"tilt": 0.386}).minima()) == 1


def test_an_unknown_parameter_and_a_bad_value_are_refused() -> None:
    with pytest.raises(RequestError, match="`c` is not a setting of the objective"):
        objectives.get("rosenbrock")({"c": 1.0})
    with pytest.raises(RequestError, match=r"`b` must lie in \(0, 1e6\], got 0"):
        objectives.get("rosenbrock")({"b": 0.0})


def test_the_distance_is_to_the_nearest_of_several_minima() -> None:
    problem = ObjectiveProblem(objectives.get("himmelblau")(), [(3.0, 2.5), (-2.805118, 3.131312)])
    np.testing.assert_allclose(problem.distance(problem.initial()), [0.5, 0.0], atol=1e-6)
    flat = ObjectiveProblem(objectives.get("saddle")(), [(1.0, 1.0)])
    assert flat.distance(flat.initial()) is None
    chain = ObjectiveProblem(objectives.get("rosenbrock")(), [(1.0,) * 99 + (2.0,)])
    assert chain.distance(chain.initial()) == 1.0


def test_exact_second_derivatives_are_offered_unless_gradients_are_to_be_numerical() -> None:
    known = ObjectiveProblem(objectives.get("rosenbrock")(), [(0.0, 0.0)])
    assert known.exact_hessian is not None
    np.testing.assert_allclose(known.exact_hessian(known.initial()), [[[2.0, 0.0], [0.0, 200.0]]])
    numerical = ObjectiveProblem(objectives.get("rosenbrock")(), [(0.0, 0.0)], difference=1e-4)
    assert numerical.exact_hessian is None


def test_a_curve_runs_over_the_range_asked_for() -> None:
    problem = ObjectiveProblem(objectives.get("parabola")(), [(1.0,)])
    x, f = curve(problem, (-2.0, 2.0), 5)
    assert x.tolist() == [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert f.tolist() == [2.0, 0.5, 0.0, 0.5, 2.0]
    with pytest.raises(ValueError, match="1 parameter"):
        curve(ObjectiveProblem(objectives.get("sphere")(), [(1.0, 2.0)]), (0.0, 1.0))


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


@pytest.mark.parametrize("key", objectives.keys())
def test_value_and_gradient_together_are_those_of_each_bit_for_bit(key: str) -> None:
    entry = objectives.get(key)
    one = entry()
    for dimension in {len(one.usual_start()), min(entry.dimensions[1], max(5, entry.dimensions[0]))}:
        x = np.random.default_rng(3).normal(0.5, 1.0, (7, dimension))
        apart, together = np.empty_like(x), np.empty_like(x)
        one.gradient(x, apart)
        value = one.value_and_gradient(x, together)
        assert np.array_equal(value, one.value(x), equal_nan=True)
        assert np.array_equal(together, apart, equal_nan=True)


def test_a_matrix_is_told_to_the_optimizers_as_one() -> None:
    """Muon's first step is nearly an orthogonal matrix times the rate; of a vector it would have one column."""
    memory = objectives.get("associative_memory")()
    problem = ObjectiveProblem(memory, [memory.start])
    assert [(tensor.name, tensor.shape) for tensor in problem.tensors] == [("W", (8, 8))]
    rule = LaneRule("muon", "pytorch", optimizers.get("muon").complete({"learning_rate": 0.1, "weight_decay": 0.0}))
    race = Race(problem, [rule])
    race.advance()
    sizes = np.linalg.svd(race.theta[0].reshape(8, 8), compute_uv=False) / 0.1
    assert (sizes > 0.6).all()
    assert (sizes < 1.25).all()
    assert ObjectiveProblem(objectives.get("sphere")(), [(1.0, 2.0)]).tensors[0].shape == (2,)
