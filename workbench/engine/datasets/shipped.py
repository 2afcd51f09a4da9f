"""Measured data that comes with the program; sources and licences stand in resources/data/README.md."""

from __future__ import annotations

import csv
import gzip
from functools import cache

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.base import Array, Dataset, Table, datasets
from workbench.engine.registry import Source
from workbench.resources import resource


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


@cache
def _iris() -> tuple[Array, NDArray[np.int64], tuple[str, ...], tuple[str, ...]]:
    with resource("data/iris.csv").open(encoding="ascii", newline="") as lines:
        heading, *rows = csv.reader(lines)
    names = tuple(dict.fromkeys(row[-1] for row in rows))
    x = np.array([[float(v) for v in row[:-1]] for row in rows])
    y = np.array([names.index(row[-1]) for row in rows])
    x.flags.writeable = y.flags.writeable = False
    return x, y, names, tuple(heading[:-1])


@datasets.register("iris")
class Iris(Dataset):
    """150 flowers of three kinds of iris, four lengths in centimetres each."""

    title = "Iris"
    formula = "x ∈ ℝ⁴: sepal length and width, petal length and width;  y: kind"
    source = Source(
        "R. A. Fisher, The use of multiple measurements in taxonomic problems",
        1936,
        "https://doi.org/10.1111/j.1469-1809.1936.tb02137.x",
    )
    n_in = 4
    n_classes = 3

    def make(self, random: np.random.Generator) -> Table:
        x, y, names, columns = _iris()
        return Table(x, y, names, columns=columns)
