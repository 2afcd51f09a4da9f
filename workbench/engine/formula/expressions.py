"""Expressions as numbered nodes: differentiated symbolically, evaluated by numpy over whole arrays.

Equal expressions are one node, so a derivative grows by a factor that does not depend on how deeply an expression is
nested: the gradient of n nodes has a few times n of them (reverse accumulation; S. Linnainmaa, 1976).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from workbench.engine.formula.operations import MODERATE, OPERATIONS, Array


class Graph:
    """Nodes numbered so that the arguments of a node come before it.

    `operations[i]` is a key of `OPERATIONS`, or `constant`, `variable`, `parameter`, whose content stands in
    `contents[i]`: a number, an index, a name.
    """

    def __init__(self, known: Mapping[str, Callable[..., Any]] = OPERATIONS) -> None:
        """`known` are the operations by name; derivatives are those of `OPERATIONS` alone."""
        self._known = known
        self.operations: list[str] = []
        self.arguments: list[tuple[int, ...]] = []
        self.contents: list[Any] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self.operations)

    def constant(self, value: float) -> int:
        return self._file("constant", (), float(value))

    def variable(self, index: int) -> int:
        return self._file("variable", (), index)

    def parameter(self, name: str) -> int:
        return self._file("parameter", (), name)

    def value_of(self, node: int) -> float | None:
        """The number that a constant node stands for, None for any other."""
        return float(self.contents[node]) if self.operations[node] == "constant" else None

    def node(self, operation: str, *arguments: int) -> int:
        """The node of an operation, computed at once where all arguments are constants, and simplified."""
        values = [self.value_of(a) for a in arguments]
        if all(v is not None for v in values):
            with np.errstate(all="ignore"):
                return self.constant(float(self._known[operation](*(np.float64(v) for v in values if v is not None))))
        simple = self._simplified(operation, arguments, values)
        return self._file(operation, arguments, None) if simple is None else simple

    def _file(self, operation: str, arguments: tuple[int, ...], content: Any) -> int:
        key = (operation, arguments, repr(content))
        if key not in self._numbers:
            self._numbers[key] = len(self.operations)
            self.operations.append(operation)
            self.arguments.append(arguments)
            self.contents.append(content)
        return self._numbers[key]

    def _simplified(self, operation: str, arguments: Sequence[int], values: Sequence[float | None]) -> int | None:
        """A node known already, or a cheaper one, that equals the operation; None where there is none."""
        a, b = arguments[0], arguments[-1]
        va, vb = values[0], values[-1]
        rules: dict[str, Callable[[], int | None]] = {
            "add": lambda: b if va == 0.0 else a if vb == 0.0 else None,
            "sub": lambda: a if vb == 0.0 else self.node("neg", b) if va == 0.0 else None,
            "mul": lambda: self._simple_product(a, b, va, vb),
            "div": lambda: a if vb == 1.0 else self.constant(0.0) if va == 0.0 else self._logistic(a, b),
            "log": lambda: self._softplus(a),
            "neg": lambda: self.arguments[a][0] if self.operations[a] == "neg" else None,
            "pow": lambda: self._simple_power(a, vb),
        }
        return rules[operation]() if operation in rules else None

    def _simple_product(self, a: int, b: int, va: float | None, vb: float | None) -> int | None:
        if 0.0 in (va, vb):
            return self.constant(0.0)
        if va == -1.0 or vb == -1.0:
            return self.node("neg", b if va == -1.0 else a)
        return b if va == 1.0 else a if vb == 1.0 else None

    def _simple_power(self, base: int, exponent: float | None) -> int | None:
        rules: dict[float | None, Callable[[], int]] = {
            0.0: lambda: self.constant(1.0),
            1.0: lambda: base,
            2.0: lambda: self.node("square", base),
            -1.0: lambda: self.node("div", self.constant(1.0), base),
        }
        return rules[exponent]() if exponent in rules else None

    def _logistic(self, top: int, bottom: int) -> int | None:
        """a/(1 + exp u) as a σ(−u), and exp u/(1 + exp u) as σ(u), which are finite where exp u is not."""
        power = self._one_and_power(bottom)
        if power is None:
            return None
        (u,) = self.arguments[power]
        if top == power:
            return self.node("sigmoid", u)
        return self.node("mul", top, self.node("sigmoid", self.node("neg", u)))

    def _softplus(self, a: int) -> int | None:
        """log(1 + exp u) as softplus u, which does not overflow."""
        power = self._one_and_power(a)
        return None if power is None else self.node("softplus", self.arguments[power][0])

    def _one_and_power(self, node: int) -> int | None:
        """The exp u of a sum 1 + exp u; None for anything else."""
        if self.operations[node] != "add":
            return None
        for one, power in (self.arguments[node], self.arguments[node][::-1]):
            if self.value_of(one) == 1.0 and self.operations[power] == "exp":
                return power
        return None

    def reachable(self, roots: Iterable[int]) -> list[int]:
        """The nodes that the roots are made of, in an order in which they can be computed."""
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(self.arguments[node])
        return sorted(seen)

    def gradient(self, root: int, variables: Sequence[int]) -> tuple[int, ...]:
        """The nodes of the derivatives of `root` with respect to each variable, given by index."""
        order = self.reachable([root])
        varies: set[int] = set()
        for node in order:
            if self.operations[node] == "variable" or any(a in varies for a in self.arguments[node]):
                varies.add(node)
        adjoint = {root: self.constant(1.0)}
        for node in reversed(order):
            if node not in adjoint or node not in varies:
                continue
            for which, argument in enumerate(self.arguments[node]):
                if argument in varies:
                    part = self._pulled_back(node, which, adjoint[node])
                    adjoint[argument] = self.node("add", adjoint[argument], part) if argument in adjoint else part
        zero = self.constant(0.0)
        return tuple(adjoint.get(self.variable(index), zero) for index in variables)

    def _pulled_back(self, node: int, which: int, g: int) -> int:
        """The derivative of a node with respect to its argument number `which`, times g."""
        operation, arguments, new = self.operations[node], self.arguments[node], self.node
        a, b = arguments[0], arguments[-1]
        rules: dict[str, Callable[[], int]] = {
            "add": lambda: g,
            "sub": lambda: g if which == 0 else new("neg", g),
            "mul": lambda: self._times(g, b if which == 0 else a),
            "div": lambda: self._through_quotient(node, which, g),
            "pow": lambda: self._through_power(node, which, g),
            "min": lambda: self._through_choice(new("sub", b, a), which, g),
            "max": lambda: self._through_choice(new("sub", a, b), which, g),
            "atan2": lambda: self._through_angle(node, which, g),
            "hypot": lambda: self._times(g, new("mul", a if which == 0 else b, new("reciprocal", node))),
            "mod": lambda: g if which == 0 else new("neg", self._times(g, new("floor", new("div", a, b)))),
            "logaddexp": lambda: self._times(g, new("sigmoid", new("sub", a, b) if which == 0 else new("sub", b, a))),
            "weighed": lambda: self._times(g, b if which == 0 else a),
            "power_or_zero": lambda: self._through_power(node, which, g),
        }
        return rules[operation]() if operation in rules else self._chained(operation, node, a, g)

    def _through_quotient(self, node: int, which: int, g: int) -> int:
        new = self.node
        share = new("div", g, self.arguments[node][1])
        return share if which == 0 else new("neg", new("mul", share, node))

    def _through_power(self, node: int, which: int, g: int) -> int:
        (a, b), new = self.arguments[node], self.node
        if which == 1:
            return self._times(g, new("mul", node, new("log_or_zero", a)))
        exponent = self.value_of(b)
        # the slope of a root is infinite at 0: there it is 0, as that of √; elsewhere there is nothing to see to
        plain = exponent is not None and not 0.0 < exponent < 1.0 and self.operations[node] == "pow"
        lower = new("pow" if plain else "power_or_zero", a, new("sub", b, self.constant(1.0)))
        return self._times(g, new("mul", b, lower))

    def _times(self, g: int, factor: int) -> int:
        """The product of g with a factor that may be infinite where g is 0, and counts for nothing there."""
        careful = self.value_of(g) is None and self.value_of(factor) is None and not self._is_moderate(factor)
        return self.node("weighed" if careful else "mul", g, factor)

    def _is_moderate(self, node: int) -> bool:
        """Whether a node is finite wherever what it is made of is, as far as a look at it tells."""
        parts = self.arguments[node] if self.operations[node] == "mul" else (node,)
        return all(self.operations[part] in MODERATE for part in parts)

    def _through_choice(self, gap: int, which: int, g: int) -> int:
        """Through `min` or `max`, which takes its first argument where `gap` is not below zero."""
        new = self.node
        first = new("step", gap)
        return new("mul", g, first if which == 0 else new("sub", self.constant(1.0), first))

    def _through_angle(self, node: int, which: int, g: int) -> int:
        (a, b), new = self.arguments[node], self.node
        part = new("reciprocal", new("add", new("square", a), new("square", b)))
        return new("mul", g, new("mul", b if which == 0 else new("neg", a), part))

    def _chained(self, operation: str, node: int, a: int, g: int) -> int:
        """The chain rule of the functions of one argument."""
        new, one = self.node, self.constant(1.0)

        def times(factor: int) -> int:
            return self._times(g, factor)

        def root(inside: int) -> int:
            return new("reciprocal", new("sqrt", inside))

        def root_of_complement() -> int:
            return root(new("sub", one, new("square", a)))

        rules: dict[str, Callable[[], int]] = {
            "neg": lambda: new("neg", g),
            "square": lambda: times(new("mul", self.constant(2.0), a)),
            "sqrt": lambda: times(new("mul", self.constant(0.5), new("reciprocal", node))),
            "exp": lambda: times(node),
            "log": lambda: new("div", g, a),
            "log_or_zero": lambda: new("div", g, a),
            "log10": lambda: new("div", g, new("mul", a, self.constant(float(np.log(10.0))))),
            "log2": lambda: new("div", g, new("mul", a, self.constant(float(np.log(2.0))))),
            "sin": lambda: times(new("cos", a)),
            "cos": lambda: new("neg", times(new("sin", a))),
            "tan": lambda: times(new("add", one, new("square", node))),
            "asin": lambda: times(root_of_complement()),
            "acos": lambda: new("neg", times(root_of_complement())),
            "atan": lambda: new("div", g, new("add", one, new("square", a))),
            "sinh": lambda: times(new("cosh", a)),
            "cosh": lambda: times(new("sinh", a)),
            "tanh": lambda: times(new("sub", one, new("square", node))),
            "asinh": lambda: times(root(new("add", one, new("square", a)))),
            "acosh": lambda: times(root(new("sub", new("square", a), one))),
            "atanh": lambda: new("div", g, new("sub", one, new("square", a))),
            "abs": lambda: times(new("sign", a)),
            "cbrt": lambda: times(new("mul", self.constant(1.0 / 3.0), new("reciprocal", new("square", node)))),
            "expm1": lambda: times(new("exp", a)),
            "log1p": lambda: new("div", g, new("add", one, a)),
            "sigmoid": lambda: times(new("mul", node, new("sigmoid", new("neg", a)))),
            "softplus": lambda: times(new("sigmoid", a)),
            "relu": lambda: times(new("sub", one, new("step", new("neg", a)))),
            "erf": lambda: times(
                new("mul", self.constant(2.0 / math.sqrt(math.pi)), new("exp", new("neg", new("square", a))))
            ),
            "reciprocal": lambda: new("neg", times(new("square", node))),
        }
        # sign, floor, ceil and step are level wherever they have a derivative
        return rules[operation]() if operation in rules else self.constant(0.0)


class Tape:
    """The operations that compute some nodes of a graph, in order, each once."""

    def __init__(self, graph: Graph, roots: Sequence[int]) -> None:
        order = graph.reachable(roots)
        place = {node: i for i, node in enumerate(order)}
        self._roots = [place[root] for root in roots]
        self._known: list[Any] = [graph.value_of(node) for node in order]
        self._inputs = [
            (place[n], graph.operations[n] == "variable", graph.contents[n])
            for n in order
            if graph.operations[n] in {"variable", "parameter"}
        ]
        self._steps = [
            (OPERATIONS[graph.operations[n]], place[n], tuple(place[a] for a in graph.arguments[n]))
            for n in order
            if graph.arguments[n]
        ]

    def __len__(self) -> int:
        return len(self._steps)

    def run(self, x: Array, parameters: Mapping[str, float]) -> list[Any]:
        """The values of the roots at points x (..., D): each (...), or a plain number where it depends on no x."""
        values = list(self._known)
        for place, is_variable, content in self._inputs:
            values[place] = x[..., content] if is_variable else parameters[content]
        with np.errstate(all="ignore"):
            for operation, place, arguments in self._steps:
                if len(arguments) == 1:
                    values[place] = operation(values[arguments[0]])
                else:
                    values[place] = operation(values[arguments[0]], values[arguments[1]])
        return [values[root] for root in self._roots]
