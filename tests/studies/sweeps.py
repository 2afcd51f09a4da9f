"""Small sweeps, executors that a test can look into, and the race that a row of results is held against."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Future
from pathlib import Path
from typing import Any

from workbench.engine.race.race import Race
from workbench.experiment import build, files
from workbench.experiment.experiment import replace
from workbench.studies import sweep as sweeps
from workbench.studies.conduct import Conductor
from workbench.studies.executors import Workers
from workbench.studies.journal import Journal
from workbench.studies.results import Results
from workbench.studies.sweep import Sweep, at_point
from workbench.studies.tasks import Tasks


class Here:
    """An executor that computes at once, in this thread; `ends` says at which calls its worker ends instead."""

    def __init__(self, ends: tuple[int, ...] = ()) -> None:
        self.calls, self.ends = 0, ends

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        future: Future[Any] = Future()
        if self.calls in self.ends:
            future.set_exception(BrokenExecutor("a worker ended"))
            return future
        future.set_running_or_notify_cancel()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def sweep_of(folder: Path, text: str, **experiments: str) -> Sweep:
    """The sweep of a text, beside the experiments that it names (`NAME.toml`)."""
    for name, experiment in experiments.items():
        (folder / f"{name}.toml").write_text(experiment, encoding="utf-8")
    file = folder / "sweep.toml"
    file.write_text(f"format = 1\n{text}", encoding="utf-8")
    return sweeps.read(file)


def carried_out(
    sweep: Sweep, folder: Path, executor: Any = None, *, calls: int = 10**9, renews: bool = False
) -> Results:
    """What came of a sweep in a folder; it is interrupted after so many tasks."""
    folder.mkdir(exist_ok=True)
    executor = executor or Here()
    journal, results = Journal(folder, sweep.digest), Results(sweep)
    for entry in journal.entries():
        results.fill(entry["rows"], entry.get("failed") or entry["columns"])
    workers = Workers(executor, 1, renew=(lambda: executor) if renews else None)
    try:
        Conductor(Tasks(sweep, results.done), workers, results, journal).carry_out(
            lambda: executor.calls >= calls, lambda: None
        )
    finally:
        journal.close()
    return results


def table(results: Results) -> list[dict[str, Any]]:
    header, rows = results.table()
    return [dict(zip(header, row, strict=True)) for row in rows]


def race_of(sweep: Sweep, row: dict[str, Any]) -> tuple[Race, int]:
    """The race of a row's experiment after the sweep's steps, every row recorded, and the run that the row is of."""
    subject = next(s for s in sweep.subjects if s.name == row["experiment"])
    experiment = files.parse(at_point(subject.tables, sweep.settings(row["point"])))
    race = build.make_race(replace(experiment, seed=row["seed"], steps=sweep.steps_of(subject)), capacity=None)
    race.advance(sweep.steps_of(subject))
    return race, subject.lanes.index(row["lane"]) * subject.starts + row["start"]
