"""The landscape in space: hills and valleys with every lane's path on them, to be turned."""

from __future__ import annotations

from typing import Any

from workbench.ui.views.entry import CENTRE, Place, ViewEntry


def _has_surface(info: Any) -> bool:
    """A curve stands in the landscape already, and no plane holds several networks; all others have a surface."""
    return bool(info.size > 1 and not info.has_several_networks)


VIEW = ViewEntry(
    key="surface",
    title="Surface",
    doc="The landscape in space, with every lane's path on it: drag to turn it, the wheel comes nearer.",
    class_name="SurfaceView",
    place=Place(CENTRE, 6),
    table="a point of the surface, a known minimum, or a recorded state of a run",
    demands=("surface", "plane"),
    shows=_has_surface,
)
