"""The step of a rule as a sum: what of it comes from the gradient, what from each state, what from the point itself.

The next point is followed back through sums, and through products and quotients with what is no sum itself: a
velocity's step is one part from the velocity kept and one from the present gradient. What is no sum, as a sign, is one
part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.engine.rules.names import GRADIENT, POINT
from workbench.engine.rules.rule import Kind, Rule, state_leaf
from workbench.engine.rules.values import all_values

#: the part of a step that comes from no one source: what is under a sign, a root, or a product of two sources
REST = ""

Parts = dict[str, Any]


def step_terms(rule: Rule, given: Mapping[str, Any]) -> Parts:
    """The parts (R, P) that add up to the step of a rule, by the name of what they come from, for leaves as given.

    The names are `g`, `x` (what shrinks or draws the point, as weight decay), states, and `REST`. What a rule does not
    have is left out, and so is what is zero throughout.
    """
    root = rule.last[POINT]
    values = all_values(rule, [root], given)
    with np.errstate(all="ignore"):
        parts = _Terms(rule, values).of(root)
        point = given[POINT]
        parts[POINT] = parts.get(POINT, 0.0) - point
    made = {name: np.broadcast_to(np.asarray(part, np.float64), point.shape) for name, part in parts.items()}
    return {name: part for name, part in made.items() if part.any()}


class _Terms:
    """Parts of nodes, each found once."""

    def __init__(self, rule: Rule, values: Mapping[int, Any]) -> None:
        self._rule, self._values = rule, values
        self._sources = {state_leaf(name): name for name in rule.states} | {GRADIENT: GRADIENT, POINT: POINT}
        self._found: dict[int, Parts] = {}

    def of(self, node: int) -> Parts:
        if node not in self._found:
            self._found[node] = self._parts(node)
        return dict(self._found[node])

    def _parts(self, node: int) -> Parts:
        graph, kinds = self._rule.graph, self._rule.kinds
        operation, arguments = graph.operations[node], graph.arguments[node]
        if kinds[node] != Kind.FULL:
            return {REST: self._values[node]}
        if operation == "parameter":
            return {self._sources[graph.contents[node]]: self._values[node]}
        if operation in ("mul", "where"):
            return self._product(node, *arguments) if operation == "mul" else self._choice(*arguments)
        return self._linear(node, operation, arguments)

    def _linear(self, node: int, operation: str, arguments: tuple[int, ...]) -> Parts:
        """Sums and quotients; what is none of them is one part."""
        if operation in ("add", "sub"):
            return _summed(self.of(arguments[0]), self.of(arguments[1]), 1.0 if operation == "add" else -1.0)
        if operation == "neg":
            return {name: -part for name, part in self.of(arguments[0]).items()}
        if operation == "div":
            divisor = self._values[arguments[1]]
            return {name: part / divisor for name, part in self.of(arguments[0]).items()}
        return {REST: self._values[node]}

    def _product(self, node: int, a: int, b: int) -> Parts:
        """A factor with sources is taken apart, where the other one has none; else the product is one part."""
        for one, other in ((a, b), (b, a)):
            parts = self.of(one)
            if set(self.of(other)) <= {REST} and (self._rule.kinds[one] == Kind.FULL):
                return {name: part * self._values[other] for name, part in parts.items()}
        return {REST: self._values[node]}

    def _choice(self, condition: int, a: int, b: int) -> Parts:
        """Each coordinate has the parts of what it chooses."""
        holds = np.asarray(self._values[condition]) != 0.0
        one, other = self.of(a), self.of(b)
        names = dict.fromkeys([*one, *other])
        return {name: np.where(holds, one.get(name, 0.0), other.get(name, 0.0)) for name in names}


def _summed(a: Parts, b: Parts, sign: float) -> Parts:
    found = dict(a)
    for name, part in b.items():
        found[name] = found[name] + sign * part if name in found else sign * part
    return found
