"""Some runs of a swarm, in step, in buffers that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import proxy

import numpy as np
from numpy.typing import NDArray

from workbench.engine.optimizers.base import Evaluate, Hessian
from workbench.engine.problem import Floats
from workbench.engine.race.measures import DIVERGED_BEYOND, Norms, all_finite, surely_fine
from workbench.engine.side_by_side import parts_of
from workbench.engine.swarm.outcome import Results
from workbench.engine.swarm.plan import Plan

#: A block is made anew without the runs that have ended once these have cost as much as so many steps of all.
_STEPS_WASTED = 16


@dataclass(frozen=True, slots=True)
class Carried:
    """Runs between two blocks: their numbers (K,), parameters (K, P) and state, by part and name, (K, ..) each.

    `theta` is None at step 0, where the problem knows the parameters.
    """

    rows: NDArray[np.intp]
    theta: Floats | None = None
    state: dict[tuple[str, str], NDArray[Any]] = field(default_factory=dict)

    def pieces(self, size: int) -> Iterator[Carried]:
        """The same in pieces of at most so many runs."""
        for first in range(0, len(self.rows), size):
            yield self.take(slice(first, first + size))

    def take(self, which: Any) -> Carried:
        """Some of them, by position, copied."""
        theta = None if self.theta is None else self.theta[which].copy()
        return Carried(self.rows[which].copy(), theta, {key: array[which].copy() for key, array in self.state.items()})


def joined(parts: Sequence[Carried]) -> Carried:
    """Runs from several blocks as one."""
    if not parts:
        return Carried(np.empty(0, np.intp))
    thetas = [part.theta for part in parts if part.theta is not None]
    state = {key: np.concatenate([part.state[key] for part in parts]) for key in parts[0].state}
    return Carried(np.concatenate([part.rows for part in parts]), np.concatenate(thetas), state)


class Block:
    """K runs of a swarm at the same step; what becomes of them is written to `results`.

    A run that has ended stays in the block, where nothing looks at it, until the block is made anew without it.
    """

    def __init__(self, plan: Plan, results: Results, carried: Carried, step: int) -> None:
        """Go on with runs where another block left them, at `step`."""
        self.rows, self.step = carried.rows, step
        self._plan, self._results = plan, results
        self.problem = plan.problem.of_runs(plan.starts[self.rows], plan.draws[self.rows])
        self.theta = self.problem.initial() if carried.theta is None else carried.theta
        self.gradient, self._flat_theta = np.zeros_like(self.theta), self.theta.reshape(-1)
        self._flat, self._norms = self.gradient.reshape(-1), Norms(self.gradient, parts_of(self.problem))
        self._optimizer, self._options = plan.optimizer(self.rows), plan.options(self.rows)
        self._optimizer.bind(
            self.theta, tensors=self.problem.tensors, evaluate=self._evaluator(), hessian=self._hessian()
        )
        self._changed = np.empty_like(self.gradient)
        self._memory: dict[str, Any] = {}
        self._looks = {at: number for number, at in enumerate(plan.looks)}
        self._best = results.best[self.rows]
        self._target = np.where(results.reached_at[self.rows] < 0, plan.target[self.rows], -np.inf)
        self._aims = bool((self._target > -np.inf).any())
        self._going = np.ones(len(self.rows), bool)
        self.gone, self._wasted = 0, 0
        if carried.theta is not None:
            self._load(carried)
        self.loss = self.problem.loss_and_gradient(self.theta, step, self.gradient)
        if carried.theta is None:
            self._look()

    @property
    def goes_on(self) -> bool:
        """Whether any of its runs has not ended."""
        return self.gone < len(self.rows)

    @property
    def is_thin(self) -> bool:
        """Whether it would be worth its cost to go on without the runs that have ended."""
        return self._wasted > _STEPS_WASTED * len(self.rows) and self.goes_on

    def take_step(self) -> None:
        """One step of all runs, as `Race` takes it."""
        optimizer, options, gradient = self._optimizer, self._options, self.gradient
        if self._plan.rule.schedule is not None:
            self._set_rate()
        if options is not None:
            if options.changes_gradient:
                gradient = options.apply(self.theta, gradient, self._changed)
            options.decay(self.theta, optimizer.exact.rate)
        optimizer.step(self.theta, gradient, self.step + 1)
        self.step += 1
        self.loss = self.problem.loss_and_gradient(self.theta, self.step, self.gradient)
        self._wasted += self.gone
        self._look()

    def leave(self) -> Carried:
        """The runs that have not ended, for another block."""
        self._results.best[self.rows[self._going]] = self._best[self._going]
        parts = {"optimizer": self._optimizer.state_arrays, "schedule": self._memory, "problem": self.problem.save()}
        state = {(part, name): array for part, arrays in parts.items() for name, array in arrays.items()}
        return Carried(self.rows, self.theta, state).take(np.flatnonzero(self._going))

    def end(self) -> None:
        """End all runs here."""
        if self.goes_on:
            self._end(self._going.copy())

    def _load(self, carried: Carried) -> None:
        parts: dict[str, dict[str, Any]] = {"optimizer": {}, "schedule": {}, "problem": {}}
        for (part, name), array in carried.state.items():
            parts[part][name] = array
        self._optimizer.load(parts["optimizer"])
        self._memory = parts["schedule"]
        self.problem.load(parts["problem"])

    def _set_rate(self) -> None:
        schedule = self._plan.rule.schedule
        assert schedule is not None  # noqa: S101 - for the type checker
        if not schedule.remembers:
            self._optimizer.set_rate_factor(schedule.factor(self.step))
            return
        if not self._memory:
            self._memory = schedule.begin(len(self.rows), self.problem.steps_per_epoch)
        schedule.observe(self._memory, self.loss)
        self._optimizer.set_rate_factor((schedule.factor(self.step) * self._memory["factor"])[:, None])

    def _look(self) -> None:
        """Note what the state just reached means for each run."""
        unit, loss = self.problem.loss_unit, self.loss
        self._shown = loss if unit == 1.0 else np.asarray(loss * unit)
        if surely_fine(loss, self._flat) and (self.problem.steps_per_epoch or all_finite(self._flat_theta)):
            np.minimum(self._best, self._shown, out=self._best)
        else:
            self._look_closer()
        if self._aims and (self._shown <= self._target).any():
            self._arrive()
        if self.step in self._looks:
            self._take_look(self._looks[self.step])

    def _take_look(self, number: int) -> None:
        """Note how the runs that go on stand, and what they have spent."""
        at, results, name = np.flatnonzero(self._going), self._results, self._plan.looks_at
        rows = self.rows[at]
        seen = self._shown[at]
        if name and len(at):
            saved = {key: array[at] for key, array in self.problem.save().items()}
            seen = self._plan.problem.evaluate(self.theta[at], saved)[name]
        results.looked[number, rows] = seen
        results.spent[number, rows] = self.step + results.extra[rows]

    def _look_closer(self) -> None:
        """Find the runs that have diverged: those, as in a race, whose loss or gradient is beyond the bound."""
        loss, norm = self.loss, self._norms.measure()
        fine = (np.abs(loss) <= DIVERGED_BEYOND) & (norm <= DIVERGED_BEYOND)
        fine &= np.isfinite(self.theta).all(axis=1)
        np.minimum(self._best, self._shown, out=self._best, where=fine)
        self._wasted += len(self.rows) if self.gone else 0
        died = self._going & ~fine
        if died.any():
            self._target[~fine] = -np.inf
            self._results.diverged_at[self.rows[died]] = self.step
            self._end(died)

    def _arrive(self) -> None:
        """Note the runs that are at their target."""
        there = (self._shown <= self._target) & self._going
        self._target[self._shown <= self._target] = -np.inf
        self._results.reached_at[self.rows[there]] = self.step
        if self._plan.stops and there.any():
            self._end(there)

    def _end(self, which: NDArray[np.bool_]) -> None:
        """Write down the end of some runs, which the state just evaluated is."""
        at, results = np.flatnonzero(which), self._results
        rows = self.rows[at]
        results.ended[rows], results.steps[rows] = True, self.step
        results.theta[rows], results.loss[rows], results.best[rows] = self.theta[at], self._shown[at], self._best[at]
        if results.metrics:
            saved = {name: array[at] for name, array in self.problem.save().items()}
            for name, values in self._plan.problem.evaluate(self.theta[at], saved).items():
                results.metrics[name][rows] = values
        self._going[at] = False
        self.gone += len(at)

    def _evaluator(self) -> Evaluate:
        # weakly, so that a block that is replaced is freed at once
        block = proxy(self)

        def evaluate(theta: Floats, rows: NDArray[np.intp], out: Floats) -> Floats:
            loss: Floats = block.problem.loss_and_gradient(theta, block.step, out, rows)
            np.add.at(block._results.extra, block.rows[rows], 1)
            options = block._options
            if options is None:
                return loss
            options.apply(theta, out, out, rows)
            return np.asarray(loss + options.penalty(theta, rows))

        return evaluate

    def _hessian(self) -> Hessian | None:
        known, options = self.problem.exact_hessian, self._options
        if known is None:
            return None
        extra, rows = self._results.extra, self.rows

        def counted(theta: Floats) -> Floats:
            extra[rows] += theta.shape[1]  # a column of it costs as much as a gradient
            return known(theta) if options is None else options.bend(known(theta))

        return counted
