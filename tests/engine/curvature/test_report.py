"""Curvature as a statistic of a race: at the present point, at a cursor, and along the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.races import on_network, on_objective, rule
from workbench.engine import datasets
from workbench.engine.curvature.report import Curvature, CurvatureRequest, CurvatureStatistic
from workbench.engine.curvature.spectrum import spectrum
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.problem import NetworkProblem
from workbench.engine.objectives import objectives
from workbench.engine.objectives.problem import ObjectiveProblem
from workbench.engine.race.race import Race
from workbench.engine.schedules import schedules
from workbench.engine.side_by_side import SideBySide
from workbench.live.statistics_cache import Cache

MANY = tuple(entry.key for entry in objectives if entry.dimensions[1] > 300)


def network(*layers: LayerSpec, data: str = "moons", lanes: int = 1, **settings: Any) -> NetworkProblem:
    split = datasets.load(data, {"samples": 40}, 0, 0.25, "none")
    return NetworkProblem(split, layers, lanes=lanes, **settings)


def whole(race: Race, request: CurvatureRequest, made: CurvatureStatistic | None = None) -> Curvature:
    """Worked at until nothing is left."""
    made = made or CurvatureStatistic()
    found = made.compute(race, request, running=False)
    for _ in range(10_000):
        if made.is_whole(race):
            break
        found = made.compute(race, request, running=False)
    assert made.is_whole(race)
    return found


def dense_of(problem: NetworkProblem, theta: np.ndarray, step: int = 0, h: float = 1e-5) -> np.ndarray:
    """The Hessian (P, P) of the loss that a step sees, by central differences of the exact gradient."""
    size = problem.size
    points = np.concatenate([theta + h * np.eye(size), theta - h * np.eye(size)])
    out = np.empty_like(points)
    problem.loss_and_gradient(points, step, out, np.zeros(len(points), np.intp))
    matrix = (out[:size] - out[size:]) / (2 * h)
    return 0.5 * (matrix + matrix.T)


@pytest.mark.parametrize(
    "problem",
    [
        network(LayerSpec(16, "tanh"), LayerSpec(12, "tanh"), batch_size=0),
        network(LayerSpec(12, "gelu", batch_norm=True), batch_size=0),
        network(LayerSpec(20, "swish"), batch_size=0, l2=0.01),
        network(LayerSpec(10, "tanh"), data="sine", batch_size=0),
        network(batch_size=0, loss="mean_squared_error"),
    ],
    ids=["tanh", "batch_norm", "l2", "values", "linear"],
)
def test_eigenvalues_of_networks_are_those_of_the_dense_hessian_to_a_millionth(problem: NetworkProblem) -> None:
    race = Race(problem, [rule("sgd", 0.1)])
    race.advance(30)
    found = whole(race, CurvatureRequest(tracked=False)).spectrum
    assert found is not None
    values = np.linalg.eigvalsh(dense_of(problem, race.theta[0]))
    np.testing.assert_allclose(found.values, values[::-1][: len(found.values)], rtol=1e-6, atol=1e-6 * values[-1])
    assert found.lowest == pytest.approx(values[0], abs=1e-6 * values[-1])
    assert found.whole


def test_a_batch_with_its_dropout_is_what_the_step_sees() -> None:
    problem = network(LayerSpec(8, "tanh", dropout=0.4), batch_size=10, lanes=2, draws=(0, 1))
    race = Race(problem, [rule("sgd", 0.1)] * 2)
    race.advance(5)
    found = whole(race, CurvatureRequest(run=1, whole=False, tracked=False)).spectrum
    assert found is not None
    size, h = problem.size, 1e-5
    points = np.concatenate([race.theta[1] + h * np.eye(size), race.theta[1] - h * np.eye(size)])
    out = np.empty_like(points)
    problem.loss_and_gradient(points, 5, out, np.ones(len(points), np.intp))
    matrix = (out[:size] - out[size:]) / (2 * h)
    assert found.sharpness == pytest.approx(np.linalg.eigvalsh(0.5 * (matrix + matrix.T))[-1], rel=1e-6)
    assert not found.whole


def test_many_samples_are_taken_in_pieces_that_make_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = network(LayerSpec(6, "tanh"), batch_size=0, l2=0.1)
    theta = problem.initial()[0]
    at_once = problem.hessian_products(theta, 0, 0, whole=True)
    monkeypatch.setattr("workbench.engine.network.hessian._PIECE_NUMBERS", 60)
    monkeypatch.setattr("workbench.engine.network.hessian._KEPT_PIECES", 2)
    in_pieces = problem.hessian_products(theta, 0, 0, whole=True)
    assert (at_once.pieces, in_pieces.pieces) == (1, 5)
    directions = np.eye(problem.size)
    total = sum(in_pieces.product(directions, piece) for piece in range(5))
    np.testing.assert_allclose(total, at_once.product(directions, 0), rtol=1e-10, atol=1e-13)
    a, b = (spectrum(products, theta) for products in (at_once, in_pieces))
    np.testing.assert_allclose(a.values, b.values, rtol=1e-9)


def test_batch_normalisation_over_too_many_samples_takes_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = network(LayerSpec(6, "tanh", batch_norm=True), batch_size=10)
    assert problem.hessian_products(problem.initial()[0], 0, 0, whole=True).whole
    monkeypatch.setattr("workbench.engine.network.hessian._TOGETHER_NUMBERS", 60)
    assert not problem.hessian_products(problem.initial()[0], 0, 0, whole=True).whole


def test_of_an_objective_the_whole_spectrum_is_that_of_its_second_derivatives() -> None:
    """Rosenbrock's at (−1.2, 1): by hand [[2 − 400 (y − 3 x²), −400 x], [−400 x, 200]]."""
    race = Race(on_objective("rosenbrock", 1), [rule("momentum", 0.001, momentum=0.5)])
    found = whole(race, CurvatureRequest())
    x, y = race.theta[0]
    matrix = np.array([[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, 200.0]])
    values, vectors = np.linalg.eigh(matrix)
    assert found.spectrum is not None
    np.testing.assert_allclose(found.spectrum.values, values[::-1], rtol=1e-12)
    for vector, right in zip(found.spectrum.vectors, vectors.T[::-1], strict=True):
        assert abs(vector @ right) == pytest.approx(1.0)
        assert vector[np.abs(vector).argmax()] > 0
    assert found.spectrum.condition == pytest.approx(values[1] / values[0])
    assert found.law is not None
    assert found.law.rate_limit(found.spectrum.sharpness) == pytest.approx(3.0 / values[1])


