"""The wires between views: what one of them has to tell another. Here alone are views named by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import QObject

from workbench.live.document import Document
from workbench.ui.views.backpropagation.view import BackpropagationView
from workbench.ui.views.diagram.view import DiagramView
from workbench.ui.views.fit.view import FitView
from workbench.ui.views.landscape.view import LandscapeView
from workbench.ui.views.map.view import MapView
from workbench.ui.views.shared.base import View
from workbench.ui.window.edits import Edits
from workbench.ui.window.maps import Maps
from workbench.ui.window.own_data import OwnData

#: the view that has the focus when the window opens, so that the keys are the race's
FIRST = "landscape"
#: the views of the centre before there is a race: those of most objectives, whose race then changes none
AT_FIRST = (FIRST, "step")


def join(views: Mapping[str, View], own_data: OwnData) -> None:
    """A sample picked in the fit goes to backpropagation, its stage to the drawing of the network, strokes to the data.

    The modules of the views are loaded already: they were made of them.
    """
    fit = cast(FitView, views["fit"])
    backpropagation = cast(BackpropagationView, views["backpropagation"])
    diagram = cast(DiagramView, views["diagram"])
    fit.sample_picked.connect(backpropagation.show_sample)
    backpropagation.stage_shown.connect(diagram.show_stage)
    own_data.paint_in(fit)


def maps(parent: QObject, views: Mapping[str, View], document: Document, edits: Edits) -> Maps:
    """The flow of what is computed over two settings: the view of maps, and the basins under the landscape."""
    view, landscape = cast(MapView, views["map"]), cast(LandscapeView, views["landscape"])
    return Maps(parent, document=document, view=view, landscape=landscape, edits=edits)
