"""The largest curvatures of a loss at one point, worked at in pieces."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.engine.curvature.lanczos import Lanczos
from workbench.engine.problem import HessianProducts

Floats = NDArray[np.float64]

#: eigenvalues of a Hessian that is not had as a whole
WANTED = 6
#: parameters up to which the vectors are handed out
_SHOWN_PARAMETERS = 128


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The curvatures at a point.

    Attributes:
        step: the steps after which a run stood there, −1 of a point that was asked for.
        point: the parameters (P,), empty where they are many.
        values: eigenvalues of the Hessian from the largest down (K,); vectors (K, P) beside them, or (0, P) of many
            parameters.
        lowest: the smallest eigenvalue.
        complete: whether these are all eigenvalues.
        whole: whether the loss is that of all training samples, not of a batch; true of an objective.
    """

    step: int
    point: Floats
    values: Floats
    vectors: Floats
    lowest: float
    complete: bool
    whole: bool

    @property
    def sharpness(self) -> float:
        """The largest eigenvalue."""
        return float(self.values[0])

    @property
    def condition(self) -> float:
        """The ratio of the largest curvature to the smallest; inf unless all are known and positive."""
        return self.sharpness / self.lowest if self.complete and self.lowest > 0 else float("inf")


class SpectrumWork:
    """The way to a spectrum: `go` on for a while, until `found` is there or `failed`."""

    def __init__(self, products: HessianProducts, theta: Floats, step: int, *, dense: bool) -> None:
        """`dense` takes the whole matrix at once; otherwise a few eigenvalues are found by Lanczos's iteration."""
        self.step, self._theta, self._products, self._dense = step, np.array(theta, np.float64), products, dense
        self._lanczos = Lanczos(products.size, WANTED)
        self._piece, self._sum = 0, np.zeros(products.size)
        self.found: Spectrum | None = None
        self.failed = False

    def go(self, until: float) -> bool:
        """Go on until the time (of `time.monotonic`) has come, at least by a piece; whether it is at its end."""
        while self.found is None and not self.failed:
            try:
                self._go_on()
            except (ArithmeticError, np.linalg.LinAlgError):  # entries that are no numbers
                self.failed = True
            if time.monotonic() >= until:
                break
        return self.failed or self.found is not None

    def _go_on(self) -> None:
        if self._dense:
            matrix = self._products.product(np.eye(self._products.size), 0)
            if not np.isfinite(matrix).all():
                raise ArithmeticError
            values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
            self.found = self._made(values[::-1].copy(), vectors.T[::-1], float(values[0]), complete=True)
            return
        self._sum += self._products.product(self._lanczos.vector[None], self._piece)[0]
        self._piece += 1
        if self._piece < self._products.pieces:
            return
        self._lanczos.take(self._sum)
        self._piece, self._sum = 0, np.zeros(self._products.size)
        ends = self._lanczos.ends
        if ends is not None:
            self.found = self._made(ends.largest, ends.vectors, ends.lowest, complete=ends.all)

    def _made(self, values: Floats, vectors: Floats, lowest: float, *, complete: bool) -> Spectrum:
        few = self._products.size <= _SHOWN_PARAMETERS
        # either sense would do: the largest component is positive
        largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
        vectors = vectors * np.where(largest < 0, -1.0, 1.0) if few else np.empty((0, self._products.size))
        point = self._theta if few else np.empty(0)
        for array in (values, vectors, point):
            array.flags.writeable = False
        return Spectrum(self.step, point, values, vectors, lowest, complete, self._products.whole)


def spectrum(products: HessianProducts, theta: Floats, step: int = -1, *, dense: bool = False) -> Spectrum:
    """The curvatures at theta (P,), at once. Raises ArithmeticError where the Hessian has what is no number."""
    work = SpectrumWork(products, theta, step, dense=dense)
    work.go(float("inf"))
    if work.found is None:
        raise ArithmeticError("the Hessian has entries that are no numbers")
    return work.found
