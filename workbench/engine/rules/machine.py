"""A rule at work on R runs: hyperparameters put in force, and steps taken in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from workbench.engine.rules.names import GRADIENT, POINT, RATE, STEP
from workbench.engine.rules.plan import Floats, Plan, run
from workbench.engine.rules.rule import Rule, state_leaf


class Machine:
    """Takes steps of a rule over (R, P) arrays, each run with its own hyperparameters.

    It keeps nothing from step to step: the state is given with every step and overwritten.
    """

    def __init__(self, rule: Rule, runs: int, size: int, dtype: DTypeLike) -> None:
        self._rule, self._shape, self._dtype = rule, (runs, size), dtype
        self._hyperparameters: Mapping[str, Floats] = {}
        self._rate: Floats = np.zeros((1, 1))
        self._plans: dict[frozenset[str], Plan] = {}
        self._plan: Plan | None = None

    def settle(self, hyperparameters: Mapping[str, Floats]) -> None:
        """Put hyperparameters, (R, 1) in double precision by their names, in force."""
        self._hyperparameters, self._plan = {name: _narrow(h) for name, h in hyperparameters.items()}, None

    def set_rate(self, rate: Floats) -> None:
        """Put the learning rate of the next steps, (R, 1) in double precision, in force."""
        rate = _narrow(rate)
        if len(rate) != len(self._rate):
            self._plan = None
        self._rate = rate

    def step(self, x: Floats, gradient: Floats, t: int, state: Mapping[str, Floats]) -> None:
        """Take step t = 1, 2, ...: x (R, P) and the arrays of `state` are overwritten, gradient (R, P) is not."""
        plan = self._plan or self._settled_plan()
        values, slots = plan.values, plan.slots
        values[slots[POINT]] = x
        for name in self._rule.states:
            values[slots[state_leaf(name)]] = state[name]
        for name, value in ((GRADIENT, gradient), (RATE, self._rate)):
            if name in slots:
                values[slots[name]] = value
        if STEP in slots:
            values[slots[STEP]][...] = t
        with np.errstate(all="ignore"):
            run(plan.steps, values)
            plan.finish()

    def _settled_plan(self) -> Plan:
        """The plan for what all runs share at present, with all done that follows from the hyperparameters alone."""
        known = {**self._hyperparameters, RATE: self._rate}
        shared = frozenset(name for name, value in known.items() if len(value) == 1)
        if shared not in self._plans:
            self._plans = {shared: Plan(self._rule, *self._shape, self._dtype, shared)}
        plan = self._plan = self._plans[shared]
        for name, value in self._hyperparameters.items():
            if name in plan.slots:
                plan.values[plan.slots[name]] = value
        with np.errstate(all="ignore"):
            run(plan.settled, plan.values)
        return plan


def _narrow(column: Any) -> Floats:
    """A column (R, 1) as (1, 1) where it says one number only."""
    found: Floats = np.asarray(column, dtype=np.float64).reshape(-1, 1)
    return found[:1].copy() if (found == found[0]).all() else found
