"""Every rule on the way forward and back, with its numbers."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="backpropagation",
    title="Backpropagation",
    doc="Every rule on the way forward and back, with its numbers.",
    class_name="BackpropagationView",
    place=Place(CENTRE, 7),
    table="a number of a stage",
    kinds=("network",),
    demands=("backpropagation",),
)
