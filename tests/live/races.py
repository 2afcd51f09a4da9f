"""What the tests of the worker compare: snapshots, and the engine's own race beside it."""

from __future__ import annotations

import numpy as np

from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build

_ARRAYS = ("theta", "loss", "gradient_norm", "gradient_rms", "alive", "diverged_at")


def same_bits(a, b):
    """Whether two snapshots show the same state, bit for bit."""
    return a.step == b.step and all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in _ARRAYS)


def engine_snapshot(race, experiment):
    """What an engine's race, run by the test itself, shows."""
    return take_snapshot(race, build.race_info(experiment, race), 1)


def assert_same_rows(a, b, last):
    """The recorded rows up to a step are the same, bit for bit."""
    for name, values in a.history.values.items():
        np.testing.assert_array_equal(values[: last + 1], b.history.values[name][: last + 1], err_msg=name)
