"""Sixty times a second: park the worker, show the newest snapshot, paint, let the worker go on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer

from workbench.engine.race.snapshot import Snapshot
from workbench.live.worker import TrainingWorker

FRAME_MILLISECONDS = 16


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
        self._last = 0.0
        self.intervals: deque[float] = deque(maxlen=4096)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def refresh(self) -> None:
        """Show the snapshot again at the next frame, though it is the same: a view has come to light or changed."""
        self._forced = True

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
        if self._within or newest is None or not (busy or self._forced or newest is not self._shown):
            return
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
