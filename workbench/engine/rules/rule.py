"""Update rules as they were read: their lines, what they keep from step to step, and what may be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from workbench.engine.formula.expressions import Graph
from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.operations import REDUCTIONS


class Kind(IntEnum):
    """How much a value is: the same for all runs, a number for each run (R, 1), or the numbers of each run (R, P)."""

    NUMBER = 0
    STEP = 1
    RUN = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment.

    Attributes:
        name: what is assigned to, in its one spelling.
        shown: the same as it was typed.
        text: the whole statement as it was typed.
        node: the node of its value.
        row: the line of the text that it stands in, counted from 1.
        reads: the names that it reads, in the order in which they first occur.
    """

    name: str
    shown: str
    text: str
    node: int
    row: int
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over the graph of its operations.

    The leaves of the graph are parameters by name: `x`, `g`, `t`, `learning_rate`, hyperparameters under their own
    names, and the state at the beginning of a step as `state:` and its name.

    Attributes:
        text: as it was typed.
        graph: its operations.
        lines: the assignments in order.
        states: the names that are read before they are assigned, in the order in which they first occur, and how much
            each is: `Kind.RUN` or `Kind.FULL`.
        begins: the node of what a state starts from, where an `init` line says so; the others start at 0.
        hyperparameters: the free names, in the order in which they first occur.
        last: the node that each name has at the end of a step.
        kinds: how much each node is.
        symbols: how each name was first typed.
    """

    text: str
    graph: Graph
    lines: tuple[Line, ...]
    states: Mapping[str, Kind]
    begins: Mapping[str, int]
    hyperparameters: tuple[str, ...]
    last: Mapping[str, int]
    kinds: tuple[Kind, ...]
    symbols: Mapping[str, str]

    @property
    def roots(self) -> tuple[int, ...]:
        """The nodes that a step has to compute: the next point, and the next state in order."""
        return (self.last[POINT], *(self.last[name] for name in self.states))

    @property
    def at_start(self) -> frozenset[str]:
        """The leaves that the `init` lines read: what is changed of them later would not be in the state any more."""
        seen: set[int] = set()
        waiting = list(self.begins.values())
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(self.graph.arguments[node])
        return frozenset(self.graph.contents[node] for node in seen if self.graph.operations[node] == "parameter")


def state_leaf(name: str) -> str:
    """The name of the leaf that is a state at the beginning of a step."""
    return f"state:{name}"


def kinds_of(graph: Graph, states: Mapping[str, Kind]) -> list[Kind]:
    """How much each node is, if the states are as much as given."""
    of_leaf = {POINT: Kind.FULL, GRADIENT: Kind.FULL, STEP: Kind.STEP, RATE: Kind.RUN}
    of_leaf |= {state_leaf(name): kind for name, kind in states.items()}
    found: list[Kind] = []
    for operation, arguments, content in zip(graph.operations, graph.arguments, graph.contents, strict=True):
        if operation == "constant":
            found.append(Kind.NUMBER)
        elif operation == "parameter":
            found.append(of_leaf.get(content, Kind.RUN))
        elif operation in REDUCTIONS:
            found.append(Kind.RUN)
        else:
            found.append(max(found[argument] for argument in arguments))
    return found


def kinds_of_states(
    graph: Graph, last: Mapping[str, int], begins: Mapping[str, int], names: list[str]
) -> dict[str, Kind]:
    """The least that each state can be: a number for each run where neither its start nor its steps are more."""
    states = dict.fromkeys(names, Kind.RUN)
    while True:
        kinds = kinds_of(graph, states)
        grown = {
            name: max(Kind.RUN, kinds[last[name]], kinds[begins[name]] if name in begins else Kind.RUN)
            for name in names
        }
        if grown == states:
            return states
        states = grown
