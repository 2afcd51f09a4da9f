"""The loss of every lane against the step."""

from __future__ import annotations

from workbench.ui.views.entry import RIGHT, Place, ViewEntry

VIEW = ViewEntry(
    key="loss",
    title="Loss",
    doc="The loss of every lane against the step. A double click goes to the step under it, the right button forks "
    "there.",
    class_name="LossView",
    place=Place(RIGHT, 1, 0.33),
    table="a recorded step of a run: the history of the race",
    demands=("moment",),
)
