"""Very many starts: where they are, that they come again, and that each runs as it does alone."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.engine.swarm.starts import MOST_STARTS, cloud, grid, grid_shape
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, Lane, ObjectiveSetup, Origin, replace


@pytest.mark.parametrize("count", [1, 2, 7, 50, 99, 100, 500, MOST_STARTS])
def test_a_grid_is_even_and_fills_its_box(count):
    points = np.array(grid((-2.0, 1.0), (4.0, 3.0), count))
    wide, high = grid_shape(count, 2)
    assert len(points) == wide * high <= count
    assert wide * high > count - wide, "no further row would fit"
    if min(wide, high) > 1:
        np.testing.assert_allclose([points.min(axis=0), points.max(axis=0)], [[-2.0, 1.0], [4.0, 3.0]])
        np.testing.assert_allclose(np.diff(np.unique(points[:, 0])), 6.0 / (wide - 1), rtol=1e-3)
        np.testing.assert_allclose(np.diff(np.unique(points[:, 1])), 2.0 / (high - 1), rtol=1e-3)
    assert len({tuple(p) for p in points.tolist()}) == len(points)


def test_a_grid_along_one_coordinate():
    np.testing.assert_allclose(np.array(grid((-1.0,), (1.0,), 5))[:, 0], [-1, -0.5, 0, 0.5, 1])
    assert grid((3.0,), (5.0,), 1) == ((4.0,),)


def test_a_cloud_is_even_inside_its_box_and_follows_from_the_seed():
    points = np.array(cloud((-2.0, 1.0), (4.0, 3.0), 1000, seed=3))
    assert (points >= (-2.0, 1.0)).all()
    assert (points <= (4.0, 3.0)).all()
    # of a thousand draws the mean of a coordinate strays by a hundredth of its range, and a half of them lie in a half
    np.testing.assert_allclose(points.mean(axis=0), [1.0, 2.0], atol=0.3)
    assert 400 < (points[:, 0] < 1.0).sum() < 600
    assert cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=3) == cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=3)
    assert cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=3) != cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=4)
    assert cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=3) != cloud((-2.0, 1.0), (4.0, 3.0), 9, seed=3, index=1)


def _swarm(count):
    setup = ObjectiveSetup(objective="himmelblau", start=cloud((-5.0, -5.0), (5.0, 5.0), count, seed=1), noise=0.1)
    lanes = (
        Lane(optimizer="adam", hyperparameters={"learning_rate": 0.05}),
        Lane(optimizer="momentum", hyperparameters={"learning_rate": 1e-3}),
        Lane(optimizer="adam", hyperparameters={"learning_rate": 0.2}, origin=Origin(lane=0, step=30)),
    )
    return Experiment(seed=5, problem=setup, lanes=lanes, steps=80)


def test_a_swarm_is_saved_opened_and_run_again_bit_for_bit():
    given = _swarm(MOST_STARTS)
    again = files.loads(files.dumps(given))
    assert again == given
    races = [build.make_race(each) for each in (given, again)]
    for race in races:
        race.advance(80)
    np.testing.assert_array_equal(races[0].theta, races[1].theta)
    races[0].seek(20)
    races[0].seek(80)
    np.testing.assert_array_equal(races[0].theta, races[1].theta)


def test_a_run_of_a_swarm_is_that_of_the_first_starts_alone():
    """Of noisy gradients too: what is drawn follows from the number of the start."""
    given = _swarm(300)
    race = build.make_race(given)
    race.advance(80)
    few = build.make_race(replace(given, problem=replace(given.problem, start=given.problem.points[:7])))
    few.advance(80)
    for lane in range(3):
        np.testing.assert_array_equal(race.theta[300 * lane : 300 * lane + 7], few.theta[7 * lane : 7 * lane + 7])
