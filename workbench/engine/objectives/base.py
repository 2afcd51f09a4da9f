"""What an objective is: a function of D coordinates with its gradient, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.objectives.rates import rates_for
from workbench.engine.objectives.tangents import derivative
from workbench.engine.params import Param, Value, complete
from workbench.engine.registry import Registry, Source

Array = NDArray[np.floating[Any]]
Range = tuple[float, float]
#: the most coordinates a point can have
MOST_DIMENSIONS = 1000
#: dimensions of an objective whose terms begin with a single coordinate, or need a pair
ANY = (1, MOST_DIMENSIONS)
FROM_TWO = (2, MOST_DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Minimum:
    """A known minimum: the point, the value there, and whether no lower value exists in the domain.

    `stationary` is false for the lowest point of a domain's border, where the gradient still leads further out.
    """

    point: tuple[float, ...]
    value: float
    is_global: bool = True
    stationary: bool = True


class _Rates:
    """The learning rates of a class, looked up when they are first asked for."""

    def __get__(self, instance: Objective | None, owner: type[Objective]) -> Mapping[str, float]:
        return rates_for(owner.key)


class Objective:
    """A function to be minimised, evaluated on any leading axes.

    Subclasses declare the class attributes and give `value` and `gradient`; their parameters become attributes of
    the instance under the parameters' names. Where a function has a kink or a spike, `gradient` gives a finite
    subgradient: the derivative of |u| is taken to be 0 at u = 0, and so is that of √|u|.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()
    #: the least and the most coordinates that a point may have
    dimensions: tuple[int, int] = (2, 2)
    #: the shape of the matrix that a point is, in C order; () where it is a vector, which all optimizers take it for
    shape: ClassVar[tuple[int, ...]] = ()
    #: names of the pairs that a memory is to learn, whose errors `pair_errors` gives; () of other objectives
    pairs: ClassVar[tuple[str, ...]] = ()
    #: (low, high) of each axis that a picture should show: two of them, or one where D is 1; of a matrix of all
    domain: ClassVar[tuple[Range, ...]]
    #: where a run starts unless one says otherwise; its length is the default D
    start: ClassVar[tuple[float, ...]]
    #: whether heights span so many powers of ten that a picture needs a logarithmic scale
    log_scale: ClassVar[bool] = False
    #: whether pictures look for its stationary points, which takes hundreds of thousands of exact gradients
    is_searched: bool = True
    #: learning rates that show something from that start, by optimizer (`resources/data/rates.csv`)
    rates: ClassVar[_Rates] = _Rates()

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        for name, value in self.complete(parameters or {}).items():
            setattr(self, name, value)

    @classmethod
    def settings(cls, given: Mapping[str, object]) -> tuple[Param, ...]:  # noqa: ARG003 - for subclasses
        """The parameters that it has, which may depend on the value `given` to one of them."""
        return cls.params

    @classmethod
    def complete(cls, given: Mapping[str, object]) -> dict[str, Value]:
        """Every parameter's checked value. Raises RequestError as the constructor does."""
        return complete(cls.settings(given), given, owner=f'the objective "{cls.key}"')

    @classmethod
    def start_for(cls, dimension: int) -> tuple[float, ...]:
        """The usual start in D dimensions: the coordinates of `start` over and over."""
        return tuple(cls.start[i % len(cls.start)] for i in range(dimension))

    def usual_start(self) -> tuple[float, ...]:
        """Where a run starts unless one says otherwise; its length is the default D of the instance."""
        least, most = self.dimensions
        return self.start_for(min(max(len(self.start), least), most))

    @property
    def called(self) -> str:
        """What it is called in a sentence about it."""
        return f'the objective "{self.key}"'

    @property
    def in_force(self) -> tuple[Value, ...]:
        """The values of its parameters: with the key, all that the function depends on."""
        return tuple(getattr(self, param.name) for param in self.params)

    def value(self, x: Array) -> Array:
        """The value at each point: x (..., D) -> (...)."""
        raise NotImplementedError

    def gradient(self, x: Array, out: Array) -> Array:
        """The exact gradient at each point: x (..., D) -> out (..., D), which is overwritten and returned."""
        raise NotImplementedError

    def value_and_gradient(self, x: Array, out: Array) -> Array:
        """What `value` gives, and in out what `gradient` writes: for those that share work, bit for bit the same."""
        self.gradient(x, out)
        return self.value(x)

    def hessian(self, x: Array, out: Array) -> Array:
        """The second derivatives: x (..., D) -> out (..., D, D), which is overwritten and returned.

        They follow from the code of `gradient` by exact rules unless a subclass gives them in a shorter way.
        """
        for j in range(x.shape[-1]):
            direction = np.zeros_like(x)
            direction[..., j] = 1.0
            out[..., j] = derivative(self.gradient, x, direction)
        out += np.swapaxes(out, -1, -2).copy()
        out *= 0.5
        return out

    def bent(self, x: Array, directions: Array) -> Array:
        """The derivative of the gradient at points x (K, D) along directions (K, D): (K, D)."""
        return derivative(self.gradient, x, directions)

    def minima(self, dimension: int | None = None) -> tuple[Minimum, ...]:
        """The known minima in D dimensions (by default as many as `start` has) for the parameters in force.

        Empty where none is known or none exists.
        """
        return ()

    def pair_errors(self, x: Array) -> Array:
        """The error of each of the `pairs`: x (..., D) -> (..., n)."""
        raise NotImplementedError(f"{self.called} has no pairs")

    def lowest_near(self, x: Array) -> Array | None:
        """The lowest minimum nearest to each point (..., D), where there are more of them than `minima` lists.

        None where `minima` lists all of them, as it mostly does: then the nearest of these is meant.
        """
        return None

    def distance(self, x: Array, known: Array) -> Array:
        """The distance (...) of points x (..., D) to the nearest lowest minimum; listed are `known` (M, D)."""
        nearest = self.lowest_near(x)
        apart = x[..., None, :] - known if nearest is None else (x - nearest)[..., None, :]
        return np.asarray(np.sqrt((apart * apart).sum(axis=-1)).min(axis=-1))

    def polished(self, guesses: Sequence[Sequence[float]]) -> tuple[Minimum, ...]:
        """The minima near published values, to the last digit: Newton's method on the gradient.

        The lowest of them, and those that equal it, are taken to be global.
        """
        points = [self._polish(np.array(guess, dtype=np.float64)) for guess in guesses]
        values = [float(self.value(point)) for point in points]
        bound = min(values) + 1e-9 * max(1.0, abs(min(values)))
        return tuple(
            Minimum(tuple(point.tolist()), value, value <= bound) for point, value in zip(points, values, strict=True)
        )

    def _polish(self, x: Array) -> Array:
        size = x.size
        g, h = np.empty(size), np.empty((size, size))
        for _ in range(40):
            self.gradient(x, g)
            step = np.linalg.solve(self.hessian(x, h), g)
            x = x - step
            if float(np.abs(step).max()) <= 1e-16 * max(1.0, float(np.abs(x).max())):
                break
        return x


def square(reach: float) -> tuple[Range, Range]:
    """The domain [−reach, reach]²."""
    return ((-reach, reach), (-reach, reach))


def constant_point(coordinate: float, dimension: int | None, value: float = 0.0) -> tuple[Minimum, ...]:
    """The one minimum of an objective whose minimum has equal coordinates."""
    return (Minimum((coordinate,) * (dimension or 2), value),)


def counted(x: Array) -> Array:
    """1, 2, ..., D for points x (..., D)."""
    return np.arange(1, x.shape[-1] + 1, dtype=np.float64)


objectives: Registry[Objective] = Registry("objective")
