"""The loop around a race: commands in, steps, snapshots out. No Qt and no threads: whoever owns it calls it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from workbench.engine.params import RequestError
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import RaceInfo, Snapshot, take_snapshot
from workbench.experiment import build
from workbench.experiment.experiment import Experiment
from workbench.live import statistics_cache

#: A seek that takes longer than this shows the states that it passes through.
_SEEK_IN_SILENCE = 0.15
_MEASURED_OVER = 0.4
#: At most this many steps are repeated when an edit rebuilds a paused race, so that a drag shows whole paths.
_REPEATED_STEPS = 20_000
#: A paced run that has fallen behind catches up on this much time and forgets the rest.
_CATCH_UP = 0.1


class TrainingLoop:
    """Owns one race at a time and carries out what is asked of it, a slice of steps at a time."""

    def __init__(self) -> None:
        self.experiment: Experiment | None = None
        self.race: Race | None = None
        self.info: RaceInfo | None = None
        self.generation = 0
        self.running = False
        self.target: int | None = None
        self._travels = False  # to a target that was asked for as a step, not counted from where the race stands
        self.speed: float | None = None  # steps a second; None is as fast as it goes
        self.demands: Mapping[str, Any] = {}
        self._cache = statistics_cache.Cache()
        self._paced_from = (0.0, 0)
        self._measured = (time.monotonic(), 0, 0.0)
        self._taken = 0
        self._seek_began = 0.0

    # What is asked for

    def adopt(self, experiment: Experiment) -> None:
        """Go on as a race of `experiment`: with other live settings, or as a new race.

        Raises:
            RequestError: the experiment has a fault; the old race is untouched.
        """
        old = self.experiment
        if self.race is not None and old is not None and build.same_race(old, experiment):
            rules = self.take_settings(experiment)
            if rules is not None:
                self.race.set_rules(rules)
            return
        try:
            race = build.make_race(experiment)
        except MemoryError:
            raise RequestError("", "this race is too large for the memory of this machine") from None
        info = build.race_info(experiment, race)
        again = 0
        if self.race is not None and not self.running and build.same_ground(old, experiment):
            again = min(self.target or self.race.step, _REPEATED_STEPS)
        self.experiment, self.race, self.info = experiment, race, info
        self.generation += 1
        self.target, self._travels = again or None, False
        self._restart_pace()

    def take_settings(self, experiment: Experiment) -> tuple[LaneRule, ...] | None:
        """Let `experiment`, of the same race, be the one in force; gives the race's new rules where they change.

        Raises:
            RequestError: a fault in a lane; nothing has changed.
        """
        old, race = self.experiment, self.race
        if old is None or race is None:
            raise ValueError("there is no race yet")
        rules = build.lane_rules(experiment)
        changed = (_live_part(old), old.steps) != (_live_part(experiment), experiment.steps)
        race.limit = experiment.steps
        self.info = build.race_info(experiment, race)
        self.experiment = experiment
        return rules if changed else None

    def run(self) -> None:
        """Go on by itself; a race that has reached its end begins again."""
        if self.race is not None and self.race.finished and self.target is None:
            self.reset()
        self.running, self.target = True, None
        self._restart_pace()

    def pause(self) -> None:
        """Stop after the step under way."""
        self.running, self.target = False, None

    def step(self, count: int) -> None:
        """Take `count` steps, back where it is negative, and stop there.

        Steps that have still to be taken count; a race on its way to a far step turns aside from where it stands now.
        """
        if self.race is not None:
            stands = self.target is None or self._travels
            self._go_to((self.race.step if stands else self.target or 0) + count, travels=False)

    def seek(self, step: int) -> None:
        """Go to the state after `step` steps and stop there; on the way, snapshots name it as their `target`."""
        self._go_to(step, travels=True)

    def _go_to(self, step: int, *, travels: bool) -> None:
        if self.race is None:
            return
        limit = self.race.limit
        step = max(0, step if limit is None else min(step, limit))
        self.running, self.target, self._travels = False, step, travels
        self._seek_began = time.monotonic()
        self.race.approach(step)

    def reset(self) -> None:
        """Stand at step 0 again with the settings in force: the same weights, batches and noise."""
        if self.experiment is None:
            return
        self.race = build.make_race(self.experiment)
        self.info = build.race_info(self.experiment, self.race)
        self.generation += 1
        self.running, self.target = False, None
        self._restart_pace()

    def set_speed(self, speed: float | None) -> None:
        """Set the pace in steps a second, None for as fast as it goes."""
        self.speed = speed
        self._restart_pace()

    # What is done

    @property
    def has_work(self) -> bool:
        """Whether `work` would take a step, now or when one is due."""
        if self.race is None:
            return False
        if self.target is not None or self._cache.stale(self.race, self.demands, running=self.running):
            return True
        return self.running and not self.race.finished

    def due_in(self) -> float:
        """Seconds until the next step is due; 0 where one is."""
        if self.target is not None or self.speed is None or self.race is None:
            return 0.0
        if self._cache.stale(self.race, self.demands, running=self.running):
            return 0.0
        began, done = self._paced_from
        return max(0.0, began + (done + 1) / self.speed - time.monotonic())

    def work(self, interrupted: Callable[[], bool]) -> None:
        """Take steps until there is nothing to do for now, or `interrupted` says so."""
        race = self.race
        if race is None:
            return
        if self.target is None:
            self._cache.refresh(race, self.demands, running=self.running)
        if self.target is not None:
            self._taken += race.advance(self.target - race.step, interrupted)
            if race.step >= self.target or race.finished:
                self.target = None
        elif self.running and self.speed is None:
            self._taken += race.advance(1 << 30, interrupted)
        elif self.running and self.speed is not None:
            began, done = self._paced_from
            now = time.monotonic()
            due = math.floor((now - began) * self.speed + 1e-9) - done
            if due > max(1.0, self.speed * _CATCH_UP):
                due = max(1, math.floor(self.speed * _CATCH_UP))
                self._paced_from = (now - due / self.speed, 0)
            taken = race.advance(due, interrupted)
            self._taken += taken
            self._paced_from = (self._paced_from[0], self._paced_from[1] + taken)
        if self.running and race.finished:
            self.running = False

    # For a race that is run elsewhere at full speed (`workbench.live.full_speed`)

    @property
    def at_full_speed(self) -> bool:
        """Whether the race runs on as fast as it goes."""
        return self.running and self.target is None and self.speed is None and not self._is_finished

    @property
    def _is_finished(self) -> bool:
        return self.race is None or self.race.finished

    def note_steps(self, taken: int) -> None:
        """Count steps that were taken elsewhere."""
        self._taken += taken

    def come_home(self) -> None:
        """The race is back: it may have reached its end."""
        if self._is_finished:
            self.running = False

    def refresh_statistics(self) -> None:
        """Compute what is demanded and out of date, of the state that the race shows."""
        if self.race is not None:
            self._cache.refresh(self.race, self.demands, running=self.running)

    def snapshot(self, previous: Snapshot | None) -> Snapshot | None:
        """What there is to show now: a new snapshot, or the previous one where nothing new is worth showing."""
        race, info = self.race, self.info
        if race is None or info is None:
            return previous
        silent = self.target is not None and time.monotonic() - self._seek_began < _SEEK_IN_SILENCE
        if silent and previous is not None and previous.generation == self.generation:
            return previous
        extras = self._cache.current(race)
        return take_snapshot(
            race,
            info,
            self.generation,
            target=self.target if self._travels else None,
            running=self.running,
            steps_per_second=self._pace(),
            extras=extras,
        )

    def _pace(self) -> float:
        """Steps a second over the last moment."""
        since, taken, pace = self._measured
        now = time.monotonic()
        if now - since >= _MEASURED_OVER:
            pace = (self._taken - taken) / (now - since)
            self._measured = (now, self._taken, pace)
        return pace if self.running else 0.0

    def _restart_pace(self) -> None:
        self._paced_from = (time.monotonic(), 0)


def _live_part(experiment: Experiment) -> list[Any]:
    return [(lane.hyperparameters, lane.schedule, lane.gradient) for _, lane in experiment.enabled_lanes]
