"""What one can do with a point of a path or a curve: go to its step, or fork its lane there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu

from workbench.ui.plotting.plot import Plot
from workbench.ui.views.shared.base import View
from workbench.ui.words.text import grouped

#: the run, -1 for no certain one, and the step of the point at a place of a plot; None where there is none
Find = Callable[[float, float], tuple[int, int] | None]


class Moments(QObject):
    """A double click goes to the step of the point under the mouse; the right button opens a menu with more."""

    def __init__(self, view: View, plot: Plot, find: Find) -> None:
        super().__init__(view)
        self._view, self._plot, self._find = view, plot, find
        self.menu: QMenu | None = None
        self._meant = (0, 0)  # the lane and the step that the menu is of
        plot.scene().sigMouseClicked.connect(self._on_clicked)
        #: the run and the step that the mouse points at, None for none
        self.hovered: tuple[int, int] | None = None

    @property
    def demand(self) -> dict[str, Any]:
        """What must be computed to tell of the point under the mouse."""
        return {} if self.hovered is None else {"moment": self.hovered}

    def hover(self, found: tuple[int, int] | None) -> None:
        """Know what the mouse points at."""
        found = None if found is None or found[0] < 0 else found
        if found != self.hovered:
            self.hovered = found
            self._view.demand_changed.emit()

    def leave(self) -> None:
        """The mouse points at nothing."""
        self.hover(None)

    def _on_clicked(self, event: Any) -> None:
        box = self._plot.box
        asked = event.button() == Qt.MouseButton.RightButton
        if not (asked or (event.double() and event.button() == Qt.MouseButton.LeftButton)):
            return
        if self._view.snapshot is None or not box.sceneBoundingRect().contains(event.scenePos()):
            return
        point = box.mapSceneToView(event.scenePos())
        found = self._find(point.x(), point.y())
        if found is None:
            return
        event.accept()
        if asked:
            self.show_menu(*found)
            if self.menu is not None:
                self.menu.popup(event.screenPos().toPoint())
        else:
            self._view.step_wanted.emit(found[1])

    def show_menu(self, run: int, step: int) -> None:
        """Make the menu of a run's point at a step."""
        snapshot = self._view.snapshot
        if snapshot is None:
            return
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = menu = QMenu(self._view)
        self._meant = (run // snapshot.info.starts, step)
        menu.addAction(self.tr("Go to step {}").format(grouped(step))).triggered.connect(self._on_go)
        if run >= 0:
            label = snapshot.info.lanes[self._meant[0]].label.replace("&", "&&")
            fork = menu.addAction(self.tr("Fork {} at step {}").format(label, grouped(step)))
            fork.triggered.connect(self._on_fork)
            menu.addAction(self.tr("Pick {}").format(label)).triggered.connect(self._on_pick)

    def _on_go(self, _checked: bool) -> None:
        self._view.step_wanted.emit(self._meant[1])

    def _on_fork(self, _checked: bool) -> None:
        self._view.fork_wanted.emit(*self._meant)

    def _on_pick(self, _checked: bool) -> None:
        self._view.lane_picked.emit(self._meant[0])
