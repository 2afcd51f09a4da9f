"""How every lane stands."""

from __future__ import annotations

from workbench.ui.views.entry import RIGHT, Place, ViewEntry

VIEW = ViewEntry(
    key="race",
    title="Race table",
    doc="How every lane stands.",
    class_name="RaceView",
    place=Place(RIGHT, 3, 0.29),
    table="a run as it stands",
    picture=(900, 60, 26),
)
