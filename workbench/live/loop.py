"""The loop around a race: commands in, steps, snapshots out. No Qt and no threads: whoever owns it calls it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from workbench.engine.params import RequestError
from workbench.engine.race.changes import changes
from workbench.engine.race.ghosts import MOST, Ghost
from workbench.engine.race.race import LaneRule, Race
from workbench.engine.race.snapshot import RaceInfo, Snapshot, take_snapshot
from workbench.experiment import build, succession
from workbench.experiment.experiment import Experiment
from workbench.live import statistics_cache
from workbench.live.playback import Playback, Stretch

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
        self._playback = Playback()
        #: runs that edits have replaced, each with what its experiment's runs followed from
        self._ghosts: list[tuple[tuple[Any, ...], Ghost]] = []
        #: kept runs that are laid over the pictures
        self.overlays: tuple[Ghost, ...] = ()
        #: it takes steps again that an edit has voided, which nobody has asked for by themselves
        self.repeats = False
        self._seconds = 0.0  # what the race's steps took, here and elsewhere
        self._away_since = 0.0
        self._cache = statistics_cache.Cache()
        self._paced_from = (0.0, 0)
        self._measured = (time.monotonic(), 0, 0.0)
        self._taken = 0
        self._seek_began = 0.0

    # What is asked for

    def adopt(self, experiment: Experiment, before: Experiment | None = None) -> None:
        """Go on as a race of `experiment`: with other live settings, or as a new race.

        `before` is what undoing the edit would bring back: runs of that, and of no other experiment, stay as ghosts
        where the edit replaces them. So a drag leaves one ghost, and not one for each place that it passed.

        Raises:
            RequestError: the experiment has a fault; the old race is untouched.
        """
        old = self.experiment
        if self.race is not None and old is not None and build.same_race(old, experiment):
            rules = build.lane_rules(experiment)  # a fault shows before anything is done
            self._keep_ghosts(experiment, before, live=True)
            if self.take_settings(experiment) is not None:
                self.race.set_rules(rules)
            self.return_to_limit()
            return
        try:
            race = build.make_race(experiment)
        except MemoryError:
            raise RequestError("", "this race is too large for the memory of this machine") from None
        info = build.race_info(experiment, race)
        again, took = 0, 0.0
        if self.race is not None and old is not None:
            stands = self.race.step if self.target is None else self.target
            if succession.take_over(old, self.race, experiment, race):
                again = stands if experiment.steps is None else min(stands, experiment.steps)
                took = self._seconds  # what is taken over was computed then
            elif not self.running and build.same_ground(old, experiment):
                again = min(stands, _REPEATED_STEPS)
        self._keep_ghosts(experiment, before, live=False)
        self.experiment, self.race, self.info, self._seconds = experiment, race, info, took
        race.approach(again)
        self.generation += 1
        self.target, self._travels, self.repeats = again or None, False, bool(again)
        self._restart_pace()

    def _keep_ghosts(self, experiment: Experiment, before: Experiment | None, *, live: bool) -> None:
        """Keep what an edit is about to replace, and let go of what belongs to it no more, or is here again."""
        old, race, info = self.experiment, self.race, self.info
        if old is None or race is None or info is None:
            return
        if before is None or succession.ground(old) != succession.ground(experiment):
            self._ghosts = []
            return
        own = succession.identity(experiment)
        self._ghosts = [(of, ghost) for of, ghost in self._ghosts if of != own]
        since = race.step if live else 0
        if before != old or race.history.last <= since:
            return
        if live:
            lanes = succession.edited_lanes(old, experiment, since)
            runs = [(lane, start) for start in range(info.starts) for lane in lanes]
        else:
            runs = succession.replaced_runs(old, experiment, info.starts)
        from workbench.engine.race.replaced import ghosts_of  # loaded when an edit first replaces something

        kept = [(succession.identity(old), ghost) for ghost in ghosts_of(race, info, runs, since)]
        self._ghosts = [*self._ghosts, *kept][-MOST:]

    def dismiss_ghosts(self) -> None:
        """Show no ghosts any more."""
        self._ghosts = []

    def take_settings(self, experiment: Experiment) -> tuple[LaneRule, ...] | None:
        """Let `experiment`, of the same race, be the one in force; gives the race's new rules where they change.

        Raises:
            RequestError: a fault in a lane; nothing has changed.
        """
        old, race = self.experiment, self.race
        if old is None or race is None:
            raise ValueError("there is no race yet")
        rules = build.lane_rules(experiment)
        # of the number of steps, schedules alone know: other steps leave what was recorded as it is
        changed = changes({0: build.lane_rules(old), 1: rules}) != ()
        race.limit = experiment.steps
        self.info = build.race_info(experiment, race)
        self.experiment = experiment
        return rules if changed else None

    def return_to_limit(self) -> None:
        """Go back to the race's limit, where an edit has set it to fewer steps than were taken."""
        race = self.race
        if race is not None and race.limit is not None and race.step > race.limit:
            race.approach(race.limit)
            self.target, self._travels, self.repeats = race.limit, False, True
            self._seek_began = time.monotonic()

    def run(self, *, backwards: bool = False) -> None:
        """Go on by itself, or back; a race that has reached its end begins again."""
        playback, race = self._playback, self.race
        playback.backwards = backwards
        if race is not None and race.finished and self.target is None and playback.is_straight:
            self.reset()
        self.running, self.target, self.repeats = True, None, False
        self._restart_pace()

    def pause(self) -> None:
        """Stop after the step under way."""
        self.running, self.target, self._playback.backwards = False, None, False

    def set_stretch(self, stretch: Stretch | None) -> None:
        """Play the steps from one to another over and over, a race that runs; None lets it run on."""
        self._playback.stretch = stretch if stretch is None or stretch[0] < stretch[1] else None
        self._restart_pace()

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
        self.running, self.target, self._travels, self.repeats = False, step, travels, False
        self._playback.backwards = False
        self._seek_began = time.monotonic()
        self.race.approach(step)

    def reset(self) -> None:
        """Stand at step 0 again with the settings in force: the same weights, batches and noise."""
        if self.experiment is None:
            return
        self.race = build.make_race(self.experiment)
        self.info = build.race_info(self.experiment, self.race)
        self.generation += 1
        self.running, self.target, self._playback.backwards = False, None, False
        self._seconds, self.repeats = 0.0, False
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
        return self.running and not (self._playback.is_straight and self.race.finished)

    def due_in(self) -> float:
        """Seconds until the next step is due; 0 where one is."""
        if self.target is not None or self.race is None or (self.speed is None and self._playback.is_straight):
            return 0.0
        if self._cache.stale(self.race, self.demands, running=self.running):
            return 0.0
        began, done = self._paced_from
        return max(0.0, began + (done + 1) / self._playback.speed(self.speed, self.race) - time.monotonic())

    def work(self, interrupted: Callable[[], bool]) -> None:
        """Take steps until there is nothing to do for now, or `interrupted` says so."""
        race = self.race
        if race is None:
            return
        if self.target is None:
            self._cache.refresh(race, self.demands, running=self.running)
        began = time.monotonic()
        self._take_steps(race, interrupted)
        self._seconds += time.monotonic() - began
        if self.running and race.finished and self.target is None and self._playback.is_straight:
            self.running = False

    def _take_steps(self, race: Race, interrupted: Callable[[], bool]) -> None:
        """Take the steps that are due."""
        if self.target is not None:
            self._taken += self._playback.advance(race, self.target - race.step, interrupted)
            if race.step >= self.target or race.finished:
                self.target = None
        elif self.running and not self._playback.is_straight:
            self._play(race, interrupted)
        elif self.running and self.speed is None:
            self._taken += race.advance(1 << 30, interrupted)
        elif self.running and self.speed is not None:
            taken = race.advance(self._due(self.speed), interrupted)
            self._taken += taken
            self._note_paced(taken)

    def _due(self, speed: float) -> int:
        """The steps that are due at a pace."""
        began, done = self._paced_from
        now = time.monotonic()
        due = math.floor((now - began) * speed + 1e-9) - done
        if due > max(1.0, speed * _CATCH_UP):
            due = max(1, math.floor(speed * _CATCH_UP))
            self._paced_from = (now - due / speed, 0)
        return due

    def _note_paced(self, taken: int) -> None:
        self._paced_from = (self._paced_from[0], self._paced_from[1] + taken)

    def _play(self, race: Race, interrupted: Callable[[], bool]) -> None:
        """Go on backwards, or between two marks, by the steps that are due."""
        playback = self._playback
        due = self._due(playback.speed(self.speed, race))
        if due <= 0:
            return
        stop, jumps = playback.next_stop(race, due)
        if playback.ends(race):
            self.running, playback.backwards = False, False
        elif stop > race.step and not jumps:
            taken = race.advance(stop - race.step, interrupted)
            self._taken += taken
            self._note_paced(taken)
        elif stop != race.step:
            self._note_paced(due)
            self._taken += 0 if jumps else race.step - stop
            # a stretch that must be repeated for it is taken in pieces, as on the way to a step that was asked for
            self._seek_began = time.monotonic()
            playback.approach(race, stop)
            playback.advance(race, stop - race.step, interrupted)
            self.target, self._travels = (None if race.step >= stop or race.finished else stop), False

    # For a race that is run elsewhere at full speed (`workbench.live.full_speed`)

    @property
    def at_full_speed(self) -> bool:
        """Whether the race runs on as fast as it goes."""
        straight = self._playback.is_straight and self.target is None
        return self.running and straight and self.speed is None and not self._is_finished

    @property
    def _is_finished(self) -> bool:
        return self.race is None or self.race.finished

    def leave(self) -> None:
        """From here on the race is run elsewhere."""
        self._away_since = time.monotonic()

    def note_steps(self, taken: int) -> None:
        """Count steps that were taken elsewhere."""
        self._taken += taken
        now = time.monotonic()
        self._seconds, self._away_since = self._seconds + now - self._away_since, now

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
            backwards=self.running and self._playback.backwards,
            ghosts=tuple(ghost for _, ghost in self._ghosts),
            overlays=self.overlays,
            seconds=self._seconds,
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
