"""Sweeps on a real Dask scheduler with two workers, one of which is killed in mid-sweep. Without Dask there is none."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.experiments import NETWORK
from tests.studies.sweeps import carried_out, sweep_of, table
from workbench.engine.params import RequestError
from workbench.export import cells
from workbench.studies import executors
from workbench.studies.conduct import Conductor
from workbench.studies.journal import NAME, Journal
from workbench.studies.results import Results
from workbench.studies.tasks import Tasks

ROOT = Path(__file__).resolve().parents[2]


def test_without_dask_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RequestError, match=r"gradient-workbench\[dask\]"):
        executors.open_workers("dask:tcp://127.0.0.1:1", None)


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers in processes of their own; gives its address and the workers."""
    pytest.importorskip("distributed")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def dask(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"], env=environment, cwd=tmp_path
        )

    file = tmp_path / "scheduler.json"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    until = time.monotonic() + 60
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    workers = [
        dask(
            "worker",
            "--scheduler-file",
            str(file),
            "--nthreads",
            "1",
            "--no-nanny",
            "--local-directory",
            str(tmp_path / str(i)),
        )
        for i in range(2)
    ]
    import json

    yield json.loads(file.read_text())["address"], workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_worker_that_is_killed_in_mid_sweep_takes_nothing_with_it(cluster, tmp_path):
    """Nothing lost, nothing twice, and the same table as in one process."""
    address, processes = cluster
    sweep = sweep_of(tmp_path, 'experiment = "one.toml"\nsteps = 500\nseeds = 24', one=NETWORK)
    (tmp_path / "out").mkdir()
    journal, results = Journal(tmp_path / "out", sweep.digest), Results(sweep)
    workers = executors.open_workers(f"dask:{address}", None)
    assert workers.count >= 1

    def kill_one() -> None:
        if 0 < results.done.sum() < sweep.runs and processes[1].poll() is None:
            processes[1].kill()

    try:
        assert Conductor(Tasks(sweep, results.done), workers, results, journal).carry_out(lambda: False, kill_one)
    finally:
        workers.close()
        journal.close()
    assert processes[1].poll() is not None
    assert (tmp_path / "out" / NAME).read_text().count('"failed"') == 0
    here = carried_out(sweep, tmp_path / "here")
    assert cells.table(*results.table()) == cells.table(*here.table())
    assert len(table(results)) == sweep.runs
