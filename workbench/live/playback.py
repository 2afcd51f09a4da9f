"""Playing a race otherwise than straight on: backwards, and over and over between two marks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.engine.race.race import Race

if TYPE_CHECKING:  # loaded when a race is first played back
    from workbench.engine.race.rewinding import Rewinder

Stretch = tuple[int, int]

#: As fast as it goes there would be nothing to see: a stretch is then played in so many seconds, all of a race going
#: back in so many, at no less than so many steps a second.
_STRETCH_SECONDS, _BACK_SECONDS, _LEAST = 2.0, 6.0, 50.0


class Playback:
    """Which way a race is played, and between which marks."""

    def __init__(self) -> None:
        self.backwards = False
        self.stretch: Stretch | None = None
        self._made: Rewinder | None = None

    @property
    def is_straight(self) -> bool:
        """Whether it just runs on."""
        return not self.backwards and self.stretch is None

    def speed(self, asked: float | None, race: Race) -> float:
        """Steps a second, where so many are asked for, None as many as it goes."""
        if asked is not None:
            return asked
        if self.stretch is not None:
            first, last = self.stretch
            return max(_LEAST, (last - first) / _STRETCH_SECONDS)
        return max(_LEAST, race.history.last / _BACK_SECONDS)

    def next_stop(self, race: Race, due: int) -> tuple[int, bool]:
        """Where the race is to be after `due` more steps, and whether it jumps there, from one mark to the other."""
        first, last = self.stretch if self.stretch is not None else (0, race.limit or 1 << 62)
        if race.limit is not None:
            last = min(last, race.limit)
        at_end = race.step >= last or (race.finished and race.step >= race.history.last)
        if self.backwards:
            ends = self.stretch is not None and not first < race.step <= last
            return (last, True) if ends else (max(first, race.step - due), False)
        if self.stretch is not None and (at_end or race.step < first):
            return first, True
        return min(last, race.step + due), False

    def ends(self, race: Race) -> bool:
        """Whether it has come to where it stops."""
        return self.backwards and self.stretch is None and race.step <= 0

    @property
    def _rewinder(self) -> Rewinder:
        """What goes back, made when it is first needed."""
        if self._made is None:
            from workbench.engine.race.rewinding import Rewinder

            self._made = Rewinder()
        return self._made

    def approach(self, race: Race, step: int) -> None:
        """Go near to a step, from where `advance` leads to it."""
        if step < race.step:
            self._rewinder.approach(race, step)
        else:
            race.approach(step)

    def advance(self, race: Race, steps: int, interrupted: Callable[[], bool]) -> int:
        """Take steps towards where the race is to be; those on the way back are remembered."""
        if self.backwards:
            return self._rewinder.advance(race, steps, interrupted)
        return race.advance(steps, interrupted)
