"""What the shipped examples promise."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import EXAMPLES, example
from workbench import cli
from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
from workbench.experiment import build, files
from workbench.experiment.experiment import replace

#: differences of a loss about 1 are no more exact than this, which matters where gradients vanish
_ROUNDING = 1e-9
NAMES = [path.stem for path in EXAMPLES]


def test_the_promised_examples_are_there():
    """The four that the documents name, whatever else there is."""
    assert {"first_descent", "six_optimizers", "banana_race", "digits"} <= set(NAMES)


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_each_runs_on_the_command_line(path, tmp_path):
    """It opens, runs and writes; and it says what it is in its title."""
    assert cli.main(["run", str(path), "--out", str(tmp_path / "out"), "--steps", "3"]) == 0
    assert files.read(path).title


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_each_has_lanes_that_show_something(path):
    """Run to its own end, every lane has brought the loss down, but for one that is there to diverge."""
    given = files.read(path)
    race = build.make_race(given)
    first = race.loss.copy()
    race.advance(given.steps)
    assert race.step == given.steps
    assert race.alive.all() or path.stem == "diverging_rate"
    assert (race.loss < first)[race.alive].all()


@pytest.mark.parametrize("name", ["banana_race", "first_descent"])
def test_lanes_on_an_objective_stay_in_the_minimum_that_they_reach(name):
    """Once a loss, whose lowest value is 0, is under a millionth of the first one, it stays under a thousandth."""
    given = example(name)
    race = build.make_race(given, capacity=None)
    race.advance(given.steps)
    share = race.history.view().values["loss"] / race.history.view().values["loss"][0]
    reached = np.logical_or.accumulate(share < 1e-6, axis=0)
    assert reached[-1].any() or name == "first_descent"
    assert (share[reached] < 1e-3).all()


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_exact_gradients_agree_with_central_differences(path):
    """Backpropagation and the formulas agree with differences of the loss to 1e-7, block by block, in float64."""
    problem = build.make_problem(files.read(path))
    report = GradientCheck(problem, problem.initial(), 0, CheckRequest(most=0)).work(60.0)
    assert report.done
    for row in report.blocks:
        assert row.verdict in ("agrees", "kinks", "small"), row
        assert row.relative < 1e-7 or row.difference < _ROUNDING, row


def test_digits_reach_95_percent():
    """Each of the three lanes reads 95 % of the digits that it has not seen."""
    given = example("digits")
    race = build.make_race(given)
    race.advance(given.steps)
    race.evaluate_metrics()
    assert (race.metrics["test_accuracy"] >= 0.95).all(), race.metrics["test_accuracy"]


def test_digits_start_from_the_same_weights():
    """The lanes differ in nothing but the optimizer."""
    race = build.make_race(example("digits"))
    assert (race.theta == race.theta[:1]).all()


def test_six_optimizers_find_the_line():
    """The slope 3 and the intercept 2 of the data are found by the lanes of rate 0.1, within the noise."""
    given = example("six_optimizers")
    race = build.make_race(given)
    race.advance(given.steps)
    labels = [lane.label for lane in given.lanes]
    for name in ("SGD", "Momentum", "Adam"):
        np.testing.assert_allclose(race.theta[labels.index(name)], [3.0, 2.0], atol=0.1, err_msg=name)


def test_adams_first_step_is_the_rate_in_every_coordinate_and_without_its_corrections_some_three_times_that():
    """From steep and flat places alike: η, and η (1 − β₁) / √(1 − β₂), by hand; SGD's is as long as the slope."""
    race = build.make_race(example("adams_first_step"))
    before, slope = race.theta.copy(), race.gradient.copy()
    race.advance()
    moved = race.theta - before
    np.testing.assert_allclose(moved[0:2], -0.1 * np.sign(slope[0:2]), rtol=1e-6)
    np.testing.assert_allclose(moved[2:4], -0.1 * (0.1 / np.sqrt(0.001)) * np.sign(slope[2:4]), rtol=1e-5)
    np.testing.assert_allclose(moved[4:6], -0.1 * slope[4:6], rtol=1e-12)


