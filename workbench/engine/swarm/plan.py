"""What each run of a swarm is: its start, its draw, its settings, and where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.engine.optimizers import Optimizer, optimizers
from workbench.engine.params import Param, RequestError, Value, complete
from workbench.engine.problem import Floats, Problem
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS, GradientOptions
from workbench.engine.race.lane_rule import LaneRule

#: a value that all N runs share, or one for each of them (N,)
Column = Value | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """N runs, numbered along the axes of `shape` in C order.

    Attributes:
        shape: that of every result.
        starts, draws: of each run (N,), as `Problem.of_runs` takes them.
        hyperparameters, gradient: the rule's settings; `gradient` is None where no run has any option.
        target: the loss at which a run has arrived (N,), minus infinity for none.
        stops: whether a run ends there.
        steps: where it ends otherwise.
        looks: the steps (T,), ascending, at which a look is taken at the runs that go on.
        looks_at: the metric that a look notes; empty for the loss.
    """

    problem: Problem
    rule: LaneRule
    shape: tuple[int, ...]
    starts: NDArray[np.intp]
    draws: NDArray[np.intp]
    hyperparameters: Mapping[str, Column]
    gradient: Mapping[str, Column] | None
    target: Floats
    stops: bool
    steps: int
    looks: tuple[int, ...] = ()
    looks_at: str = ""

    @property
    def runs(self) -> int:
        return len(self.starts)

    def optimizer(self, rows: NDArray[np.intp]) -> Optimizer:
        """The rule for the runs `rows` (K,), not bound yet."""
        return optimizers.get(self.rule.optimizer)(_of(self.hyperparameters, rows), self.rule.convention)

    def options(self, rows: NDArray[np.intp]) -> GradientOptions | None:
        """What happens to the gradients of the runs `rows` (K,)."""
        if self.gradient is None:
            return None
        columns = {name: np.broadcast_to(value, len(rows)) for name, value in _of(self.gradient, rows).items()}
        return GradientOptions(columns, self.rule.convention, self.problem.dtype)


def make_plan(
    problem: Problem,
    rule: LaneRule,
    *,
    steps: int,
    starts: ArrayLike | None,
    draws: ArrayLike,
    hyperparameters: Mapping[str, ArrayLike],
    gradient: Mapping[str, ArrayLike],
    target: ArrayLike | None,
    stops: bool,
    looks: Sequence[int] = (),
    looks_at: str = "",
) -> Plan:
    """Spread what is given over one shape and check it.

    Raises:
        RequestError: a setting that the rule does not have, that cannot differ between runs, or out of its range.
        ValueError: the shapes do not go together, or a start that the problem does not have.
    """
    arrays: dict[str, NDArray[Any]] = {
        "starts": np.asarray(np.arange(problem.starts) if starts is None else starts, np.intp),
        "draws": np.asarray(draws, np.intp),
        "target": np.asarray(-np.inf if target is None else target, np.float64),
    }
    if arrays["starts"].size and not 0 <= arrays["starts"].min() <= arrays["starts"].max() < problem.starts:
        raise ValueError(f"starts must be numbers below {problem.starts}")
    entry, base = optimizers.get(rule.optimizer), complete(GRADIENT_OPTIONS, rule.gradient or {}, rule.convention)
    known = entry.settings(rule.hyperparameters, rule.convention)
    own = _checked(known, entry.spelt(hyperparameters), f'the optimizer "{rule.optimizer}"')
    options = _checked(GRADIENT_OPTIONS, gradient, "a lane's gradient")
    shape = np.broadcast_shapes(*(each.shape for each in (*arrays.values(), *own.values(), *options.values())))

    def spread(values: NDArray[Any]) -> NDArray[Any]:
        return np.broadcast_to(values, shape).ravel()

    asked = any(base.values()) or any(values.any() for values in options.values())
    return Plan(
        problem,
        rule,
        shape,
        spread(arrays["starts"]),
        spread(arrays["draws"]),
        {**rule.hyperparameters, **{name: spread(values) for name, values in own.items()}},
        {**base, **{name: spread(values) for name, values in options.items()}} if asked else None,
        spread(arrays["target"]),
        stops,
        steps,
        tuple(looks),
        looks_at,
    )


def _of(columns: Mapping[str, Column], rows: NDArray[np.intp]) -> dict[str, Any]:
    return {name: value[rows] if isinstance(value, np.ndarray) else value for name, value in columns.items()}


def _checked(params: tuple[Param, ...], given: Mapping[str, ArrayLike], owner: str) -> dict[str, NDArray[np.float64]]:
    """The given values as arrays, their extremes held to the setting's range."""
    known, found = {param.name: param for param in params}, {}
    for name, values in given.items():
        if name not in known:
            complete(params, {name: 0.0}, owner=owner)  # refuses it, with the names that there are
        if known[name].switch:
            raise RequestError(name, "must be the same for all runs: it is a part of the rule")
        found[name] = np.asarray(values, np.float64)
        for value in (found[name].min(), found[name].max()) if found[name].size else ():
            known[name].check(float(value))
    return found
