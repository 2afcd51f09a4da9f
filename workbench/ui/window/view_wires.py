"""The wires between views: what one of them has to tell another. Here alone are views named by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment.experiment import Experiment, ObjectiveSetup
from workbench.live.document import Document
from workbench.ui.views import CENTRAL
from workbench.ui.views.shared.base import View
from workbench.ui.window.centre import Centre
from workbench.ui.window.edits import Edits
from workbench.ui.window.own_data import OwnData
from workbench.ui.window.status import StatusBar
from workbench.ui.window.trying import Trying
from workbench.ui.window.view_set import ViewSet

if TYPE_CHECKING:  # the modules of views are loaded when they are made
    from workbench.ui.views.backpropagation.view import BackpropagationView
    from workbench.ui.views.diagram.view import DiagramView
    from workbench.ui.views.fit.view import FitView
    from workbench.ui.views.landscape.view import LandscapeView
    from workbench.ui.views.map.view import MapView
    from workbench.ui.views.shared.stages import StageMark
    from workbench.ui.views.step.view import StepView
    from workbench.ui.views.why.view import WhyView
    from workbench.ui.window.maps import Maps


def at_first(experiment: Experiment) -> tuple[str, ...]:
    """The views of the centre before there is a race, the one in front first: those of most races of its kind."""
    if isinstance(experiment.problem, ObjectiveSetup):
        return ("landscape", "surface", "step", "curvature", "map")
    return tuple(view.key for view in CENTRAL if "network" in view.kinds and view.key != "landscape")


class ViewWires(QObject):
    """What is picked in fit or drawing goes to backpropagation, its stage to the drawing, strokes to the data.

    A weight picked in the drawing is the one whose numbers the step shows, too.

    The view that is told makes sense of it when it is seen, so that it is made where it has not been.
    """

    def __init__(self, parent: QObject, *, views: ViewSet, own_data: OwnData) -> None:
        super().__init__(parent)
        self._views, self._own_data = views, own_data
        views.when_made(self._follow)

    def _follow(self, view: View) -> None:
        if view.key == "fit":
            fit = cast("FitView", view)
            fit.sample_picked.connect(self._on_sample_picked)
            self._own_data.paint_in(fit)
        elif view.key == "backpropagation":
            cast("BackpropagationView", view).stage_shown.connect(self._on_stage_shown)
        elif view.key == "diagram":
            cast("DiagramView", view).parameter_picked.connect(self._on_parameter_picked)

    def _on_sample_picked(self, source: str, index: int) -> None:
        cast("BackpropagationView", self._views["backpropagation"]).show_sample(source, index)

    def _on_stage_shown(self, mark: StageMark) -> None:
        cast("DiagramView", self._views["diagram"]).show_stage(mark)

    def _on_parameter_picked(self, layer: int, read: int, unit: int) -> None:
        cast("BackpropagationView", self._views["backpropagation"]).show_parameter(layer, read, unit)
        place = cast("DiagramView", self._views["diagram"]).place_of(layer, read, unit)
        if place is not None:
            cast("StepView", self._views["step"]).show_parameter(place)


class WhyWires(QObject):
    """A warning that is clicked where it is said leads to why; what is to be tried there becomes a lane."""

    def __init__(self, parent: QObject, *, views: ViewSet, trying: Trying, status: StatusBar, centre: Centre) -> None:
        super().__init__(parent)
        self._views, self._trying, self._centre = views, trying, centre
        views.when_made(self._follow)
        status.why_asked.connect(self._on_why_asked)

    def _follow(self, view: View) -> None:
        if view.key == "why":
            why = cast("WhyView", view)
            why.remedy_wanted.connect(self._trying.try_remedy)
            why.before_wanted.connect(self._trying.go_to)

    def _on_why_asked(self, key: str, run: int) -> None:
        cast("WhyView", self._views["why"]).show_warning(key, run)
        self._centre.bring("why")


class MapWires(QObject):
    """What is computed over two settings: the view of maps, and the basins under the landscape, once one is wanted."""

    def __init__(self, parent: QObject, *, views: ViewSet, document: Document, edits: Edits) -> None:
        super().__init__(parent)
        self._views, self._document, self._edits = views, document, edits
        self._maps: Maps | None = None
        views.when_made(self._follow)

    def _follow(self, view: View) -> None:
        if view.key == "map":
            self.begin()
        elif view.key == "landscape":
            cast("LandscapeView", view).basins_wanted.connect(self._on_basins_wanted)

    def begin(self) -> Maps:
        """The flow of maps, made when it is first needed, with its thread."""
        if self._maps is None:
            from workbench.ui.window.maps import Maps

            view, landscape = cast("MapView", self._views["map"]), cast("LandscapeView", self._views["landscape"])
            if self._maps is None:  # to make the view may have begun it
                self._maps = Maps(self, document=self._document, view=view, landscape=landscape, edits=self._edits)
        return self._maps

    def _on_basins_wanted(self) -> None:
        if self._maps is not None or cast("LandscapeView", self._views["landscape"]).basins.wanted is not None:
            self.begin().ask_basins()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Leave the race a processor while it runs."""
        if self._maps is not None:
            self._maps.show_snapshot(snapshot)

    def shut_down(self) -> None:
        """End thread and processes."""
        if self._maps is not None:
            self._maps.shut_down()
