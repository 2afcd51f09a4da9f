"""A fair race in the background: the same numbers as on the command line, ended early, and what goes wrong said."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.studies.sweeps import Here
from tests.studies.tunings import carried_out, tuning_of
from workbench.engine.params import RequestError
from workbench.experiment import files
from workbench.studies import tuning_file
from workbench.studies.executors import Workers
from workbench.studies.tuning_worker import TuningWorker

SMALL = 'experiment = "two.toml"\nbudget = 30\ntrials = 4\nseeds = 3\nlooks = 6\n'


def finished(worker: TuningWorker) -> None:
    worker.start()
    worker._thread.join(60)
    assert not worker.is_busy


def test_it_comes_to_what_the_command_does(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, SMALL)
    wanted, told = carried_out(tuning, tmp_path / "out"), []
    with ThreadPoolExecutor(1) as pool:
        worker = TuningWorker(tuning, lambda: told.append(1), Workers(pool, 1))
        finished(worker)
    assert worker.report is not None
    assert np.array_equal(worker.results.report_runs().values, wanted.report_runs().values, equal_nan=True)
    assert worker.results.chosen() == wanted.chosen()
    assert told


def test_one_that_is_cancelled_has_no_report(tmp_path: Path) -> None:
    tuning, began = tuning_of(tmp_path, SMALL), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(began.wait, 30)
        worker = TuningWorker(tuning, lambda: None, Workers(pool, 1))
        worker.start()
        worker.cancel()
        began.set()
        worker.close()
    assert worker.report is None
    assert not worker.is_busy
    worker.close()


def test_what_goes_wrong_is_said(tmp_path: Path) -> None:
    class Broken(Here):
        def submit(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise RuntimeError("no more threads")

    worker = TuningWorker(tuning_of(tmp_path, SMALL), lambda: None, Workers(Broken(), 1))
    finished(worker)
    assert worker.fault == "RuntimeError: no more threads"


def test_an_open_experiment_is_a_race_without_a_file(tmp_path: Path) -> None:
    tuning = tuning_of(tmp_path, SMALL)
    opened = tuning_file.of_experiment(
        files.read(tmp_path / "two.toml"), {"budget": 30, "trials": 4, "seeds": 3, "looks": 6}
    )
    assert (opened.contests[0].name, opened.spaces, opened.looks) == ("rosenbrock", tuning.spaces, tuning.looks)
    with pytest.raises(RequestError, match="is not a key of a fair race"):
        tuning_file.of_experiment(files.read(tmp_path / "two.toml"), {"buget": 30})
