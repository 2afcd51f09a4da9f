"""A plane through the parameters, with every lane's path."""

from __future__ import annotations

from typing import Any

from workbench.ui.views.entry import CENTRE, Place, ViewEntry


def _has_plane(info: Any) -> bool:
    """A network of two parameters, and an objective of two coordinates or one, has its landscape itself."""
    if info.has_several_networks:
        return True
    return bool(info.size > 2 or (info.kind == "network" and info.size == 1))


VIEW = ViewEntry(
    key="plane",
    title="Loss landscape",
    doc="A plane through the parameters, with every lane's path.",
    class_name="PlaneView",
    place=Place(CENTRE, 5),
    table="a point of the plane, of a run's path over it, or where a run stands",
    demands=("plane",),
    shows=_has_plane,
)
