"""Lanes that begin on the way: each goes on from another lane's state at a step, under a rule of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers import optimizers
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.groups import Group
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.stopping import Stopping


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a lane begins: with the state that the lane in place `lane` of the race has after `step` steps."""

    lane: int
    step: int


class Forked(Protocol):
    """What forks know of their race: the arrays (R, ..) of its runs, its rules, and its groups."""

    problem: Problem
    theta: Floats
    step: int
    alive: NDArray[np.bool_]
    diverged_at: NDArray[np.int64]
    diverged_layer: NDArray[np.int64]
    reached_at: NDArray[np.int64]
    memories: list[dict[str, Floats]]
    rates_taken: Floats
    stopping: Stopping | None

    @property
    def lanes(self) -> tuple[LaneRule, ...]: ...

    def group_of(self, lane: int) -> Group: ...


class Forks:
    """The forks among the lanes of a race, and what each of them begins with.

    A fork whose rule differs from its parent's in nothing but what can change while a race runs has the parent's whole
    state - the optimizer's arrays, its count of steps, what a schedule remembers - and so takes the steps, bit for bit,
    that the parent would take had it been changed live. Under any other rule it begins with a fresh state of that rule
    at the parent's point, as if the rule's first step were the next one; what follows from the race's step, as batches,
    noise and schedules, goes on counting.

    Before it begins, a fork is where its parent is: its past is the parent's, and is recorded there alone. So early
    stopping, and a tolerance, know of a fork what they know of its parent.

    Attributes:
        begins: the step at which each run begins (R,), 0 where it is none of a fork.
        clocks: the step of the race from which the rule of each lane counts its own steps.
        roots: the run (R,) at whose step 0 each run's past begins.
        last: the last step at which a fork begins.
    """

    def __init__(self, origins: Sequence[Fork | None], rules: Sequence[LaneRule], starts: int) -> None:
        """`origins` says for each lane where it begins, None for one that begins at the start.

        Raises:
            ValueError: a fork of itself, of its own fork, of a lane that is not there, or before its parent begins.
        """
        given = tuple(origins) or (None,) * len(rules)
        self._origins, self._starts = given, starts
        self._order = _order(given)
        first = [fork.step if fork is not None else 0 for fork in given]
        clocks, roots = [0] * len(given), list(range(len(given)))
        self._keeps = [False] * len(given)
        for lane in self._order:
            fork = given[lane]
            assert fork is not None  # noqa: S101 - for the type checker
            if fork.step < first[fork.lane]:
                raise ValueError(f"lane {lane} cannot begin at step {fork.step}, before lane {fork.lane} does")
            self._keeps[lane] = rules[lane].fixed == rules[fork.lane].fixed
            clocks[lane] = clocks[fork.lane] if self._keeps[lane] else fork.step
            roots[lane] = roots[fork.lane]
        self.clocks: tuple[int, ...] = tuple(clocks)
        self.firsts: tuple[int, ...] = tuple(first)
        self.begins = np.repeat(np.array(first, np.int64), starts)
        self.roots = (np.repeat(np.array(roots, np.intp), starts) * starts) + np.tile(np.arange(starts), len(given))
        self.last = max(first, default=0)

    @property
    def origins(self) -> tuple[Fork | None, ...]:
        """Where each lane begins."""
        return self._origins

    def keeps(self, lane: int) -> bool:
        """Whether a fork begins with its parent's state, and not with a fresh one of its own rule."""
        return self._keeps[lane]

    def lane_at(self, lane: int, step: int) -> int:
        """The lane that a lane's past is of after `step` steps: itself from where it begins, its parent before."""
        while (fork := self._origins[lane]) is not None and step < fork.step:
            lane = fork.lane
        return lane

    def unbegun(self, step: int) -> NDArray[np.bool_] | None:
        """Which runs (R,) have not begun at a step; None where all have."""
        return self.begins > step if step < self.last else None

    def follow(self, race: Forked) -> None:
        """Put each fork that has not begun where its parent is."""
        for lane in self._order if race.step < self.last else ():
            fork = self._origins[lane]
            if fork is not None and race.step < fork.step:
                race.theta[self._rows(lane)] = race.theta[self._rows(fork.lane)]

    def begin(self, race: Forked, before: Floats | None) -> bool:
        """Let the forks begin that are due at the race's step, before its state is evaluated; gives whether any does.

        `before` is theta (R, P) a step before, where it is needed.
        """
        due = [lane for lane in self._order if self.firsts[lane] == race.step] if race.step <= self.last else []
        for lane in due:
            fork = self._origins[lane]
            assert fork is not None  # noqa: S101 - for the type checker
            own, parent = self._rows(lane), self._rows(fork.lane)
            arrays = (race.theta, race.alive, race.diverged_at, race.diverged_layer, race.reached_at, race.rates_taken)
            for array in arrays if before is None else (*arrays, before):
                array[own] = array[parent]
            race.problem.copy_runs(own, parent)
            if race.stopping is not None:
                race.stopping.copy_runs(own, parent)
            self._take_state(race, lane, fork.lane)
        return bool(due)

    def _rows(self, lane: int) -> slice:
        return slice(lane * self._starts, (lane + 1) * self._starts)

    def _take_state(self, race: Forked, lane: int, parent: int) -> None:
        """Give the lane's optimizer the state that it begins with."""
        group, own = self._state_of(race, lane)
        keeps = self._keeps[lane]
        if keeps:
            _, found = self._state_of(race, parent)
        else:
            rule, problem = race.lanes[lane], group.part.problem
            theta = race.theta[self._rows(lane), : problem.size]
            fresh = optimizers.get(rule.optimizer)([rule.hyperparameters] * self._starts, rule.convention)
            fresh.bind(theta, tensors=problem.tensors)
            found = fresh.state_arrays
        for name, array in own.items():
            array[...] = found[name]
        memory = race.memories[parent] if keeps else {}
        race.memories[lane] = {name: array.copy() for name, array in memory.items()}
        group.scheduled |= bool(race.memories[lane])

    def _state_of(self, race: Forked, lane: int) -> tuple[Group, dict[str, Floats]]:
        """The lane's group, and the lane's rows of its optimizer's state, as views."""
        group, rows = race.group_of(lane), self._rows(lane)
        here = slice(rows.start - group.rows.start, rows.stop - group.rows.start)
        return group, {name: array[here] for name, array in group.optimizer.state_arrays.items()}


def _order(origins: Sequence[Fork | None]) -> tuple[int, ...]:
    """The places of the forks, each behind the fork that it begins from."""
    found: list[int] = []
    for lane, fork in enumerate(origins):
        way, at, origin = [], lane, fork
        while origin is not None and at not in found:
            if at in way or not 0 <= origin.lane < len(origins):
                raise ValueError(f"lane {lane} begins from a lane that is not there, or in a circle")
            way.append(at)
            at, origin = origin.lane, origins[origin.lane]
        found += reversed(way)
    return tuple(found)
