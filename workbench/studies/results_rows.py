"""The runs of a sweep, of a fair race, or of a bare table, as rows that are looked at, drawn, and opened."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.experiment import experiment as values
from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.studies import charts as sweep_charts
from workbench.studies import results as sweep_results
from workbench.studies import tuning_charts, tuning_results
from workbench.studies.charts import Chart
from workbench.studies.results_table import (
    Column,
    ResultsTable,
    mixed_column,
    numbers_column,
    table_of,
    words_column,
)
from workbench.studies.sweep import Sweep
from workbench.studies.sweep_files import run_of as run_of_sweep
from workbench.studies.tuning import Tuning
from workbench.studies.tuning_report import report_of
from workbench.studies.tuning_tables import run_of as run_of_race
from workbench.studies.tuning_tasks import seeded


@dataclass(frozen=True, slots=True)
class Opened:
    """An experiment as text, and the place of the lane whose run was asked for."""

    text: str
    lane: int


class SweepRows:
    """Those of a sweep."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep, self._results = sweep, sweep_results.Results(sweep)
        self.digest, self.fill = sweep.digest, self._results.fill

    @property
    def counts(self) -> tuple[int, int]:
        """How many runs have been tried, of how many."""
        return int((self._results.status != sweep_results.MISSING).sum()), self._sweep.runs

    def table(self, said: Sequence[str]) -> ResultsTable:
        sweep, results = self._sweep, self._results
        numbers = np.flatnonzero(results.status)
        found = {name: array[numbers] for name, array in results.arrays().items() if name != "statuses"}
        places = np.searchsorted([subject.first for subject in sweep.subjects], numbers, side="right") - 1
        labels = [{p: sweep_results.label_of(s, p) for p in s.lanes} for s in sweep.subjects]
        columns = [words_column("experiment", found["experiment"])] if len(sweep.subjects) > 1 else []
        columns += [numbers_column(name, found[name]) for name in ("point", "seed")]
        lanes = zip(places.tolist(), found["lane"].tolist(), strict=True)
        columns.append(words_column("label", (labels[at][lane] for at, lane in lanes)))
        if any(subject.starts > 1 for subject in sweep.subjects):
            columns.append(numbers_column("start", found["start"]))
        columns += [mixed_column(_short(axis.path, sweep), found[f"axes/{axis.path}"].tolist()) for axis in sweep.axes]
        status = Column("status", results.status[numbers].astype(np.int32), sweep_results.STATUS)
        columns += [status, *(_measured(name, found[name]) for name in results.names)]
        if results.reasons:
            columns.append(words_column("reason", (results.reasons.get(row, "") for row in numbers.tolist())))
        return table_of(sweep.title or "Sweep", columns, numbers, said, charts=bool(results.done.any()), opens=True)

    def charts(self) -> Iterator[Chart]:
        return sweep_charts.charts(self._results) if self._results.done.any() else iter(())

    def run(self, number: int) -> Opened:
        subject, point, seed, lane, _start = self._results.place(number)
        return Opened(files.dumps(run_of_sweep(self._sweep, subject, point, seed)), subject.lanes[lane])


