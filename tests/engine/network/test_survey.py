"""The plane under the paths of a race, its losses and how true they are, against the same by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import NETWORK, example, experiment
from workbench.engine.network.survey import PlaneFault, PlanePicture, PlaneRequest, Survey, _between, _order
from workbench.experiment import build


def made(steps=80, text=NETWORK):
    race = build.make_race(experiment(text))
    race.advance(steps)
    return race


def finished(survey, race, seconds=0.05):
    for _ in range(5000):
        picture = survey.work(race, seconds, resting=True)
        if survey.is_current(race):
            return picture
    raise AssertionError("the grid was not filled")


def loss_by_hand(race, theta):
    """Softmax cross-entropy over the training set, of the network 2-4-2 with its activation, term by term."""
    problem = race.problem
    first, last = problem.network.blocks
    hidden = (
        problem.x_train @ theta[first.start : first.bias_start].reshape(2, 4) + theta[first.bias_start : first.stop]
    )
    name = problem.network.layers[0].activation
    hidden = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}[name](hidden)
    output = hidden @ theta[last.start : last.bias_start].reshape(4, 2) + theta[last.bias_start : last.stop]
    log_sum = np.log(np.exp(output).sum(axis=1))
    return float(np.mean(log_sum - output[np.arange(len(output)), problem.split.y_train]))


def test_the_losses_are_those_of_the_plane_s_points():
    """At points of the grid, coarse and fine, by hand."""
    race = made()
    grid = finished(Survey(PlaneRequest()), race).grid
    assert np.isfinite(grid.losses).all()
    for j, i in ((0, 0), (24, 24), (13, 40), (48, 1)):
        theta = grid.plane.center + grid.u[i] * grid.plane.axes[0] + grid.v[j] * grid.plane.axes[1]
        assert grid.losses[j, i] == pytest.approx(loss_by_hand(race, theta), rel=1e-10)


def test_a_small_network_has_a_finer_grid_whose_coarse_ones_come_first():
    """97 points a side where they cost little, 49 else; the first picture is of 25, the next of 49."""
    race = made()
    survey = Survey(PlaneRequest())
    assert finished(survey, race).grid.losses.shape == (97, 97)
    order = _order(97)
    assert sorted(order.tolist()) == list(range(97 * 97))
    for size in (25, 49):
        j, i = np.divmod(order[: size**2], 97)
        step = 96 // (size - 1)
        assert not (j % step).any()
        assert not (i % step).any()
    wide = made(4, NETWORK.replace("units = 4", "units = 1000"))
    assert finished(Survey(PlaneRequest()), wide, 1.0).grid.losses.shape == (49, 49)


@pytest.mark.parametrize("known", [25**2, 49**2, 49**2 + 700])
def test_between_what_is_known_the_picture_is_even(known):
    """A slope is whole wherever the grid has been filled to."""
    slope = np.add.outer(np.arange(97.0), 2 * np.arange(97.0))
    losses = np.full(97 * 97, np.nan)
    here = _order(97)[:known]
    losses[here] = slope.ravel()[here]
    np.testing.assert_allclose(_between(losses.reshape(97, 97)), slope)


def test_what_is_true_and_what_is_shown():
    """The true loss is that of the run's parameters; the one shown is at their foot, found by least squares."""
    race = made()
    picture = finished(Survey(PlaneRequest()), race)
    plane = picture.grid.plane
    for run in range(3):
        away = race.theta[run] - plane.center
        foot = np.linalg.lstsq(plane.axes.T, away, rcond=None)[0]
        assert picture.loss[run] == pytest.approx(loss_by_hand(race, race.theta[run]), rel=1e-10)
        assert picture.shown[run] == pytest.approx(loss_by_hand(race, plane.center + foot @ plane.axes), rel=1e-8)
        np.testing.assert_allclose(picture.paths[-1, run], foot, atol=1e-9)


