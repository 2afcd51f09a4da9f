"""What an objective is: a function of D coordinates with its gradient, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.engine.params import Param, Value, complete
from workbench.engine.registry import Registry, Source

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Minimum:
    """A known minimum: the point, the value there, and whether no lower value exists."""

    point: tuple[float, ...]
    value: float
    is_global: bool = True


class Objective:
    """A function to be minimised, evaluated on any leading axes.

    Subclasses declare the class attributes and give `value` and `gradient`; their parameters become attributes of
    the instance under the parameters' names.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    params: ClassVar[tuple[Param, ...]] = ()
    #: (low, high) of each axis that a picture should show
    domain: ClassVar[tuple[tuple[float, float], tuple[float, float]]]
    #: where a run starts unless one says otherwise
    start: ClassVar[tuple[float, ...]]
    #: learning rates that show something from that start; other optimizers take their convention's default
    rates: ClassVar[Mapping[str, float]] = {}

    def __init__(self, parameters: Mapping[str, Value] | None = None) -> None:
        """Raises RequestError for a parameter that it does not have or a value out of range."""
        values = complete(self.params, parameters or {}, owner=f'the objective "{self.key}"')
        for name, value in values.items():
            setattr(self, name, value)

    def value(self, x: Array) -> Array:
        """The value at each point: x (..., D) -> (...)."""
        raise NotImplementedError

    def gradient(self, x: Array, out: Array) -> Array:
        """The exact gradient at each point: x (..., D) -> out (..., D), which is overwritten and returned."""
        raise NotImplementedError

    def minima(self) -> tuple[Minimum, ...]:
        """The known minima for the parameters in force; empty where none is known or none exists."""
        return ()


objectives: Registry[Objective] = Registry("objective")