@pytest.mark.parametrize("key", MANY)
def test_objectives_of_many_coordinates_have_the_ends_of_their_spectrum(key: str) -> None:
    """By the iteration, without a matrix: in 300 dimensions, against the dense one."""
    objective = objectives.get(key)()
    low, high = np.array([objective.domain[i % len(objective.domain)] for i in range(300)]).T
    x = 0.1 * np.random.default_rng(5).uniform(low, high)  # where none is level by underflow
    problem = ObjectiveProblem(objective, [x.tolist()])
    found = spectrum(problem.hessian_products(x, 0, 0, whole=True), x)
    with np.errstate(all="ignore"):
        values = np.linalg.eigvalsh(objective.hessian(x, np.empty((300, 300))))
    size = float(np.abs(values).max())
    assert found.sharpness == pytest.approx(values[-1], abs=2e-6 * size)
    assert found.lowest == pytest.approx(values[0], abs=2e-6 * size)


def test_sharpness_along_the_way_is_that_of_the_states_that_were_passed() -> None:
    problem = network(LayerSpec(6, "tanh"), batch_size=0)
    race = Race(problem, [rule("sgd", 0.3)])
    race.advance(40)
    found = whole(race, CurvatureRequest())
    assert found.steps[0] == 0
    assert found.steps[-1] == 40
    assert len(found.steps) == 41
    for step in (0, 13, 40):
        race.seek(step)
        right = np.linalg.eigvalsh(dense_of(problem, race.theta[0]))[-1]
        assert found.sharpness[found.steps == step][0] == pytest.approx(right, rel=1e-6)
    np.testing.assert_allclose(found.edges, 2 / 0.3)


def test_edges_follow_the_rates_and_settings_that_were_in_force() -> None:
    halved = schedules.get("step")({"every": 10, "gamma": 0.5})
    race = Race(on_objective("sphere", 1), [rule("momentum", 0.1, momentum=0.5, schedule=halved)])
    race.advance(15)
    race.set_rules([rule("momentum", 0.1, momentum=0.8, schedule=halved)])
    race.advance(15)
    found = whole(race, CurvatureRequest())
    for step, rate, momentum in ((0, 0.1, 0.5), (9, 0.1, 0.5), (10, 0.05, 0.5), (15, 0.05, 0.8), (25, 0.025, 0.8)):
        assert found.edges[found.steps == step][0] == pytest.approx(2 * (1 + momentum) / rate)
    np.testing.assert_allclose(found.sharpness, 2.0)


def test_a_change_forgets_what_it_has_made_otherwise_and_stepping_back_forgets_nothing() -> None:
    problem = network(LayerSpec(4, "tanh"), batch_size=0)
    race, made = Race(problem, [rule("sgd", 0.3)]), CurvatureStatistic()
    race.advance(20)
    first = whole(race, CurvatureRequest(), made)
    race.seek(10)
    back = whole(race, CurvatureRequest(), made)
    assert back.spectrum is not None
    assert back.spectrum.step == 10
    assert back.steps.tolist() == first.steps.tolist()
    race.set_rules([rule("sgd", 1.0)])
    race.advance(10)
    after = whole(race, CurvatureRequest(), made)
    assert (after.sharpness[:11] == first.sharpness[:11]).all()
    assert after.sharpness[15] != first.sharpness[15]
    race.seek(15)
    right = np.linalg.eigvalsh(dense_of(problem, race.theta[0]))[-1]
    assert after.sharpness[after.steps == 15][0] == pytest.approx(right, rel=1e-6)


