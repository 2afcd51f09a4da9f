"""The one thing that the window talks to: a thread that owns the race."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from workbench.engine.params import RequestError
from workbench.engine.snapshot import Snapshot
from workbench.experiment.experiment import Experiment
from workbench.live.loop import TrainingLoop

_PARK_SECONDS = 0.012


class TrainingWorker(QThread):
    """Runs a `TrainingLoop` and publishes its newest snapshot.

    Small numpy steps hold Python's lock, and so does painting: running freely, the thread would leave the window a few
    frames a second. So the window closes a gate while it paints (`hold`, `release`): the thread parks between two
    steps. Requests may be made from the window's thread at any time; they are carried out at the next slice border,
    of several experiments only the newest.
    """

    #: one sentence: what was asked for cannot be done, and the old race goes on
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loop = TrainingLoop()
        self._wake = threading.Condition()
        self._requests: deque[Callable[[], None]] = deque()
        self._newest: Experiment | None = None
        self._closing = False
        self._gate_open = True
        self._interrupt = False
        self._parked = threading.Event()
        self._snapshot: Snapshot | None = None

    # Requests, from the window's thread

    def submit(self, experiment: Experiment) -> None:
        """Go on as a race of this experiment: live settings change at once, anything else starts a new race."""
        with self._wake:
            first = self._newest is None
            self._newest = experiment
            if first:
                self._requests.append(self._adopt_newest)
            self._interrupt = True
            self._wake.notify()

    def go(self) -> None:
        """Run until paused, finished, or closed."""
        self._ask(self._loop.run)

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
        """Begin again at step 0, with the same random numbers."""
        self._ask(self._loop.reset)

    def set_speed(self, steps_per_second: float | None) -> None:
        """Set the pace; None is as fast as it goes."""
        self._ask(lambda: self._loop.set_speed(steps_per_second))

    def set_demands(self, demands: Mapping[str, Any]) -> None:
        """Say which statistics the visible views need."""

        def change() -> None:
            self._loop.demands = demands

        self._ask(change)

    # The gate

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot, None before the first race."""
        return self._snapshot

    @property
    def is_busy(self) -> bool:
        """Whether the thread is on its way to a step that was asked for."""
        return self._loop.target is not None or bool(self._requests)

    def hold(self) -> Snapshot | None:
        """Park the thread between two steps and give the newest snapshot; `release` lets it go on.

        Where a step takes longer than a frame, the wait ends without it and the snapshot is an earlier one.
        """
        with self._wake:
            self._gate_open = False
            self._interrupt = True
        self._parked.wait(_PARK_SECONDS)
        return self._snapshot

    def release(self) -> None:
        """Let the thread go on after `hold`."""
        with self._wake:
            self._gate_open = True
            self._wake.notify()

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
                    return
                requests = list(self._requests)
                self._requests.clear()
                self._interrupt = not self._gate_open
                self._parked.clear()
            for request in requests:
                self._guarded(request)
            if requests:  # the frame clock asks for nothing more until it sees that the race runs
                self._guarded(self._publish)
            if self._gate_open:
                self._guarded(self._work)
            self._guarded(self._publish)

    def _sleep_until_needed(self) -> None:
        """Wait for requests, an open gate, or the time of the next step. Called with the condition held."""
        while not self._closing and not self._requests:
            timeout: float | None = None
            if self._gate_open and self._loop.has_work:
                timeout = self._loop.due_in()
                if timeout == 0.0:
                    return
            self._parked.set()
            self._wake.wait(timeout)

    def _work(self) -> None:
        self._loop.work(self._interrupted)

    def _interrupted(self) -> bool:
        return self._interrupt

    def _publish(self) -> None:
        self._snapshot = self._loop.snapshot(self._snapshot)

    def _adopt_newest(self) -> None:
        with self._wake:
            experiment, self._newest = self._newest, None
        if experiment is not None:
            self._loop.adopt(experiment)

    def _ask(self, request: Callable[[], None]) -> None:
        with self._wake:
            self._requests.append(request)
            self._interrupt = True
            self._wake.notify()

    def _guarded(self, action: Callable[[], None]) -> None:
        """A fault must not end the thread: it is said in a sentence, and the race stands where it is."""
        try:
            action()
        except RequestError as error:
            self.failed.emit(str(error))
        except Exception as error:
            self._loop.pause()
            self.failed.emit(f"{type(error).__name__}: {error}")
