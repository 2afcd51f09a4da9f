"""The worker on its own thread, asked as the window asks it."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.experiments import BOWL, NETWORK, VALLEY, experiment
from tests.live.races import assert_same_rows, engine_snapshot, same_bits
from workbench.experiment import build
from workbench.experiment.experiment import Schedule, replace
from workbench.live.worker import TrainingWorker


@pytest.fixture
def at(qtbot, worker):
    """Waits until the worker stands still at a step, and gives the snapshot."""

    def wait(step):
        def arrived():
            snapshot = worker.snapshot
            return snapshot is not None and snapshot.step == step and not worker.is_busy

        qtbot.waitUntil(arrived, timeout=10_000)
        return worker.snapshot

    return wait


@pytest.fixture
def started(at, worker):
    """Gives the worker an experiment and waits for step 0."""

    def start(given):
        worker.submit(given)
        return at(0)

    return start


def moving(worker, beyond=0):
    """Whether the race runs and has taken more than some steps, as seen through the gate."""
    snapshot = worker.hold()
    worker.release()
    return snapshot is not None and snapshot.running and snapshot.step > beyond


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_n_steps_back_and_forward_is_the_same_snapshot(worker, at, started, text):
    """The state after going 37 steps back and 37 forward is the one before, bit for bit."""
    started(experiment(text))
    worker.seek(120)
    before = at(120)
    worker.step(-37)
    back = at(83)
    worker.step(37)
    again = at(120)
    assert same_bits(before, again)
    assert not same_bits(before, back)
    assert_same_rows(before, again, 120)


def test_scrubbing_anywhere_shows_what_an_engine_race_shows(worker, at, started):
    """Jumps back and ahead land on the states of a race that never jumped."""
    given = experiment(VALLEY)
    started(given)
    for step in (300, 17, 250, 0, 63):
        worker.seek(step)
        race = build.make_race(given)
        race.advance(step)
        assert same_bits(at(step), engine_snapshot(race, given)), step


def test_reset_repeats_the_same_numbers(worker, at, started):
    """Reset goes to step 0 of a new race that repeats the old one, bit for bit."""
    first = started(experiment(NETWORK))
    worker.seek(60)
    before = at(60)
    worker.reset()
    assert same_bits(at(0), first)
    worker.seek(60)
    again = at(60)
    assert same_bits(again, before)
    assert again.generation > before.generation


def test_it_says_at_once_that_it_runs(worker, started, qtbot):
    """At full speed a running snapshot is published though nobody closes the gate: the frame clock waits for it."""
    started(experiment(VALLEY))
    worker.go()
    qtbot.waitUntil(lambda: worker.snapshot.running, timeout=2000)


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
@pytest.mark.parametrize("change", [
    {"hyperparameters": {"learning_rate": 0.02}},
    {"gradient": {"clip_norm": 0.01}},
    {"schedule": Schedule(kind="exponential", parameters={"gamma": 0.99})},
], ids=lambda change: next(iter(change)))  # fmt: skip
def test_another_live_setting_while_it_runs_keeps_the_optimizers_state(worker, started, qtbot, text, change):
    """The race goes on, and equals bit for bit an engine's race that is given the same change at the same step."""
    given = experiment(text)
    started(given)
    worker.go()
    qtbot.waitUntil(lambda: moving(worker, 20))
    changed = replace(given, lanes=(replace(given.lanes[0], **change), *given.lanes[1:]))
    worker.submit(changed)
    qtbot.waitUntil(lambda: worker.snapshot.changes != ())
    at_step = worker.snapshot.changes[0].step
    assert {(change.step, change.lane) for change in worker.snapshot.changes} == {(at_step, 0)}
    qtbot.waitUntil(lambda: moving(worker, at_step + 30))
    worker.pause()
    qtbot.waitUntil(lambda: not worker.snapshot.running)
    seen = worker.snapshot
    race = build.make_race(given)
    race.advance(at_step)
    race.set_rules(build.lane_rules(changed))
    race.advance(seen.step - at_step)
    assert same_bits(seen, engine_snapshot(race, changed))
    unchanged = build.make_race(given)
    unchanged.advance(seen.step)
    assert seen.theta.tobytes() != unchanged.theta.tobytes()
    assert seen.generation == 1


def test_another_problem_while_it_runs_is_a_new_race_that_runs(worker, started, qtbot):
    """A change of the objective begins again from step 0, without a pause."""
    started(experiment(VALLEY))
    worker.go()
    qtbot.waitUntil(lambda: moving(worker, 500))
    worker.submit(experiment(BOWL.replace("2.5", "0.1")))
    qtbot.waitUntil(lambda: worker.snapshot.info.key == "quadratic")
    first = worker.snapshot
    assert first.generation == 2
    qtbot.waitUntil(lambda: moving(worker, 10))
    assert worker.snapshot.generation == 2


