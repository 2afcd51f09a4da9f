"""The one thing that the window talks to: a thread that owns the race."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from workbench.engine.params import RequestError
from workbench.engine.race.ghosts import Ghost
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.live.loop import TrainingLoop

if TYPE_CHECKING:  # what goes between the processes is loaded when there are two
    from workbench.live.full_speed import FullSpeed
    from workbench.live.process import Entry

_PARK_SECONDS = 0.012
_STARTING_SECONDS = 1.0  # between two looks at a child that is not up yet


class TrainingWorker(QThread):
    """Runs a `TrainingLoop` and publishes its newest snapshot.

    At full speed the race is away with a child process (`FullSpeed`), and the thread relays; everything else it runs
    itself.

    Small numpy steps hold Python's lock, and so does painting: running freely, the thread would leave the window a few
    frames a second. So the window closes a gate while it paints (`hold`, `release`): the thread parks between two
    steps. Requests may be made from the window's thread at any time; they are carried out at the next slice border,
    of several experiments only the newest.
    """

    #: one sentence: what was asked for cannot be done, and the old race goes on
    failed = Signal(str)
    #: one sentence: something goes on in another way than it should
    noted = Signal(str)

    #: (experiment, snapshot, why): a race has come to its end (`finished`), or `tell` was asked for
    told = Signal(object, object, str)

    #: something was asked for, or there is something new to show: told once after each `watch`
    stirred = Signal()

    def __init__(self, parent: QObject | None = None, *, child: bool = True, entry: Entry | None = None) -> None:
        """`child` False runs everything in the thread; `entry` is what a child process begins with, if not as usual."""
        super().__init__(parent)
        self._loop = TrainingLoop()
        self._wake = threading.Condition()
        self._child, self._entry = child, entry
        self._far: FullSpeed | None = None
        self._requests: deque[tuple[Callable[[], None], bool]] = deque()
        self._newest: Experiment | None = None
        self._before: Experiment | None = None
        self._closing = False
        self._gate_open = True
        self._wants_report = False
        self._moved = False
        self._attending = False
        self._interrupt = False
        self._watched = False
        self._parked = threading.Event()
        self._snapshot: Snapshot | None = None
        self._ended: tuple[int, int] | None = None  # the race whose end was told last, and its last step

    # Requests, from the window's thread

    def submit(self, experiment: Experiment, before: Experiment | None = None) -> None:
        """Go on as a race of this experiment: live settings change at once, anything else starts a new race.

        `before` is what undoing the edit would bring back, None where it is no edit: what it replaces stays as ghosts.
        """
        with self._wake:
            first = self._newest is None
            self._newest = experiment
            if first:
                self._before = before  # of edits that are carried out together, what the first one would bring back
            if first:
                self._requests.append((self._adopt_newest, False))
            self._interrupt = True
            self._wake.notify()
        self._stir()

    def go(self, *, backwards: bool = False) -> None:
        """Run until paused, finished, or closed; or back, until the start."""
        self._ask(lambda: self._loop.run(backwards=backwards))

    def set_stretch(self, stretch: tuple[int, int] | None) -> None:
        """Have a race that runs go from the first of two steps to the second over and over; None lets it run on."""
        self._ask(lambda: self._loop.set_stretch(stretch))

    def dismiss_ghosts(self) -> None:
        """Show no more what edits have replaced."""
        self._ask(self._loop.dismiss_ghosts, at_home=False)

    def pause(self) -> None:
        """Stop after the step under way."""
        self._ask(self._loop.pause)

    def step(self, count: int = 1) -> None:
        """Take `count` steps and stop; back where negative."""
        self._ask(lambda: self._loop.step(count))

    def seek(self, step: int) -> None:
        """Go to a step and stop."""
        self._ask(lambda: self._loop.seek(step))

    def reset(self) -> None:
        """Stop, and stand at step 0 again, with the same random numbers."""
        self._ask(self._loop.reset)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Set the pace; None is as fast as it goes."""
        self._ask(lambda: self._loop.set_speed(steps_per_second))

    def tell(self, why: str) -> None:
        """Have `told` say how the race stands, at home, with the experiment that it is of; `why` comes with it."""
        self._ask(lambda: self._tell(why))

    def set_overlays(self, overlays: tuple[Ghost, ...]) -> None:
        """Show these runs pale in the pictures, beside the race."""

        def change() -> None:
            self._loop.overlays = overlays

        self._ask(change, at_home=False)

    def set_demands(self, demands: Mapping[str, Any]) -> None:
        """Say which statistics the visible views need."""

        def change() -> None:
            self._loop.demands = demands

        self._ask(change, at_home=False)

    def warm_up(self) -> None:
        """Start the child process, so that the first run at full speed need not wait for it."""
        self._ask(self._warm_up, at_home=False)

    # The gate

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot, None before the first race."""
        return self._snapshot

    @property
    def is_busy(self) -> bool:
        """Whether something asked for, as a step, has still to be carried out or to be seen in `snapshot`."""
        return bool(self._requests) or self._attending or self._loop.target is not None

    @property
    def owes(self) -> bool:
        """Whether something asked for has still to come, a step or a statistic. Of a race that runs there always is."""
        return self.is_busy or self._loop.has_work

    @property
    def child_pid(self) -> int | None:
        """The number of the child process, None where there is none."""
        return None if self._far is None else self._far.pid

    def hold(self) -> Snapshot | None:
        """Park the thread between two steps and give the newest snapshot; `release` lets it go on.

        Where a step takes longer than a frame, the wait ends without it and the snapshot is an earlier one. A race
        that is away goes on meanwhile.
        """
        with self._wake:
            self._gate_open = False
            self._interrupt = True
        if not self._away:
            self._parked.wait(_PARK_SECONDS)
        return self._snapshot

    def release(self) -> None:
        """Let the thread go on after `hold`."""
        with self._wake:
            self._gate_open = True
            # Asked now, the child answers while the window is idle, and the next frame finds the snapshot made.
            self._wants_report = True
            self._wake.notify()

    def watch(self) -> None:
        """Have `stirred` told once, at the next request or new snapshot."""
        self._watched = True

    def close(self) -> None:
        """End the thread and wait for it. Called from closeEvent, and before the object goes."""
        with self._wake:
            self._closing = True
            self._interrupt = True
            self._wake.notify()
        self.wait()

    # The thread

    def run(self) -> None:  # Qt's name for the body of a thread
        while True:
            with self._wake:
                self._sleep_until_needed()
                if self._closing:
                    break
                requests = list(self._requests)
                # before they are gone from the queue: it is never idle in between
                self._attending = bool(requests) or self._loop.target is not None
                self._requests.clear()
                self._interrupt = not self._gate_open
                self._parked.clear()
            for request, at_home in requests:
                if at_home:
                    self._guarded(self._bring_home)
                self._guarded(request)
            if requests:  # the frame clock asks for nothing more until it sees that the race runs
                self._guarded(self._publish)
            self._attending = self._loop.target is not None
            self._guarded(self._relay_or_work)
            if self._moved or requests or not self._away:
                self._guarded(self._publish)
            self._attending = False
        if self._far is not None:
            self._far.close()

    def _sleep_until_needed(self) -> None:
        """Wait for requests, the child, an open gate, or the time of the next step. Called with the condition held."""
        far = self._far
        while not self._closing and not self._requests and not (far is not None and far.has_answers):
            if self._away and self._wants_report:
                return
            timeout: float | None = None
            if far is not None and far.holds_back:
                timeout = _STARTING_SECONDS
            elif self._gate_open and not self._away and self._loop.has_work:
                timeout = self._loop.due_in()
                if timeout == 0.0:
                    return
            self._parked.set()
            self._wake.wait(timeout)
            if far is not None and far.holds_back:
                return

    @property
    def _full_speed(self) -> FullSpeed:
        """The way to the child process, made when it is first needed."""
        if self._far is None:
            from workbench.live.child import serve
            from workbench.live.full_speed import FullSpeed

            self._far = FullSpeed(
                self._loop, self._wake, fail=self.failed.emit, note=self.noted.emit, entry=self._entry or serve
            )
            self._far.enabled = self._child
        return self._far

    @property
    def _away(self) -> bool:
        """Whether the child process runs the race."""
        return self._far is not None and self._far.away

    def _warm_up(self) -> None:
        self._full_speed.warm_up()

    def _relay_or_work(self) -> None:
        if self._far is None and not self._loop.at_full_speed:
            self._moved = False
            if self._gate_open:
                self._loop.work(self._interrupted)
            return
        far = self._full_speed
        self._moved = far.relay()
        if far.away and not self._loop.running:  # something has failed here
            self._bring_home()
        elif far.away:
            if self._wants_report:
                self._wants_report = False
                far.ask()
            self._loop.refresh_statistics()
        elif self._gate_open and not far.send():
            self._loop.work(self._interrupted)

    def _interrupted(self) -> bool:
        return self._interrupt or (self._far is not None and self._far.has_answers)

    def _bring_home(self) -> None:
        if self._far is not None:
            self._far.bring_home(lambda: self._closing)

    def _publish(self) -> None:
        before, self._snapshot = self._snapshot, self._loop.snapshot(self._snapshot)
        if self._snapshot is not before:
            self._stir()
            self._tell_end()

    def _tell_end(self) -> None:
        """Say once of a race that it has come to its end: one that went there, not one that an edit has made anew."""
        shown = self._snapshot
        if shown is None or not shown.finished or self._away or self._loop.running or self._loop.repeats:
            return
        end = (shown.generation, shown.step)
        if end != self._ended and shown.step == shown.recorded > 0:
            self._ended = end
            self.told.emit(self._loop.experiment, shown, "finished")

    def _tell(self, why: str) -> None:
        shown = self._loop.snapshot(None)
        if shown is not None:
            self.told.emit(self._loop.experiment, shown, why)

    def _stir(self) -> None:
        """Say that something is going on, to whoever watches; from either thread."""
        if self._watched:
            self._watched = False
            self.stirred.emit()

    def _adopt_newest(self) -> None:
        with self._wake:
            experiment, self._newest = self._newest, None
            before = self._before
        if experiment is None or (self._far is not None and self._far.adopt(experiment)):
            return
        self._bring_home()
        self._loop.adopt(experiment, before)

    def _ask(self, request: Callable[[], None], *, at_home: bool = True) -> None:
        """Queue a request; `at_home` first takes a race that is away back."""
        with self._wake:
            self._requests.append((request, at_home))
            self._interrupt = True
            self._wake.notify()
        self._stir()

    def _guarded(self, action: Callable[[], None]) -> None:
        """A fault must not end the thread: it is said in a sentence, and the race stands where it is."""
        try:
            action()
        except RequestError as error:
            self.failed.emit(str(error))
        except Exception as error:
            self._loop.pause()
            self.failed.emit(f"{type(error).__name__}: {error}")
