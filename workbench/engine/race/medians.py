"""What several starts of a lane come to, as every view, table and figure has it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: up to so many starts of a lane are drawn and told one by one, more as their median
FEW = 24


def median(values: NDArray[Any]) -> NDArray[Any]:
    """The median over the last axis.

    A run that is no number any more counts as the worst one: the median goes on while half of the runs do.
    """
    return middle(np.sort(values, axis=-1))


def middle(ranked: NDArray[Any]) -> NDArray[Any]:
    """The median of what stands in order along the last axis; what is no number stands last."""
    count = ranked.shape[-1]
    return np.asarray(0.5 * (ranked[..., (count - 1) // 2] + ranked[..., count // 2]))
