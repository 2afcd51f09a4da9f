"""A run at any step that is recorded: its point, and all that its rule remembers there."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, piece, statistics
from workbench.engine.swarm.block import Block, Carried
from workbench.engine.swarm.outcome import Results
from workbench.engine.swarm.plan import make_plan

#: Numbers of an array that are told one by one; of longer ones the length alone.
_TOLD = 4


@dataclass(frozen=True, slots=True)
class Remembered:
    """An array of the rule's state: its name, its Euclidean length, and its numbers where they are few (N,)."""

    name: str
    norm: float
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moment:
    """A run after so many steps.

    Attributes:
        theta: its parameters (P,), none where they are many.
        state: what its rule remembers, by the names of the rule's arrays; empty for a rule without memory.
    """

    run: int
    step: int
    theta: NDArray[np.float64]
    state: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a run's past under one rule: from which step on, and whether the rule begins afresh there."""

    step: int
    lane: int
    rule: LaneRule
    clock: int
    fresh: bool = False


def walk(race: Race, run: int, step: int) -> Iterator[Moment | None]:
    """Go to a run's state after `step` steps, from the nearest state that the race keeps, without touching the race.

    Gives None after each step that is taken, and the moment in the end; nothing where the run has none at that step.
    """
    starts = race.problem.starts
    lane, start = divmod(run, starts)
    if step < race.forks.firsts[lane] or 0 <= race.diverged_at[run] < step:
        return
    kept = race.checkpoints.nearest(step)
    parts = _parts(race, lane, kept.step, step)
    first = parts[0].lane
    group = next(i for i, each in enumerate(race.groups) if first in each.lanes)
    here, row = first * starts + start, (first - race.groups[group].lanes.start) * starts + start
    state: dict[tuple[str, str], Any] = {
        ("optimizer", name): array[row : row + 1].copy() for name, array in kept.optimizers[group].items()
    }
    state |= {("schedule", name): array[start : start + 1].copy() for name, array in kept.schedules[first].items()}
    state |= {("problem", name): array[here : here + 1].copy() for name, array in kept.problem.items()}
    carried, at = Carried(np.zeros(1, np.intp), kept.theta[here : here + 1].copy(), state), kept.step
    for part, end in zip(parts, [*(after.step for after in parts[1:]), step], strict=True):
        if part.fresh:
            left = {key: array for key, array in carried.state.items() if key[0] == "problem"}
            carried = Carried(carried.rows, carried.theta, left)
        plan = make_plan(
            race.problem,
            part.rule,
            steps=step + 1,
            starts=[start],
            draws=[race.problem.streams.draw_of(part.lane * starts + start)],
            hyperparameters={},
            gradient={},
            target=None,
            stops=False,
            clock=part.clock,
        )
        block = Block(plan, Results(plan), carried, at)
        while block.step < end:
            if not block.goes_on:
                return
            block.take_step()
            yield None
        carried, at = block.leave(), end
        if not len(carried.rows):
            return
    yield _moment(run, step, carried)


def _parts(race: Race, lane: int, since: int, step: int) -> list[_Part]:
    """The rules that a run's past follows from between two steps, its parents' where a fork has not begun."""
    borders = {since} | {at for at in race.rules if since < at < step}
    forks, at = race.forks, lane
    while (fork := forks.origins[at]) is not None and fork.step > since:
        borders.add(fork.step)
        at = fork.lane
    parts: list[_Part] = []
    for border in sorted(borders):
        of = forks.lane_at(lane, border)
        rules = race.rules[max(known for known in race.rules if known <= border)]
        fresh = bool(parts) and parts[-1].lane != of and not forks.keeps(of)
        parts.append(_Part(border, of, rules[of], forks.clocks[of], fresh))
    return parts


def _moment(run: int, step: int, carried: Carried) -> Moment:
    theta = np.zeros((1, 0)) if carried.theta is None else np.asarray(carried.theta, np.float64)
    state = []
    told = ((name, array) for (part, name), array in carried.state.items() if part == "optimizer")
    for name, array in told:
        flat = np.asarray(array, np.float64).reshape(-1)
        state.append(Remembered(name, float(np.linalg.norm(flat)), flat[: _TOLD if len(flat) <= _TOLD else 0]))
    return Moment(run, step, theta[0] if theta.shape[1] <= _TOLD else theta[0, :0], tuple(state))


@statistics.register("moment")
class MomentStatistic(Statistic):
    """The moment of the run and step given with the demand; None until it is found, and where there is none."""

    refresh, rest = 0.05, 4.0

    def __init__(self) -> None:
        self._asked: tuple[int, int] | None = None
        self._walk: Iterator[Moment | None] | None = None
        self._found: Moment | None = None
        self._of: tuple[Any, Any] = (None, None)  # the race and its changes on the way

    def compute(self, race: Race, given: Any, *, running: bool) -> Moment | None:
        run, step = given
        if not self._is_of(race):
            self._of, self._walk, self._asked = (weakref.ref(race), race.rules), None, None
        if not 0 <= run < race.problem.runs or not 0 <= step <= race.history.last:
            self._walk = None
            return None  # a demand may still be of the race before this one
        if self._walk is None or self._asked != (run, step) or self._found is not None:
            self._asked, self._found, self._walk = (run, step), None, walk(race, run, step)
        until = time.perf_counter() + piece(running)
        with np.errstate(all="ignore"):
            while self._walk is not None and time.perf_counter() < until:
                found = next(self._walk, False)
                if found is False or isinstance(found, Moment):
                    self._found, self._walk = found if isinstance(found, Moment) else None, None
        return self._found

    def _is_of(self, race: Race) -> bool:
        known, rules = self._of
        return known is not None and known() is race and rules is race.rules

    def is_whole(self, race: Race) -> bool:
        return self._walk is None and self._is_of(race)

    def let_go(self, race: Race) -> None:
        if not self._is_of(race):
            self._walk = None
