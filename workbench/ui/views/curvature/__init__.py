"""The curvatures where a lane stands, what its rule does along them, and the sharpness against the step."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="curvature",
    title="Curvature",
    doc="The largest curvatures where a lane stands, what its rule does along them, and the edge of stability.",
    class_name="CurvatureView",
    place=Place(CENTRE, 8),
    table="an eigenvalue of the Hessian, or the sharpness at a step",
    demands=("curvature",),
    picture=(900, 640, 0),
)
