"""A Python function as an objective: its gradient given, too, or found by central differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from workbench.engine.objectives.base import Array, Objective, Range, square
from workbench.engine.params import RequestError, show
from workbench.engine.registry import Given, Source

#: A function of a point (D,) that gives its value, or with `gradient=True` value and gradient (D,).
Function = Callable[..., Any]
Gradient = Callable[..., Any] | Literal[True] | None
#: the step of central differences, of a coordinate of size 1: rounding and the third derivative weigh alike
_STEP = float(np.cbrt(np.finfo(np.float64).eps))
#: of second differences of values
_SECOND_STEP = float(np.finfo(np.float64).eps ** 0.25)
_REACH = 3.0


class OwnObjective(Objective):
    """A function of one's own. Each one is a subclass, made by `own_objective`."""

    formula = "f(x), a function in Python"
    source = Source("Given in Python", 2026)

    function: Function
    slope: Gradient = None
    vectorized = False

    def usual_start(self) -> tuple[float, ...]:
        return self.start

    @property
    def called(self) -> str:
        return f'the function "{self.title}"'

    def value(self, x: Array) -> Array:
        found = self._values(x.reshape(-1, x.shape[-1]))
        return found.reshape(x.shape[:-1])

    def gradient(self, x: Array, out: Array) -> Array:
        points = x.reshape(-1, x.shape[-1])
        out[...] = self._gradients(points).reshape(x.shape)
        return out

    def value_and_gradient(self, x: Array, out: Array) -> Array:
        if self.slope is not True:
            return super().value_and_gradient(x, out)
        values, gradients = self._both(x.reshape(-1, x.shape[-1]))
        out[...] = gradients.reshape(x.shape)
        return values.reshape(x.shape[:-1])

    def hessian(self, x: Array, out: Array) -> Array:
        """By central differences of the gradient: a Python function has no derivative that could be read off it."""
        for j in range(x.shape[-1]):
            along = np.zeros_like(x)
            along[..., j] = 1.0
            out[..., j] = self._bent(x, along)
        out += np.swapaxes(out, -1, -2).copy()
        out *= 0.5
        return out

    def bent(self, x: Array, directions: Array) -> Array:
        return self._bent(x, directions)

    def _bent(self, x: Array, directions: Array) -> Array:
        step = (_SECOND_STEP if self.slope is None else _STEP) * np.maximum(1.0, np.abs(x).max(axis=-1, keepdims=True))
        size = np.abs(directions).max(axis=-1, keepdims=True)
        moved = directions * (step / np.where(size > 0, size, 1.0))
        ahead, behind = self.gradient(x + moved, np.empty_like(x)), self.gradient(x - moved, np.empty_like(x))
        return np.asarray((ahead - behind) * (size / (2.0 * step)))

    def _values(self, points: Array) -> Array:
        return self._both(points)[0] if self.slope is True else self._called(points)

    def _called(self, points: Array) -> Array:
        function = type(self).function
        if self.vectorized:
            return self._numbers(function(points.copy()), (len(points),))
        # of a copy, lest a function changes the state of a race
        return np.array([self._number(function(point)) for point in points.copy()], np.float64)

    def _gradients(self, points: Array) -> Array:
        if self.slope is True:
            return self._both(points)[1]
        if self.slope is None:
            return self._differences(points)
        slope = type(self).slope
        assert callable(slope)  # noqa: S101 - for the type checker
        if self.vectorized:
            return self._numbers(slope(points.copy()), points.shape)
        found = [self._numbers(slope(point), point.shape) for point in points.copy()]
        return np.array(found, np.float64).reshape(points.shape)

    def _both(self, points: Array) -> tuple[Array, Array]:
        """Value and gradient where one function gives both."""
        function = type(self).function
        if self.vectorized:
            value, gradient = self._pair(function(points.copy()))
            return self._numbers(value, (len(points),)), self._numbers(gradient, points.shape)
        pairs = [self._pair(function(point)) for point in points.copy()]
        values = np.array([self._number(value) for value, _ in pairs], np.float64)
        slopes = [self._numbers(gradient, points.shape[1:]) for _, gradient in pairs]
        return values, np.array(slopes, np.float64).reshape(points.shape)

    def _differences(self, points: Array) -> Array:
        """(f(x + h e_i) − f(x − h e_i)) / 2h with a step for each coordinate, by its size."""
        count, size = points.shape
        step = _STEP * np.maximum(1.0, np.abs(points))
        moved = np.broadcast_to(points[:, None, None, :], (count, 2, size, size)).copy()
        i = np.arange(size)
        moved[:, 0, i, i] += step
        moved[:, 1, i, i] -= step
        apart = moved[:, 0, i, i] - moved[:, 1, i, i]  # as rounded: twice the step but for the last digits
        values = self._called(moved.reshape(-1, size)).reshape(count, 2, size)
        return np.asarray((values[:, 0] - values[:, 1]) / apart)

    def _pair(self, found: Any) -> tuple[Any, Any]:
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            raise RequestError("", f"{self.called} must give value and gradient, as `gradient=True` says")
        return found[0], found[1]

    def _number(self, found: Any) -> float:
        try:
            array = np.asarray(found, np.float64)
            if array.size == 1 and not isinstance(found, str):
                return float(array.reshape(()))
        except (TypeError, ValueError):
            pass
        raise RequestError("", f"{self.called} must give one number for a point, got {_told(found)}")

    def _numbers(self, found: Any, shape: tuple[int, ...]) -> Array:
        try:
            array = np.asarray(found, np.float64)
        except (TypeError, ValueError):
            array = np.empty(0)
        if array.shape != shape:
            raise RequestError("", f"{self.called} must give an array of shape {shape}, got {_told(found)}")
        return array


def _told(found: Any) -> str:
    shape = getattr(found, "shape", None)
    return f"one of shape {shape}" if shape else show(found) if isinstance(found, (int, float, str, list)) else (
        type(found).__name__
    )  # fmt: skip


def own_objective(
    function: Function,
    gradient: Gradient,
    start: Sequence[float],
    *,
    domain: Sequence[Range] | None = None,
    vectorized: bool = False,
) -> Given:
    """The key of a function as an objective.

    Raises:
        RequestError: what is given cannot be one.
    """
    if not (gradient is None or gradient is True or callable(gradient)):
        raise RequestError(
            "gradient", f"must be a function, True where the function gives both, or left out, got {show(gradient)}"
        )
    name = getattr(function, "__name__", "") or type(function).__name__
    title = "f" if name == "<lambda>" else name
    reach = max([_REACH, *(1.5 * abs(coordinate) for coordinate in start)])
    shown = tuple((float(low), float(high)) for low, high in domain) if domain else square(reach)
    if len(start) > 1 and len(shown) == 1:
        shown = (shown[0], shown[0])
    made = type(
        "OwnFunction",
        (OwnObjective,),
        {
            "__doc__": getattr(function, "__doc__", None),
            "title": title,
            "dimensions": (len(start), len(start)),
            "start": tuple(float(coordinate) for coordinate in start),
            "domain": shown,
            "function": staticmethod(function),
            "slope": staticmethod(gradient) if callable(gradient) else gradient,
            "vectorized": vectorized,
            # a call of Python for each point is too slow, and differences are too rough to tell a zero
            "is_searched": vectorized and gradient is not None,
        },
    )
    return Given(title, made)
