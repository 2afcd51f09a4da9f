"""Many runs of one problem, from any starts and under any settings, of which only the outcome is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from workbench.engine.problem import Problem
from workbench.engine.race.lane_rule import LaneRule
from workbench.engine.swarm.block import Block, Carried, joined
from workbench.engine.swarm.outcome import Outcome, Results
from workbench.engine.swarm.plan import make_plan

_NOTHING: Mapping[str, ArrayLike] = MappingProxyType({})
#: Numbers in the buffers of a block. Rosenbrock, Adam: a step of a run takes 13.5 ns with 8,192 runs at once, 16 with
#: 4,096, 22 with 2,048, where numpy's calls weigh more, and more again with 40,000, which leave the cache.
_BLOCK_NUMBERS = 1 << 17
_MOST_RUNS = 1 << 13
#: Steps until the runs that go on are put together into full blocks, at first and at most.
_FIRST_STRETCH, _LONGEST_STRETCH = 64, 1024


class Swarm:
    """N runs of one rule on one problem, without a history: the same numbers as a race's, bit for bit.

    What differs between runs is given as arrays that go together by numpy's rules of broadcasting; every result has
    the shape that comes of it. A map of 200 x 200 starts, each with 30 learning rates:

        problem = ObjectiveProblem(objectives.get("rosenbrock")(), points)      # 40,000 points (S, 2)
        swarm = Swarm(problem, rule, starts=np.arange(40_000)[:, None], steps=2000, target=1e-6,
                      hyperparameters={"learning_rate": np.geomspace(1e-4, 1, 30)})
        while not swarm.advance(interrupted):    # comes back early where `interrupted` says so
            show(swarm.progress)
        swarm.outcome().reached_at               # (40000, 30)

    A run is a start, a draw and settings: it does what the same start of a lane of that draw does in a race. Runs end
    at their target, where they diverge, or after `steps` steps; what has ended leaves the block, and blocks that have
    become small are put together.
    """

    def __init__(
        self,
        problem: Problem,
        rule: LaneRule,
        *,
        steps: int,
        starts: ArrayLike | None = None,
        draws: ArrayLike = 0,
        hyperparameters: Mapping[str, ArrayLike] = _NOTHING,
        gradient: Mapping[str, ArrayLike] = _NOTHING,
        target: ArrayLike | None = None,
        stops: bool = True,
        block: int = 0,
        looks: Sequence[int] = (),
        looks_at: str = "",
    ) -> None:
        """Nothing is computed before `advance`.

        Args:
            problem: its own lanes do not matter, its starts are those that `starts` numbers.
            rule: optimizer, convention, schedule, and the settings that are not given here.
            steps: the most steps that a run takes.
            starts: the numbers of the starts; left out, all of them in order.
            draws: as of a lane: runs of one draw and start share initial weights, batches, dropout and noise.
            hyperparameters: settings of the rule that differ between runs, by name.
            gradient: clipping and decay that differ between runs, by name.
            target: the loss at which a run has arrived; a batch's own where there are batches.
            stops: whether a run ends at its target, or goes on and only has the step noted.
            block: runs at once, 0 for as many as fit the cache. The numbers do not depend on it.
            looks: steps, ascending, at which a look is taken at each run that goes on: `Outcome.looked` and `spent`.
            looks_at: the metric that a look notes; empty for the loss.

        Raises:
            RequestError: a setting that the rule does not have, that cannot differ between runs, or out of its range.
            ValueError: the shapes do not go together, or a start that the problem does not have.
        """
        self._plan = make_plan(
            problem,
            rule,
            steps=steps,
            starts=starts,
            draws=draws,
            hyperparameters=hyperparameters,
            gradient=gradient,
            target=target,
            stops=stops,
            looks=looks,
            looks_at=looks_at,
        )
        self._results = Results(self._plan)
        self._size = block or min(_MOST_RUNS, max(1, _BLOCK_NUMBERS // problem.numbers_a_point))
        self._work = self._stretches()
        self._taken = 0
        self.finished = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the runs, and so of every result."""
        return self._plan.shape

    @property
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1; runs that end early count as if they had gone on."""
        if self.finished:
            return 1.0
        plan, ended = self._plan, self._results.ended
        spared = int((plan.steps - self._results.steps[ended]).sum())
        return min(1.0, (self._taken + spared) / max(1, plan.runs * plan.steps))

    def advance(self, interrupted: Callable[[], bool] | None = None) -> bool:
        """Work on until all runs have ended, or `interrupted`, asked after each step of a block, says so.

        Gives whether all have ended. What was interrupted goes on with the next call as if nothing had been.
        """
        with np.errstate(all="ignore"):
            for _ in self._work:
                if interrupted is not None and interrupted():
                    return self.finished
        return self.finished

    def outcome(self) -> Outcome:
        """What came of the runs so far."""
        return self._results.outcome(self._plan)

    def _stretches(self) -> Iterator[None]:
        """All the work, step by step of a block: stretch by stretch, and in a stretch block by block."""
        plan, size = self._plan, self._size
        carried, step, length = Carried(np.arange(plan.runs)), 0, _FIRST_STRETCH
        while len(carried.rows):
            end = plan.steps if len(carried.rows) <= size else min(plan.steps, step + length)
            left = []
            for piece in carried.pieces(size):
                block = Block(plan, self._results, piece, step)
                while block.step < end and block.goes_on:
                    if block.is_thin:
                        block = Block(plan, self._results, block.leave(), block.step)
                    block.take_step()
                    self._taken += len(block.rows) - block.gone
                    yield
                if end == plan.steps:
                    block.end()
                elif block.goes_on:
                    left.append(block.leave())
            carried, step, length = joined(left), end, min(2 * length, _LONGEST_STRETCH)
        self.finished = True
