"""Arrays as a data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.engine.datasets.base import Dataset, Table
from workbench.engine.params import RequestError
from workbench.engine.registry import Given, Source


class OwnData(Dataset):
    """Samples of one's own. Each set is a subclass, made by `data`."""

    title = "Own arrays"
    formula = "(x, y), arrays in Python"
    source = Source("Given in Python", 2026)
    table: ClassVar[Table]

    def make(self, random: np.random.Generator) -> Table:
        return self.table


class Data:
    """Samples that a network can be trained on; made by `data`."""

    def __init__(self, key: Given, table: Table) -> None:
        self.key, self._table = key, table

    def __repr__(self) -> str:
        x, classes = self._table.x, self._table.classes
        of = f"classes {', '.join(classes)}" if classes else f"{self._table.y.shape[1]} values"
        return f"Data({len(x)} samples, {x.shape[1]} inputs, {of})"


def data(
    x: ArrayLike,
    y: ArrayLike,
    *,
    classes: Sequence[str] = (),
    columns: Sequence[str] = (),
    target: str = "",
    image: tuple[int, int] | None = None,
) -> Data:
    """Arrays as a data set for `network`.

    Args:
        x: the inputs (N, n), numbers; (N,) is one input.
        y: what is to be learned: whole numbers, words or true and false (N,) are classes, other numbers (N,) or (N, m)
            are values.
        classes: the names of the classes, in the order of their numbers or of their sorted words.
        columns: the names of the inputs.
        target: what y is called.
        image: height and width where a sample is a picture.

    Raises:
        RequestError: the arrays do not go together.
    """
    inputs = _numbers(x, "x")
    inputs = inputs[:, None] if inputs.ndim == 1 else inputs
    if inputs.ndim != 2 or not inputs.size:
        raise RequestError("x", f"must have a row a sample and a column an input, got the shape {inputs.shape}")
    found, names = _targets(y, tuple(classes))
    if len(found) != len(inputs):
        raise RequestError("y", f"must have as many rows as x, {len(inputs)}, got {len(found)}")
    if columns and len(columns) != inputs.shape[1]:
        raise RequestError("columns", f"must name all inputs, {inputs.shape[1]}, got {len(columns)} names")
    if image is not None and image[0] * image[1] != inputs.shape[1]:
        raise RequestError(
            "image", f"must have as many pixels as there are inputs, {inputs.shape[1]}, got {image[0]} x {image[1]}"
        )
    inputs.flags.writeable = found.flags.writeable = False
    table = Table(inputs, found, names, image, tuple(columns), target)
    made = type("OwnArrays", (OwnData,), {"table": table, "n_in": inputs.shape[1], "n_classes": len(names)})
    return Data(Given("own arrays", made), table)


def _numbers(values: ArrayLike, path: str) -> NDArray[np.float64]:
    try:
        found = np.array(values, np.float64)
    except (TypeError, ValueError):
        raise RequestError(path, "must be an array of numbers") from None
    if not np.isfinite(found).all():
        raise RequestError(path, "must have no missing and no infinite values")
    return found


def _targets(y: ArrayLike, classes: tuple[str, ...]) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target, and the names of its classes; none where it has values."""
    array = np.asarray(y)
    if array.dtype.kind not in "iubUSO" and not classes:
        found = _numbers(array, "y")
        if found.ndim not in (1, 2) or not found.size:
            raise RequestError("y", f"must have a row a sample, got the shape {found.shape}")
        return found.reshape(len(found), -1), ()
    if array.ndim != 1:
        raise RequestError(
            "y", f"must be one class a sample, got the shape {array.shape}; values are numbers with a point"
        )
    kinds, numbers = np.unique(array.astype(str) if array.dtype.kind in "SO" else array, return_inverse=True)
    if len(kinds) < 2:
        raise RequestError("y", f"must be of at least two classes, got {len(kinds)}")
    if not classes:
        return numbers.astype(np.int64), tuple(str(kind) for kind in kinds.tolist())
    if array.dtype.kind in "iu" and kinds.min() >= 0 and kinds.max() < len(classes):
        return array.astype(np.int64), classes  # numbers of classes of which some may have no sample
    if len(kinds) != len(classes):
        raise RequestError("classes", f"must name all {len(kinds)} classes of y, got {len(classes)} names")
    return numbers.astype(np.int64), classes
