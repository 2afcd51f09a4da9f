"""The steps of a run behind it, taken apart: what a table of them and a symbol's history are made of."""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.alone import Alone
from workbench.engine.race.anatomy import Anatomy, anatomy, there_are
from workbench.engine.race.race import Race
from workbench.engine.race.statistic import Statistic, piece, statistics

#: columns beside the quantities of the rule
UPDATE = "update"


class TrailRequest(NamedTuple):
    """The run, the parameters, and how many of the last steps are asked for."""

    run: int
    coordinates: tuple[int, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class Trail:
    """The last steps that a run took, in order: row k is the step that led from state `steps[k] - 1` to `steps[k]`.

    Attributes:
        run, coordinates: as asked for.
        steps: the numbers of the steps (T,).
        columns: (origin, name) of each quantity, as `Quantity` has them, and its symbol; `update` last.
        values: for each column, its numbers (T, C), or (T, 1) of one that has one for the whole run.
        norms: for each column, its length over all parameters (T,).
        shifts: how far each step moved the point (T,).
        whole: whether all that were asked for are there.
    """

    run: int
    coordinates: tuple[int, ...]
    steps: NDArray[np.int64]
    columns: tuple[tuple[str, str, str], ...]
    values: tuple[NDArray[np.float64], ...]
    norms: tuple[NDArray[np.float64], ...]
    shifts: NDArray[np.float64]
    whole: bool

    def history(self, name: str) -> NDArray[np.float64] | None:
        """The values (T, C) of what a name stands for at the end of each step, None where there is no such name."""
        found = [i for i, (_, other, _) in enumerate(self.columns) if other == name]
        return self.values[found[-1]] if found else None


@statistics.register("trail")
class TrailStatistic(Statistic):
    """The trail for a `TrailRequest`: the run takes its last steps once more, by itself, in short pieces.

    What was found is kept while the run goes on, so that a step forward costs a step.
    """

    follows_steps = needs_state = only_while_demanded = True
    refresh, rest = 0.1, 6.0

    def __init__(self) -> None:
        self._of: tuple[Any, ...] = ()
        self._rows: dict[int, Anatomy] = {}
        self._alone: Alone | None = None
        self._missing = True

    def compute(self, race: Race, given: Any, *, running: bool) -> Trail | None:
        asked = TrailRequest(*given)
        if not there_are(race, asked.run, asked.coordinates):
            return None  # a demand may still be of the race before this one
        of = (weakref.ref(race), race.rules, asked.run, asked.coordinates)  # other rules are another dictionary
        if of != self._of:
            self._of, self._rows, self._alone = of, {}, None
        diverged = int(race.diverged_at[asked.run])
        last = min(race.step, diverged) if diverged >= 0 else race.step
        first = max(1, int(race.forks.begins[asked.run]) + 1, last - asked.steps + 1)  # of a fork its own steps
        self._rows = {step: row for step, row in self._rows.items() if first - asked.steps <= step <= last}
        self._work(race, asked, (first, last), time.perf_counter() + piece(running))
        return self._trail(asked, first, last)

    def _work(self, race: Race, asked: TrailRequest, steps: tuple[int, int], until: float) -> None:
        """Take apart what is missing of the steps from the first to the last, for about so long."""
        first, last = steps
        missing = next((step for step in range(first, last + 1) if step not in self._rows), None)
        while missing is not None:
            alone = self._alone
            if alone is None:
                alone = self._alone = Alone(race, asked.run)
                alone.begin(race, missing - 1)
            if not alone.race.step < missing <= alone.race.step + asked.steps + 256:
                alone.begin(race, missing - 1)
            if alone.race.step < missing - 1:
                alone.race.advance(min(32, missing - 1 - alone.race.step))
            else:
                found = anatomy(alone.race, alone.run, asked.coordinates)
                if found is None:
                    break
                self._rows[missing] = found
                alone.race.advance()
                missing = next((step for step in range(missing + 1, last + 1) if step not in self._rows), None)
            if time.perf_counter() >= until:
                break
        self._missing = missing is not None

    def is_whole(self, race: Race) -> bool:
        return not self._missing

    def let_go(self, race: Race) -> None:
        if self._of and self._of[0]() is not race:
            self._of, self._rows, self._alone = (), {}, None

    def _trail(self, asked: TrailRequest, first: int, last: int) -> Trail | None:
        """The rows up to the last that follow each other without a gap."""
        steps = []
        for step in range(last, first - 1, -1):
            if step not in self._rows:
                break
            steps.append(step)
        if not steps or steps[0] != last:
            steps = [step for step in range(first, last + 1) if step in self._rows]
        rows = [self._rows[step] for step in sorted(steps)]
        if not rows:
            return None
        return _of_rows(asked, rows, whole=len(rows) == last - first + 1)


def _of_rows(asked: TrailRequest, rows: list[Anatomy], *, whole: bool) -> Trail:
    table = _Table()
    for row in rows:
        table.add(row)
    return Trail(
        asked.run,
        asked.coordinates,
        np.array([row.step + 1 for row in rows], np.int64),
        tuple(table.columns),
        tuple(np.array(values) for values in table.values),
        tuple(np.array(norms) for norms in table.norms),
        np.array([row.shift for row in rows]),
        whole,
    )


@dataclass(slots=True)
class _Table:
    """Columns that are filled row by row."""

    columns: list[tuple[str, str, str]] = field(default_factory=list)
    values: list[list[NDArray[np.float64]]] = field(default_factory=list)
    norms: list[list[float]] = field(default_factory=list)

    def add(self, row: Anatomy) -> None:
        begun = bool(self.columns)
        found: list[tuple[str, str, str, NDArray[np.float64], float]] = [
            (q.origin, q.name, q.symbol, q.values, q.norm) for q in row.quantities if q.origin != "state"
        ]
        found.append(("update", UPDATE, "Δx", row.after - row.point, row.shift))
        for place, (origin, name, symbol, values, norm) in enumerate(found):
            if not begun:
                self.columns.append((origin, name, symbol))
                self.values.append([])
                self.norms.append([])
            self.values[place].append(values)
            self.norms[place].append(norm)
