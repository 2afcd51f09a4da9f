"""The views there are. The list imports no Qt, so that the command line can tell it; the views' modules do."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A view: its key, its titles, and the module in this package that holds the class of that name."""

    key: str
    title: str
    doc: str
    class_name: str
    kinds: tuple[str, ...] = ("objective", "network")

    def load(self) -> Any:
        """The view's class; imports Qt."""
        return getattr(import_module(f"{__name__}.{self.key}"), self.class_name)


VIEWS = (
    ViewEntry("landscape", "Landscape", "Height map, contour lines and every lane's path.", "LandscapeView"),
    ViewEntry("fit", "Fit", "What each network has learned, beside its data.", "FitView", ("network",)),
    ViewEntry("diagram", "Network", "Neurons and weights, and what each neuron sees.", "DiagramView", ("network",)),
    ViewEntry(
        "layers", "Layers", "How the layers of a lane learn: updates, gradients, units.", "LayersView", ("network",)
    ),
    ViewEntry(
        "plane", "Loss landscape", "A plane through the parameters, with every lane's path.", "PlaneView", ("network",)
    ),
    ViewEntry(
        "backpropagation",
        "Backpropagation",
        "Every rule on the way forward and back, with its numbers.",
        "BackpropagationView",
        ("network",),
    ),
    ViewEntry("loss", "Loss", "The loss of every lane against the step.", "LossView"),
    ViewEntry("gradients", "Gradient magnitudes", "How large gradients are, by lane or by layer.", "GradientsView"),
    ViewEntry("race", "Race table", "How every lane stands.", "RaceView"),
)
