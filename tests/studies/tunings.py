"""Small fair races, run here in this thread, or filled with looks that a test makes up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.studies.sweeps import Here
from workbench.studies import tuning_file
from workbench.studies.conduct import Conductor
from workbench.studies.executors import Workers
from workbench.studies.journal import Journal
from workbench.studies.tuning import Tuning
from workbench.studies.tuning_report import Report, report_of
from workbench.studies.tuning_results import Results
from workbench.studies.tuning_tasks import Tasks, report_pieces, tuning_pieces, work

#: two lanes on Rosenbrock, whose names are short
TWO = """
format = 1
[problem]
kind = "objective"
objective = "rosenbrock"
[[lanes]]
label = "A"
optimizer = "sgd"
[[lanes]]
label = "B"
optimizer = "adam"
"""


def tuning_of(folder: Path, text: str, **experiments: str) -> Tuning:
    """The fair race of a text, beside the experiments that it names (`NAME.toml`)."""
    for name, experiment in (experiments or {"two": TWO}).items():
        (folder / f"{name}.toml").write_text(experiment, encoding="utf-8")
    file = folder / "race.toml"
    file.write_text(f"format = 1\n{text}", encoding="utf-8")
    return tuning_file.read(file)


def carried_out(tuning: Tuning, folder: Path, executor: Any = None) -> Results:
    """What came of a fair race, all of it run in this thread."""
    folder.mkdir(exist_ok=True)
    journal, results = Journal(folder, tuning.digest), Results(tuning)
    workers = Workers(executor or Here(), 1)
    try:
        tasks = Tasks(tuning, tuning_pieces(tuning, results.trials, results.done), tuning.looks)
        Conductor(tasks, workers, results, journal, work).carry_out(lambda: False, lambda: None)
        tasks = Tasks(tuning, report_pieces(tuning, results.chosen_settings(), results.done), tuning.long_looks)
        Conductor(tasks, workers, results, journal, work).carry_out(lambda: False, lambda: None)
    finally:
        journal.close()
    assert results.complete
    return results


def made_up(tuning: Tuning, reported: Any, trials: Any = None) -> tuple[Results, Report]:
    """The report of a fair race whose runs saw what a test says.

    Args:
        reported: `reported(contest, lane, seed, step)` is the value of a run that is reported, by the seed's number;
            not-a-number from where it diverged.
        trials: the same of a trial, `trials(contest, lane, trial, step)`; left out, the first one is as good as any.
    """
    results = Results(tuning)
    steps = np.array(tuning.looks, float)
    for row, (c, lane, _, trial, _) in enumerate(np.ndindex(tuning.tuning_shape)):
        seen = np.full(len(steps), 1.0) if trials is None else [trials(c, lane, trial, at) for at in steps]
        results.fill((row,), {"seen": [list(seen)], "settings": [{}]})
    chosen, steps = results.chosen_settings(), np.array(tuning.long_looks, float)
    for row, (c, lane, study, seed) in enumerate(np.ndindex(tuning.report_shape), start=tuning.tuning_runs):
        seen = [reported(c, lane, seed, at) for at in steps]
        results.fill((row,), {"seen": [seen], "settings": [chosen[c, lane, study]]})
    return results, report_of(results)


def arriving(at: float, value: float = 0.0, before: float = 1.0) -> Any:
    """The value of a run at a step, which is at `value` from the step `at` on."""
    return lambda step: value if step >= at else before
