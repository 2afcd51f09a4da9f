"""One run of a race by itself, in a race of its own: it takes the same steps, bit for bit, beside the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.engine.problem import Floats
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.forks import Fork
from workbench.engine.race.race import Race
from workbench.engine.side_by_side import part_of, saved_of

_FAR = 1 << 40  # steps from row to row of a record that nobody reads


class Alone:
    """A run of a race, which can be put at any state that the race keeps and go on from there.

    A fork has the run with it that it begins from, and so on: the race has a lane for each of them, the run's own last.

    Attributes:
        race: the race of its own.
        run: the run's place in it.
    """

    def __init__(self, race: Race, run: int) -> None:
        starts = race.problem.starts
        lane, self._start = run // starts, run % starts
        chain = [lane]
        while (fork := race.forks.origins[chain[0]]) is not None:
            chain.insert(0, fork.lane)
        self._lanes, self.run = chain, len(chain) - 1
        self._runs = [each * starts + self._start for each in chain]
        self._part = part_of(race.problem, run)
        draws = [part_of(race.problem, each).draw_of(each) for each in self._runs]
        problem = self._part.problem.of_runs(np.full(len(chain), self._start), np.array(draws))
        problem.starts = 1  # each of them is a lane of its own
        forks = tuple(None if i == 0 else Fork(i - 1, race.forks.firsts[each]) for i, each in enumerate(chain))
        lanes = [race.lanes[each] for each in chain]
        self.race = Race(problem, lanes, record_every=_FAR, capacity=256, forks=forks)
        # what was changed on the way is changed again on the way there
        self.race.rules = {step: tuple(rules[each] for each in chain) for step, rules in race.rules.items()}

    def begin(self, race: Race, step: int) -> None:
        """Stand at the last state kept at or before `step` of the race that it was made of."""
        self.race.restore(self._sliced(race, race.checkpoints.nearest(step)))

    def here(self, race: Race) -> None:
        """Stand where the race stands."""
        self.race.restore(self._sliced(race, race.state()))

    def _sliced(self, race: Race, kept: Checkpoint) -> Checkpoint:
        rows = np.array(self._runs)
        optimizers = tuple(
            _joined([self._state_of(race, kept, self._lanes[lane]) for lane in group.lanes])
            for group in self.race.groups
        )
        start = slice(self._start, self._start + 1)
        schedules = (kept.schedules[lane] if kept.schedules else {} for lane in self._lanes)
        return Checkpoint(
            kept.step,
            kept.theta[rows, : self._part.problem.size],
            kept.alive[rows],
            kept.diverged_at[rows],
            optimizers,
            tuple({name: array[start].copy() for name, array in memory.items()} for memory in schedules),
            _joined([self._saved_of(race, kept, run) for run in self._runs]),
            kept.diverged_layer[rows] if len(kept.diverged_layer) > 1 else kept.diverged_layer.copy(),
            kept.reached_at[rows] if len(kept.reached_at) > 1 else kept.reached_at.copy(),
        )

    def _state_of(self, race: Race, kept: Checkpoint, lane: int) -> dict[str, Floats]:
        """What a lane's optimizer has of this start (1, ..)."""
        place = next(i for i, group in enumerate(race.groups) if lane in group.lanes)
        row = lane * race.problem.starts + self._start - race.groups[place].rows.start
        return {name: array[row : row + 1] for name, array in kept.optimizers[place].items()}

    @staticmethod
    def _saved_of(race: Race, kept: Checkpoint, run: int) -> dict[str, Floats]:
        """What the problem has of a run beside its parameters (1, ..)."""
        part = part_of(race.problem, run)
        row = run - part.rows.start
        return {name: array[row : row + 1] for name, array in saved_of(race.problem, part, kept.problem).items()}


def _joined(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows under one another, copied."""
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