def test_the_variance_explained_is_that_of_a_singular_value_decomposition():
    """The shares of the two largest singular values' squares, of all kept states of all runs together."""
    race = made()
    picture = finished(Survey(PlaneRequest()), race)
    states = np.stack([c.theta for c in race.checkpoints.up_to(80)])
    assert len(states) == 81
    points = np.concatenate([states[:1], states[::-1]]).reshape(-1, race.problem.size)
    values = np.linalg.svd(points - points.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(picture.grid.explained, values[:2] / values.sum(), rtol=1e-8)


def test_the_picture_does_not_depend_on_the_pieces():
    """Filled a few points at a time or at once, the losses are the same."""
    race = made()
    slow, fast = finished(Survey(PlaneRequest()), race, 0.0), finished(Survey(PlaneRequest()), race, 10.0)
    np.testing.assert_allclose(slow.grid.losses, fast.grid.losses, rtol=1e-12)
    assert slow.known == fast.known == 1.0


def test_training_is_the_same_with_a_survey_beside_it():
    """The race gives the same bits whether or not a plane is laid through its paths."""
    watched, alone, survey = made(0), made(0), Survey(PlaneRequest())
    for _ in range(30):
        survey.work(watched, 0.001, resting=False)
        watched.advance(3)
        alone.advance(3)
    np.testing.assert_array_equal(watched.theta, alone.theta)
    np.testing.assert_array_equal(watched.loss, alone.loss)


def test_random_directions_are_as_long_as_the_weights_of_each_unit():
    """Filter normalisation around the chosen run's point; another seed gives other directions."""
    race = made()
    plane = finished(Survey(PlaneRequest("random", (1, 0), 3)), race).grid.plane
    np.testing.assert_array_equal(plane.center, race.theta[1])
    for block in race.problem.network.blocks:
        for axis in plane.axes:
            np.testing.assert_allclose(
                np.linalg.norm(block.weight(axis[None])[0], axis=0),
                np.linalg.norm(block.weight(race.theta[1:2])[0], axis=0),
            )
    other = finished(Survey(PlaneRequest("random", (1, 0), 4)), race).grid.plane
    assert not np.allclose(plane.axes, other.axes)


def test_a_plane_through_two_ends_shows_start_and_ends_truly():
    """The three points lie in the plane, so what is shown there is the truth; the first end is at (1, 0)."""
    race = made()
    picture = finished(Survey(PlaneRequest("ends", (0, 2))), race)
    np.testing.assert_allclose(picture.paths[0, 0], (0, 0), atol=1e-12)
    np.testing.assert_allclose(picture.paths[-1, 0], (1, 0), atol=1e-9)
    for run in (0, 2):
        assert picture.shown[run] == pytest.approx(picture.loss[run], rel=1e-9)


def test_no_plane_is_laid_through_what_has_no_extent():
    """Paths that have not begun, one end taken twice, and a race in which all have diverged."""
    assert Survey(PlaneRequest()).work(made(0), 1.0, resting=True) == PlaneFault(PlaneRequest(), "still")
    same = PlaneRequest("ends", (1, 1))
    assert Survey(same).work(made(), 1.0, resting=True) == PlaneFault(same, "line")
    wild = build.make_race(example("diverging_rate"))
    wild.advance(50)
    assert isinstance(Survey(PlaneRequest()).work(wild, 0.0, resting=True), PlanePicture)
    wild.alive[:] = False
    assert Survey(PlaneRequest()).work(wild, 1.0, resting=True) == PlaneFault(PlaneRequest(), "diverged")


def test_random_directions_from_a_race_that_has_not_begun():
    """There is no path, and yet a landscape around the start; no share of the paths is told."""
    survey = Survey(request := PlaneRequest("random", (0, 0), 3))
    race = made(0)
    while not (isinstance(found := survey.work(race, 0.05, resting=True), PlanePicture) and found.known == 1.0):
        pass
    assert found.request == request
    assert np.isnan(found.grid.explained).all()
    middle = len(found.grid.u) // 2
    assert found.grid.u[middle] == found.grid.v[middle] == 0.0
    loss = race.problem.losses(race.theta.copy())[0]
    assert found.grid.losses[middle, middle] == pytest.approx(float(loss), rel=1e-6)


def test_the_plane_stays_while_the_race_runs_and_follows_it_when_it_rests():
    """A few steps further the plane is the old one; at rest, and after stepping back, it is laid through what is."""
    race, survey = made(), Survey(PlaneRequest())
    first = finished(survey, race).grid
    race.advance(5)
    assert survey.work(race, 0.0, resting=False).grid.plane is first.plane
    assert finished(survey, race).grid.step == 85
    race.seek(40)
    assert finished(survey, race).grid.step == 40


def test_half_a_grid_is_shown_whole():
    """When the coarse points are known, the others are put between them until they are evaluated."""
    race, survey = made(), Survey(PlaneRequest())
    picture = survey.work(race, 0.0, resting=True)
    while picture.known < 0.27:
        picture = survey.work(race, 0.0, resting=True)
    assert picture.known < 1.0
    assert np.isfinite(picture.grid.losses).all()
