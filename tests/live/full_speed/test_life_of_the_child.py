"""A child process starts unnoticed, ends with its parent, and its loss costs nothing that the window had shown."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live.full_speed import entries
from tests.live.full_speed.drive import differences, example, is_running, mapped, straight, wait_until
from tests.many import times

ROOT = Path(__file__).parents[3]


def check_stands(driver, given, shown):
    """The race stands where it was shown or later, and is the race that never left home."""
    assert driver.race.step >= shown
    assert driver.worker.snapshot.step == driver.race.step
    left = [n for n in differences(driver.race, straight(given, driver.race.step)) if n != "recent"]
    assert left == []


def test_the_child_loads_nothing_of_the_window():
    """Asked of the modules that a child started by a program without Qt has loaded."""
    code = """
import threading
from workbench.live.process import EngineProcess
wake = threading.Condition()
child = EngineProcess(wake)
with wake:
    wake.wait_for(lambda: child.answers, 20)
print(*child.answers[0].foreign, "ready")
child.end()
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["ready"]
    assert run.stderr == ""


def lose_children(drive, times, seed):
    given, chosen = example("banana_race"), random.Random(seed)
    driver = drive(given)
    for count in range(times):
        driver.send_away()
        shown = driver.run_for(chosen.uniform(0.0, 0.3)).step
        os.kill(driver.worker.child_pid, signal.SIGKILL)
        shown = max(shown, driver.frame().step)
        driver.settle()
        assert len(driver.failed) == count + 1
        assert driver.failed[-1].startswith("The engine's process was ended from outside. The race stands at step")
        assert driver.race.step >= shown
    check_stands(driver, given, shown)
    driver.send_away()
    driver.pause()
    check_stands(driver, given, shown)
    assert not driver.noted


def test_a_child_that_is_killed_costs_nothing_that_was_shown(drive):
    """Killed at a random moment, a few times: the race stands where it was shown, says so, and goes on."""
    lose_children(drive, 4, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_many_children_that_are_killed_cost_nothing_that_was_shown(drive):
    lose_children(drive, times(15, 50), seed=2)


def test_a_child_that_is_killed_at_rest_is_replaced(drive):
    driver = drive(example("banana_race"))
    driver.send_away()
    driver.pause()
    first = driver.worker.child_pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: driver.worker.child_pid != first)
    driver.send_away()
    assert driver.away
    assert driver.worker.child_pid != first
    assert not driver.failed


@pytest.mark.parametrize("entry", [entries.runs_out_of_memory, entries.crashes], ids=lambda entry: entry.__name__)
def test_a_step_that_ends_the_child_is_said_and_the_race_can_go_on(drive, entry):
    """Out of memory or a crash at a certain step: a sentence, the race before it, and single steps at home."""
    given = example("banana_race")
    driver = drive(given, entry=entry)
    driver.go()
    wait_until(lambda: driver.frame() and driver.failed)
    driver.settle()
    memory = "needs more memory than there is" in driver.failed[0]
    assert memory == (entry is entries.runs_out_of_memory)
    check_stands(driver, given, 0)
    here = driver.race.step
    driver.worker.step(5)
    wait_until(lambda: driver.race.step == here + 5)
    driver.settle()
    check_stands(driver, given, here + 5)


@pytest.mark.alone
def test_pause_answers_within_a_second_where_a_step_never_ends(drive):
    """The child is ended, which is said, and the race stands at the last step that was shown."""
    given = example("banana_race")
    driver = drive(given, entry=entries.hangs)
    driver.send_away()
    shown = driver.run_for(1.0).step
    assert driver.pause() < 1.0
    assert driver.failed[0].startswith("The step under way did not end")
    check_stands(driver, given, shown)


@pytest.mark.alone
def test_pause_before_the_child_has_begun_is_no_failure(drive):
    """No step was under way there: the race stands where it was handed over, and nothing is said."""
    given = example("banana_race")
    driver = drive(given, entry=entries.begins_slowly)
    driver.warm_up()
    for _ in range(2):
        driver.go()
        wait_until(lambda: driver.away)
        assert driver.pause() < 1.0
        check_stands(driver, given, 0)
    assert not driver.failed
    assert not driver.noted


