"""Workers with a child, which leave no process behind."""

from __future__ import annotations

import pytest

from tests.live.full_speed.drive import Driver, is_running


@pytest.fixture
def drive(qapp):
    """Makes drivers and closes them; their children must be gone then."""
    made = []

    def make(experiment, **settings):
        made.append(Driver(experiment, **settings))
        return made[-1]

    yield make
    for driver in made:
        pid = driver.worker.child_pid
        driver.close()
        assert pid is None or not is_running(pid)
