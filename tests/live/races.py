"""What the tests of the worker compare: snapshots, and the engine's own race beside it."""

from __future__ import annotations

import numpy as np

from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build
from workbench.live.loop import TrainingLoop

_ARRAYS = ("theta", "loss", "gradient_norm", "gradient_rms", "alive", "diverged_at")


def same_bits(a, b):
    """Whether two snapshots show the same state, bit for bit."""
    return a.step == b.step and all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in _ARRAYS)


def engine_snapshot(race, experiment):
    """What an engine's race, run by the test itself, shows."""
    return take_snapshot(race, build.race_info(experiment, race), 1)


def settled(loop):
    """Let a loop come to where it is on its way to; gives the snapshot there."""
    while loop.target is not None:
        loop.work(lambda: False)
    loop._seek_began = 0.0  # what is passed on the way is not shown at once
    return loop.snapshot(None)


def loop_at(given, step):
    """A loop whose race stands at a step."""
    loop = TrainingLoop()
    loop.adopt(given)
    loop.work(lambda: False)  # loads what it may need
    loop.seek(step)
    settled(loop)
    return loop


def straight_snapshot(given, step):
    """What a race that went straight to a step shows."""
    race = build.make_race(given)
    race.advance(step)
    return engine_snapshot(race, given)


def assert_same_rows(a, b, last):
    """The recorded rows up to a step are the same, bit for bit."""
    for name, values in a.history.values.items():
        np.testing.assert_array_equal(values[: last + 1], b.history.values[name][: last + 1], err_msg=name)
