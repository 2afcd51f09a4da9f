"""The short form of tests/benchmarks/soak.py: what is done over and over leaves nothing behind."""

from __future__ import annotations

import gc
import random
import sys
import threading
from pathlib import Path

import pytest

from tests.live.full_speed.drive import example, mapped

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def held():
    gc.collect()
    segments, named = mapped()
    return {
        "threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "segments": segments,
        "named": named,
    }


def test_running_pausing_scrubbing_and_editing_leave_nothing_behind(drive):
    """Sixty rounds at random: threads, descriptors and shared memory are no more at their end than after five.

    There may be fewer: what the tests before left to be collected goes on the way.
    """
    chosen, driver = random.Random(5), drive(example("banana_race"))
    for count in range(60):
        driver.go()
        driver.run_for(chosen.uniform(0.0, 0.12))
        if chosen.random() < 0.3:
            driver.worker.submit(example(chosen.choice(("banana_race", "six_optimizers")), 10**6 + count))
            driver.run_for(0.02)
        driver.pause()
        if chosen.random() < 0.5:
            driver.worker.seek(chosen.randrange(driver.race.step + 1))
            driver.settle()
        if count == 5:
            first = held()
    last = held()
    assert last.pop("named") == first.pop("named") == []
    assert {name: count for name, count in last.items() if count > first[name]} == {}
    assert not driver.failed
