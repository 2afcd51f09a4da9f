"""From samples to what a network sees: shuffled, split into training and test, scaled if asked for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.engine.datasets.base import Dataset, Split, Table, datasets
from workbench.engine.params import RequestError, Value
from workbench.engine.streams import Purpose, stream

#: none leaves the inputs alone; standard gives mean 0 and deviation 1, range [0, 1], both by the training samples
SCALINGS = ("none", "standard", "range")


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
    moved = () if scaling == "none" else (tuple(scale.tolist()), tuple(shift.tolist()))
    return Split(*arrays, table.classes, table.image, table.columns, *moved)


def draw(source: Dataset, seed: int, test_fraction: float, scaling: str = "none") -> Split:
    """The samples of a data set, drawn and split by the seed."""
    return split(source.make(stream(seed, Purpose.DATA)), seed, test_fraction, scaling)


def load(name: str, parameters: Mapping[str, Value], seed: int, test_fraction: float, scaling: str = "none") -> Split:
    """The named data set, drawn and split by the seed."""
    return draw(datasets.get(name)(parameters), seed, test_fraction, scaling)
