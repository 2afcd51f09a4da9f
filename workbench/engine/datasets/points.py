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
        class_names: Sequence[str] = (),
    ) -> None:
        """A class without a name in `class_names` is called by its number.

        Raises:
            RequestError: there are points of one class only, or two classes of one name.
        """
        super().__init__(parameters)
        self.class_names = tuple(class_names)
        self.points = tuple(points) or EXAMPLE
        present = {number for _, _, number in self.points}
        if len(present) < 2:
            raise RequestError(
                "points", f"must be of at least two classes, got {len(self.points)} of class {min(present)} alone"
            )
        self.n_classes = max(present) + 1
        names = self._names()
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise RequestError("class_names", f'must differ, got "{twice}" for more than one class')

    def make(self, random: np.random.Generator) -> Table:
        x = np.array([[x1, x2] for x1, x2, _ in self.points], dtype=np.float64)
        y = np.array([number for _, _, number in self.points], dtype=np.int64)
        return Table(x, y, self._names())

    def _names(self) -> tuple[str, ...]:
        given = self.class_names + ("",) * self.n_classes
        return tuple(given[number] or str(number) for number in range(self.n_classes))
