"""The lane that a person has picked: one for the whole window, whichever part it was picked in."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.views.shared.base import View
from workbench.ui.window.view_set import ViewSet

NONE = -1


class PickedLane(QObject):
    """Holds the picked lane by its place in the experiment, so that it stays the same one in the next race."""

    #: (place among the experiment's lanes): another lane is picked, or none (-1)
    changed = Signal(int)

    def __init__(self, parent: QObject, *, views: ViewSet) -> None:
        super().__init__(parent)
        self._views = views
        self._places: tuple[int, ...] = ()  # in the experiment, of the lanes that take part
        self.index = NONE
        views.when_made(self._follow)

    def _follow(self, view: View) -> None:
        view.lane_picked.connect(self._on_view_picked)
        view.pick_lane(self._lane)

    def pick(self, index: int) -> None:
        """Pick a lane by its place in the experiment, or none (-1), in every view."""
        changes = index != self.index
        self.index = index
        self._tell_views()
        if changes:
            self.changed.emit(index)

    def clear(self) -> None:
        """Pick no lane."""
        self.pick(NONE)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Know which lanes take part; in another race the picked one may stand elsewhere, or be gone."""
        places = tuple(lane.index for lane in snapshot.info.lanes)
        if places != self._places:
            self._places = places
            self._tell_views()

    def _tell_views(self) -> None:
        for view in self._views.made.values():
            view.pick_lane(self._lane)

    @property
    def _lane(self) -> int:
        """The picked lane by its place in the race."""
        return self._places.index(self.index) if self.index in self._places else NONE

    def _on_view_picked(self, lane: int) -> None:
        self.pick(self._places[lane] if 0 <= lane < len(self._places) else NONE)
