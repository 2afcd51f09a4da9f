"""How the layers of a lane learn: updates, gradients, units."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="layers",
    title="Layers",
    doc="How the layers of a lane learn: updates, gradients, units.",
    class_name="LayersView",
    place=Place(CENTRE, 3),
    table="a number of a layer, or a bin of a histogram",
    kinds=("network",),
    demands=("layers",),
)
