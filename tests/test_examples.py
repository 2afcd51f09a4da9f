"""What the shipped examples promise."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import EXAMPLES, example
from workbench import cli
from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
from workbench.experiment import build, files

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