class FairRaceRows:
    """Those of a fair race: trials first, then the runs that are reported."""

    def __init__(self, tuning: Tuning) -> None:
        self._tuning, self._results = tuning, tuning_results.Results(tuning)
        self.digest, self.fill = tuning.digest, self._results.fill

    @property
    def counts(self) -> tuple[int, int]:
        """How many runs have been tried, of how many."""
        return int((self._results.status != tuning_results.MISSING).sum()), self._tuning.runs

    def table(self, said: Sequence[str]) -> ResultsTable:
        tuning, results = self._tuning, self._results
        numbers = np.flatnonzero(results.status)
        places = [self._place(row) for row in numbers.tolist()]
        settings = [self._settings(place) for place in places]
        names = list(dict.fromkeys(axis.path for axes in tuning.spaces for axis in axes))
        measured = [self._measured(part) for part in (0, 1)]
        final, best, spent = (np.concatenate([each[i] for each in measured])[numbers] for i in range(3))
        failed = results.status[numbers] == tuning_results.FAILED
        status = np.where(failed, 2, np.where(np.isinf(final), 1, 0))
        for column in (final, best, spent):
            column[failed | ~np.isfinite(column)] = np.nan  # it missed, or diverged: nothing is no number
        columns = [words_column("part", ("report" if place[0] else "tuning" for place in places))]
        if len(tuning.contests) > 1:
            columns.append(words_column("problem", (tuning.contests[place[1]].name for place in places)))
        columns.append(words_column("lane", (tuning.labels[place[2]] for place in places)))
        if tuning.studies > 1:
            columns.append(numbers_column("study", [place[3] for place in places]))
        columns += [
            numbers_column("trial", [np.nan if place[4] < 0 else place[4] for place in places]),
            numbers_column("seed", [self._seed(place) for place in places]),
            *(numbers_column(name, [each.get(name, np.nan) for each in settings]) for name in names),
            Column("status", status.astype(np.int32), ("finished", "diverged", "failed")),
            numbers_column("final", final),
            numbers_column("best", best),
        ]
        if results.tuned:
            columns.append(numbers_column(f"{tuning.unit} to target", spent))
        if results.reasons:
            columns.append(words_column("reason", (results.reasons.get(row, "") for row in numbers.tolist())))
        title = tuning.title or "Fair race"
        return table_of(title, columns, numbers, said, charts=results.complete, opens=True)

    def charts(self) -> Iterator[Chart]:
        return tuning_charts.charts(self._results, report_of(self._results)) if self._results.complete else iter(())

    def run(self, number: int) -> Opened:
        part, c, lane, study, trial, seed = place = self._place(number)
        contest = self._tuning.contests[c]
        at = contest.lanes[lane]
        if part:
            return Opened(files.dumps(run_of_race(self._results, c, self._tuning.seeds[seed], study)), at)
        found = seeded(contest.tables, contest.box, self._seed(place), self._tuning.budget)
        own = found.lanes[at]
        own = values.replace(own, hyperparameters={**own.hyperparameters, **self._settings(place)})
        lanes = tuple(own if i == at else values.replace(each, enabled=False) for i, each in enumerate(found.lanes))
        title = f"{self._tuning.title or 'Fair race'}: {contest.name}, trial {trial}, seed {self._seed(place)}"
        opened: Experiment = values.replace(found, lanes=lanes, title=title[: values.LONGEST_TITLE])
        return Opened(files.dumps(opened), at)

    def _measured(self, part: int) -> tuple[Any, Any, Any]:
        """The final and the best value of each run, and what it spent to the target, all as they are numbered."""
        results, tuning = self._results, self._tuning
        runs = results.report_runs() if part else results.trial_runs()
        final, best = runs.final(tuning.budget), runs.best(tuning.budget)
        spent = np.full(final.shape, np.nan)
        if results.tuned:
            for c, target in enumerate(results.targets().tolist()):
                spent[c] = runs.take(c).arrived(target, tuning.budget)
        return final.ravel(), best.ravel(), spent.ravel()

    def _place(self, number: int) -> tuple[int, int, int, int, int, int]:
        """Part, contest, lane, study, trial (-1 of a run that is reported), and number of the seed."""
        tuning = self._tuning
        if number < tuning.tuning_runs:
            c, lane, study, trial, seed = (int(i) for i in np.unravel_index(number, tuning.tuning_shape))
            return 0, c, lane, study, trial, seed
        number -= tuning.tuning_runs
        c, lane, study, seed = (int(i) for i in np.unravel_index(number, tuning.report_shape))
        return 1, c, lane, study, -1, seed

    def _seed(self, place: tuple[int, int, int, int, int, int]) -> int:
        part, _c, _lane, study, _trial, seed = place
        return self._tuning.seeds[seed] if part else self._tuning.tuning_seeds[study][seed]

    def _settings(self, place: tuple[int, int, int, int, int, int]) -> dict[str, float]:
        part, c, lane, study, trial, _seed = place
        if part:
            trial = self._results.chosen()[c, lane, study]
        return self._results.trials[lane][study][trial]


class TableRows:
    """Those of a table alone: of a folder whose file, or whose journal, is gone or damaged."""

    digest = ""
    counts = (0, 0)

    def __init__(self, folder: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self._folder, self._header, self._rows = folder, header, rows

    def fill(self, rows: Any, result: Any) -> None:
        """It is whole as it is."""

    def table(self, said: Sequence[str]) -> ResultsTable:
        columns = [mixed_column(name, [row[i] for row in self._rows]) for i, name in enumerate(self._header)]
        numbers = np.arange(len(self._rows))
        return table_of(self._folder.name, columns, numbers, said, charts=False, opens="opens" in self._header)

    def charts(self) -> Iterator[Chart]:
        return itertools.chain()

    def run(self, number: int) -> Opened:
        name = self._rows[number][list(self._header).index("opens")] if "opens" in self._header else ""
        if not name:
            raise ValueError("no experiment is kept of this run")
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):  # whatever a table says
            raise ValueError(f"{path}: lies outside of the folder of results")
        return Opened(files.dumps(files.read(path)), 0)


def _measured(name: str, column: Any) -> Column:
    """A column of results: -1 in a count is no number."""
    found = np.asarray(column, np.float64)
    return numbers_column(name, np.where(found < 0, np.nan, found) if column.dtype.kind == "i" else found)


def _short(path: str, sweep: Sweep) -> str:
    """What an axis is called in the table: its last key where no other axis has that too."""
    last = path.rsplit(".", maxsplit=1)[-1]
    alike = [axis.path for axis in sweep.axes if axis.path.rsplit(".", maxsplit=1)[-1] == last]
    return last if len(alike) == 1 else path
