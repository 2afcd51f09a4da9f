"""Messages of any length between the processes, and what large networks need of them."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing import Pipe
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import experiment
from tests.live.full_speed.drive import differences, straight, wait_until
from workbench.live.channel import receive, send

LAYER = """
[[problem.layers]]
units = 1024
"""
LARGE = """
format = 1
[problem]
kind = "network"
[problem.data]
name = "moons"
[[lanes]]
optimizer = "adam"
[[lanes]]
optimizer = "momentum"
"""
MESSAGES = {
    "empty": "",
    "small": {"word": np.arange(7.0)},
    "longer than the pipe holds": np.arange(3_000_000.0),
    "of several": [np.arange(20_000), {"b": np.ones((3, 40_000), np.float32)}, np.zeros((0, 4)), 3],
    "by columns": np.asfortranarray(np.arange(40_000.0).reshape(200, 200)),
    "not in one piece": np.arange(90_000.0)[::3],
}


@pytest.fixture
def pipe():
    ours, theirs = Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, (list, dict)):
        pairs = zip(a.values(), b.values(), strict=True) if isinstance(a, dict) else zip(a, b, strict=True)
        return all(same(*pair) for pair in pairs)
    return a == b


def in_turn(writer, messages):
    """A thread that sends them one after the other."""
    thread = threading.Thread(target=lambda: [send(writer, message) for message in messages])
    thread.start()
    return thread


def test_letters_come_as_they_were_sent(pipe):
    """Of every kind, one after the other."""
    ours, theirs = pipe
    thread = in_turn(theirs, MESSAGES.values())
    for name, message in MESSAGES.items():
        assert same(message, receive(ours)), name
    thread.join()
    assert not ours.poll()


def test_what_has_come_belongs_to_the_receiver(pipe):
    """The sender may overwrite its arrays at once, and the receiver what it got."""
    ours, theirs = pipe
    sent = [np.arange(100_000.0), np.arange(100_000.0)]
    thread = in_turn(theirs, [sent])
    found = receive(ours)
    thread.join()
    sent[0][:] = -1.0
    found[1][:] = -2.0
    assert np.array_equal(found[0], np.arange(100_000.0))
    assert np.array_equal(sent[1], np.arange(100_000.0))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts descriptors where Linux lists them")
def test_memory_of_a_letter_goes_with_its_arrays(pipe):
    """No descriptor and no mapping stays behind on either side."""
    ours, theirs = pipe
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        thread = in_turn(theirs, [np.arange(100_000.0)])
        found = receive(ours)
        thread.join()
        assert len(list(Path("/proc/self/fd").iterdir())) == before + 1
        del found
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.skipif(sys.platform == "win32", reason="there large arrays are in the message")
@pytest.mark.parametrize("beside", [0, 1])
def test_a_letter_that_is_torn_is_the_end(beside):
    """Where the other side goes before a message, or between it and the memory that follows it."""
    ours, theirs = Pipe()
    if beside:
        send(theirs, np.arange(100_000.0))
        content = ours.recv_bytes()
        os.read(ours.fileno(), 1)  # the segment, which is lost with this
        theirs.send_bytes(content)
    theirs.close()
    with pytest.raises(EOFError):
        receive(ours)
    ours.close()


@pytest.mark.alone
def test_a_network_with_millions_of_parameters_runs_and_pauses(drive):
    """Its steps, and the telling of its state, take longer than half a second: it is not taken for one that hangs."""
    given = experiment(LARGE + 4 * LAYER)
    driver = drive(given)
    for _ in range(2):
        here = driver.race.step
        driver.send_away()
        driver.run_for(1.0)
        driver.pause()
        assert driver.failed == []
        assert driver.race.step > here
    assert differences(driver.race, straight(given, driver.race.step)) == []


@pytest.mark.alone
@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_network_with_millions_of_parameters_survives_its_process(drive):
    """The state it goes back to came in memory of the process that is gone."""
    given = experiment(LARGE + 3 * LAYER)
    driver = drive(given)
    driver.send_away()
    shown = driver.run_for(1.0).step
    os.kill(driver.worker.child_pid, 9)
    wait_until(lambda: driver.failed)
    driver.settle()
    assert driver.race.step >= shown
    assert differences(driver.race, straight(given, driver.race.step)) == []
