"""The operations of an expression, as functions of whole arrays.

They are made of numpy's functions alone, so that arrays that carry derivatives pass through them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.erf import erf
from workbench.engine.logistic import logistic

Array = NDArray[np.floating[Any]]


def _reciprocal(u: Array) -> Array:
    """1/u, and 0 at u = 0: the subgradient of least size for roots and angles at their singular point."""
    found: Array = np.where(u == 0.0, 0.0, 1.0 / np.where(u == 0.0, 1.0, u))
    return found


def _log_or_zero(u: Array) -> Array:
    """The logarithm, and 0 at u = 0, where it stands only beside a factor that vanishes faster."""
    found: Array = np.log(np.where(u == 0.0, 1.0, u))
    return found


def _power_or_zero(u: Array, p: Array) -> Array:
    """u^p, and 0 at u = 0 where p < 0: the slope of a root there, by the convention of √."""
    singular = (u == 0.0) & (p < 0.0)
    found: Array = np.where(singular, 0.0, np.power(np.where(singular, 1.0, u), p))
    return found


def _weighed(g: Array, f: Array) -> Array:
    """The product, and 0 where one of them is 0: what has no influence has none however steep the other is."""
    found: Array = np.where((g == 0.0) | (f == 0.0), 0.0, np.multiply(g, f))
    return found


def _step(u: Array) -> Array:
    """1 where u ≥ 0, else 0: where two values tie, `min` and `max` follow their first."""
    found: Array = np.heaviside(u, 1.0)
    return found


def _softplus(u: Array) -> Array:
    found: Array = np.logaddexp(0.0, u)
    return found


def _relu(u: Array) -> Array:
    found: Array = np.maximum(u, 0.0)
    return found


def _erf(u: Any) -> Any:
    """The error function; it works in place, so that what carries a derivative is told how to pass through it."""
    if hasattr(u, "through"):
        return u.through(erf, lambda v: 2.0 / math.sqrt(math.pi) * np.exp(-v * v))
    found: Array = erf(np.atleast_1d(np.array(u, dtype=np.float64)))
    return found.reshape(np.shape(u))


OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "square": np.square,
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log10": np.log10,
    "log2": np.log2,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "mod": np.mod,
    "min": np.minimum,
    "max": np.maximum,
    "hypot": np.hypot,
    "sigmoid": logistic,
    "softplus": _softplus,
    "relu": _relu,
    "logaddexp": np.logaddexp,
    "erf": _erf,
    "reciprocal": _reciprocal,
    "log_or_zero": _log_or_zero,
    "power_or_zero": _power_or_zero,
    "weighed": _weighed,
    "step": _step,
}
#: operations whose values are bounded, or finite wherever their arguments are: nothing to be weighed with care
MODERATE = frozenset(
    {"constant", "variable", "parameter", "neg", "add", "sub", "sin", "cos", "tanh", "atan", "sign", "step", "sigmoid"}
)
