"""A race at full speed is away in a process of its own, and nothing else tells it from one that stayed at home."""

from __future__ import annotations

import random

import pytest

from tests.experiments import DRAWS, experiment
from tests.full_speed.drive import EXAMPLES, differences, example, straight, wait_until
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.live import full_speed


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A machine that is busy with other things must not look like a step that hangs."""
    monkeypatch.setattr(full_speed, "_PATIENCE", 15.0)


def with_rates(experiment, factor):
    """The same race with all learning rates multiplied."""
    lanes = tuple(
        replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": rate * factor})
        for lane, rate in zip(experiment.lanes, rates(experiment), strict=True)
    )
    return replace(experiment, lanes=lanes)


def rates(experiment):
    return [rule.hyperparameters["learning_rate"] for rule in build.lane_rules(experiment)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_race_that_was_away_is_the_race_that_stayed_at_home(drive, name):
    """Run to the end in the child: state, optimizers, rows, evaluations and checkpoints are those of a plain race."""
    given = example(name, 3000)
    driver = drive(given)
    driver.warm_up()
    driver.go()
    driver.settle()
    assert driver.times_away == 1
    assert driver.race.step == 3000
    assert driver.worker.snapshot.finished
    assert differences(driver.race, straight(given, 3000)) == []
    assert not driver.failed
    assert not driver.noted


def test_lanes_with_draws_of_their_own_draw_the_same_in_the_child(drive):
    """Twice to the child and home again, with dropout and batches that some lanes share and one does not."""
    given = experiment(DRAWS, steps=1500)
    driver = drive(given)
    driver.warm_up()
    driver.send_away()
    driver.pause()
    driver.go()
    driver.settle()
    assert driver.times_away == 2
    assert driver.race.step == 1500
    assert driver.worker.snapshot.finished
    found = differences(driver.race, straight(given, 1500))
    assert [name for name in found if name != "recent"] == []
    assert not driver.failed


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", EXAMPLES)
def test_ten_thousand_steps_with_switches_at_random_steps(drive, name):
    """Pause, go, pace, scrub and change rates whenever it happens: the same as doing so at home at the same steps."""
    walk(drive, example(name, 10_000), seed=EXAMPLES.index(name), longest=0.25)


@pytest.mark.parametrize("seed", range(3))
def test_switches_at_random_steps(drive, seed):
    """The short form of the long walk through every example."""
    walk(drive, example("banana_race", 9000), seed=seed, longest=0.05)


def walk(drive, given, *, seed, longest):
    """Random actions until the race ends, repeated on a plain race."""
    driver, plain, chosen = drive(given), build.make_race(given), random.Random(seed)

    def follow(step):
        """The plain race at this step, with the changes that were made on the way."""
        for at, rules in sorted(driver.race.rules.items()):
            if plain.step <= at <= step and plain.rules.get(at) != rules:
                plain.advance(at - plain.step)
                plain.set_rules(rules)
        plain.advance(step - plain.step)

    driver.warm_up()
    while not driver.race.finished:
        driver.go()
        driver.run_for(chosen.uniform(0.0, longest))
        action = chosen.choice(["pause", "pause", "pace", "back", "rates away", "rates at rest", "demand"])
        if action == "rates away" and driver.worker.snapshot.running:
            given = with_rates(given, chosen.uniform(0.5, 1.5))
            driver.worker.submit(given)
            driver.run_for(chosen.uniform(0.0, longest))
        if action == "demand":
            driver.worker.set_demands({"surface": ((-1.0, 1.0), (-1.0, 1.0), 8), "fit": (0,)})
            continue
        if action == "pace":
            driver.worker.set_speed(500.0)
            driver.run_for(chosen.uniform(0.0, longest))
            driver.worker.set_speed(None)
        driver.pause()
        follow(driver.race.step)
        if action == "back":
            step = chosen.randrange(driver.race.step + 1)
            driver.worker.seek(step)
            driver.settle()
            plain.seek(step)
            if chosen.random() < 0.7:
                driver.worker.seek(10**9)
                driver.worker.seek(plain.history.last)
                wait_until(lambda: driver.race.step == plain.history.last and not driver.worker.is_busy)
                driver.settle()
                plain.seek(plain.history.last)
        if action == "rates at rest" and not driver.race.finished:
            given = with_rates(given, chosen.uniform(0.5, 1.5))
            driver.worker.submit(given)
            wait_until(lambda: not driver.worker.is_busy)
            driver.settle()
            plain.set_rules(build.lane_rules(given))
        assert driver.race.step == plain.step
    follow(driver.race.step)
    found = differences(driver.race, plain)
    assert [name for name in found if name != "recent"] == []
    assert driver.times_away > 1
    assert not driver.failed
    assert not driver.noted
