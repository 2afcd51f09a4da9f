"""An objective whose point is a matrix: a linear memory of pairs, of which some are asked for far more often."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from workbench.engine.objectives.base import Array, Minimum, Objective, objectives
from workbench.engine.params import Param
from workbench.engine.registry import Source

SIDE = 8


def memory_keys() -> Array:
    """The keys (8, 8), one a row: cosines of growing frequency, each of length 1 and all orthogonal (the DCT-II)."""
    number, place = np.arange(SIDE)[:, None], np.arange(SIDE)
    keys = 0.5 * np.cos(np.pi * (place + 0.5) * number / SIDE)
    keys[0] /= np.sqrt(2.0)
    return keys


def memory_values() -> Array:
    """The values (8, 8), one a row: 1 at a place of its own and −1/4 everywhere, of length 1 and all orthogonal."""
    return np.asarray(np.eye(SIDE) - 0.25)


@objectives.register("associative_memory")
class AssociativeMemory(Objective):
    """A matrix W that is to give the value v of every key k: of eight pairs the first is asked for most often.

    The curvature along a pair is twice its share p: gradient descent learns the rare ones as much more slowly as they
    are rarer. Of the gradient, a sum of matrices p (W k − v) kᵀ of rank one, Muon keeps the directions and makes all of
    one size: rare pairs are learned at the pace of frequent ones (S. Wang et al., Muon outperforms Adam in tail-end
    associative memory learning, 2025).
    """

    title = "Associative memory"
    formula = "f(W) = Σᵢ pᵢ ‖W kᵢ − vᵢ‖²,  pᵢ ∝ i^(−α)"
    source = Source(
        "T. Kohonen, Correlation matrix memories, IEEE Transactions on Computers",
        1972,
        "https://doi.org/10.1109/TC.1972.5008975",
    )
    params = (
        Param(
            name="exponent",
            default=1.5,
            low=0,
            high=6,
            slider=(0, 3),
            symbol="α",
            doc="How much rarer each pair is than the one before: the share of pair i falls with the power −α of i.",
        ),
    )
    dimensions = (SIDE * SIDE, SIDE * SIDE)
    shape: ClassVar[tuple[int, ...]] = (SIDE, SIDE)
    pairs: ClassVar[tuple[str, ...]] = tuple(str(i) for i in range(1, SIDE + 1))
    domain = ((-2.0, 2.0),) * (SIDE * SIDE)
    start = (0.0,) * (SIDE * SIDE)

    exponent: float

    @property
    def shares(self) -> Array:
        """How often each pair is asked for (8,); they add up to 1."""
        weights = np.arange(1.0, SIDE + 1) ** -self.exponent
        return np.asarray(weights / weights.sum())

    def _missed(self, x: Array) -> Array:
        """W k − v of every pair, one a column: x (..., 64) -> (..., 8, 8)."""
        return np.asarray(x.reshape(*x.shape[:-1], SIDE, SIDE) @ memory_keys().T - memory_values().T)

    def pair_errors(self, x: Array) -> Array:
        """‖W k − v‖² of every pair, its share left out: x (..., 64) -> (..., 8)."""
        missed = self._missed(x)
        return np.asarray((missed * missed).sum(axis=-2))

    def value(self, x: Array) -> Array:
        return np.asarray((self.pair_errors(x) * self.shares).sum(axis=-1))

    def gradient(self, x: Array, out: Array) -> Array:
        missed = self._missed(x) * (2.0 * self.shares)
        out[...] = (missed @ memory_keys()).reshape(x.shape)
        return out

    def hessian(self, x: Array, out: Array) -> Array:
        keys = memory_keys()
        out[...] = np.kron(np.eye(SIDE), (keys.T * (2.0 * self.shares)) @ keys)
        out += np.swapaxes(out, -1, -2).copy()
        out *= 0.5
        return out

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        return (Minimum(tuple((memory_values().T @ memory_keys()).ravel().tolist()), 0.0),)
