"""Groups of lanes: adjacent ones under the same rule, on the same problem, are one call of one optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol
from weakref import proxy

import numpy as np
from numpy.typing import DTypeLike, NDArray

from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.optimizers.base import Evaluate, Hessian
from workbench.engine.params import complete
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS, GradientOptions
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.side_by_side import Part, parts_of


class Running(Protocol):
    """What groups know of their race: the problem, the state (R, P) with its gradient, and the step it stands at."""

    problem: Problem
    theta: Floats
    gradient: Floats
    step: int


@dataclass(slots=True, weakref_slot=True)
class Group:
    """Adjacent lanes under one rule: the rows [first, last) of the race's buffers, as long as their own parameters."""

    rows: slice
    lanes: range
    part: Part
    optimizer: Optimizer
    theta: Floats
    gradient: Floats
    scheduled: bool = False
    #: clipping and decay, and where the changed gradient goes; None while no lane asks for them
    options: GradientOptions | None = None
    changed: Floats | None = None
    #: the step of the race from which the optimizer counts its own
    clock: int = 0

    def take_rules(self, rules: Sequence[LaneRule], dtype: DTypeLike) -> None:
        """Put the rules of the group's runs, one a row, in force: hyperparameters, clipping and decay."""
        self.optimizer.set_hyperparameters([rule.hyperparameters for rule in rules])
        self.options = None
        if any(rule.gradient and any(rule.gradient.values()) for rule in rules):
            given = [complete(GRADIENT_OPTIONS, rule.gradient or {}) for rule in rules]
            self.options = GradientOptions(given, rules[0].convention, dtype)
            if self.options.changes_gradient and self.changed is None:
                self.changed = np.empty_like(self.gradient)


def build_groups(race: Running, lanes: Sequence[LaneRule], clocks: Sequence[int]) -> list[Group]:
    """The groups of a race's lanes, their optimizers bound to its buffers; the rules are not in force yet.

    `clocks` gives for each lane the step from which its rule counts: lanes that count alike can be one group.
    """
    groups = []
    for part in parts_of(race.problem):
        problem, first = part.problem, part.lanes.start
        own_lanes = [(lanes[i], clocks[i]) for i in part.lanes]
        for (key, clock), members in groupby(own_lanes, key=lambda lane: (lane[0].group, lane[1])):
            rules = [rule for rule, _ in members]
            own = range(first, first + len(rules))
            rows = slice(first * problem.starts, own.stop * problem.starts)
            hyperparameters = [rule.hyperparameters for rule in rules for _ in range(problem.starts)]
            optimizer = optimizers.get(key[0])(hyperparameters, key[1])
            theta, gradient = (buffer[rows, : problem.size] for buffer in (race.theta, race.gradient))
            group = Group(rows, own, part, optimizer, theta, gradient, clock=clock)
            optimizer.bind(
                theta, tensors=problem.tensors, evaluate=_evaluator(race, group), hessian=_hessian_of(problem, group)
            )
            groups.append(group)
            first = own.stop
    return groups


def _evaluator(race: Running, group: Group) -> Evaluate:
    """What a group's optimizer asks for the loss of the present step at other points."""
    # weakly: a race that refers to itself would stay in memory, with all its states, until Python looks for such
    running, own = proxy(race), proxy(group)

    def evaluate(theta: Floats, rows: NDArray[np.intp], out: Floats) -> Floats:
        part = own.part
        mine = rows + (own.rows.start - part.rows.start)
        loss: Floats = part.problem.loss_and_gradient(theta, running.step, out, mine)
        options = own.options
        if options is None:
            return loss
        options.apply(theta, out, out, rows)
        return np.asarray(loss + options.penalty(theta, rows))

    return evaluate


def _hessian_of(problem: Problem, group: Group) -> Hessian | None:
    """The second derivatives (R, P, P) of what `_evaluator` evaluates, where the problem knows its own."""
    known = problem.exact_hessian
    if known is None:
        return None
    own = proxy(group)
    return lambda theta: known(theta) if own.options is None else own.options.bend(known(theta))
