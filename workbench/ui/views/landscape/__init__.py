"""Height map, contour lines and every lane's path."""

from __future__ import annotations

from typing import Any

from workbench.ui.views.entry import CENTRE, Place, ViewEntry


def _has_landscape(info: Any) -> bool:
    """A network of more than two parameters has a plane through them instead."""
    return bool(info.kind == "objective" or (info.size == 2 and not info.has_several_networks))


VIEW = ViewEntry(
    key="landscape",
    title="Landscape",
    doc="Height map, contour lines and every lane's path. A double click on a path goes to that step, the right button "
    "forks there.",
    class_name="LandscapeView",
    place=Place(CENTRE, 4),
    table="a point of the surface, a known minimum, or a recorded state of a run",
    demands=("surface", "curve", "stationary", "next_step", "moment", "curvature", "anatomy"),
    shows=_has_landscape,
)
