"""Neurons and weights, and what each neuron sees."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="diagram",
    title="Network",
    doc="Neurons and weights, and what each neuron sees.",
    class_name="DiagramView",
    place=Place(CENTRE, 2),
    table="a connection with its weight and gradient",
    kinds=("network",),
    demands=("diagram",),
)
