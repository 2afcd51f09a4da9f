"""What came of the runs of a fair race: which trial was chosen, what the targets are, and what each lane costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.studies.tuning import Tuning
from workbench.studies.tuning_measures import Floats, Seen, seen_of
from workbench.studies.tuning_space import Trial, trials_of

MISSING, DONE, FAILED = range(3)


class Results:
    """Looks at all runs, by the numbers of the runs: those of trials first, then those that are reported.

    Attributes:
        status: of each run (N,): missing, done, or failed.
        reasons: why runs failed, by their numbers.
        trials: the settings that each study of each lane tries: `trials[lane][study][trial]`.
    """

    def __init__(self, tuning: Tuning) -> None:
        self.tuning = tuning
        self.status = np.zeros(tuning.runs, np.uint8)
        self.reasons: dict[int, str] = {}
        self.trials = [
            [trials_of(axes, tuning.design, tuning.trials, study) for study in range(tuning.studies)]
            for axes in tuning.spaces
        ]
        first, last = tuning.tuning_runs, tuning.runs - tuning.tuning_runs
        self._seen = [np.full((n, len(k)), np.nan) for n, k in ((first, tuning.looks), (last, tuning.long_looks))]
        self._spent = [np.full(seen.shape, -1, np.int64) for seen in self._seen]
        self._chosen: dict[tuple[int, int, int], int] | None = None
        self._targets: Floats | None = None
        self._settings: dict[int, Trial] = {}

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which runs (N,) need no more work; what failed is tried again by another call."""
        return np.asarray(self.status == DONE)

    @property
    def tuned(self) -> bool:
        """Whether all trials have been run, so that the best of them can be chosen."""
        return bool((self.status[: self.tuning.tuning_runs] != MISSING).all())

    @property
    def complete(self) -> bool:
        """Whether all runs have been tried."""
        return bool((self.status != MISSING).all())

    def fill(self, rows: tuple[int, ...] | list[int], result: dict[str, list[Any]] | str) -> None:
        """Take what came of runs: their looks, or why there are none."""
        at = np.array(rows)
        part = int(at[0] >= self.tuning.tuning_runs)
        place = at - part * self.tuning.tuning_runs
        if part == 0:
            self._chosen = self._targets = None
        if isinstance(result, str):
            self.status[at] = FAILED
            self.reasons |= dict.fromkeys(at.tolist(), result)
            return
        seen = np.array(result["seen"], np.float64)
        self._seen[part][place] = seen
        steps = np.array(self.tuning.long_looks if part else self.tuning.looks)
        self._spent[part][place] = result["spent"] if "spent" in result else np.where(np.isnan(seen), -1, steps)
        self.status[at] = DONE
        for row in at.tolist():
            self.reasons.pop(row, None)
        if part:
            self._settings |= dict(zip(at.tolist(), result["settings"], strict=True))

    def drop_others(self) -> None:
        """Forget runs of settings that are not chosen any more: another call could run trials that had failed."""
        numbers = self.tuning.tuning_runs + np.arange(self.tuning.runs - self.tuning.tuning_runs)
        settings = self.chosen_settings()
        for (c, lane, study, _), row in np.ndenumerate(numbers.reshape(self.tuning.report_shape)):
            if self.status[row] == DONE and self._settings[int(row)] != settings[c, lane, study]:
                self.status[row] = MISSING

    def trial_runs(self) -> Seen:
        """Looks at the runs of trials: (contests, lanes, studies, trials, seeds, looks)."""
        return self._shaped(0, self.tuning.tuning_shape, self.tuning.looks)

    def report_runs(self) -> Seen:
        """Looks at the runs that are reported: (contests, lanes, studies, seeds, looks)."""
        return self._shaped(1, self.tuning.report_shape, self.tuning.long_looks)

    def targets(self) -> Floats:
        """The value (contests,) at which a run has arrived: from the file, or from the runs of trials alone."""
        if self._targets is None:
            self._targets = self._find_targets()
        return self._targets

    def _find_targets(self) -> Floats:
        tuning, runs, found = self.tuning, self.trial_runs(), []
        for c, contest in enumerate(tuning.contests):
            kind, value, here = tuning.goal.kind, tuning.goal.value, runs.take(c)
            if kind == "target":
                found.append(value - (contest.lowest or 0.0))
            elif kind == "factor" or contest.lowest is None:
                with np.errstate(invalid="ignore"):
                    best = float(np.median(here.best(tuning.budget), axis=-1).min())
                factor = value if kind == "factor" else tuning.factor
                found.append(best + (factor - 1.0) * abs(best) if np.isfinite(best) else -np.inf)
            elif kind == "fraction":
                found.append(value * float(np.nanmedian(here.values[..., 0])))
            else:
                found.append(value)
        return np.array(found)

    def measured(self, runs: Seen, contest: int, budget: float, measure: str = "") -> Floats:
        """What a race is tuned on, or another measure, of some runs of a contest; infinite where there is none."""
        measure = measure or self.tuning.measure
        if measure == "target":
            return runs.arrived(float(self.targets()[contest]), budget)
        return runs.final(budget) if measure == "final" else runs.best(budget)

    def scores(self) -> Floats:
        """What each trial came to (contests, lanes, studies, trials): the median over the tuning seeds."""
        runs = self.trial_runs()
        parts = [self.measured(runs.take(c), c, self.tuning.budget) for c in range(len(self.tuning.contests))]
        return _median(np.stack(parts))

    def chosen(self) -> dict[tuple[int, int, int], int]:
        """The number of the trial that is chosen, by contest, lane and study: the best, of equal ones the first.

        Where the target was missed in all, the one whose best value is lowest.
        """
        if self._chosen is None:
            scores, best = self.scores(), _median(self.trial_runs().best(self.tuning.budget))
            found = {}
            for place in np.ndindex(scores.shape[:-1]):
                c, lane, study = (int(i) for i in place)
                found[c, lane, study] = int(np.lexsort((best[place], scores[place]))[0])
            self._chosen = found
        return self._chosen

    def chosen_settings(self) -> dict[tuple[int, int, int], Trial]:
        """The settings of the trials that are chosen."""
        return {key: self.trials[key[1]][key[2]][trial] for key, trial in self.chosen().items()}

    def costs(self, contest: int, budget: float) -> Floats:
        """What lanes are ranked by on a contest (studies, seeds, lanes), lower is better.

        Where studies are ranked, each one's is the time of its fastest trial, and studies stand in the place of seeds.
        """
        if self.tuning.ranked == "studies":
            runs = self.trial_runs().take(contest)
            times = _median(self.measured(runs, contest, budget, "target"))
            return np.asarray(times.min(axis=-1).T[None])
        return np.moveaxis(self.measured(self.report_runs().take(contest), contest, budget), 0, -1)

    def _shaped(self, part: int, shape: tuple[int, ...], looks: tuple[int, ...]) -> Seen:
        own = slice(None, self.tuning.tuning_runs) if part == 0 else slice(self.tuning.tuning_runs, None)
        return seen_of(
            self._seen[part].reshape(*shape, -1),
            self._spent[part].reshape(*shape, -1),
            looks,
            self.tuning.unit,
            (self.status[own] == FAILED).reshape(shape),
        )


def _median(values: Floats) -> Floats:
    """Over the last axis: infinite where the middle is."""
    with np.errstate(invalid="ignore"):
        found = np.median(values, axis=-1)
    return np.where(np.isnan(found), np.inf, found)
