"""Classes of points in the plane."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from workbench.engine.datasets.base import Dataset, Table, datasets, noise_param, samples_param
from workbench.engine.params import Param, Value
from workbench.engine.registry import Source

_SKLEARN = Source("F. Pedregosa et al., Scikit-learn: machine learning in Python, JMLR 12", 2011)


@datasets.register("moons")
class Moons(Dataset):
    """Two interleaved half circles: not to be told apart by a straight line."""

    title = "Two moons"
    formula = "(cos t, sin t) and (1 − cos t, ½ − sin t),  t ∈ [0, π]"
    source = Source("F. Pedregosa et al., Scikit-learn: machine learning in Python, JMLR 12", 2011)
    params = (samples_param(400), noise_param(0.15))
    n_in = 2
    n_classes = 2

    samples: int
    noise: float

    def make(self, random: np.random.Generator) -> Table:
        first = self.samples // 2
        t = np.concatenate([np.linspace(0, math.pi, first), np.linspace(0, math.pi, self.samples - first)])
        y = np.repeat([0, 1], [first, self.samples - first])
        x = np.stack([np.where(y == 0, np.cos(t), 1 - np.cos(t)), np.where(y == 0, np.sin(t), 0.5 - np.sin(t))], 1)
        return Table(x + self.noise * random.standard_normal(x.shape), y, ("upper", "lower"))


@datasets.register("spirals")
class Spirals(Dataset):
    """Two spirals wound into each other: the classic hard case for a small network."""

    title = "Two spirals"
    formula = "r (sin θ, cos θ),  r ∈ [0, 1],  θ = 3.5 π r (+ π for the second)"
    source = Source("K. Lang, M. Witbrock, Learning to tell two spirals apart", 1988)
    params = (
        samples_param(400),
        noise_param(0.02),
        Param(
            name="turns",
            default=1.75,
            low=0.1,
            high=5,
            slider=(0.25, 3),
            live=False,
            symbol="n",
            doc="How many times each spiral winds around the centre.",
        ),
    )
    n_in = 2
    n_classes = 2

    samples: int
    noise: float
    turns: float

    def make(self, random: np.random.Generator) -> Table:
        first = self.samples // 2
        y = np.repeat([0, 1], [first, self.samples - first])
        # the square root spreads the points evenly along the arms, not along the radius
        r = np.concatenate([np.sqrt(np.linspace(0.004, 1, n)) for n in (first, self.samples - first)])
        angle = 2 * math.pi * self.turns * r + math.pi * y
        x = np.stack([r * np.sin(angle), r * np.cos(angle)], 1)
        return Table(x + self.noise * random.standard_normal(x.shape), y, ("first", "second"))


def _classes(default: int) -> Param:
    return Param(
        name="classes",
        default=default,
        low=2,
        high=10,
        slider=(2, 10),
        live=False,
        symbol="C",
        doc="How many classes there are.",
    )


class _ManyClasses(Dataset):
    """A data set whose number of classes is a setting."""

    samples: int
    noise: float
    classes: int

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        super().__init__(parameters)
        self.n_classes = self.classes

    def _table(self, random: np.random.Generator, x: np.ndarray, y: np.ndarray) -> Table:
        names = tuple(str(i + 1) for i in range(self.classes))
        return Table(x + self.noise * random.standard_normal(x.shape), y, names)


@datasets.register("rings")
class Rings(_ManyClasses):
    """Circles within circles: each class lies around the next one in."""

    title = "Rings"
    formula = "(k / C) (cos t, sin t),  t ~ U(0, 2π),  k = 1, …, C"
    source = _SKLEARN
    params = (samples_param(400), noise_param(0.06), _classes(2))
    n_in = 2
    n_classes = 2

    def make(self, random: np.random.Generator) -> Table:
        y = np.arange(self.samples) % self.classes
        t = random.uniform(0, 2 * math.pi, self.samples)
        r = (y + 1) / self.classes
        return self._table(random, np.stack([r * np.cos(t), r * np.sin(t)], 1), y)


@datasets.register("blobs")
class Blobs(_ManyClasses):
    """Round clouds with their centres evenly on a circle, one for each class."""

    title = "Blobs"
    formula = "(cos t_k, sin t_k) + σ ξ,  t_k = 2π k / C"
    source = _SKLEARN
    params = (samples_param(400), noise_param(0.2), _classes(4))
    n_in = 2
    n_classes = 4

    def make(self, random: np.random.Generator) -> Table:
        y = np.arange(self.samples) % self.classes
        t = 2 * math.pi * y / self.classes
        return self._table(random, np.stack([np.cos(t), np.sin(t)], 1), y)


@datasets.register("checkerboard")
class Checkerboard(Dataset):
    """The fields of a board by colour: many corners for a boundary to take."""

    title = "Checkerboard"
    formula = "x ~ U(−1, 1)²,  class = (⌊n (x₁ + 1) / 2⌋ + ⌊n (x₂ + 1) / 2⌋) mod 2"
    source = Source("T. K. Ho, E. M. Kleinberg, Building projectable classifiers of arbitrary complexity", 1996)
    params = (
        samples_param(800),
        noise_param(0.0),
        Param(
            name="fields",
            default=4,
            low=2,
            high=16,
            slider=(2, 8),
            live=False,
            symbol="n",
            doc="How many fields there are along a side.",
        ),
    )
    n_in = 2
    n_classes = 2

    samples: int
    noise: float
    fields: int

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-1.0, 1.0, (self.samples, 2))
        field = np.minimum(np.floor(self.fields * (x + 1) / 2), self.fields - 1).astype(np.int64)
        return Table(x + self.noise * random.standard_normal(x.shape), field.sum(axis=1) % 2, ("dark", "light"))
