"""What the worker computes besides the race: the statistics that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from workbench.live.frame_clock import FrameClock
from workbench.live.worker import TrainingWorker
from workbench.ui.views import VIEWS
from workbench.ui.views.shared.base import View
from workbench.ui.window.checking import Checking
from workbench.ui.window.exports import Exports
from workbench.ui.window.view_set import ViewSet

#: what the status bar says of a network's layers, whatever is visible
_ALWAYS: Mapping[str, Any] = {"health": ()}
_DECLARED: Mapping[str, tuple[str, ...]] = {entry.key: entry.demands for entry in VIEWS}


class Demands(QObject):
    """Gathers what visible views, waiting exports and the gradient check demand, whenever one of them says so."""

    def __init__(
        self,
        parent: QObject,
        worker: TrainingWorker,
        clock: FrameClock,
        *,
        views: ViewSet,
        check: Checking,
        exports: Exports,
    ) -> None:
        super().__init__(parent)
        self._worker, self._clock = worker, clock
        self._views, self._check, self._exports = views, check, exports
        self._told: Mapping[str, Any] | None = None
        views.when_made(self._follow)
        check.demand_changed.connect(self.tell)
        exports.changed.connect(self.tell)

    def _follow(self, view: View) -> None:
        view.demand_changed.connect(self.tell)

    def tell(self, *_: object) -> None:
        """Tell the worker what is needed now, and have drawn what has come to light."""
        demands = dict(_ALWAYS) | dict(self._check.demand())
        for view in self._views.made.values():
            if view.isVisible() or self._exports.hold(view):
                demands |= _declared(view)
        if demands != self._told:
            self._told = demands
            self._worker.set_demands(demands)
        self._clock.refresh()


def _declared(view: View) -> Mapping[str, Any]:
    """What a view demands, which its folder must declare."""
    wanted = view.demand()
    for name in wanted:
        if name not in _DECLARED[view.key]:
            raise KeyError(f"the view {view.key} demands {name}, which its folder does not declare")
    return wanted
