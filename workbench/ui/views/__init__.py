"""The views there are. The list imports no Qt, so that the command line can tell it; the views' modules do."""

from __future__ import annotations

from typing import Any

from workbench.ui.views import backpropagation, diagram, fit, gradients, landscape, layers, loss, plane, race
from workbench.ui.views.entry import CENTRE, RIGHT, ViewEntry

__all__ = ["CENTRAL", "SIDE", "VIEWS", "ViewEntry", "central_views"]

#: Every view, in the order in which they are listed: a new one is its folder and its name here.
VIEWS: tuple[ViewEntry, ...] = tuple(
    room.VIEW for room in (landscape, fit, diagram, layers, plane, backpropagation, loss, gradients, race)
)


def _at(area: str) -> tuple[ViewEntry, ...]:
    return tuple(sorted((v for v in VIEWS if v.place.area == area), key=lambda view: view.place.order))


#: those with a tab in the centre, in the order of the tabs; those with a dock of their own, from top to bottom
CENTRAL, SIDE = _at(CENTRE), _at(RIGHT)


def central_views(info: Any) -> tuple[str, ...]:
    """The keys of the views that a race, described by its `RaceInfo`, has in the centre, in the order of their tabs."""
    return tuple(view.key for view in CENTRAL if info.kind in view.kinds and view.shows(info))
