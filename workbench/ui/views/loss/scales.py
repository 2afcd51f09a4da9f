"""Numbers as they stand on an axis: as they are, or as logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.ui.plotting.curves import LIMIT
from workbench.ui.views.shared.series import LOG_ENDLESS, LOG_ZERO

_LOWEST = 1e-300


def without_endless(values: NDArray[Any], *, is_log: bool) -> NDArray[Any]:
    """The values, those that are as good as infinite left out; a zero's logarithm stays, as low as it counts."""
    if is_log:
        return np.where(values >= LOG_ENDLESS, np.nan, np.maximum(values, LOG_ZERO))
    return np.where(np.abs(values) >= LIMIT, np.nan, values)


def scaled(values: NDArray[Any], is_log: bool, shift: float) -> NDArray[Any]:
    """log10 of values + shift where asked for; steps are shifted by one so that step 0 has a place."""
    if not is_log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = _LOWEST if shift == 0.0 else 0.0
        return np.asarray(np.log10(np.maximum(values + shift, lowest)))
