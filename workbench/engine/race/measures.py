"""What is measured of every state: norms and sizes layer by layer, over views that are made once.

Made anew at each step, the views alone took as long as the sums: with its record, a step of a small network (2-8-8-1,
batch 32) spent 25 µs here and spends 9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from workbench.engine.problem import Floats, LayerSlice

#: A run whose loss or gradient leaves this range is taken to have diverged: what follows is overflow.
DIVERGED_BEYOND = 1e30


def surely_fine(loss: Floats, other: Floats) -> bool:
    """Whether it takes no second look: no number in loss (K,) and the flat array `other` is beyond the bound.

    One comparison does for all: their squares together are small. Where they are not, or not a number, each must be
    looked at.
    """
    return float(loss.dot(loss)) + float(other.dot(other)) <= (0.1 * DIVERGED_BEYOND) ** 2


def all_finite(flat: Floats) -> bool:
    """Whether no number in the flat array can be infinite or none; numbers beyond 1e154 may be taken for such."""
    return math.isfinite(float(flat.dot(flat)))


class Norms:
    """The gradient norms of R runs.

    Attributes:
        squares: the squared norm of each layer's gradient (R, L).
    """

    def __init__(self, gradient: Floats, layers: Sequence[LayerSlice]) -> None:
        """Measure the buffer gradient (R, P), whatever it holds later."""
        self.squares = np.empty((len(gradient), len(layers)), gradient.dtype)
        self._parts = [(gradient[:, p.start : p.stop], self.squares[:, i]) for i, p in enumerate(layers)]
        self._counts = np.array([[float(part.stop - part.start) for part in layers]])

    def measure(self) -> Floats:
        """The length of each run's gradient (R,), and in `squares` what it is made of."""
        for gradient, square in self._parts:
            np.vecdot(gradient, gradient, out=square)
        squares = self.squares
        return np.asarray(np.sqrt(np.add.reduce(squares, axis=1) if squares.shape[1] > 1 else squares[:, 0]))

    def rms(self) -> Floats:
        """Root mean square of the gradient of each layer (R, L), of the state last measured."""
        return np.asarray(np.sqrt(self.squares / self._counts))


class Ratios:
    """The update ratios of R runs.

    Attributes:
        before: theta (R, P) before the step, put there by whoever wants to know.
        scratch: (R, P), overwritten too.
    """

    def __init__(self, theta: Floats, layers: Sequence[LayerSlice]) -> None:
        """Measure the buffer theta (R, P), whatever it holds later."""
        self._theta = theta
        self._both = np.empty((2, *theta.shape), theta.dtype)  # updates and sizes, for one sum over either
        self.before, self.scratch = self._both
        self._sums = np.empty((2, len(theta), len(layers)), theta.dtype)
        self._parts = [(self._both[:, :, p.start : p.stop], self._sums[:, :, i]) for i, p in enumerate(layers)]

    def measure(self) -> Floats:
        """Mean |update| over mean |parameter| of each layer (R, L), from `before` to now."""
        np.subtract(self._theta, self.before, out=self.before)
        np.copyto(self.scratch, self._theta)
        np.abs(self._both, out=self._both)
        for sizes, total in self._parts:
            np.add.reduce(sizes, axis=2, out=total)
        return np.asarray(self._sums[0] / self._sums[1])
