"""An objective function as a problem: P is its dimension D."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.base import Objective
from workbench.engine.problem import Floats, HessianProducts, LayerSlice, Problem, TensorSlice
from workbench.engine.streams import Purpose, Streams

#: Numbers a run draws at once. Blocks have their own streams, so that their length must not depend on the runs.
_NOISE_NUMBERS = 1 << 12

#: coordinates up to which the Hessian of an objective is computed as a whole
WHOLE_HESSIAN = 128


def central_differences(value: Any, theta: Floats, h: float, out: Floats) -> Floats:
    """(f(x + h e_i) − f(x − h e_i)) / 2h for every coordinate: theta (R, P) -> out (R, P), overwritten.

    `value` takes points (K, P) and gives (K,). It sees all 2P perturbed copies of a run at once, in pieces of a
    bounded size.
    """
    runs, size = theta.shape
    at_once = max(1, 2_000_000 // max(1, size * runs))
    for first in range(0, size, at_once):
        columns = np.arange(first, min(size, first + at_once))
        points = np.broadcast_to(theta[:, None, None, :], (runs, 2, len(columns), size)).copy()
        points[:, 0, np.arange(len(columns)), columns] += h
        points[:, 1, np.arange(len(columns)), columns] -= h
        values = np.asarray(value(points.reshape(-1, size))).reshape(runs, 2, len(columns))
        np.divide(values[:, 0] - values[:, 1], 2.0 * h, out=out[:, columns[0] : columns[-1] + 1])
    return out


class ObjectiveHessian:
    """Products with the Hessian of an objective at a point x (D,): whole up to some size, then along each direction."""

    pieces, whole = 1, True

    def __init__(self, objective: Objective, x: Floats) -> None:
        self._objective, self._x, self.size = objective, np.asarray(x, np.float64), x.size
        self._matrix: Floats | None = None
        if self.size <= WHOLE_HESSIAN:
            with np.errstate(all="ignore"):
                self._matrix = objective.hessian(self._x, np.empty((self.size, self.size)))

    def product(self, directions: Floats, piece: int) -> Floats:
        if self._matrix is not None:
            with np.errstate(all="ignore"):
                return np.asarray(directions @ self._matrix)
        return self._objective.bent(np.broadcast_to(self._x, directions.shape).copy(), directions)


class ObjectiveProblem:
    """R runs on one objective, from S starting points, with exact or numerical gradients and optional noise.

    Attributes:
        noise_block: the number of steps whose noise is drawn at once, from a stream of the block's own.
        numbers: the number that each start (S,) has where noise is drawn for runs of it; None for its place.
    """

    steps_per_epoch = 0
    metrics: tuple[str, ...] = ()
    metrics_every = 1
    loss_unit = 1.0

    def __init__(
        self,
        objective: Objective,
        starts: Sequence[Sequence[float]],
        lanes: int = 1,
        *,
        draws: Sequence[int] = (),
        seed: int = 0,
        difference: float | None = None,
        noise: float = 0.0,
    ) -> None:
        """`difference` is the step h of numerical gradients, None for exact ones; `noise` a standard deviation.

        `draws` are those of the lanes, all 0 where left out: lanes of other draws have other noise.
        """
        self.objective = objective
        self.points = np.array(starts, dtype=np.float64)
        self.starts, self.size = self.points.shape
        self.runs = lanes * self.starts
        self.dtype = np.dtype(np.float64)
        self.layers: tuple[LayerSlice, ...] = (LayerSlice("x", 0, self.size),)
        self.tensors: tuple[TensorSlice, ...] = (
            TensorSlice("W" if objective.shape else "x", 0, objective.shape or (self.size,)),
        )
        self.difference = difference
        self.noise = noise
        self.streams = Streams(seed, lanes, self.starts, draws)
        self.numbers: NDArray[np.intp] | None = None
        self._lanes = lanes
        self.noise_block = max(1, _NOISE_NUMBERS // self.size)
        self._block_number = -1
        self._known = minima = objective.minima(self.size)
        self._lowest = min((m.value for m in minima if m.is_global), default=None)
        self._minima = np.array([m.point for m in minima if m.is_global] or [m.point for m in minima])

    @property
    def measure(self) -> str:
        return "gradient_norm" if self._lowest is None else "gap"

    @property
    def known_minima(self) -> tuple[Floats, Floats] | None:
        if not self._known:
            return None
        return np.array([m.point for m in self._known]), np.array([m.value for m in self._known])

    def shortfall(self, theta: Floats, step: int, loss: Floats, gradient_norm: Floats) -> Floats | None:
        return gradient_norm if self._lowest is None else loss - self._lowest

    @property
    def numbers_a_point(self) -> int:
        return 8 * int(self.size)

    def initial(self) -> Floats:
        return np.tile(self.points, (self._lanes, 1))

    def loss_and_gradient(self, theta: Floats, step: int, out: Floats, runs: NDArray[np.intp] | None = None) -> Floats:
        if self.difference is None:
            value = self.objective.value_and_gradient(theta, out)
        else:
            central_differences(self.objective.value, theta, self.difference, out)
            value = self.objective.value(theta)
        if self.noise:
            noise, of = self._noise_of(step), self.streams.of
            out += noise[of if runs is None else of[runs]]
        return value

    def step_losses(self, theta: Floats, step: int, run: int) -> Floats:
        return self.objective.value(theta)

    def precise(self, run: int) -> ObjectiveProblem:
        return ObjectiveProblem(self.objective, self.points.tolist(), seed=self.streams.seed)

    def of_runs(self, starts: NDArray[np.intp], draws: NDArray[np.intp]) -> ObjectiveProblem:
        other = copy(self)
        other.points = self.points[starts]
        other.starts = other.runs = len(starts)
        numbers = starts if self.numbers is None else self.numbers[starts]
        other.numbers = None if self.numbers is None else numbers
        other.streams, other._lanes, other._block_number = Streams.of_runs(self.streams.seed, numbers, draws), 1, -1
        return other

    def losses(self, theta: Floats) -> Floats:
        return self.objective.value(theta)

    @property
    def exact_hessian(self) -> Callable[[Floats], Floats] | None:
        """The exact second derivatives (K, D, D) at points (K, D); None where gradients are to be numerical."""
        if self.difference is not None:
            return None
        return lambda theta: self.objective.hessian(theta, np.empty((*theta.shape, self.size), theta.dtype))

    def hessian_products(self, theta: Floats, step: int, run: int, *, whole: bool) -> HessianProducts:
        return ObjectiveHessian(self.objective, theta)

    def evaluate(self, theta: Floats, saved: Mapping[str, Floats] | None = None) -> dict[str, Floats]:
        return {}

    def distance(self, theta: Floats) -> Floats | None:
        return self.objective.distance(theta, self._minima) if len(self._minima) else None

    def save(self) -> dict[str, Floats]:
        return {}

    def load(self, saved: Mapping[str, Floats]) -> None:
        pass

    def copy_runs(self, to: slice, of: slice, other: Problem | None = None) -> None:
        pass

    def draw_of(self, run: int) -> int:
        return self.streams.draw_of(run)

    def diverged_layer(self, theta: Floats, gradient: Floats) -> NDArray[np.int64]:
        return np.full(len(gradient), -1, np.int64)

    def _noise_of(self, step: int) -> Floats:
        """The noise (K, D) of one step, each draw and start from its own stream, whatever was drawn before."""
        number, row = divmod(step, self.noise_block)
        if number != self._block_number:
            shape = (self.noise_block, self.size)
            draws = [random.standard_normal(shape) for random in self.streams.generators(Purpose.NOISE, number)]
            self._block, self._block_number = self.noise * np.stack(draws, axis=1), number
        return np.asarray(self._block[row])
