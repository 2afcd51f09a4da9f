"""What is measured of every state: norms and sizes layer by layer, over views that are made once.

Made anew at each step, the views alone took as long as the sums: with its record, a step of a small network (2-8-8-1,
batch 32) spent 25 µs here and spends 9.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from workbench.engine.problem import Floats
from workbench.engine.side_by_side import Part

#: A run whose loss or gradient leaves this range is taken to have diverged: what follows is overflow.
DIVERGED_BEYOND = 1e30


def surely_fine(loss: Floats, other: Floats) -> bool:
    """Whether it takes no second look: no number in loss (K,) and the flat array `other` is beyond the bound.

    One comparison does for all: their squares together are small. Where they are not, or not a number, each must be
    looked at. Of a single run the numbers themselves do, at a sixth of the time.
    """
    if loss.size == other.size == 1:
        a, b = loss.item(), other.item()
        return bool(a * a + b * b <= (0.1 * DIVERGED_BEYOND) ** 2)
    return float(loss.dot(loss)) + float(other.dot(other)) <= (0.1 * DIVERGED_BEYOND) ** 2


def all_finite(flat: Floats) -> bool:
    """Whether no number in the flat array can be infinite or none; numbers beyond 1e154 may be taken for such."""
    return math.isfinite(float(flat.dot(flat)))


class Norms:
    """The gradient norms of R runs.

    Attributes:
        squares: the squared norm of each layer's gradient (R, L), 0 for layers that a run does not have.
    """

    def __init__(self, gradient: Floats, parts: Sequence[Part]) -> None:
        """Measure the buffer gradient (R, P) of a race of these parts, whatever it holds later."""
        count = layers_of(parts)
        self.squares = np.zeros((len(gradient), count), gradient.dtype)
        self._counts = np.full((len(gradient), count), np.nan)
        #: the rows of each part of several, and its squares: by themselves, to be added up as they would be alone
        self._apart: list[tuple[Part, Floats]] = []
        self._layers = []
        for part in parts:
            own, squares = part.own(gradient), self.squares
            if len(parts) > 1:
                squares = np.empty((len(own), len(part.columns)), gradient.dtype)
                self._apart.append((part, squares))
            for i, layer in enumerate(part.problem.layers):
                self._layers.append((own[:, layer.start : layer.stop], squares[:, i]))
                self._counts[part.rows, part.columns[i]] = float(layer.stop - layer.start)
        #: the squares of a single layer, which are those of the whole
        self._only = self.squares[:, 0] if count == 1 else None

    def measure(self) -> Floats:
        """The length of each run's gradient (R,), and in `squares` what it is made of."""
        for gradient, square in self._layers:
            np.vecdot(gradient, gradient, out=square)
        if not self._apart:
            return np.sqrt(self._only) if self._only is not None else _lengths(self.squares)
        norms = np.empty(len(self.squares), self.squares.dtype)
        for part, squares in self._apart:
            norms[part.rows] = _lengths(squares)
            self.squares[part.rows, part.columns] = squares
        return norms

    def rms(self) -> Floats:
        """Root mean square of each layer's gradient (R, L), of the state last measured; NaN where there is none."""
        return np.asarray(np.sqrt(self.squares / self._counts))


def layers_of(parts: Sequence[Part]) -> int:
    """L, of the deepest network of a race."""
    return max(part.columns[-1] for part in parts) + 1


def _lengths(squares: Floats) -> Floats:
    return np.asarray(np.sqrt(np.add.reduce(squares, axis=1) if squares.shape[1] > 1 else squares[:, 0]))


class Ratios:
    """The update ratios of R runs.

    Attributes:
        before: theta (R, P) before the step, put there by whoever wants to know.
        scratch: (R, P), overwritten too.
    """

    def __init__(self, theta: Floats, parts: Sequence[Part]) -> None:
        """Measure the buffer theta (R, P) of a race of these parts, whatever it holds later."""
        self._theta = theta
        self._both = np.empty((2, *theta.shape), theta.dtype)  # updates and sizes, for one sum over either
        self.before, self.scratch = self._both
        #: where a run has no such layer there is no ratio: 0 / 0
        self._sums = np.zeros((2, len(theta), layers_of(parts)), theta.dtype)
        self._parts = [
            (self._both[:, part.rows, layer.start : layer.stop], self._sums[:, part.rows, column])
            for part in parts
            for layer, column in zip(part.problem.layers, part.columns, strict=True)
        ]

    def measure(self) -> Floats:
        """Mean |update| over mean |parameter| of each layer (R, L), from `before` to now."""
        np.subtract(self._theta, self.before, out=self.before)
        np.copyto(self.scratch, self._theta)
        np.abs(self._both, out=self._both)
        for sizes, total in self._parts:
            np.add.reduce(sizes, axis=2, out=total)
        return np.asarray(self._sums[0] / self._sums[1])
