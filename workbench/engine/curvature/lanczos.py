"""The ends of a symmetric matrix's spectrum from its products with vectors alone.

C. Lanczos, An iteration method for the solution of the eigenvalue problem of linear differential and integral
operators, 1950; every new vector is made orthogonal to all before it, twice, so that no eigenvalue comes back as a
ghost of itself (B. N. Parlett, The Symmetric Eigenvalue Problem, 1980).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: vectors at most; numbers in all of them
_MOST, _NUMBERS = 400, 1 << 23
#: an error bound this small a part of the largest eigenvalue is none
_CLOSE = 1e-6
#: a remainder so small a part of the product is rounding: the vectors span all that the matrix makes of the first one
_NOTHING = 1e-12
_TEST_EVERY = 4


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """The eigenvalues at the ends of a spectrum, one of several equal ones as often as it was found.

    Attributes:
        largest: from the largest down (K,); vectors (K, P) of length 1 beside them.
        lowest: the smallest, or most negative, eigenvalue.
        error: a bound of the distance of each given eigenvalue to one of the matrix.
        all: whether `largest` is the whole spectrum.
    """

    largest: Floats
    vectors: Floats
    lowest: float
    error: float
    all: bool


class Lanczos:
    """The iteration, fed with products: `vector` is to be multiplied by the matrix, `take` takes what that gives."""

    def __init__(self, size: int, wanted: int) -> None:
        """For a matrix (P, P) of which the `wanted` largest eigenvalues and the smallest are sought."""
        self.size, self.wanted = size, min(wanted, size)
        self._most = min(size, max(2 * wanted + 8, min(_MOST, _NUMBERS // size)))
        self._random = np.random.default_rng(0)  # the same numbers each time
        self._basis = np.empty((min(self._most, 32), size))
        self._diagonal: list[float] = []
        self._beside: list[float] = []
        self._next = self._fresh()
        self.ends: Ends | None = None

    @property
    def vector(self) -> Floats:
        """The vector (P,) to be multiplied next."""
        return self._next

    @property
    def done(self) -> bool:
        """Whether the ends are known; `ends` has them."""
        return self.ends is not None

    def take(self, product: NDArray[np.floating[Any]]) -> None:
        """Take the matrix's product (P,) with `vector`. Raises ArithmeticError where it is no number."""
        w, count = np.array(product, np.float64), len(self._diagonal)
        length = float(np.linalg.norm(w))
        if not np.isfinite(length):
            raise ArithmeticError("the matrix has entries that are no numbers")
        if count == len(self._basis):
            self._basis = np.concatenate([self._basis, np.empty_like(self._basis)])[: self._most]
        self._basis[count] = self._next
        known = self._basis[: count + 1]
        self._diagonal.append(float(self._next @ w))
        for _ in range(2):
            w -= (known @ w) @ known
        rest = float(np.linalg.norm(w))
        scale = max(length, max(map(abs, self._diagonal), default=0.0), max(self._beside, default=0.0))
        if rest <= _NOTHING * scale:
            rest = 0.0
        last = count + 1 == self._most
        if last or rest == 0.0 or (count >= self.wanted and count % _TEST_EVERY == 0):
            self._look(rest, last=last)
        if self.done:
            return
        self._beside.append(rest)
        self._next = w / rest if rest else self._fresh()

    def _look(self, rest: float, *, last: bool) -> None:
        """See whether the ends are known well enough, or all that will be known."""
        count = len(self._diagonal)
        if count < self.wanted:
            return
        matrix = np.diag(self._diagonal) + np.diag(self._beside, 1) + np.diag(self._beside, -1)
        values, parts = np.linalg.eigh(matrix)
        here = np.arange(count)[::-1][: self.wanted]
        at = np.append(here, 0)
        error = float((rest * np.abs(parts[-1, at])).max())
        whole = count == self.size
        # where nothing is left, more eigenvalues may lie beside: a random vector begins anew, unless the last one did
        # and was an eigenvector, as in all that is left every vector is then
        alike = rest == 0.0 and bool(self._beside) and self._beside[-1] == 0.0
        if not (last or whole or alike) and (rest == 0.0 or error > _CLOSE * float(np.abs(values).max())):
            return
        vectors = parts[:, here].T @ self._basis[:count]
        self.ends = Ends(values[here].copy(), vectors, float(values[0]), error, whole and self.wanted == self.size)

    def _fresh(self) -> Floats:
        """A random vector that is orthogonal to all known ones."""
        w = self._random.normal(size=self.size)
        known = self._basis[: len(self._diagonal)]
        for _ in range(2):
            w -= (known @ w) @ known
        return np.asarray(w / np.linalg.norm(w))
