"""Whose turn it is in a frame: drawing and painting are what costs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.views import CENTRAL
from workbench.ui.views.shared.base import View
from workbench.ui.window.docks import Dock
from workbench.ui.window.view_set import ViewSet

_CENTRAL = frozenset(view.key for view in CENTRAL)


#: Seconds that a view beside the centre, and one in it, may take to be drawn at every turn. One that takes longer rests
#: for so many times what is beyond: it would keep all others from their frames, and nobody reads thirty curves sixty
#: times a second.
_EASY_BESIDE, _EASY_IN_CENTRE, _RESTS = 0.004, 0.012, 10.0
#: and no longer than that: a first drawing also loads and makes what later ones have
_LONGEST_REST = 0.25


class DrawTurns:
    """Which views are drawn in a frame: while a race runs, those in the centre each time, those beside it in turns.

    A view that takes long to be drawn is drawn less often.
    """

    def __init__(self, views: ViewSet) -> None:
        self._views = views
        self._frame = 0
        self._extras: Mapping[str, Any] = {}  # the statistics shown last
        self._waited = False
        self._rests_until: dict[str, float] = {}

    def took(self, view: View, seconds: float) -> None:
        """A view was drawn in so many seconds of the processor."""
        beyond = seconds - (_EASY_IN_CENTRE if view.key in _CENTRAL else _EASY_BESIDE)
        self._rests_until[view.key] = time.monotonic() + min(_LONGEST_REST, _RESTS * max(0.0, beyond))

    def of_frame(self, snapshot: Snapshot) -> list[View]:
        """The views that are to be drawn in this frame, of those that can be seen."""
        seen = {key: view for key, view in self._views.made.items() if view.isVisible()}
        centre = [view for key, view in seen.items() if key in _CENTRAL]
        waits = self._centre_is_new(snapshot, centre)
        if not snapshot.running:
            return list(seen.values())
        now = time.monotonic()
        due = {key for key in seen if self._rests_until.get(key, 0.0) <= now}
        centre = [view for view in centre if view.key in due]
        beside = [view for key, view in seen.items() if key not in _CENTRAL]
        if waits or not beside:
            return centre
        self._frame += 1
        turn = beside[self._frame % len(beside)]
        return [*centre, turn] if turn.key in due else centre

    def _centre_is_new(self, snapshot: Snapshot, centre: list[View]) -> bool:
        """Whether there is a new statistic to paint, such as a fit: enough for one frame, but not for two in a row."""
        before, self._extras = self._extras, snapshot.extras
        new = any(snapshot.extras.get(name) is not before.get(name) for view in centre for name in view.demand())
        self._waited = snapshot.running and new and not self._waited
        return self._waited


class PaintTurns(QObject):
    """Which docks are painted in a frame: one after the other, after the centre, where the whole window changes.

    That is so when a file was opened or the problem is of another kind: all at once would take several frames.
    """

    def __init__(self, docks: Mapping[str, Dock], parent: QObject) -> None:
        super().__init__(parent)
        self._docks = docks
        self._asked = False
        self._waiting: list[Dock] = []

    def ask(self) -> None:
        """The next race is one that changes the whole window."""
        self._asked = True

    def holds(self, view: View) -> bool:
        """Whether a view waits for its frame: until then it need not be drawn either."""
        return any(dock.objectName() == view.key for dock in self._waiting)

    def proceed(self, *, fresh: bool) -> bool:
        """One frame, `fresh` if the first of a race. Whether there are docks left that need another one."""
        if fresh and self._asked:
            self._asked = False
            waiting = [dock for dock in self._docks.values() if dock.isVisible()]
            for dock in self._waiting:
                dock.setUpdatesEnabled(True)
            for dock in waiting:
                dock.setUpdatesEnabled(False)
            self._waiting = waiting
        elif self._waiting:
            self._waiting.pop(0).setUpdatesEnabled(True)
        return bool(self._waiting)
