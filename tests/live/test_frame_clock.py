"""The frame clock: a frame where there is something new, one at a time."""

from __future__ import annotations

import pytest

from tests.experiments import VALLEY, experiment
from workbench.live.frame_clock import FrameClock


@pytest.fixture
def clock(worker, qtbot):
    """A clock over a worker that stands at step 0, and the snapshots that it shows."""
    shown = []
    made = FrameClock(worker, shown.append)
    made.shown = shown
    worker.submit(experiment(VALLEY))
    qtbot.waitUntil(lambda: worker.snapshot is not None)
    yield made
    made.stop()
    made.deleteLater()


def test_a_snapshot_is_shown_once(clock):
    """While nothing happens, nothing is drawn."""
    for _ in range(5):
        clock.tick()
    assert [s.step for s in clock.shown] == [0]


def test_a_refresh_shows_the_same_snapshot_again(clock):
    """A view that has come to light is drawn though nothing is new, and once."""
    clock.tick()
    clock.refresh()
    clock.tick()
    clock.tick()
    assert len(clock.shown) == 2


def test_each_frame_of_a_running_race_shows_further_steps(clock, worker, qtbot):
    """At full speed the frames follow each other, and the steps in them grow."""
    clock.start()
    worker.go()
    qtbot.waitUntil(lambda: len(clock.shown) > 10)
    steps = [s.step for s in clock.shown]
    assert steps == sorted(steps)
    assert steps[-1] > steps[1]
    assert clock.frames_per_second > 0


def test_showing_parks_the_race(worker, qtbot, clock):
    """While a frame is drawn, no step is taken."""
    seen = []

    def show(snapshot):
        qtbot.wait(30)
        seen.append((snapshot.step, worker.snapshot.step))

    slow = FrameClock(worker, show)
    worker.go()
    qtbot.waitUntil(lambda: worker.snapshot.running)
    slow.tick()
    slow.tick()
    slow.deleteLater()
    assert len(seen) == 2
    assert all(drawn == stood for drawn, stood in seen)


def test_a_frame_within_a_frame_is_not_begun(worker, clock):
    """What is painted in a frame may run Qt's events: a tick among them does nothing."""
    depth = []

    def show(_snapshot):
        depth.append("in")
        nested.refresh()
        nested.tick()
        depth.append("out")

    nested = FrameClock(worker, show)
    nested.tick()
    nested.deleteLater()
    assert depth == ["in", "out"]


def test_a_fault_while_showing_lets_the_race_go_on(worker, qtbot, clock):
    """The gate opens again whatever a view does."""

    def show(_snapshot):
        raise ZeroDivisionError

    broken = FrameClock(worker, show)
    with pytest.raises(ZeroDivisionError):
        broken.tick()
    broken.deleteLater()
    worker.seek(30)
    qtbot.waitUntil(lambda: worker.snapshot.step == 30)


def test_with_nothing_to_show_the_clock_rests_until_something_is_asked_for(clock, worker, qtbot):
    """A paused window is looked at twice a second; a step, a run and a refresh wake it at once."""
    clock.start()
    for wake in (worker.step, worker.go, clock.refresh):
        qtbot.waitUntil(lambda: clock.rests, timeout=10_000)
        before = len(clock.shown)
        wake()
        qtbot.waitUntil(lambda: not clock.rests)
        qtbot.waitUntil(lambda before=before: len(clock.shown) > before)
        worker.pause()
    qtbot.waitUntil(lambda: clock.rests, timeout=10_000)
    assert clock.shown[-1].step == worker.snapshot.step


def test_what_a_demanded_statistic_finds_wakes_the_clock(clock, worker, qtbot):
    """It comes from the worker's thread, unasked, while the race stands."""
    clock.start()
    qtbot.waitUntil(lambda: clock.rests, timeout=10_000)
    worker.set_demands({"surface": ((-2.0, 2.0), (-1.0, 3.0), 24)})
    qtbot.waitUntil(lambda: "surface" in clock.shown[-1].extras)
    qtbot.waitUntil(lambda: clock.rests, timeout=10_000)
