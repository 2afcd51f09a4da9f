"""What each network has learned, beside its data."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="fit",
    title="Fit",
    doc="What each network has learned, beside its data.",
    class_name="FitView",
    place=Place(CENTRE, 1),
    table="a point of what a network has learned, a sample, or a cell of the confusion matrix",
    kinds=("network",),
    demands=("fit", "fits", "confusion", "prediction"),
)
