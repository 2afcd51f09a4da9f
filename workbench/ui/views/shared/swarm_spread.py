"""A quantity of very many starts as a few lines a lane: worked out row by row, as the record grows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.views.shared.series import Spread, spread

_ROWS_AT_ONCE = 256


class SwarmSpread:
    """The median of each lane's starts with its quartiles, of each row of a record once."""

    def __init__(self) -> None:
        self._key: object = None
        self._rows: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
        self._count = 0

    def of(self, steps: NDArray[Any], values: NDArray[Any], starts: int, key: object) -> Spread:
        """Lines over steps (T,) of values (T, R); rows of the same key stay as they are."""
        if key != self._key or len(values) < self._count:
            self._key, self._rows, self._count = key, [], 0
        for first in range(self._count, len(values), _ROWS_AT_ONCE):
            part = slice(first, min(first + _ROWS_AT_ONCE, len(values)))
            found = spread(steps[part], values[part], starts)
            self._rows.append((found.middle, found.low, found.high))
        self._count = len(values)
        if len(self._rows) > 1:
            self._rows = [tuple(np.concatenate(parts) for parts in zip(*self._rows, strict=True))]  # type: ignore[list-item]
        if not self._rows:
            none = np.zeros((0, values.shape[1] // starts))
            return Spread(steps[:0], none, none, none)
        return Spread(steps, *self._rows[0])


def every_so_many(found: Spread, columns: int) -> Spread:
    """About as many of the rows as there are columns, by a power of two, and the last one."""
    stride = 1 << max(0, int(np.ceil(np.log2(max(1, len(found.x)) / max(1, columns)))))
    rows = np.unique(np.append(np.arange(0, len(found.x), stride), len(found.x) - 1)) if len(found.x) else slice(0)
    return Spread(found.x[rows], found.middle[rows], found.low[rows], found.high[rows])
