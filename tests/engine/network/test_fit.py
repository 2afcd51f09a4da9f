"""The fit beside its data: a map that is fine where it is sharp, the quality of values, the worst first, typed rows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import example
from workbench.engine.datasets import load
from workbench.engine.datasets.base import Split
from workbench.engine.network.fine_map import FINENESS, refined
from workbench.engine.network.fit import Wanted, fit
from workbench.engine.network.layers import LayerSpec
from workbench.engine.network.prediction import predict
from workbench.engine.network.problem import NetworkProblem
from workbench.experiment import build


def moons(**more):
    problem = NetworkProblem(load("moons", {"samples": 60}, 1, 0.25), [LayerSpec(5, "tanh")], **more)
    theta = np.random.default_rng(3).normal(0.0, 4.0, (1, problem.size))
    theta[:, -2:] = 0.0
    return problem, theta


def softmax_by_hand(theta, x):
    """The probabilities of a network of two inputs, five units of tanh and two classes."""
    w1, b1, w2, b2 = np.split(theta, [10, 15, 25])
    z = np.exp(np.tanh(x @ w1.reshape(2, 5) + b1) @ w2.reshape(5, 2) + b2)
    return z / z.sum(axis=-1, keepdims=True)


def test_the_fine_map_is_the_network_where_it_is_sharp():
    """Along the boundary each point is what the network gives there; elsewhere it is not far from it."""
    problem, theta = moons()
    found = fit(problem, theta, 0)
    (x0, *_, x1), (y0, *_, y1) = found.x
    side = (len(found.x[0]) - 1) * FINENESS + 1
    assert found.fine.classes.shape == (side, side)
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, side), np.linspace(y0, y1, side)), axis=-1)
    p = softmax_by_hand(theta[0], grid)
    assert np.mean(found.fine.classes != p.argmax(axis=2)) < 1e-3
    steep = np.abs(np.gradient(p[..., 0])).max(axis=0) > 0.05
    assert steep.any()
    np.testing.assert_allclose(found.fine.margin[steep], p.max(axis=2)[steep], atol=1e-9)
    np.testing.assert_allclose(found.fine.margin, p.max(axis=2), atol=0.1)


def test_a_step_has_a_straight_edge():
    """A boundary aslant: between grid points it is as straight as at them, where the grid alone would give beads."""

    def step(points):
        right = (points[:, 0] + 0.3 * points[:, 1] > 0.1).astype(float)
        return np.column_stack([1 - right, right])

    axes = np.column_stack([np.linspace(-1, 1, 21)] * 2)
    points = np.stack(np.meshgrid(axes[:, 0], axes[:, 1]), axis=-1).reshape(-1, 2)
    grid = step(points).reshape(21, 21, 2)
    fine = np.linspace(-1, 1, 81)
    truth = (fine[None] + 0.3 * fine[:, None] > 0.1 + 1e-9).astype(int)
    sharp = refined(grid, axes, step, 100_000)
    assert np.mean(sharp.classes != truth) < 0.005
    blurred = refined(grid, axes, None, 0)
    assert np.mean(blurred.classes != truth) > np.mean(sharp.classes != truth)
    few = []
    refined(grid, axes, lambda at: few.append(len(at)) or step(at), 64)
    assert few
    assert few[0] <= 64 * (1 + 2 / FINENESS) ** 2, "no more than was allowed"


def test_a_map_covers_the_plane_that_is_asked_for():
    """From corner to corner, in the data's own units also where they are scaled."""
    problem, theta = moons()
    found = fit(problem, theta, 0, Wanted(area=(-2.0, 5.0, -1.0, 3.0)))
    assert (found.x[0][0], found.x[0][-1]) == pytest.approx((-2.0, 5.0))
    assert (found.x[1][0], found.x[1][-1]) == pytest.approx((-1.0, 3.0))
    scaled = NetworkProblem(load("moons", {"samples": 60}, 1, 0.25, "standard"), [LayerSpec(5, "tanh")])
    found = fit(scaled, scaled.initial(), 0, Wanted(area=(-2.0, 5.0, -1.0, 3.0)))
    assert (found.x[0][0], found.x[1][-1]) == pytest.approx((-2.0, 3.0))


def test_the_quality_of_values_is_r_squared_and_the_mean_absolute_error():
    """By their formulas, of training and test samples, in the data's own unit; classes have none."""
    problem = NetworkProblem(load("sine", {"samples": 40}, 1, 0.25), [LayerSpec(3, "tanh")])
    theta = problem.initial()
    found = fit(problem, theta, 0)
    for quality, x, y in (
        (found.train_quality, problem.split.x_train, problem.split.y_train),
        (found.test_quality, problem.split.x_test, problem.split.y_test),
    ):
        given = problem.outputs(theta[:1], x)[0]
        assert quality.r2 == pytest.approx(1 - ((y - given) ** 2).sum() / ((y - y.mean()) ** 2).sum())
        assert quality.error == pytest.approx(np.abs(y - given).mean())
        assert quality.count == len(x)
    assert fit(*moons(), 0).train_quality is None


def test_the_worst_pictures_come_first():
    """In the order of their losses, each still known by its place among the test samples."""
    race = build.make_race(example("handwritten_digits"))
    race.advance(40)
    found = fit(race.problem, race.theta, 0, Wanted(worst=True))
    losses = found.test.losses[found.order]
    assert (np.diff(losses) <= 0).all()
    assert losses[0] == found.test.losses.max()
    split = race.problem.split
    assert found.x[3] == pytest.approx(split.unscaled(split.x_test)[found.order[3]])
    assert found.truth[3] == split.y_test[found.order[3]]
    assert fit(race.problem, race.theta, 0).order.tolist() == list(range(72))


def test_a_typed_row_is_predicted_in_the_datas_own_units():
    """Scaled as the data were, so that a sample typed in gives what the sample gives."""
    problem = NetworkProblem(load("iris", {}, 1, 0.25, "standard"), [LayerSpec(4, "tanh")])
    theta = problem.initial()
    row = tuple(problem.split.unscaled(problem.split.x_test)[5])
    judged = fit(problem, theta, 0).test
    assert predict(problem, theta, 0, row).values == pytest.approx(judged.values[5], rel=1e-9)
    assert predict(problem, theta, 0, row[:2]) is None


def test_values_that_do_not_vary_have_no_r_squared():
    """There is nothing to explain: it is no number, and no fault."""
    still = np.ones((6, 1))
    x = np.arange(6.0)[:, None]
    problem = NetworkProblem(Split(x, still, x, still, (), None), [LayerSpec(2)])
    found = fit(problem, problem.initial(), 0)
    assert np.isnan(found.train_quality.r2)
