"""Views draw snapshots: a folder each, which declares itself.

The list imports no Qt, so that the command line can tell it; the modules of the views do.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from workbench.ui.views.entry import CENTRE, RIGHT, ViewEntry

__all__ = ["CENTRAL", "SIDE", "VIEWS", "ViewEntry", "central_views", "views_of"]

#: The folders of the views, in the order in which they are listed: a new one is its folder and its name here.
_FOLDERS = (
    "landscape", "fit", "diagram", "layers", "why", "plane", "surface", "backpropagation", "step", "curvature", "pairs",
    "map",
    "loss", "gradients", "race")  # fmt: skip
VIEWS: tuple[ViewEntry, ...] = tuple(import_module(f"{__name__}.{folder}").VIEW for folder in _FOLDERS)


def _at(area: str) -> tuple[ViewEntry, ...]:
    return tuple(sorted((v for v in VIEWS if v.place.area == area), key=lambda view: view.place.order))


#: those with a tab in the centre, in the order of the tabs; those with a dock of their own, from top to bottom
CENTRAL, SIDE = _at(CENTRE), _at(RIGHT)


def central_views(info: Any) -> tuple[str, ...]:
    """The keys of the views that a race, described by its `RaceInfo`, has in the centre, in the order of their tabs."""
    return tuple(view.key for view in CENTRAL if info.kind in view.kinds and view.shows(info))


def views_of(info: Any) -> tuple[ViewEntry, ...]:
    """The views that show something of a race, described by its `RaceInfo`, in the order of all."""
    return tuple(view for view in VIEWS if info.kind in view.kinds and view.shows(info))
