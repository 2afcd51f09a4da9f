"""A race at full speed is away in a process of its own, and nothing else tells it from one that stayed at home."""

from __future__ import annotations

import random

import pytest

from tests.experiments import DRAWS, MIXED, experiment
from tests.live.full_speed.drive import EXAMPLES, differences, example, straight, wait_until
from tests.live.races import engine_snapshot, same_bits
from tests.many import times
from workbench.experiment import build, files
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


@pytest.mark.parametrize("name", ["banana_race", "diverging_rate", "digits", "spirals", "adabelief_typed"])
def test_a_race_that_was_away_is_the_race_that_stayed_at_home(drive, name):
    """Run to the end in the child: state, optimizers, rows, evaluations and checkpoints are those of a plain race."""
    steps = 1300  # beyond the rows that a record begins with
    given = example(name, steps)
    driver = drive(given)
    driver.warm_up()
    driver.go()
    driver.settle()
    assert driver.times_away == 1
    assert driver.race.step == steps
    assert driver.worker.snapshot.finished
    assert differences(driver.race, straight(given, steps)) == []
    assert not driver.failed
    assert not driver.noted


@pytest.mark.parametrize("homecomings", [0, 3])
def test_the_first_steps_of_a_long_race_are_kept_wherever_it_ran(drive, homecomings):
    """Beyond 8,192 steps rows are dropped in the child, in arrays that this side may never have looked at."""
    driver = drive(example("banana_race", 20_000))
    driver.warm_up()
    for _ in range(homecomings):
        driver.send_away()
        driver.pause()
    driver.go()
    wait_until(lambda: driver.worker.snapshot.finished and not driver.worker.is_busy, 60.0)
    assert driver.times_away == homecomings + 1
    shown = driver.worker.snapshot.history
    plain = straight(example("banana_race"), 1100)
    assert shown.stride > 1
    for name in ("loss", "path"):
        assert shown.beginning[name].tobytes() == plain.history.view().values[name][:1024].tobytes()


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
def test_thousands_of_steps_with_switches_at_random_steps(drive, name):
    """Pause, go, pace, scrub and change rates at any step: the same as doing so at home at the same steps."""
    walk(drive, example(name, times(4_000, 10_000)), seed=EXAMPLES.index(name), longest=1500)


@pytest.mark.parametrize("seed", range(3))
def test_switches_at_random_steps(drive, seed):
    """The short form of the long walk through every example."""
    walk(drive, example("banana_race", 2500), seed=seed, longest=400)


class Walk:
    """A race that is switched to and fro, and a plain one that does the same at the same steps.

    Stretches are counted in steps and not in seconds, and no more than `repeatable` steps are thrown away by going
    back, so that it comes to its end on any machine.
    """

    def __init__(self, drive, given, *, seed, longest, repeatable):
        self.driver, self.plain = drive(given), build.make_race(given)
        self.given, self.chosen, self.longest, self.repeatable = given, random.Random(seed), longest, repeatable

    def run_on(self):
        """At full speed for a random number of steps, short ones as likely as long ones."""
        driver = self.driver
        until = driver.worker.snapshot.step + int(self.longest ** self.chosen.random())
        wait_until(lambda: driver.frame().step >= until or not driver.worker.snapshot.running, seconds=60.0)

    def follow(self):
        """Have the plain race at this step, with the changes that were made on the way."""
        race, plain = self.driver.race, self.plain
        for at, rules in sorted(race.rules.items()):
            if plain.step <= at <= race.step and plain.rules.get(at) != rules:
                plain.advance(at - plain.step)
                plain.set_rules(rules)
        plain.advance(race.step - plain.step)

    def pause(self):
        self.driver.pause()
        self.follow()

    def change_rates(self):
        self.given = with_rates(self.given, self.chosen.uniform(0.5, 1.5))
        self.driver.worker.submit(self.given)

    def rates_away(self):
        if self.driver.worker.snapshot.running:
            self.change_rates()
            self.run_on()
        self.pause()

    def rates_at_rest(self):
        self.pause()
        if not self.driver.race.finished:
            self.change_rates()
            wait_until(lambda: not self.driver.worker.is_busy)
            self.driver.settle()
            self.plain.set_rules(build.lane_rules(self.given))

    def demand(self):
        self.driver.worker.set_demands({"surface": ((-1.0, 1.0), (-1.0, 1.0), 8), "fit": (0,)})
        self.driver.run_for(0.01)
        self.pause()  # left running it might come to its end before it is asked to run on, which begins it again

    def pace(self):
        self.driver.worker.set_speed(500.0)
        self.driver.run_for(self.chosen.uniform(0.0, 0.1))
        self.driver.worker.set_speed(None)
        self.pause()

    def back(self):
        self.pause()
        self.seek(self.chosen.randrange(self.driver.race.step + 1))
        lost = self.plain.history.last - self.plain.step
        if lost <= self.repeatable and self.chosen.random() < 0.3:
            self.repeatable -= lost
        else:
            self.driver.worker.seek(10**9)
            self.seek(self.plain.history.last)

    def seek(self, step):
        driver = self.driver
        driver.worker.seek(step)
        wait_until(lambda: driver.race.step == step and not driver.worker.is_busy, seconds=60.0)
        driver.settle()
        self.plain.seek(step)
        assert driver.race.step == self.plain.step


def walk(drive, given, *, seed, longest):
    """Random actions until the race ends, repeated on a plain race."""
    it = Walk(drive, given, seed=seed, longest=longest, repeatable=given.steps // 4)
    driver, actions = it.driver, []
    driver.warm_up()
    while not driver.race.finished:
        driver.go()
        it.run_on()
        if not actions:  # all of them again, in another order
            actions = [it.pause, it.pause, it.pace, it.back, it.rates_away, it.rates_at_rest, it.demand]
            it.chosen.shuffle(actions)
        actions.pop()()
    driver.settle()
    it.follow()
    assert [name for name in differences(driver.race, it.plain) if name != "recent"] == []
    at_the_end = driver.race.step == given.steps
    assert driver.times_away > (1 if at_the_end else 0)  # one whose lanes diverge at once goes once
    assert not driver.failed
    assert not driver.noted


def test_lanes_with_networks_of_their_own_are_the_same_in_the_child(drive):
    """Parts of other sizes, batches, running averages and dropout: to the child and home again, twice."""
    given = replace(files.loads(MIXED), steps=1500)
    driver = drive(given)
    driver.warm_up()
    driver.send_away()
    driver.pause()
    driver.go()
    driver.settle()
    assert driver.times_away == 2
    assert driver.worker.snapshot.finished
    found = differences(driver.race, straight(given, 1500))
    assert [name for name in found if name != "recent"] == []
    assert not driver.failed


def test_fewer_steps_than_a_race_has_that_is_away(drive):
    given = example("banana_race")
    driver = drive(given)
    driver.warm_up()
    driver.send_away()
    wait_until(lambda: driver.frame().step > 900, seconds=60.0)
    short = example("banana_race", 500)
    driver.worker.submit(short, given)
    driver.settle()
    found = driver.worker.snapshot
    assert (found.step, found.finished) == (500, True)
    assert same_bits(found, engine_snapshot(straight(short, 500), short))