def test_what_was_asked_for_can_be_seen_as_soon_as_the_worker_is_not_busy(worker, started):
    """Whoever waits for a step finds it in the snapshot, however often the thread is looked at."""
    started(experiment(BOWL.replace("2.5", "0.1")))
    for step in range(1, 101):
        worker.step()
        until = time.monotonic() + 10.0
        while worker.is_busy and time.monotonic() < until:
            time.sleep(0)
        assert worker.snapshot.step == step


def test_of_several_experiments_only_the_newest_is_carried_out(worker, started, qtbot):
    """A hundred edits in a burst do not make a hundred races."""
    started(experiment(VALLEY))
    for seed in range(100, 200):
        worker.submit(experiment(VALLEY, seed=seed, title=str(seed)))
    qtbot.waitUntil(lambda: not worker.is_busy)
    expected = engine_snapshot(build.make_race(experiment(VALLEY, seed=199)), experiment(VALLEY))
    qtbot.waitUntil(lambda: same_bits(worker.snapshot, expected))
    assert worker.snapshot.generation < 80


def test_a_fault_is_said_and_the_old_race_goes_on(worker, started, qtbot):
    """An experiment that cannot be built gives one sentence; the race that ran runs on."""
    given = experiment(VALLEY)
    started(given)
    worker.go()
    qtbot.waitUntil(lambda: moving(worker))
    bad = replace(given, problem=replace(given.problem, objective="rosenbrok"))
    with qtbot.waitSignal(worker.failed) as failed:
        worker.submit(bad)
    assert "`problem.objective`" in failed.args[0]
    assert '"rosenbrock"' in failed.args[0]
    step = worker.snapshot.step
    qtbot.waitUntil(lambda: moving(worker, step + 10))
    assert worker.snapshot.generation == 1


def test_after_a_fault_the_next_good_experiment_is_taken(worker, started, qtbot):
    """A refused experiment leaves nothing behind that would stop the next one."""
    given = experiment(VALLEY)
    started(given)
    with qtbot.waitSignal(worker.failed):
        worker.submit(replace(given, problem=replace(given.problem, objective="none")))
    worker.submit(experiment(BOWL))
    qtbot.waitUntil(lambda: worker.snapshot.info.key == "quadratic")


def test_a_fault_in_a_statistic_is_said_once_and_ends_nothing(worker, started, qtbot):
    """A statistic that cannot be computed is told of, not tried again for ever, and the thread lives on."""
    started(experiment(NETWORK))
    sentences = []
    worker.failed.connect(sentences.append)
    worker.set_demands({"fit": ("none",)})
    qtbot.waitUntil(lambda: bool(sentences))
    qtbot.wait(200)
    assert len(sentences) == 1
    worker.set_demands({"fit": (1,)})
    qtbot.waitUntil(lambda: "fit" in worker.snapshot.extras)
    worker.seek(5)
    qtbot.waitUntil(lambda: worker.snapshot.step == 5)


def test_statistics_are_computed_while_it_rests(worker, started, qtbot):
    """A view that comes to light while the race is paused gets its statistic."""
    started(experiment(VALLEY))
    worker.set_demands({"surface": ((-2.0, 2.0), (-1.0, 3.0), 24)})
    qtbot.waitUntil(lambda: "surface" in worker.snapshot.extras)
    surface = worker.snapshot.extras["surface"]
    np.testing.assert_allclose(surface.values[0, 0], (1 + 2) ** 2 + 100 * (-1 - 4) ** 2)


def test_no_step_is_taken_while_the_gate_is_held(worker, started, qtbot):
    """Between hold and release the race stands still, whatever is asked; after it, it goes on."""
    started(experiment(VALLEY))
    worker.go()
    qtbot.waitUntil(lambda: moving(worker, 50))
    held = worker.hold()
    worker.set_speed(None)
    worker.go()
    for _ in range(5):
        time.sleep(0.02)
        assert worker.snapshot.step == held.step
    worker.release()
    qtbot.waitUntil(lambda: moving(worker, held.step))


def test_a_held_worker_still_pauses(worker, started, qtbot):
    """Requests are carried out behind a closed gate, so that a key is answered within the frame."""
    started(experiment(VALLEY))
    worker.go()
    qtbot.waitUntil(lambda: moving(worker))
    worker.hold()
    worker.pause()
    qtbot.waitUntil(lambda: not worker.snapshot.running)
    worker.release()


