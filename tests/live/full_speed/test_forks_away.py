"""Forks in the child process: what begins there, and what is forked while the race is away."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments import DRAWS, VALLEY, experiment
from tests.live.full_speed.drive import differences, straight, wait_until
from workbench.engine.swarm.starts import cloud
from workbench.experiment.experiment import Origin, replace
from workbench.live import full_speed


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A machine that is busy with other things must not look like a step that hangs."""
    monkeypatch.setattr(full_speed, "_PATIENCE", 15.0)


def with_forks(given):
    """A fork that keeps the state, one of it under another rule."""
    kept = replace(given.lanes[0], origin=Origin(lane=0, step=300), hyperparameters={"learning_rate": 0.002})
    other = replace(kept, optimizer="nadam", origin=Origin(lane=len(given.lanes), step=700))
    return replace(given, lanes=(*given.lanes, kept, other))


@pytest.mark.parametrize("text", [VALLEY, DRAWS])
def test_forks_that_begin_in_the_child_are_those_that_begin_at_home(drive, text):
    given = with_forks(experiment(text, steps=1300))
    driver = drive(given)
    driver.warm_up()
    driver.go()
    driver.settle()
    assert driver.times_away == 1
    assert driver.race.step == 1300
    assert differences(driver.race, straight(given, 1300)) == []
    assert not driver.failed


def test_a_fork_of_a_race_that_is_away(drive):
    """It comes home, takes over what it was, and goes away again with one lane more."""
    given = experiment(VALLEY, steps=40_000)
    driver = drive(given)
    driver.warm_up()
    driver.send_away()
    wait_until(lambda: driver.frame().step > 2000, seconds=60.0)
    at = driver.worker.snapshot.step - 500
    lane = replace(given.lanes[0], origin=Origin(lane=0, step=at), hyperparameters={"learning_rate": 0.05})
    forked = replace(given, lanes=(*given.lanes, lane))
    driver.worker.submit(forked, given)
    wait_until(lambda: len(driver.frame().info.lanes) == 3, seconds=60.0)
    wait_until(lambda: driver.frame().finished, seconds=120.0)
    driver.settle()
    assert driver.times_away >= 2
    assert driver.worker.snapshot.ghosts == ()
    plain = straight(forked, 40_000)
    np.testing.assert_array_equal(driver.race.theta, plain.theta)
    ours, theirs = driver.race.history.view(), plain.history.view()
    assert ours.stride == theirs.stride
    for name, values in theirs.values.items():
        np.testing.assert_array_equal(ours.values[name], values)
    assert not driver.failed


def test_a_swarm_in_the_child_is_the_one_at_home(drive):
    given = experiment(VALLEY, steps=1300)
    start = cloud((-2.0, -1.0), (2.0, 3.0), 200, seed=2)
    given = with_forks(replace(given, problem=replace(given.problem, start=start)))
    driver = drive(given)
    driver.warm_up()
    driver.go()
    driver.settle()
    assert driver.times_away == 1
    assert driver.race.step == 1300
    assert differences(driver.race, straight(given, 1300)) == []
    assert not driver.failed
