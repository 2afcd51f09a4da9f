"""A rule laid out for R runs of P numbers: which operation writes into which array, in order.

The arrays are allocated once. An operation writes over what is not needed any more, and into the state and the point
themselves where nothing reads the old ones again, so that a rule typed in makes about as many passes over memory as
one written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.operations import COMPARISONS, REDUCTIONS, RULE_OPERATIONS
from workbench.engine.rules.rule import Kind, Rule, state_leaf

Floats = NDArray[np.floating[Any]]
#: operation, the slots that it reads, the slot that it writes
Step = tuple[Callable[..., Any], tuple[int, ...], int]
#: Up to so many parameters the factor of a run is laid out beside each of them: numpy takes a loop of its own for each
#: run where it has to repeat one.
_SPREAD_PARAMETERS = 32


class Plan:
    """The operations of a rule over slots.

    Attributes:
        values: what each slot holds.
        settled: what follows from the hyperparameters alone, done when they change.
        steps: what a step does.
        slots: the slot of each leaf by its name.
        moves: slots to be copied at the end of a step, from and to.
    """

    def __init__(self, rule: Rule, runs: int, size: int, dtype: DTypeLike, shared: frozenset[str]) -> None:
        """`shared` are the names, hyperparameters and the rate, that all runs have the same value of."""
        self._rule, self._graph = rule, rule.graph
        self._runs, self._size, self._dtype = runs, size, np.dtype(dtype)
        self.values: list[Any] = []
        self.settled: list[Step] = []
        self.steps: list[Step] = []
        self.slots: dict[str, int] = {}
        self.moves: list[tuple[int, int]] = []
        self._order = self._graph.reachable(rule.roots)
        self._place: dict[int, int] = {}
        self._spread: dict[int, int] = {}
        self._free: dict[tuple[int, ...], list[int]] = {}
        self._last_use = self._find_last_uses()
        self._own_slots: set[int] = set()
        self._rows = self._find_rows(shared)
        self._is_settled = self._find_settled()
        for node in self._order:
            self._lay(node)
        self._finish()

    # what is known of the nodes before any is laid out

    def _find_last_uses(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for node in self._order:
            for argument in self._graph.arguments[node]:
                found[argument] = node
        for root in self._rule.roots:  # what is asked for is kept to the end of the step
            found[root] = len(self._graph)
        return found

    def _find_rows(self, shared: frozenset[str]) -> dict[int, int]:
        """How many rows each node has: one where all runs share it."""
        found: dict[int, int] = {}
        for node in self._order:
            operation, arguments = self._graph.operations[node], self._graph.arguments[node]
            if operation == "parameter":
                name = self._graph.contents[node]
                found[node] = 1 if name == STEP or name in shared else self._runs
            else:
                rows = max((found[argument] for argument in arguments), default=1)
                found[node] = self._runs if operation in REDUCTIONS else rows
        return found

    def _find_settled(self) -> set[int]:
        found: set[int] = set()
        moving = {POINT, GRADIENT, STEP, RATE, *map(state_leaf, self._rule.states)}
        for node in self._order:
            if self._graph.operations[node] == "parameter":
                settled = self._graph.contents[node] not in moving
            else:
                settled = all(argument in found for argument in self._graph.arguments[node])
            if settled:
                found.add(node)
        return found

    # slots

    def _new(self, value: Any) -> int:
        self.values.append(value)
        return len(self.values) - 1

    def _shape(self, node: int) -> tuple[int, ...]:
        kind = self._rule.kinds[node]
        if kind == Kind.FULL:
            return (self._runs, self._size)
        return () if kind <= Kind.STEP else (self._rows[node], 1)

    def _scratch(self, node: int) -> int:
        shape = self._shape(node)
        # what was settled must outlive the steps: it shares no slot with what they write
        waiting = None if node in self._is_settled else self._free.get(shape)
        if waiting:
            return waiting.pop()
        full = self._rule.kinds[node] == Kind.FULL
        slot = self._new(np.zeros(shape, self._dtype if full else np.float64))
        self._own_slots.add(slot)
        return slot

    def _release(self, node: int, by: int) -> None:
        """Give back the slot of an argument whose last use this is."""
        slot = self._place[node]
        if self._last_use.get(node) == by and slot in self._own_slots and node not in self._is_settled:
            self._free.setdefault(self._shape(node), []).append(slot)
            self._own_slots.discard(slot)

    def _lay(self, node: int) -> None:
        operation = self._graph.operations[node]
        if operation == "constant":
            self._place[node] = self._new(float(self._graph.contents[node]))
        elif operation == "parameter":
            self._lay_leaf(node)
        else:
            self._lay_operation(node, operation)

    def _lay_leaf(self, node: int) -> None:
        name = self._graph.contents[node]
        slot = self._new(np.zeros(()) if name == STEP else None)
        self._place[node] = self.slots[name] = slot

    def _lay_operation(self, node: int, operation: str) -> None:
        arguments = tuple(self._operand(argument, node) for argument in self._graph.arguments[node])
        function, in_place = _written(operation)
        distinct = dict.fromkeys(self._graph.arguments[node])
        home = self._home(node) if in_place else None
        if in_place and home is None:
            for argument in distinct:
                self._release(argument, node)
        slot = self._scratch(node) if home is None else home
        if not in_place or home is not None:
            for argument in distinct:
                self._release(argument, node)
        if home is None:
            self._own_slots.add(slot)
        self._place[node] = slot
        (self.settled if node in self._is_settled else self.steps).append((function, arguments, slot))

    def _home(self, node: int) -> int | None:
        """The slot of the state or point that a node becomes, where the old one is not read after it."""
        rule = self._rule
        for name in (POINT, *rule.states):
            if rule.last[name] != node or rule.kinds[node] != Kind.FULL:
                continue
            leaf = self._leaf(name)
            taken = self._graph.operations[node] == "parameter"
            if leaf is None or taken or leaf not in self._place:
                continue
            slot = self._place[leaf]
            if slot not in self._place_values(leaf) and self._last_use.get(leaf, -1) <= node:
                return slot
        return None

    def _place_values(self, leaf: int) -> set[int]:
        return {slot for node, slot in self._place.items() if node != leaf}

    def _leaf(self, name: str) -> int | None:
        wanted = name if name == POINT else state_leaf(name)
        for node in self._order:
            if self._graph.operations[node] == "parameter" and self._graph.contents[node] == wanted:
                return node
        return None

    def _operand(self, argument: int, by: int) -> int:
        """The slot to read an argument from: a factor of each run goes to whole arrays in their own precision."""
        kinds, slot = self._rule.kinds, self._place[argument]
        if kinds[by] != Kind.FULL or kinds[argument] not in (Kind.RUN, Kind.STEP):
            return slot
        if self._graph.operations[by] in REDUCTIONS:
            return slot
        spreads = self._rows[argument] > 1 and 1 < self._size <= _SPREAD_PARAMETERS and kinds[argument] == Kind.RUN
        if not spreads and self._dtype == np.float64:
            return slot
        if argument not in self._spread:
            shape = (self._runs, self._size) if spreads else self._shape(argument)
            copy = self._spread[argument] = self._new(np.zeros(shape, self._dtype))
            # a leaf that moves is there before a step begins; what is computed stands in its steps
            (self.settled if argument in self._is_settled else self.steps).append((_copy, (slot,), copy))
        return self._spread[argument]

    def _finish(self) -> None:
        """What becomes of the point and the state at the end of a step."""
        for name in (POINT, *self._rule.states):
            leaf = self._leaf(name)
            if leaf is None:
                slot = self._new(None)
                self.slots[name if name == POINT else state_leaf(name)] = slot
            else:
                slot = self._place[leaf]
            source = self._place[self._rule.last[name]]
            if source != slot:
                self.moves.append((source, slot))
        held = {to for _, to in self.moves}
        # one that is copied from after it was copied to would be the new one: such are held first
        if any(source in held for source, _ in self.moves):
            aside = [(source, self._new(None)) for source, _ in self.moves if source in held]
            self._aside = dict(aside)
        else:
            self._aside = {}

    def finish(self) -> None:
        """Copy the new point and state to where they are kept."""
        values = self.values
        for source, aside in self._aside.items():
            values[aside] = np.array(values[source])
        for source, to in self.moves:
            np.copyto(values[to], values[self._aside.get(source, source)], casting="same_kind")


def run(steps: list[Step], values: list[Any]) -> None:
    """Do the operations in order, over the slots."""
    for function, arguments, slot in steps:
        if len(arguments) == 2:
            function(values[arguments[0]], values[arguments[1]], out=values[slot])
        else:
            function(*(values[argument] for argument in arguments), out=values[slot])


def _copy(source: Any, out: Floats) -> None:
    np.copyto(out, source, casting="same_kind")


def _choose(condition: Any, a: Any, b: Any, out: Floats) -> None:
    chosen = np.asarray(condition) != 0.0
    np.copyto(out, b, casting="same_kind")
    np.copyto(out, a, where=chosen, casting="same_kind")


def _written(operation: str) -> tuple[Callable[..., Any], bool]:
    """An operation as a function that writes into `out`, and whether `out` may be one of its arguments."""
    if operation == "where":
        return _choose, False
    function = COMPARISONS.get(operation, RULE_OPERATIONS[operation])
    if isinstance(function, np.ufunc):
        return function, True

    def copied(*arguments: Any, out: Floats) -> None:
        np.copyto(out, function(*arguments), casting="same_kind")

    return copied, True
