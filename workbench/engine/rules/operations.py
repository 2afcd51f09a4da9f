"""The operations of rules beside those of formulas: comparisons, choices, and what makes one number of a run's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.formula.operations import OPERATIONS

Floats = NDArray[np.floating[Any]]


def power(base: Any, exponent: Any) -> Any:
    """A power whose last digit does not depend on how many runs there are.

    numpy takes another path, with another last digit, where it repeats one exponent, and where there is one element
    alone: what varies is therefore laid out in full, with an element to spare.
    """
    if np.ndim(exponent) == 0:
        return np.power(base, exponent)
    shape = np.broadcast_shapes(np.shape(base), np.shape(exponent))
    size = int(np.prod(shape))
    laid = np.ones((2, size + 1), np.result_type(base, exponent))
    laid[0, :size] = np.broadcast_to(base, shape).reshape(-1)
    laid[1, :size] = np.broadcast_to(exponent, shape).reshape(-1)
    return np.power(laid[0], laid[1])[:size].reshape(shape)


def _as_number(found: Any) -> Any:
    """True and false as 1 and 0."""
    return np.asarray(found).astype(np.float64)[()]


def total(v: Floats) -> Floats:
    """The sum of a run's numbers (R, 1), as a product, which does not depend on how many runs there are."""
    return np.asarray(np.vecdot(v, np.ones(v.shape[-1], v.dtype))[..., None])


def dot(u: Floats, v: Floats) -> Floats:
    """The scalar product of a run's (R, 1)."""
    return np.asarray(np.vecdot(*np.broadcast_arrays(u, v))[..., None])


#: what makes one number (R, 1) of all the numbers (R, P) of a run
REDUCTIONS: Mapping[str, Callable[..., Any]] = {
    "norm": lambda v: np.sqrt(dot(v, v)),
    "mean": lambda v: total(v) / v.shape[-1],
    "total": total,
    "dot": dot,
}
COMPARISONS: Mapping[str, Callable[..., Any]] = {
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "not_equal": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
}
#: comparisons by their sign, and whether the sides change places
SIGNS: Mapping[str, tuple[str, bool]] = {
    "<": ("less", False),
    ">": ("less", True),
    "<=": ("less_equal", False),
    "≤": ("less_equal", False),
    ">=": ("less_equal", True),
    "≥": ("less_equal", True),
    "==": ("equal", False),
    "!=": ("not_equal", False),
    "≠": ("not_equal", False),
}


def _compared(compare: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b: _as_number(compare(a, b))


RULE_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    **OPERATIONS,
    "pow": power,
    **{name: _compared(compare) for name, compare in COMPARISONS.items()},
    "where": lambda condition, a, b: np.where(np.asarray(condition) != 0.0, a, b),
    **REDUCTIONS,
}
#: functions that rules have beside those of formulas: the operation, and how many arguments it takes
FUNCTIONS: Mapping[str, tuple[str, int]] = {
    "where": ("where", 3),
    "clip": ("clip", 3),
    "norm": ("norm", 1),
    "mean": ("mean", 1),
    "sum": ("total", 1),
    "dot": ("dot", 2),
}
