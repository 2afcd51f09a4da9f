"""Arrays that carry their derivative along: second derivatives from the code of a gradient, exact but for rounding.

A `Tangent` is a value with its derivative in one direction. numpy's functions hand it to the rules below, so that a
gradient written for arrays gives, row by row, the derivative of each of its components as well (R. E. Wengert, A simple
automatic derivative evaluation program, 1964). At kinks and spikes the rules take the conventions of the gradients: the
derivative of |u| is 0 at u = 0, and so is that of √u.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from workbench.engine.logistic import logistic

Array = NDArray[np.floating[Any]]


class Tangent(NDArrayOperatorsMixin):
    """A value (...) and its derivative (...) in one direction; stands where an array is meant."""

    def __init__(self, value: Array, slope: Array) -> None:
        self.value, self.slope = value, slope

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def ndim(self) -> int:
        return self.value.ndim

    @property
    def size(self) -> int:
        return self.value.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype

    def __getitem__(self, key: Any) -> Tangent:
        return Tangent(self.value[key], self.slope[key])

    def __setitem__(self, key: Any, given: Any) -> None:
        self.value[key], self.slope[key] = value_of(given), slope_of(given)

    def sum(self, axis: int = -1, *, keepdims: bool = False) -> Tangent:
        return Tangent(self.value.sum(axis=axis, keepdims=keepdims), self.slope.sum(axis=axis, keepdims=keepdims))

    def mean(self, axis: int = -1, *, keepdims: bool = False) -> Tangent:
        return Tangent(self.value.mean(axis=axis, keepdims=keepdims), self.slope.mean(axis=axis, keepdims=keepdims))

    def through(self, function: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Tangent:
        """The function of it, whose slope is another function."""
        return Tangent(function(self.value), slope(self.value) * self.slope)

    def copy(self) -> Tangent:
        return Tangent(self.value.copy(), self.slope.copy())

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = (), **options: Any) -> Any:
        if method != "__call__" or options:
            return NotImplemented
        values = [value_of(given) for given in inputs]
        found = np.asarray(ufunc(*values))
        if found.dtype.kind == "b":
            return found
        if ufunc in _RULES:
            made = Tangent(found, np.asarray(_sum_of_parts(_RULES[ufunc](found, *values), inputs)))
        elif ufunc in _LEVEL:
            made = Tangent(found, np.zeros_like(found))
        else:
            raise TypeError(f"no derivative of {ufunc.__name__} is known")
        if not out:
            return made
        (target,) = out
        target[...] = made
        return target

    def __array_function__(
        self, function: Callable[..., Any], types: Sequence[type], arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        rule = _FUNCTIONS.get(function)
        return NotImplemented if rule is None else rule(*arguments, **options)


def value_of(given: Any) -> Any:
    """The value of what may carry a derivative."""
    return given.value if isinstance(given, Tangent) else given


def slope_of(given: Any) -> Any:
    """The derivative of what may carry one; 0 of what does not."""
    return given.slope if isinstance(given, Tangent) else 0.0


def derivative(gradient: Callable[[Any, Any], Any], x: Array, direction: Array) -> Array:
    """The derivative (..., D) of a gradient at x (..., D) in one direction (..., D)."""
    out = Tangent(np.empty_like(x), np.zeros_like(x))
    with np.errstate(all="ignore"):
        gradient(Tangent(x.copy(), direction), out)
    return out.slope


def _sum_of_parts(partials: Sequence[Any], inputs: Sequence[Any]) -> Any:
    """The chain rule; where an argument does not move, its partial derivative may be no number and does not count."""
    total: Any = 0.0
    for partial, given in zip(partials, inputs, strict=True):
        if isinstance(given, Tangent):
            total = total + np.where(given.slope == 0.0, 0.0, partial * given.slope)
    return total


def _inverse(u: Any) -> Any:
    """1/u, and 0 at 0: the convention of the gradients at kinks and spikes."""
    return np.where(u == 0.0, 0.0, 1.0 / np.where(u == 0.0, 1.0, u))


def _power(found: Any, u: Any, p: Any) -> tuple[Any, Any]:
    return p * u ** (np.asarray(p) - 1.0), found * np.log(np.where(np.asarray(u) > 0.0, u, 1.0))


_LEVEL = (np.sign, np.floor, np.ceil, np.rint, np.heaviside)
#: partial derivatives by the result and the arguments
_RULES: dict[np.ufunc, Callable[..., tuple[Any, ...]]] = {
    np.add: lambda _f, _u, _v: (1.0, 1.0),
    np.subtract: lambda _f, _u, _v: (1.0, -1.0),
    np.multiply: lambda _f, u, v: (v, u),
    np.divide: lambda f, _u, v: (1.0 / v, -f / v),
    np.negative: lambda _f, _u: (-1.0,),
    np.positive: lambda _f, _u: (1.0,),
    np.square: lambda _f, u: (2.0 * u,),
    np.power: _power,
    np.sqrt: lambda f, _u: (0.5 * _inverse(f),),
    np.absolute: lambda _f, u: (np.sign(u),),
    np.hypot: lambda f, u, v: (u * _inverse(f), v * _inverse(f)),
    np.exp: lambda f, _u: (f,),
    np.expm1: lambda f, _u: (f + 1.0,),
    np.log: lambda _f, u: (1.0 / u,),
    np.log1p: lambda _f, u: (1.0 / (1.0 + u),),
    np.sin: lambda _f, u: (np.cos(u),),
    np.cos: lambda _f, u: (-np.sin(u),),
    np.tan: lambda f, _u: (1.0 + f * f,),
    np.sinh: lambda _f, u: (np.cosh(u),),
    np.cosh: lambda _f, u: (np.sinh(u),),
    np.tanh: lambda f, _u: (1.0 - f * f,),
    np.log10: lambda _f, u: (1.0 / (u * np.log(10.0)),),
    np.log2: lambda _f, u: (1.0 / (u * np.log(2.0)),),
    np.arcsin: lambda _f, u: (_inverse(np.sqrt(1.0 - u * u)),),
    np.arccos: lambda _f, u: (-_inverse(np.sqrt(1.0 - u * u)),),
    np.arctan: lambda _f, u: (1.0 / (1.0 + u * u),),
    np.arcsinh: lambda _f, u: (1.0 / np.sqrt(1.0 + u * u),),
    np.arccosh: lambda _f, u: (_inverse(np.sqrt(u * u - 1.0)),),
    np.arctanh: lambda _f, u: (1.0 / (1.0 - u * u),),
    np.cbrt: lambda f, _u: (_inverse(f * f) / 3.0,),
    np.remainder: lambda _f, u, v: (1.0, -np.floor(u / v)),
    np.logaddexp: lambda _f, u, v: (logistic(u - v), logistic(v - u)),
    np.arctan2: lambda _f, u, v: (v * _inverse(u * u + v * v), -u * _inverse(u * u + v * v)),
    np.maximum: lambda _f, u, v: (np.where(u >= v, 1.0, 0.0), np.where(u >= v, 0.0, 1.0)),
    np.minimum: lambda _f, u, v: (np.where(u <= v, 1.0, 0.0), np.where(u <= v, 0.0, 1.0)),
}  # fmt: skip


def _where(condition: Any, a: Any, b: Any) -> Tangent:
    condition = value_of(condition)
    return Tangent(np.where(condition, value_of(a), value_of(b)), np.where(condition, slope_of(a), slope_of(b)))


def _sinc(t: Tangent) -> Tangent:
    """sin(πt)/πt; its derivative (cos πt − sinc t)/t by its series near 0, where the difference cancels."""
    u, found = t.value, np.sinc(t.value)
    s = (np.pi * u) ** 2
    near = -(np.pi**2) * u / 3.0 * (1.0 - s / 10.0 * (1.0 - s / 28.0 * (1.0 - s / 54.0)))
    far = (np.cos(np.pi * u) - found) * _inverse(u)
    return Tangent(found, np.where(s < 0.1, near, far) * t.slope)


def _cumsum(x: Tangent, axis: int = -1) -> Tangent:
    return Tangent(np.cumsum(x.value, axis=axis), np.cumsum(x.slope, axis=axis))


def _cumprod(x: Tangent, axis: int = -1, out: Tangent | None = None) -> Tangent:
    """Column by column: a product of all but one would divide by what may be zero."""
    value, slope = np.cumprod(x.value, axis=axis), np.empty_like(x.value)
    if x.shape[-1]:
        slope[..., 0] = x.slope[..., 0]
    for j in range(1, x.shape[-1]):
        slope[..., j] = slope[..., j - 1] * x.value[..., j] + value[..., j - 1] * x.slope[..., j]
    if out is None:
        return Tangent(value, slope)
    out.value[...], out.slope[...] = value, slope
    return out


_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.sinc: _sinc,
    np.cumsum: _cumsum,
    np.cumprod: _cumprod,
    np.empty_like: lambda x: Tangent(np.empty_like(x.value), np.zeros_like(x.value)),
    np.ones_like: lambda x: Tangent(np.ones_like(x.value), np.zeros_like(x.value)),
    np.zeros_like: lambda x: Tangent(np.zeros_like(x.value), np.zeros_like(x.value)),
    np.broadcast_to: lambda x, shape: Tangent(np.broadcast_to(x.value, shape), np.broadcast_to(x.slope, shape)),
}
