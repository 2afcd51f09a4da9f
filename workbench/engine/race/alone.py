"""One run of a race by itself, in a race of its own: it takes the same steps, bit for bit, beside the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.engine.problem import Floats
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.race import Race
from workbench.engine.side_by_side import part_of, saved_of

_FAR = 1 << 40  # steps from row to row of a record that nobody reads


class Alone:
    """A run of a race, which can be put at any state that the race keeps and go on from there."""

    def __init__(self, race: Race, run: int) -> None:
        starts = race.problem.starts
        self._lane, self._start, self._run = run // starts, run % starts, run
        self._part = part = part_of(race.problem, run)
        own = run - part.rows.start
        draw = part.problem.streams.draw_of(own)  # type: ignore[attr-defined]  # both kinds of problems have them
        problem = part.problem.of_runs(np.array([self._start]), np.array([draw]))
        self.race = Race(problem, [race.lanes[self._lane]], record_every=_FAR, capacity=256)
        # what was changed on the way is changed again on the way there
        self.race.rules = {step: (rules[self._lane],) for step, rules in race.rules.items()}

    def begin(self, race: Race, step: int) -> None:
        """Stand at the last state kept at or before `step` of the race that it was made of."""
        self.race.restore(self._sliced(race, race.checkpoints.nearest(step)))

    def here(self, race: Race) -> None:
        """Stand where the race stands."""
        self.race.restore(self._sliced(race, race.state()))

    def _sliced(self, race: Race, kept: Checkpoint) -> Checkpoint:
        row = slice(self._run, self._run + 1)
        inner = slice(self._run - self._part.rows.start, self._run - self._part.rows.start + 1)
        group = race.group_of(self._lane)
        place = next(i for i, state in enumerate(race.state().optimizers) if state is group.optimizer.state_arrays)
        own = slice(self._run - group.rows.start, self._run - group.rows.start + 1)

        def part(arrays: dict[str, Floats], rows: slice) -> dict[str, Any]:
            return {name: array[rows].copy() for name, array in arrays.items()}

        start = slice(self._start, self._start + 1)
        return Checkpoint(
            kept.step,
            kept.theta[row, : self._part.problem.size].copy(),
            kept.alive[row].copy(),
            kept.diverged_at[row].copy(),
            (part(kept.optimizers[place], own),),
            tuple(part(memory, start) for memory in kept.schedules[self._lane : self._lane + 1]),
            part(dict(saved_of(race.problem, self._part, kept.problem)), inner),
            kept.diverged_layer[row].copy() if len(kept.diverged_layer) > 1 else kept.diverged_layer.copy(),
            kept.reached_at[row].copy() if len(kept.reached_at) > 1 else kept.reached_at.copy(),
        )
