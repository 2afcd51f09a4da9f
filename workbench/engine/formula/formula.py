"""Formulas typed in by a person, as functions: read by a grammar of their own, never evaluated as a program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from operator import itemgetter
from threading import Lock

import numpy as np

from workbench.engine.formula.expressions import Tape
from workbench.engine.formula.grammar import Parser
from workbench.engine.formula.operations import Array


class Formula:
    """A function of D coordinates and named parameters, with its exact first and second derivatives.

    Attributes:
        text: as it was typed.
        dimension: D, the highest coordinate that it names.
        parameters: the names of its parameters, in the order in which they first occur.
        variables: the indices of the coordinates that it names, in order.
        coordinates: the names of those coordinates by their indices.
        remarks: what it may not have meant.
        graph: what was read, as operations; later ones are of its derivatives.
        root: the node of the value.
        slopes: the nodes of the derivatives by `variables`.
    """

    def __init__(self, text: str, kept: Collection[str] = ()) -> None:
        """`kept` are names that are parameters in any case; `compiled` keeps what was read before.

        Raises FormulaError for a text that is not a formula.
        """
        parser = Parser(text, kept)
        self.graph, self.root = parser.graph, parser.whole()
        self.text = text
        self.dimension = max(parser.coordinates.values()) + 1
        self.parameters = tuple(parser.parameters)
        self.coordinates = {index: name for name, index in sorted(parser.coordinates.items(), key=itemgetter(1))}
        self.remarks = parser.remarks
        self.variables = sorted(parser.coordinates.values())
        self.slopes = self.graph.gradient(self.root, self.variables)
        self._value = Tape(self.graph, [self.root])
        self._gradient = Tape(self.graph, self.slopes)
        self._hessian: Tape | None = None
        self._lock = Lock()

    @property
    def has_short_hessian(self) -> bool:
        """Whether the second derivatives are few and short enough to be written out at once."""
        return len(self.variables) <= 8 and len(self._gradient) <= 1000

    def value(self, x: Array, parameters: Mapping[str, float]) -> Array:
        """The value at points x (..., D): (...)."""
        (found,) = self._value.run(x, parameters)
        return np.array(np.broadcast_to(found, x.shape[:-1]), dtype=x.dtype)

    def gradient(self, x: Array, parameters: Mapping[str, float], out: Array) -> Array:
        """The gradient at points x (..., D) -> out (..., D), which is overwritten and returned."""
        out[...] = 0.0
        for index, found in zip(self.variables, self._gradient.run(x, parameters), strict=True):
            out[..., index] = found
        return out

    def hessian(self, x: Array, parameters: Mapping[str, float], out: Array) -> Array:
        """The second derivatives at points x (..., D) -> out (..., D, D), which is overwritten and returned."""
        pairs = [(i, j) for i in range(len(self.variables)) for j in range(i + 1)]
        with self._lock:  # formulas are shared between threads, and this one grows when first asked
            if self._hessian is None:
                rows = [self.graph.gradient(slope, self.variables[: i + 1]) for i, slope in enumerate(self.slopes)]
                self._hessian = Tape(self.graph, [rows[i][j] for i, j in pairs])
        out[...] = 0.0
        for (i, j), found in zip(pairs, self._hessian.run(x, parameters), strict=True):
            a, b = self.variables[i], self.variables[j]
            out[..., a, b] = found
            out[..., b, a] = found
        return out


@lru_cache(maxsize=64)
def compiled(text: str, kept: tuple[str, ...] = ()) -> Formula:
    """The formula of a text, read once; `kept` as in `Formula`. Raises FormulaError."""
    return Formula(text, kept)
