"""Data sets: made from a seed, or shipped with the program."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param, RequestError, Value, complete
from workbench.engine.registry import Registry, Source
from workbench.engine.streams import Purpose, stream
from workbench.resources import resource

Array = NDArray[np.float64]
SCALINGS = ("none", "standard", "range")


@dataclass(frozen=True, slots=True)
class Table:
    """Samples as a generator gives them: x (N, n_in); y (N, n_out) for regression, (N,) class numbers otherwise.

    `classes` names the classes, empty for regression; `image` is (height, width) where a sample is a picture.
    """

    x: Array
    y: NDArray[Any]
    classes: tuple[str, ...] = ()
    image: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """Training and test samples as the network sees them, after any scaling; read-only arrays."""

    x_train: Array
    y_train: NDArray[Any]
    x_test: Array
    y_test: NDArray[Any]
    classes: tuple[str, ...]
    image: tuple[int, int] | None


class Dataset:
    """A source of samples. The parameters become attributes."""

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()
    n_in: ClassVar[int]
    n_classes: ClassVar[int] = 0

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        for name, value in complete(self.params, parameters or {}, owner=f'the data set "{self.key}"').items():
            setattr(self, name, value)

    def make(self, random: np.random.Generator) -> Table:
        """Draw the samples."""
        raise NotImplementedError


datasets: Registry[Dataset] = Registry("data set")


def _samples(default: int) -> Param:
    return Param(
        name="samples",
        default=default,
        low=4,
        high=100_000,
        slider=(10, 2000),
        scale="log",
        live=False,
        symbol="N",
        doc="How many samples are drawn, training and test together.",
    )


def _noise(default: float) -> Param:
    return Param(
        name="noise",
        default=default,
        low=0,
        high=10,
        slider=(0, 1),
        live=False,
        symbol="σ",
        doc="Standard deviation of the Gaussian noise.",
    )


@datasets.register("linear")
class Linear(Dataset):
    """Points about a straight line: one weight and one bias are all there is to learn."""

    title = "Straight line"
    formula = "y = w x + c + σ ξ,  x ~ U(−1, 1)"
    source = Source("F. Galton, Regression towards mediocrity in hereditary stature", 1886)
    params = (
        _samples(200),
        _noise(0.1),
        Param(
            name="slope",
            default=3.0,
            low=-100,
            high=100,
            slider=(-5, 5),
            live=False,
            symbol="w",
            doc="The slope of the line.",
        ),
        Param(
            name="intercept",
            default=2.0,
            low=-100,
            high=100,
            slider=(-5, 5),
            live=False,
            symbol="c",
            doc="The value at x = 0.",
        ),
    )
    n_in = 1

    samples: int
    noise: float
    slope: float
    intercept: float

    def make(self, random: np.random.Generator) -> Table:
        x = random.uniform(-1.0, 1.0, (self.samples, 1))
        return Table(x, self.slope * x + self.intercept + self.noise * random.standard_normal(x.shape))


@datasets.register("moons")
class Moons(Dataset):
    """Two interleaved half circles: not to be told apart by a straight line."""

    title = "Two moons"
    formula = "(cos t, sin t) and (1 − cos t, ½ − sin t),  t ∈ [0, π]"
    source = Source("F. Pedregosa et al., Scikit-learn: machine learning in Python, JMLR 12", 2011)
    params = (_samples(400), _noise(0.15))
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
        _samples(400),
        _noise(0.02),
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


@cache
def _digits() -> tuple[Array, NDArray[np.int64]]:
    with gzip.open(resource("data/digits.csv.gz"), "rt", encoding="ascii") as lines:
        rows = np.array([[int(v) for v in row] for row in csv.reader(lines)])
    x, y = rows[:, :-1].astype(np.float64), rows[:, -1].astype(np.int64)
    x.flags.writeable = y.flags.writeable = False  # the one copy that all experiments share
    return x, y


@datasets.register("digits")
class Digits(Dataset):
    """1,797 handwritten digits, 8 x 8 pixels with values 0 to 16."""

    title = "Handwritten digits"
    formula = "x ∈ {0, …, 16}⁶⁴,  y ∈ {0, …, 9}"
    source = Source(
        "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI",
        1998,
        "https://doi.org/10.24432/C50P49",
    )
    n_in = 64
    n_classes = 10

    def make(self, random: np.random.Generator) -> Table:
        x, y = _digits()
        return Table(x, y, tuple("0123456789"), (8, 8))


def split(table: Table, seed: int, test_fraction: float, scaling: str = "none") -> Split:
    """Shuffle by the seed, set test samples aside, and scale both by what the training samples say.

    Raises:
        RequestError: nothing is left to train on.
    """
    count = len(table.x)
    order = stream(seed, Purpose.SPLIT).permutation(count)
    tests = round(count * test_fraction)
    if count - tests < 1:
        raise RequestError("test_fraction", f"leaves none of the {count} samples for training")
    train, test = order[: count - tests], order[count - tests :]
    x_train, x_test = table.x[train], table.x[test]
    if scaling == "standard":
        shift, scale = x_train.mean(axis=0), x_train.std(axis=0)
    elif scaling == "range":
        shift, scale = x_train.min(axis=0), x_train.max(axis=0) - x_train.min(axis=0)
    else:
        shift, scale = np.zeros(table.x.shape[1]), np.ones(table.x.shape[1])
    scale = np.where(scale > 0, scale, 1.0)
    arrays = ((x_train - shift) / scale, table.y[train], (x_test - shift) / scale, table.y[test])
    for array in arrays:
        array.flags.writeable = False
    return Split(*arrays, table.classes, table.image)


def load(name: str, parameters: Mapping[str, Value], seed: int, test_fraction: float, scaling: str = "none") -> Split:
    """The named data set, drawn and split by the seed."""
    table = datasets.get(name)(parameters).make(stream(seed, Purpose.DATA))
    return split(table, seed, test_fraction, scaling)