@pytest.mark.alone
@pytest.mark.parametrize("speed", [20.0, 200.0])
def test_a_paced_run_keeps_its_pace(worker, started, qtbot, speed):
    """A run at so many steps a second takes as many, give or take the start and a busy machine."""
    started(experiment(VALLEY))
    worker.set_speed(speed)
    worker.go()
    began = time.monotonic()
    qtbot.wait(1000)
    took, step = time.monotonic() - began, worker.snapshot.step
    assert 0.6 * speed * took - 2 <= step <= speed * took + 1


@pytest.mark.alone
def test_a_slow_pace_is_left_at_once(worker, started, qtbot):
    """At one step a second, a faster speed and a pause need not wait for the second to pass."""
    started(experiment(VALLEY))
    worker.set_speed(1.0)
    worker.go()
    qtbot.wait(50)
    assert worker.snapshot.step == 0
    worker.set_speed(1000.0)
    qtbot.waitUntil(lambda: worker.snapshot.step > 5, timeout=500)
    worker.set_speed(1.0)
    worker.pause()
    qtbot.waitUntil(lambda: not worker.snapshot.running, timeout=500)


def test_a_diverged_lane_stops_alone(worker, at, started):
    """The wild lane is marked with its step and stays; the other goes on and equals itself run alone."""
    given = experiment(BOWL)
    started(given)
    worker.seek(200)
    seen = at(200)
    assert (seen.alive.tolist(), int(seen.diverged_at[0])) == ([True, False], -1)
    assert 0 < seen.diverged_at[1] < 200
    alone = replace(given, lanes=given.lanes[:1])
    race = build.make_race(alone)
    race.advance(200)
    assert seen.theta[0].tobytes() == race.theta[0].tobytes()


def test_a_race_whose_lanes_have_all_diverged_is_finished(worker, started, qtbot):
    """With nothing left to run the race stops by itself."""
    given = experiment(BOWL)
    started(replace(given, lanes=given.lanes[1:]))
    worker.go()
    qtbot.waitUntil(lambda: worker.snapshot.finished and not worker.snapshot.running)
    assert worker.snapshot.step == worker.snapshot.diverged_at[0]


def test_running_a_finished_race_begins_again(worker, at, started, qtbot):
    """Run at the end starts over and reaches the same end."""
    started(experiment(VALLEY, steps=50))
    worker.go()
    first = at(50)
    qtbot.waitUntil(lambda: not worker.snapshot.running)
    worker.go()
    qtbot.waitUntil(lambda: worker.snapshot.generation == 2 and worker.snapshot.finished)
    assert same_bits(worker.snapshot, first)


def test_steps_end_at_the_limit(worker, at, started):
    """No request goes beyond where the experiment stops, nor before its beginning."""
    started(experiment(VALLEY, steps=30))
    worker.step(1000)
    assert at(30).finished
    worker.step(-1000)
    assert at(0).step == 0


def test_a_moved_start_of_a_paused_race_repeats_its_steps(worker, at, started, qtbot):
    """What was at step 40 is again, from the new start, so that a drag shows whole paths."""
    given = experiment(VALLEY)
    started(given)
    worker.seek(40)
    at(40)
    moved = replace(given, problem=replace(given.problem, start=(0.5, 0.5)))
    worker.submit(moved)
    qtbot.waitUntil(lambda: worker.snapshot.generation == 2)
    race = build.make_race(moved)
    race.advance(40)
    assert same_bits(at(40), engine_snapshot(race, moved))


@pytest.mark.alone
@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_closing_at_full_speed_takes_less_than_a_second(qapp, qtbot, text):
    """The thread ends between two steps; closing twice is as good as once."""
    worker = TrainingWorker()
    worker.start()
    worker.submit(experiment(text))
    worker.go()
    qtbot.waitUntil(lambda: moving(worker, 10))
    began = time.monotonic()
    worker.close()
    assert time.monotonic() - began < 1.0
    assert worker.isFinished()
    worker.close()
    worker.deleteLater()


def test_closing_while_held_ends_the_thread(qapp):
    """A gate that nobody opens again does not keep the thread."""
    worker = TrainingWorker()
    worker.start()
    worker.submit(experiment(VALLEY))
    worker.go()
    worker.hold()
    worker.close()
    assert worker.isFinished()
    worker.deleteLater()


def test_a_new_name_or_colour_begins_no_new_race(worker, at, started, qtbot):
    """What only the views show changes in the race that stands."""
    given = experiment(VALLEY)
    started(given)
    worker.seek(25)
    before = at(25)
    lanes = (replace(given.lanes[0], label="First", color="#123456"), *given.lanes[1:])
    worker.submit(replace(given, lanes=lanes))
    qtbot.waitUntil(lambda: worker.snapshot.info.lanes[0].label == "First")
    assert worker.snapshot.info.lanes[0].color == "#123456"
    assert same_bits(worker.snapshot, before)
    assert worker.snapshot.generation == 1
    assert worker.snapshot.changes == ()
