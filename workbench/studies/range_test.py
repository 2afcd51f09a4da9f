"""The range test: one run whose learning rate rises from step to step, and what its losses say.

L. N. Smith, Cyclical learning rates for training neural networks (2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.studies.rate_curve import STEEPEST, Found

Floats = NDArray[np.float64]
#: the share of the past in the smoothed loss
SMOOTHING = 0.9
#: the test is over where the smoothed loss is so many times its lowest
_LOST = 4.0
#: steps at its begin whose average is of few losses yet
_WARM = 5
#: a slope is taken over so many steps to either side: from step to step it is that of the batches' luck
_HALF = 10


@dataclass(frozen=True, slots=True)
class RangeCurve:
    """Rates (K,) of the steps taken so far, and the losses that they saw, as they are and smoothed."""

    rates: Floats
    losses: Floats
    smoothed: Floats

    @property
    def lost(self) -> bool:
        """Whether the loss has left where it could come back from."""
        values = self.smoothed
        return bool(len(values) > _WARM and values[-1] > _LOST * values.min() > 0)

    def steepest(self) -> Found | None:
        """Where the smoothed loss falls fastest over the logarithm of the rate, before its lowest point."""
        values, at = self.smoothed, np.log(self.rates)
        end = int(np.argmin(np.where(np.isfinite(values), values, np.inf))) + 1 if len(values) else 0
        middles = np.arange(_WARM + _HALF, end - _HALF)
        if not len(middles):
            return None
        slopes = (values[middles + _HALF] - values[middles - _HALF]) / (at[middles + _HALF] - at[middles - _HALF])
        place = int(slopes.argmin())
        return Found(STEEPEST, float(self.rates[middles[place]]), None) if slopes[place] < 0 else None


def smoothed(losses: Floats, share: float = SMOOTHING) -> Floats:
    """Exponential averages of losses so far, divided by the weight that they have: without a bias towards 0."""
    average, found = 0.0, np.empty(len(losses))
    for k, loss in enumerate(losses.tolist()):
        average = share * average + (1.0 - share) * loss
        found[k] = average / (1.0 - share ** (k + 1))
    return found


def range_curve(low: float, high: float, steps: int, losses: Floats) -> RangeCurve:
    """The curve of the losses that a test over so many steps has seen."""
    return RangeCurve(np.geomspace(low, high, steps)[: len(losses)], losses, smoothed(losses))
