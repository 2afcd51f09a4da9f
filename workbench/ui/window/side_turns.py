"""Which views are drawn in a frame: while a race runs, drawing is what costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.views import CENTRAL
from workbench.ui.views.shared.base import View

_CENTRAL = frozenset(view.key for view in CENTRAL)


class SideTurns:
    """While a race runs, the middle is drawn each frame and the views beside it take turns."""

    def __init__(self, views: Mapping[str, View]) -> None:
        self._views = views
        self._frame = 0
        self._extras: Mapping[str, Any] = {}  # the statistics shown last
        self._waited = False

    def of_frame(self, snapshot: Snapshot) -> list[View]:
        """The views that are to be drawn in this frame, of those that can be seen."""
        seen = {key: view for key, view in self._views.items() if view.isVisible()}
        middle = [view for key, view in seen.items() if key in _CENTRAL]
        waits = self._middle_is_new(snapshot, middle)
        if not snapshot.running:
            return list(seen.values())
        sides = [view for key, view in seen.items() if key not in _CENTRAL]
        if waits or not sides:
            return middle
        self._frame += 1
        return [*middle, sides[self._frame % len(sides)]]

    def _middle_is_new(self, snapshot: Snapshot, middle: list[View]) -> bool:
        """Whether there is a new statistic to paint, such as a fit: enough for one frame, but not for two in a row."""
        before, self._extras = self._extras, snapshot.extras
        new = any(snapshot.extras.get(name) is not before.get(name) for view in middle for name in view.demand())
        self._waited = snapshot.running and new and not self._waited
        return self._waited
