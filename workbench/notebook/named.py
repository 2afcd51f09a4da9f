"""Arrays with names: numpy's own, which say what their axes are and take the label of a run as an index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from workbench.engine.params import nearest


class Named(np.ndarray[Any, np.dtype[Any]]):
    """A read-only array whose axes have names, and places along some of them labels.

    What numpy makes of it, a part or a sum, is a plain array. A text as the index is a label of the first axis:
    `loss["Adam"]`.

    Attributes:
        dims: the names of the axes.
        labels: the labels along the first axis.
    """

    dims: tuple[str, ...]
    labels: tuple[str, ...]

    def __new__(cls, values: ArrayLike, dims: tuple[str, ...], labels: tuple[str, ...]) -> Self:
        """The values, not copied, with a name for each axis and the labels of the first one."""
        made = np.asarray(values).view(cls)
        made.dims, made.labels = dims, labels
        made.flags.writeable = False
        return made

    def __array_finalize__(self, source: Any) -> None:
        self.dims, self.labels = (), ()

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        plain = np.asarray(array)
        return plain[()] if return_scalar else plain

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            return np.asarray(self)[self._place(index)]
        if isinstance(index, tuple) and index and isinstance(index[0], str):
            return np.asarray(self)[(self._place(index[0]), *index[1:])]
        return np.asarray(self)[index]

    def _place(self, label: str) -> int:
        if label not in self.labels:
            raise KeyError(f'there is no "{label}"; there are: {", ".join(self.labels)}{nearest(label, self.labels)}')
        return self.labels.index(label)

    def __reduce__(self) -> Any:
        return Named, (np.array(self), self.dims, self.labels)

    def __repr__(self) -> str:
        if not self.dims:
            return repr(np.asarray(self))
        axes = ", ".join(f"{name}: {size}" for name, size in zip(self.dims, self.shape, strict=True))
        named = f"\n{self.dims[0]}: {', '.join(self.labels)}" if self.labels else ""
        return f"Named({axes}){named}\n{np.asarray(self)}"


def plain(value: Any) -> Any:
    """A value as a file would have it: numpy's numbers and arrays as Python's, tuples as lists; anything else as is."""
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return value
