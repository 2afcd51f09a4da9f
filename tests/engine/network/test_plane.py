"""Planes through parameter space: geometry against closed forms, losses against single evaluations."""

import numpy as np
import pytest

from workbench.engine.datasets import load
from workbench.engine.network.network import LayerSpec
from workbench.engine.network.plane import (
    path_on_plane,
    plane_losses,
    plane_through,
    principal_plane,
    random_plane,
    view_of,
)
from workbench.engine.network.problem import NetworkProblem


@pytest.fixture(scope="module")
def problem():
    return NetworkProblem(load("moons", {"samples": 60}, 1, 0.25), [LayerSpec(5, "tanh"), LayerSpec(4, "relu")])


@pytest.mark.parametrize("shape", [(9, 40), (60, 7)])
def test_the_principal_plane_is_that_of_a_singular_value_decomposition(shape):
    points = np.random.default_rng(0).normal(size=shape) * np.linspace(3, 0.1, shape[1])
    plane = principal_plane(points)
    _, singular, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    assert plane.explained == pytest.approx(singular[:2] ** 2 / (singular**2).sum())
    assert np.abs(plane.axes @ directions[:2].T) == pytest.approx(np.eye(2), abs=1e-9)


def test_paths_in_a_plane_are_explained_wholly_and_lie_in_it():
    random = np.random.default_rng(1)
    points = random.normal(size=(30, 2)) @ random.normal(size=(2, 50)) + random.normal(size=50)
    plane = principal_plane(points)
    assert plane.explained.sum() == pytest.approx(1)
    assert plane.distances(points) == pytest.approx(np.zeros(30), abs=1e-10)
    assert plane.feet(points) == pytest.approx(points)


def test_points_on_a_line_get_a_plane_too_and_equal_ones_are_refused():
    line = np.outer(np.arange(5.0), np.ones(6))
    plane = principal_plane(line)
    assert plane.explained == pytest.approx([1, 0])
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2))
    with pytest.raises(ValueError, match="must differ"):
        principal_plane(np.ones((4, 6)))


def test_the_center_can_be_chosen():
    points = np.random.default_rng(0).normal(size=(9, 5))
    plane = principal_plane(points, center=points[-1])
    assert plane.coordinates(points[-1:]) == pytest.approx(np.zeros((1, 2)))


def test_random_directions_are_as_long_as_the_units_own_weights(problem):
    center = problem.initial()[0]
    plane = random_plane(problem.network.blocks, center, seed=3)
    assert not np.array_equal(plane.axes[0], plane.axes[1])
    for axis in plane.axes:
        for block in problem.network.blocks:
            own, drawn = block.weight(center[None])[0], block.weight(axis[None])[0]
            assert np.linalg.norm(drawn, axis=0) == pytest.approx(np.linalg.norm(own, axis=0))
            assert not block.bias(axis[None]).any()
    again = random_plane(problem.network.blocks, center, seed=3)
    assert np.array_equal(again.axes, plane.axes)


def test_a_unit_without_weights_has_no_direction(problem):
    plane = random_plane(problem.network.blocks, np.zeros(problem.size), seed=3)
    assert not plane.axes.any()


def test_coordinates_of_points_in_a_skew_plane_are_exact(problem):
    plane = random_plane(problem.network.blocks, problem.initial()[0], seed=3)
    wanted = np.array([[0.3, -2.0], [0.0, 0.0], [5.0, 1.0]])
    points = plane.points(wanted[:, 0], wanted[:, 1])
    assert plane.coordinates(points) == pytest.approx(wanted)


def test_three_points_lie_in_their_plane():
    a, b, c = np.random.default_rng(2).normal(size=(3, 8))
    plane = plane_through(a, b, c)
    assert plane.distances(np.stack([a, b, c])) == pytest.approx(np.zeros(3), abs=1e-12)
    assert plane.coordinates(np.stack([a, b]))[:, 0] == pytest.approx([0, 1])
    assert plane.axes[0] @ plane.axes[1] == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="line"):
        plane_through(a, b, a + 3 * (b - a))
    with pytest.raises(ValueError, match="differ"):
        plane_through(a, a, b)


def test_losses_on_the_grid_are_those_of_single_evaluations(problem):
    plane = random_plane(problem.network.blocks, problem.initial()[0], seed=3)
    u, v = np.linspace(-1, 1, 5), np.linspace(-2, 2, 4)
    grid = plane_losses(problem, plane, u, v)
    for j, i in np.ndindex(grid.shape):
        assert grid[j, i] == problem.losses(plane.points(u[i : i + 1], v[j : j + 1]))[0]
    assert np.array_equal(plane_losses(problem, plane, u, v[1:2])[0], grid[1])


def test_a_path_says_how_far_the_plane_is_from_the_truth(problem):
    path = problem.initial()[0] + np.cumsum(np.random.default_rng(4).normal(0, 0.1, (12, problem.size)), axis=0)
    plane = principal_plane(path)
    found = path_on_plane(problem, plane, path)
    assert found.loss == pytest.approx(problem.losses(path))
    assert found.shown == pytest.approx(problem.losses(plane.feet(path)))
    assert found.distance == pytest.approx(plane.distances(path))
    away = path - plane.center
    assert found.distance**2 + (found.coordinates**2).sum(axis=1) == pytest.approx((away**2).sum(axis=1))
    (left, right), (bottom, top) = view_of(plane, path)
    assert left < found.coordinates[:, 0].min() < found.coordinates[:, 0].max() < right
    assert bottom < found.coordinates[:, 1].min() < found.coordinates[:, 1].max() < top


def test_across_a_straight_path_the_picture_is_as_long_as_along_it():
    """Three points on a line, which rounding alone moves off it, in coordinates that begin far from zero."""
    start, way = np.array([0.3, -1.7, 2.9, 0.11]), np.array([1e-3, 2e-3, -3e-3, 0.7e-3])
    path = start + np.array([0.0, 1.0, 3.0])[:, None] * way
    (left, right), (bottom, top) = view_of(principal_plane(path), path)
    length = 3 * np.linalg.norm(way)
    assert right - left == pytest.approx(1.5 * length)  # a quarter of it on either side
    assert top - bottom == pytest.approx(1.5 * length)
