"""Views that nobody sees: made, given all that they draw, and painted into files."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QWidget

from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import view_options
from workbench.experiment.experiment import Experiment
from workbench.live.statistics_cache import Cache
from workbench.ui.style.theme import Theme
from workbench.ui.views import ViewEntry
from workbench.ui.views.shared.base import View

#: Seconds in which what a picture draws beside the race, such as the grid of a plane, is computed at most.
_LONGEST_STATISTIC = 20.0
#: Steps at once, between which a race can be stopped.
_STRIDE = 256


def make_view(
    entry: ViewEntry,
    experiment: Experiment,
    theme: Theme,
    *,
    runs: int,
    shown: bool = True,
    size: tuple[int, int] | None = None,
) -> View:
    """A view of its own that looks as the experiment says, at the size of its pictures unless one is given."""
    view: View = entry.load()()
    # they have no place in a picture; in a window they stand in the title of the dock
    vars(view)["unseen_controls"] = controls = QWidget()
    controls.setLayout(view.controls)
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    width, height, row = entry.picture
    view.resize(QSize(*size) if size else QSize(width, height + row * runs))
    if shown:
        view.show()
    view.set_theme(theme)
    view.set_options(view_options.options(experiment.view, entry.key))
    return view


@dataclass(frozen=True, slots=True)
class Source:
    """Where an unseen view has from what it draws: a race, and what was computed beside it; `stopped`: no more."""

    race: Race
    stopped: Callable[[], bool]
    cache: Cache = field(default_factory=Cache)

    def show(self, view: View, snapshot: Snapshot, rounds: int = 3) -> None:
        """Show it a snapshot with all that it demands; at first it names its demand once it has seen the race."""
        for _ in range(rounds):
            view.show_snapshot(self._with_demands(snapshot, view.demand()))
            QCoreApplication.processEvents()
        view.finish()

    def _with_demands(self, snapshot: Snapshot, demands: Mapping[str, Any]) -> Snapshot:
        """The snapshot with what a view demands, whole, or as whole as it gets in a while."""
        until = time.monotonic() + _LONGEST_STATISTIC
        while self.cache.stale(self.race, demands, running=False) and time.monotonic() < until and not self.stopped():
            self.cache.refresh(self.race, dict(demands), running=False)
        return replace(snapshot, extras=self.cache.current(self.race))


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """What was being made is not wanted any more."""


def go(race: Race, step: int, stopped: Callable[[], bool]) -> None:
    """Take the race on to a step, or to its end before.

    Raises:
        Stopped: on the way.
    """
    while race.step < step and not race.finished:
        if stopped():
            raise Stopped
        race.advance(min(_STRIDE, step - race.step))


def drop(view: View) -> None:
    """Let a view go that nobody needs any more."""
    view.close()
    vars(view)["unseen_controls"].deleteLater()
    view.deleteLater()
