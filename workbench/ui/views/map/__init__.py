"""What a lane comes to under other settings: a run in each cell of two of them."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="map",
    title="Map",
    doc="What a lane comes to under other settings: a run in each cell of two of them.",
    class_name="MapView",
    place=Place(CENTRE, 9),
    table="a cell of the map: its settings, and what came of its run",
    follows_steps=False,
)
