"""A rule's numbers one by one: every node computed on its own, for showing a step and for the start of a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workbench.engine.rules.operations import RULE_OPERATIONS
from workbench.engine.rules.rule import Rule


def values_of(rule: Rule, nodes: Sequence[int], given: Mapping[str, Any]) -> list[Any]:
    """The values of nodes, from those of the leaves: numbers, (R, 1) or (R, P); nothing given is written to."""
    found = all_values(rule, nodes, given)
    return [found[node] for node in nodes]


def all_values(rule: Rule, nodes: Sequence[int], given: Mapping[str, Any]) -> dict[int, Any]:
    """The values of nodes and of all that they are computed from, by node, as `values_of` gives them."""
    graph, found = rule.graph, {}
    with np.errstate(all="ignore"):
        for node in graph.reachable(nodes):
            operation, content = graph.operations[node], graph.contents[node]
            if operation == "constant":
                found[node] = np.float64(content)
            elif operation == "parameter":
                found[node] = given[content]
            else:
                found[node] = RULE_OPERATIONS[operation](*(found[a] for a in graph.arguments[node]))
    return found
