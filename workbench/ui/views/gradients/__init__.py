"""How large gradients are, by lane or by layer."""

from __future__ import annotations

from workbench.ui.views.entry import RIGHT, Place, ViewEntry

VIEW = ViewEntry(
    key="gradients",
    title="Gradient magnitudes",
    doc="How large gradients are, by lane or by layer.",
    class_name="GradientsView",
    place=Place(RIGHT, 2, 0.29),
    table="a recorded step of a run, or of a layer",
)
