"""What is minimised, seen as one thing: a loss of P numbers for R runs, with its gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class LayerSlice:
    """The part of a parameter vector that belongs together in pictures and checks: a layer, or all coordinates."""

    name: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class TensorSlice:
    """An array of `shape` that starts at `start` within a parameter vector, in C order.

    A weight matrix is (n_in, n_out), a bias or the coordinates of an objective (n,).
    """

    name: str
    start: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def stop(self) -> int:
        return self.start + self.size

    def view(self, theta: Floats) -> Floats:
        """The array as a view: theta (R, P) -> (R, *shape)."""
        part: Floats = theta[:, self.start : self.stop]
        return part.reshape(len(theta), *self.shape)


class HessianProducts(Protocol):
    """The second derivatives of a loss at one point, as products with directions, each a sum of pieces.

    Attributes:
        size: P.
        pieces: how many parts the samples are taken in, 1 where there are none.
        whole: whether it is of all training samples without dropout, and not of what a step sees.
    """

    size: int
    pieces: int
    whole: bool

    def product(self, directions: Floats, piece: int) -> Floats:
        """What a piece adds to the Hessian times directions (K, P) -> (K, P)."""
        ...


class Problem(Protocol):
    """A loss of P parameters, evaluated for R runs at once.

    The runs are numbered lane by lane and, within a lane, start by start; everything random depends on seed, start
    and the lane's draw alone.

    Attributes:
        runs: R.
        starts: S; run r belongs to start r mod S.
        size: P.
        dtype: the precision of parameters, gradients and losses.
        layers: the named parts of a parameter vector.
        tensors: the arrays of which a parameter vector is made.
        steps_per_epoch: steps that see every training sample once; 0 where there are no samples.
        metrics: names of what `evaluate` gives.
        metrics_every: steps between evaluations unless one asks for others: whole epochs, so many that metrics take
            at most a tenth of a race's time.
        measure: what `shortfall` gives: `gap`, the loss above the lowest known value, `gradient_norm`, or `loss`.
        loss_unit: what the loss that is minimised is multiplied with where it is shown, 1 unless targets are scaled.
        numbers_a_point: numbers in the buffers that an evaluation of one parameter vector needs.
    """

    runs: int
    starts: int
    size: int
    dtype: np.dtype[Any]
    layers: tuple[LayerSlice, ...]
    tensors: tuple[TensorSlice, ...]
    steps_per_epoch: int
    metrics: tuple[str, ...]
    loss_unit: float

    @property
    def measure(self) -> str: ...

    @property
    def known_minima(self) -> tuple[Floats, Floats] | None:
        """The known minima (M, P) and the losses there (M,); None where none is known."""
        ...

    def shortfall(self, theta: Floats, step: int, loss: Floats, gradient_norm: Floats) -> Floats | None:
        """How far each run (R,) is from its end, which a tolerance is compared with; None at a step that does not tell.

        theta (R, P), loss and gradient norm (R,) are those of the state after `step` steps.
        """
        ...

    metrics_every: int

    @property
    def numbers_a_point(self) -> int: ...

    @property
    def exact_hessian(self) -> Callable[[Floats], Floats] | None:
        """The second derivatives (K, P, P) of the loss at points (K, P), None where only differences give them."""
        ...

    def hessian_products(self, theta: Floats, step: int, run: int, *, whole: bool) -> HessianProducts:
        """Products with the exact Hessian of the loss that is minimised, at theta (P,).

        That loss is of all training samples, or of what a step shows a run. Those that are too many for batch
        normalisation to take at once are never taken together.
        """
        ...

    def initial(self) -> Floats:
        """The parameters (R, P) at step 0, equal for all runs of the same draw and start."""
        ...

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        """The loss (K,) that step number `step` sees at theta (K, P); the gradient overwrites out (K, P).

        Row i is a point of run runs[i], whose batch and noise it sees; without `runs`, the rows are the R runs.
        """
        ...

    def step_losses(self, theta: Floats, step: int, run: int) -> Floats:
        """The loss (K,) that `loss_and_gradient` gives for points (K, P) of one run: the same batch and dropout."""
        ...

    def precise(self, run: int) -> Problem:
        """The same problem for the lane of a run alone: in double precision, with exact gradients, without noise."""
        ...

    def of_runs(self, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> Problem:
        """The same problem for K other runs, of these starts, numbered as in this one, and draws (K,) each.

        Run i sees what a run of its start in a lane of its draw sees, bit for bit.
        """
        ...

    def losses(self, theta: Floats) -> Floats:
        """The full loss (K,) of any number of parameter vectors (K, P), as shown: all training samples, no noise."""
        ...

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        """The metrics (R,) of theta (R, P), with what `save` gave at that state where it is not the present one."""
        ...

    def distance(self, theta: Floats) -> Floats | None:
        """The Euclidean distance (R,) to the nearest known minimum, None where none is known."""
        ...

    def save(self) -> dict[str, Floats]:
        """Copies of what changes from step to step beside the parameters, (R, ..) each; nothing for most problems."""
        ...

    def load(self, saved: Mapping[str, Floats]) -> None:
        """Go back to what `save` gave."""
        ...

    def copy_runs(self, to: slice, of: slice, other: Problem | None = None) -> None:
        """Let runs `to` have what changes beside the parameters as runs `of` have it, of this problem or another one.

        To be called between two evaluations; the other problem is of the same kind, and stands at the same step.
        """
        ...

    def draw_of(self, run: int) -> int:
        """The draw of a run's lane."""
        ...

    def diverged_layer(self, theta: Floats, gradient: Floats) -> NDArray[np.int64]:
        """The part (R,) in which the state last evaluated, `theta` (R, P), left the range; -1: not told.

        `gradient` (R, P) is the one that was found there.
        """
        ...
