"""What is shown: one frame after the other, each of one snapshot."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from workbench.engine.race.snapshot import Snapshot
from workbench.live.frame_clock import FrameClock
from workbench.live.worker import TrainingWorker
from workbench.ui.views import central_views
from workbench.ui.views.shared.base import View
from workbench.ui.window.centre import Centre
from workbench.ui.window.docks import Dock
from workbench.ui.window.exports import Exports
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.status import StatusBar
from workbench.ui.window.tab_order import CalmFocus
from workbench.ui.window.turns import DrawTurns, PaintTurns
from workbench.ui.window.view_set import ViewSet

_IDLE_MILLISECONDS = 300  # after the first paint


class Follower(Protocol):
    """A part that is handed the snapshot of every frame."""

    def show_snapshot(self, snapshot: Snapshot) -> object: ...


class Frames(QObject):
    """Owns the frame clock, the snapshot shown last, and whose turn it is to be drawn and painted."""

    def __init__(
        self,
        parent: QObject,
        *,
        worker: TrainingWorker,
        views: ViewSet,
        docks: Mapping[str, Dock],
        followers: Sequence[Follower],
        centre: Centre,
        own_data: OwnData,
        exports: Exports,
        status: StatusBar,
        focus: CalmFocus,
    ) -> None:
        """`followers` are shown every snapshot; the `views` have their turns."""
        super().__init__(parent)
        self.clock = FrameClock(worker, self.show_snapshot, self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MILLISECONDS)
        self._idle.timeout.connect(worker.warm_up)
        self.draw_turns, self.paint_turns = DrawTurns(views), PaintTurns(docks, self)
        self._views = views
        self.snapshot: Snapshot | None = None
        self._generation = -1
        self._is_cold = False
        self._replaced = False  # a file was opened whose race has not been seen
        self._followers, self._centre, self._own_data = tuple(followers), centre, own_data
        self._exports, self._status, self._focus = exports, status, focus

    def warm_up_soon(self) -> None:
        """The window comes to light: some time after its first frame the worker prepares what the first run needs."""
        self._is_cold = True

    def begin_anew(self, same_race: bool) -> None:
        """A file is opened: views forget how one looked at what was open, now and once its race has come."""
        self._replaced = not same_race
        self._tell_anew()

    def _tell_anew(self) -> None:
        for view in self._views.made.values():
            view.begin_anew()

    def stop(self) -> None:
        """Show no more: the window closes."""
        self._idle.stop()  # a window closed at once must not start what it is about to end
        self.clock.stop()
        for view in self._views.made.values():
            view.rest()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """One frame: hand the snapshot to what can be seen. Called by the frame clock alone."""
        self.snapshot = snapshot
        if self._is_cold:
            self._is_cold = False
            self._idle.start()
        fresh = snapshot.generation != self._generation
        if fresh and central_views(snapshot.info) != self._centre.keys:
            self.paint_turns.ask()  # other views come to the centre, which is enough for a frame
        if self.paint_turns.proceed(fresh=fresh):
            self.clock.refresh()
        if fresh:
            self._generation = snapshot.generation
            if self._replaced:
                self._replaced = False
                self._tell_anew()
            self._begin(snapshot)
        for follower in self._followers:
            follower.show_snapshot(snapshot)
        for view in self.draw_turns.of_frame(snapshot):
            if not self.paint_turns.holds(view):
                self._draw(view, snapshot)
        if self._exports.show_snapshot(snapshot):
            self.clock.refresh()  # the answer may come without another step
        self._status.show_snapshot(snapshot, self.clock.frames_per_second)

    def _draw(self, view: View, snapshot: Snapshot) -> None:
        """Draw a view; while the race runs, note what that took."""
        began = time.thread_time()  # on a busy machine others' time is not the view's
        view.show_snapshot(snapshot)
        if snapshot.running:
            self.draw_turns.took(view, time.thread_time() - began)

    def _begin(self, snapshot: Snapshot) -> None:
        """The first frame of a race: it may have other views, controls and samples."""
        self._centre.show_views(central_views(snapshot.info))
        self._focus.ask(anew=True)
        self._own_data.show_data(snapshot.info.data)
