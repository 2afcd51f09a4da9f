"""The step that a lane takes next, line by line with its numbers."""

from __future__ import annotations

from workbench.ui.views.entry import CENTRE, Place, ViewEntry

VIEW = ViewEntry(
    key="step",
    title="Step",
    doc="The step that a lane takes next: its rule line by line, with this step's numbers.",
    class_name="StepView",
    place=Place(CENTRE, 8),
    table="a named quantity of the step, at a parameter or as a whole; or one of the last steps",
    demands=("anatomy", "trail", "surface", "curve"),
)
