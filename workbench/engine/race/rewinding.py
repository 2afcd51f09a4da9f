"""The way back through a race, step by step, at little more than the cost of a step each."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.race import Race

#: States that are kept of one stretch between two checkpoints, in number and in bytes.
_STATES, _BYTES = 512, 32 << 20


class Rewinder:
    """Repeats a stretch of a race once, keeps the states that it passes, and goes back from one to the next.

    Where a race is put to is the same, bit for bit, as by `Race.seek`.
    """

    def __init__(self) -> None:
        self._of: tuple[Any, Any] = (None, None)
        self._states: dict[int, Checkpoint] = {}
        self._spacing = 1
        self._until = 0

    def approach(self, race: Race, step: int) -> None:
        """Go to the nearest state known from which `step` is reached by `advance`, as `Race.approach` does."""
        if self._of[0] is None or self._of[0]() is not race or self._of[1] is not race.rules:
            self._of, self._states = (weakref.ref(race), race.rules), {}
        through = race.evaluated.reached_from(max(0, step), race.step)
        kept = race.checkpoints.nearest(through)
        found = max((at for at in self._states if at <= through), default=-1)
        if found > kept.step:
            race.restore(self._states[found])
            return
        self._states = {kept.step: kept}
        self._until = max(through, step)
        most = max(2, min(_STATES, _BYTES // max(1, kept.nbytes)))
        self._spacing = max(1, -(-(self._until - kept.step) // most))
        race.restore(kept)

    def advance(self, race: Race, steps: int, interrupted: Callable[[], bool]) -> int:
        """Take up to `steps` steps as `Race.advance` does, and keep the states that are passed."""
        taken = 0
        while taken < steps:
            if not race.advance(1):
                break
            taken += 1
            if race.step <= self._until and (self._until - race.step) % self._spacing == 0:
                self._states.setdefault(race.step, race.checkpoint())
            if interrupted():
                break
        return taken