def test_the_typed_adabelief_is_that_of_its_paper():
    """Its algorithm 2, written out over the slopes of the valley, to 1e-12 for 300 steps."""
    race = build.make_race(example("adabelief_typed"))
    x, m, s = np.array([-1.2, 1.0]), np.zeros(2), np.zeros(2)
    for t in range(1, 301):
        race.advance()
        a, b = x
        g = np.array([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * (g - m) ** 2 + 1e-8
        x = x - 0.05 * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        np.testing.assert_allclose(race.theta[1], x, rtol=1e-12, atol=1e-12)


def paths(name, **changed):
    """The points (T, lanes, 2) of an example, run to its end, with one setting of its second lane changed."""
    given = example(name)
    lanes = list(given.lanes)
    lanes[1] = replace(lanes[1], hyperparameters={**lanes[1].hyperparameters, **changed})
    race = build.make_race(replace(given, lanes=tuple(lanes)), capacity=None)
    race.advance(given.steps)
    return race.history.view().values["path"]


def test_momentum_overshoots_and_plain_descent_does_not():
    """By four tenths of its way, in half the steps; it obeys the heavy ball's recurrence, whose roots are √μ."""
    path = paths("momentum_overshoots")
    plain, ball = path[:, 0, 0], path[:, 1, 0]
    assert (plain < 0).all()
    assert (np.diff(plain) > 0).all()
    assert ball.max() > 0.4 * 3.5
    first = int(np.argmax(ball > -0.35))
    assert first < 0.5 * int(np.argmax(plain > -0.35))
    rate, mu, k = 0.1, 0.9, 0.4
    np.testing.assert_allclose(ball[2:], (1 + mu - rate * k) * ball[1:-1] - mu * ball[:-2], rtol=1e-9, atol=1e-12)
    roots = np.roots([1, -(1 + mu - rate * k), mu])
    np.testing.assert_allclose(np.abs(roots), np.sqrt(mu), rtol=1e-12)
    assert paths("momentum_overshoots", momentum=0.6)[:, 1, 0].max() < 1e-6


def test_adagrads_rate_falls_as_one_over_the_root_of_all_squared_slopes():
    """Each step by hand from the slopes of the valley; the first one is η in both; RMSProp ends far nearer."""
    path = paths("adagrad_shrinks")
    a, b = path[:, 0].T
    slopes = np.stack([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)], axis=1)
    effective = 0.1 / np.sqrt(np.cumsum(slopes**2, axis=0))
    steps = np.diff(path[:, 0], axis=0)
    np.testing.assert_allclose(steps, -(effective * slopes)[:-1], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(np.abs(steps[0]), 0.1, rtol=1e-9)
    assert (np.diff(effective, axis=0) <= 0).all()
    away = np.linalg.norm(path[-1] - [1.0, 1.0], axis=1)
    assert away[1] < 0.15 * away[0]


def test_rmsprop_moves_steep_and_flat_coordinates_alike_whatever_the_steepness():
    """Its path is a diagonal, and the same in a bowl ten times as steep one way; plain descent is half way still."""
    path = paths("rmsprop_normalises")
    np.testing.assert_allclose(path[:, 1, 0], -path[:, 1, 1], rtol=1e-5, atol=1e-7)
    assert np.abs(path[-1, 1]).max() < 1e-6
    assert 0.4 * 3.0 < path[-1, 0, 1] < 0.6 * 3.0
    given = example("rmsprop_normalises")
    steeper = replace(given.problem, parameters={**given.problem.parameters, "curvature_x": 10_000.0})
    race = build.make_race(replace(given, problem=steeper), capacity=None)
    race.advance(given.steps)
    np.testing.assert_allclose(race.history.view().values["path"][:, 1], path[:, 1], rtol=1e-5, atol=1e-6)
    assert not race.alive[0]


def test_nesterov_brakes_before_the_bottom():
    """Across the steep side its swings are gone when momentum's are not; its μ acts like momentum's times 1 − ηk."""
    path = paths("nesterov_looks_ahead")
    ball, ahead = np.abs(path[20:, 0, 1]), np.abs(path[20:, 1, 1])
    assert ball.max() > 0.5
    assert ahead.max() < 1e-2 * ball.max()
    rate, mu = 0.05, 0.9
    for axis, k in ((0, 0.3), (1, 10.0)):
        x, own = path[:, 1, axis], mu * (1 - rate * k)
        np.testing.assert_allclose(x[2:], (1 + own - rate * k) * x[1:-1] - own * x[:-2], rtol=1e-8, atol=1e-10)
    far = [int(np.argmax(path[:, lane, 0] > 0)) for lane in (0, 1)]
    assert abs(far[0] - far[1]) <= 3  # along the flat side it is as fast
