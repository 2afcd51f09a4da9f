"""Why a network does not learn, and what to try."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="why",
    title="Why",
    doc="Why a network does not learn, and what to try.",
    class_name="WhyView",
    place=Place(CENTRE, 3),
    table="a number of the chain of causes",
    kinds=("network",),
    demands=("health", "why"),
)