@pytest.mark.alone
def test_the_step_that_hung_is_not_tried_by_the_thread(drive):
    """Run again at once: the race waits for the next child, and Pause still answers."""
    driver = drive(example("banana_race"), entry=entries.hangs)
    for _ in range(2):
        driver.send_away()
        driver.run_for(0.5)
        driver.pause()
    here = driver.race.step
    driver.go()
    driver.run_for(0.03)
    assert driver.race.step == here
    assert driver.pause() < 1.0


def test_a_statistic_that_fails_brings_the_race_home(drive):
    """A fault beside the race is said, and the race stands as if it had been paused."""
    given = example("banana_race")
    driver = drive(given)
    driver.send_away()

    def fail():
        driver.worker._loop.refresh_statistics = lambda: None
        raise ValueError("no such grid")

    driver.worker._loop.refresh_statistics = fail
    driver.frame()
    wait_until(lambda: driver.failed)
    driver.settle()
    assert driver.failed == ["ValueError: no such grid"]
    check_stands(driver, given, 1)


@pytest.mark.alone
def test_closing_does_not_wait_for_a_step_that_never_ends(drive):
    driver = drive(example("banana_race"), entry=entries.hangs)
    driver.send_away()
    driver.run_for(0.3)
    began = time.monotonic()
    driver.worker.close()
    assert time.monotonic() - began < 1.0


@pytest.mark.parametrize("entry", [entries.never_comes_up, entries.refuses], ids=lambda entry: entry.__name__)
def test_without_a_child_the_thread_does_it_all_and_says_so(drive, entry):
    given = example("banana_race")
    driver = drive(given, entry=entry)
    driver.go()
    wait_until(lambda: driver.noted)
    first = driver.frame().step
    wait_until(lambda: driver.frame().step > first)
    driver.pause()
    check_stands(driver, given, first)
    assert len(driver.noted) == 1
    assert driver.noted[0].startswith("Runs share the window's process, which is slower")
    assert not driver.failed


def test_a_worker_can_do_without_a_child(drive):
    given = example("banana_race", 1500)
    driver = drive(given, child=False)
    driver.worker.warm_up()
    driver.go()
    driver.settle()
    assert driver.worker.child_pid is None
    check_stands(driver, given, 1500)
    assert not driver.noted


def test_two_workers_do_not_meet(drive):
    """Two windows of one program, both at full speed at the same time."""
    given = [example("banana_race", 2500), example("six_optimizers", 2500)]
    drivers = [drive(each) for each in given]
    for driver in drivers:
        driver.go()
    for driver, each in zip(drivers, given, strict=True):
        driver.settle()
        assert differences(driver.race, straight(each, 2500)) == []


def descendants(pid):
    """The processes below one, where the system lists them."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def end_parents(times, seed, name="banana_race"):
    chosen = random.Random(seed)
    for _ in range(times):
        parent = subprocess.Popen(
            [sys.executable, "-m", "tests.live.full_speed.parent", name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            child = int(parent.stdout.readline())
            time.sleep(chosen.uniform(0.0, 0.3))
            below = descendants(parent.pid)
            assert is_running(child)
            if Path("/proc").is_dir():  # memory without a name goes with the processes that have it
                assert not [*mapped(parent.pid)[1], *mapped(child)[1]]
        finally:
            parent.kill()
            _, said = parent.communicate()
        took = wait_until(lambda: not any(map(is_running, [child, *below])), seconds=1.0)  # noqa: B023 - used at once
        assert took < 1.0
        assert said == b""


def test_a_killed_parent_leaves_nothing_behind():
    """Killed at a random moment: within a second no process and no shared memory is left."""
    end_parents(2, seed=3)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_many_killed_parents_leave_nothing_behind():
    end_parents(times(15, 50), seed=4)
