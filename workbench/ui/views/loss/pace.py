"""The time that a step takes, as it was measured while the race was looked at."""

from __future__ import annotations

import bisect
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.snapshot import Snapshot

_POINTS = 400


class Pace:
    """The time that a step of the whole race took, collected while it is looked at.

    What was measured of later steps waits while the race is looked at further back; it goes when the race runs there.
    """

    def __init__(self) -> None:
        self._generation = -1
        self._steps: list[float] = []
        self._times: list[float] = []

    def add(self, snapshot: Snapshot) -> None:
        """Take what a snapshot says of the pace; another race begins anew."""
        if snapshot.generation != self._generation:
            self._generation, self._steps, self._times = snapshot.generation, [], []
        if not snapshot.running or snapshot.steps_per_second <= 0:
            return
        known = bisect.bisect_left(self._steps, snapshot.step)
        del self._steps[known:], self._times[known:]
        milliseconds = 1000.0 / snapshot.steps_per_second
        if not self._times or milliseconds != self._times[-1]:
            self._steps.append(float(snapshot.step))
            self._times.append(milliseconds)
        if len(self._steps) > 2 * _POINTS:
            self._steps, self._times = self._steps[::2], self._times[::2]

    def line(self, until: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Steps and milliseconds, up to a step."""
        known = bisect.bisect_right(self._steps, until)
        return np.array(self._steps[:known]), np.array(self._times[:known])

    def at(self, step: float, until: int) -> float | None:
        """Milliseconds a step, as measured nearest to a step, of what is known up to another one."""
        steps, times = self.line(until)
        return float(times[np.abs(steps - step).argmin()]) if len(steps) else None
