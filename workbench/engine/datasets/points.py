"""Points that a person painted: the experiment holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.engine.datasets.base import Dataset, Table, datasets
from workbench.engine.params import RequestError, Value
from workbench.engine.registry import Source

MOST_POINTS = 10_000
MOST_CLASSES = 10
#: what there is before anything is painted: two small crosswise groups
EXAMPLE = (
    (-0.6, -0.5, 0),
    (-0.4, -0.6, 0),
    (0.5, 0.6, 0),
    (0.6, 0.4, 0),
    (-0.5, 0.5, 1),
    (-0.6, 0.6, 1),
    (0.4, -0.5, 1),
    (0.6, -0.6, 1),
)


@datasets.register("points")
class Points(Dataset):
    """Points painted by hand, each with its class; eight of them to begin with."""

    title = "Painted points"
    formula = "(x₁, x₂, class)"
    source = Source("A. Karpathy, ConvNetJS: 2-D classification demo", 2014)
    n_in = 2
    n_classes = 2

    def __init__(
        self,
        parameters: Mapping[str, Value] | None = None,
        points: Sequence[tuple[float, float, int]] = (),
    ) -> None:
        """Raises RequestError for points of one class only."""
        super().__init__(parameters)
        self.points = tuple(points) or EXAMPLE
        present = {number for _, _, number in self.points}
        if len(present) < 2:
            raise RequestError(
                "points", f"must be of at least two classes, got {len(self.points)} of class {min(present)} alone"
            )
        self.n_classes = max(present) + 1

    def make(self, random: np.random.Generator) -> Table:
        x = np.array([[x1, x2] for x1, x2, _ in self.points], dtype=np.float64)
        y = np.array([number for _, _, number in self.points], dtype=np.int64)
        return Table(x, y, tuple(str(number) for number in range(self.n_classes)))
