"""Sixty times a second: park the worker, show the newest snapshot, paint, let the worker go on.

Where there has been nothing to show for a while, as in a paused window, the clock rests: to look at nothing 60 times a
second took 0.6 to 1.2 % of a core, and kept a laptop's processor from its sleep; at rest it is 0.03 %.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer

from workbench.engine.race.snapshot import Snapshot
from workbench.live.worker import TrainingWorker

FRAME_MILLISECONDS = 16
#: Frames without anything to show after which the clock rests, and how often it looks then: often enough that Python
#: comes to handle a signal such as that of Ctrl+C.
_FRAMES_BEFORE_REST = 30
_REST_MILLISECONDS = 500


class FrameClock(QObject):
    """Hands the newest snapshot to `show` once a frame, and has it painted before the worker goes on.

    `intervals` holds the last times between two painted frames, in seconds.
    """

    def __init__(self, worker: TrainingWorker, show: Callable[[Snapshot], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._show = show
        self._shown: Snapshot | None = None
        self._forced = False
        self._within = False
        self._empty = 0  # frames in a row without anything to show
        self._last = 0.0
        self.intervals: deque[float] = deque(maxlen=4096)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self.tick)
        worker.stirred.connect(self.wake)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        """Show the snapshot again at the next frame, though it is the same: a view has come to light or changed."""
        self._forced = True
        self.wake()

    def wake(self) -> None:
        """Look 60 times a second again: something is to be shown, or will be."""
        self._empty = 0
        if self.rests:
            self._timer.setTimerType(Qt.TimerType.PreciseTimer)
            self._timer.setInterval(FRAME_MILLISECONDS)

    @property
    def rests(self) -> bool:
        """Whether the clock has found nothing to show for a while, and waits for a word from the worker."""
        return self._timer.interval() != FRAME_MILLISECONDS

    @property
    def frames_per_second(self) -> float:
        """Painted frames a second, over the last second or so."""
        total, count = 0.0, 0
        for interval in reversed(self.intervals):
            total += interval
            count += 1
            if total >= 1.0:
                break
        return count / total if total > 0 else 0.0

    def tick(self) -> None:
        """One frame; nothing is done where there is nothing new to show."""
        newest = self._worker.snapshot
        busy = newest is not None and (newest.running or self._worker.is_busy)
        if self._within or newest is None:
            return
        if not (busy or self._forced or newest is not self._shown):
            self._look_less()
            return
        self.wake()
        self._within, self._forced = True, False
        try:
            snapshot = self._worker.hold()
            if snapshot is not None:
                self._shown = snapshot
                self._show(snapshot)
            # Painted here and now: left to the event loop, it would compete with the worker for Python's lock.
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        finally:
            self._worker.release()
            self._within = False
        now = time.perf_counter()
        if now - self._last < 0.5:  # a longer pause was no frame interval: nothing ran
            self.intervals.append(now - self._last)
        self._last = now

    def _look_less(self) -> None:
        """Rest, after some frames with nothing to show, until the worker stirs."""
        self._empty += 1
        if self._empty < _FRAMES_BEFORE_REST or self.rests:
            return
        self._worker.watch()
        if self._worker.is_busy or self._worker.snapshot is not self._shown:  # meanwhile, before it was watched
            return
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.setInterval(_REST_MILLISECONDS)