def test_a_cursor_is_answered_at_its_point_and_leaves_the_way_as_it_is() -> None:
    race, made = Race(on_objective("himmelblau", 1), [rule("sgd", 0.001)]), CurvatureStatistic()
    race.advance(5)
    along = whole(race, CurvatureRequest(), made)
    there = whole(race, CurvatureRequest(point=(3.0, 2.0)), made)
    assert there.spectrum is not None
    np.testing.assert_allclose(there.spectrum.values, np.linalg.eigvalsh([[74.0, 20.0], [20.0, 34.0]])[::-1])
    assert there.spectrum.step == -1
    assert (there.sharpness == along.sharpness).all()


def test_a_run_that_diverged_says_so_and_keeps_its_past() -> None:
    race = Race(on_objective("rosenbrock", 1), [rule("sgd", 10.0)])
    race.advance(30)
    assert not race.alive[0]
    found = whole(race, CurvatureRequest())
    assert found.fault == "diverged"
    assert found.spectrum is None
    assert found.steps[0] == 0


def test_second_derivatives_that_are_no_numbers_are_told() -> None:
    problem = ObjectiveProblem(objectives.get("formula")({"text": "sqrt(x) + y^2 + 1/(x-1)"}), [[1.0, 1.0]])
    found = whole(Race(problem, [rule("sgd", 0.1)]), CurvatureRequest(point=(1.0, 1.0)))
    assert found.fault == "numbers"
    assert found.spectrum is None


def test_a_question_of_another_race_is_answered_with_nothing() -> None:
    race = Race(on_objective("sphere", 1), [rule("sgd", 0.1)])
    made = CurvatureStatistic()
    assert made.compute(race, CurvatureRequest(run=5), running=False).spectrum is None
    assert made.compute(race, CurvatureRequest(point=(1.0,)), running=False).spectrum is None


def test_beside_a_running_race_it_is_worked_at_in_pieces_and_comes_to_its_end() -> None:
    """Among the steps, as a worker does: what it gives is of a state that was passed, and the past fills as well."""
    race, made = Race(on_network("spirals", 1), [rule("sgd", 0.05)]), CurvatureStatistic()
    seen: set[int] = set()
    for _ in range(20_000):  # each is a product at least, of which a spectrum takes fewer than there are parameters
        race.advance(1)
        found = made.compute(race, CurvatureRequest(), running=True)
        if found.spectrum is not None:
            seen.add(found.spectrum.step)
        if len(seen) >= 3:
            break
    assert len(seen) >= 3
    assert len(found.steps) > len(seen)  # the past came in turns
    cache, demands = Cache(), {"curvature": CurvatureRequest()}
    while cache.stale(race, demands, running=False):
        cache.refresh(race, demands, running=False)
    found = cache.current(race)["curvature"]
    assert found.spectrum is not None
    assert found.spectrum.step == race.step
    assert found.steps[0] == 0
    assert found.whole


def test_a_race_that_was_replaced_is_let_go() -> None:
    first, second = (Race(on_objective("sphere", 1), [rule("sgd", 0.1)]) for _ in range(2))
    made = CurvatureStatistic()
    whole(first, CurvatureRequest(), made)
    made.let_go(second)
    assert not made.is_whole(first)
    assert whole(second, CurvatureRequest(), made).spectrum is not None


def test_lanes_with_networks_of_their_own_have_the_curvature_of_their_own() -> None:
    """Each as alone, bit for bit, whatever stands beside it; of the smaller one no place that it has not."""
    small, large = network(LayerSpec(3, "tanh"), batch_size=0), network(LayerSpec(9, "tanh"), batch_size=0)
    race = Race(SideBySide([(small, 0), (large, 1)]), [rule("sgd", 0.3)] * 2)
    race.advance(10)
    for run, problem in enumerate(
        (network(LayerSpec(3, "tanh"), batch_size=0), network(LayerSpec(9, "tanh"), batch_size=0))
    ):
        alone = Race(problem, [rule("sgd", 0.3)])
        alone.advance(10)
        found, right = whole(race, CurvatureRequest(run=run)), whole(alone, CurvatureRequest())
        assert found.size == problem.size
        assert found.spectrum is not None
        assert right.spectrum is not None
        assert found.spectrum.values.tolist() == right.spectrum.values.tolist()
        assert found.sharpness.tolist() == right.sharpness.tolist()
        assert found.steps.tolist() == list(range(11))
