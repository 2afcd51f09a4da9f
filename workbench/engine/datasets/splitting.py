"""From samples to what a network sees: shuffled, split into training and test, scaled if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.base import Array, Dataset, Split, Table, datasets
from workbench.engine.params import RequestError, Value
from workbench.engine.streams import Purpose, stream

#: none leaves the inputs alone; standard gives mean 0 and deviation 1, range [0, 1], both by the training samples
SCALINGS = ("none", "standard", "range")


def split(table: Table, seed: int, test_fraction: float, scaling: str = "none", target_scaling: str = "none") -> Split:
    """Shuffle by the seed, set test samples aside, fill what is missing, and scale, all by the training samples alone.

    Raises:
        RequestError: nothing is left to train on, or classes are to be scaled.
    """
    count = len(table.x)
    order = stream(seed, Purpose.SPLIT).permutation(count)
    tests = round(count * test_fraction)
    if count - tests < 1:
        raise RequestError("test_fraction", f"leaves none of the {count} samples for training")
    if target_scaling != "none" and table.classes:
        raise RequestError("target_scaling", f'must be "none" for a target of classes, got "{target_scaling}"')
    train, test = order[: count - tests], order[count - tests :]
    x_train, x_test = table.x[train], table.x[test]
    if table.fill:
        _fill(table, x_train, x_test)
    shift, scale = _measure(x_train, scaling)
    y_train, y_test = table.y[train], table.y[test]
    values: tuple[tuple[float, ...], ...] = ()
    if target_scaling != "none":
        y_shift, y_scale = _measure(y_train, target_scaling)
        y_train, y_test = (y_train - y_shift) / y_scale, (y_test - y_shift) / y_scale
        values = (tuple(y_scale.tolist()), tuple(y_shift.tolist()))
    arrays = ((x_train - shift) / scale, y_train, (x_test - shift) / scale, y_test)
    for array in arrays:
        array.flags.writeable = False
    moved = ((), ()) if scaling == "none" else (tuple(scale.tolist()), tuple(shift.tolist()))
    return Split(*arrays, table.classes, table.image, table.columns, *moved, table.target, *values)


def _measure(x: NDArray[Any], scaling: str) -> tuple[Array, Array]:
    """What is taken from each column of x (N, n) and what it is then divided by, (n,) each."""
    if scaling == "standard":
        shift, scale = x.mean(axis=0), x.std(axis=0)
    elif scaling == "range":
        shift, scale = x.min(axis=0), x.max(axis=0) - x.min(axis=0)
    else:
        shift, scale = np.zeros(x.shape[1]), np.ones(x.shape[1])
    return shift, np.where(scale > 0, scale, 1.0)


def _fill(table: Table, x_train: Array, x_test: Array) -> None:
    """Fill missing inputs of both, in place, with what the training samples have.

    The mean of a column of zeros and ones would be no text of the file, so that there the most frequent text is taken.
    """
    texts = {i for first, end in table.coded for i in range(first, end)}
    for i in range(x_train.shape[1]):
        present = x_train[~np.isnan(x_train[:, i]), i]
        if i in texts or (len(present) == len(x_train) and not np.isnan(x_test[:, i]).any()):
            continue
        if not len(present):
            raise RequestError("missing", f'cannot fill "{table.columns[i]}": no training sample has a value there')
        known, counts = np.unique(present, return_counts=True)
        value = present.mean() if table.fill == "mean" else known[counts.argmax()]
        for x in (x_train, x_test):
            x[np.isnan(x[:, i]), i] = value
    for first, end in table.coded:
        most = np.nansum(x_train[:, first:end], axis=0).argmax()
        for x in (x_train, x_test):
            x[np.isnan(x[:, first]), first:end] = np.arange(end - first) == most


def draw(
    source: Dataset, seed: int, test_fraction: float, scaling: str = "none", target_scaling: str = "none"
) -> Split:
    """The samples of a data set, drawn and split by the seed."""
    return split(source.make(stream(seed, Purpose.DATA)), seed, test_fraction, scaling, target_scaling)


def load(name: str, parameters: Mapping[str, Value], seed: int, test_fraction: float, scaling: str = "none") -> Split:
    """The named data set, drawn and split by the seed."""
    return draw(datasets.get(name)(parameters), seed, test_fraction, scaling)
