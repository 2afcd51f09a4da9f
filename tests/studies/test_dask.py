"""Sweeps and fair races on a real Dask scheduler, of whose two workers one is killed. Without Dask there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.sweeps import DIGITS
from tests.benchmarks.sweeps import SWEEP as ON_DIGITS
from tests.experiments import NETWORK
from tests.studies.sweeps import carried_out, sweep_of, table
from tests.studies.tunings import carried_out as raced_here
from tests.studies.tunings import tuning_of
from workbench.engine.params import RequestError
from workbench.export import cells
from workbench.studies import executors, tuning_results, tuning_tasks
from workbench.studies.conduct import Conductor
from workbench.studies.journal import NAME, Journal
from workbench.studies.results import Results
from workbench.studies.tasks import Tasks
from workbench.studies.tuning_report import report_of
from workbench.studies.tuning_tables import report_json

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


SWEEP = 'format = 1\nexperiment = "one.toml"\nsteps = 30\nseeds = 3\n[axes]\n"problem.batch_size" = [8, 16]\n'
RACE = (
    'format = 1\nexperiment = "one.toml"\nbudget = 30\ntrials = 4\nseeds = 3\nlooks = 6\nquantity = "test_error"\n'
    '[spaces."Adam"]\nlearning_rate = { from = 1e-3, to = 1.0, log = true }\n'
)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "text"), [("sweep", SWEEP), ("tune", RACE)])
def test_a_cluster_of_this_machine_gives_the_bytes_of_processes(tmp_path, command, text):
    """By the commands as a person calls them; the journal alone may be in another order."""
    pytest.importorskip("distributed")
    (tmp_path / "one.toml").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = {}
    for executor in ("processes", "dask"):
        call = [sys.executable, "-m", "workbench", command, "study.toml", "--out", executor, "--executor", executor]
        options = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 300}
        done = subprocess.run([*call, "--jobs", "2"], check=False, **options)
        assert done.returncode == 0, done.stderr
        folder = tmp_path / executor
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != NAME]
        found[executor] = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    assert found["dask"] == found["processes"]
    assert len(found["dask"]) >= 5


@pytest.mark.slow
def test_a_worker_that_is_killed_in_mid_race_takes_nothing_with_it(cluster, tmp_path):
    """A fair race comes to the same report, whatever ends while it is tuned."""
    address, processes = cluster
    tuning = tuning_of(tmp_path, RACE.removeprefix("format = 1\n").replace("trials = 4", "trials = 40"), one=NETWORK)
    (tmp_path / "out").mkdir()
    journal, results = Journal(tmp_path / "out", tuning.digest), tuning_results.Results(tuning)
    workers = executors.open_workers(f"dask:{address}", None)

    def kill_one() -> None:
        if results.done.sum() > 0 and processes[1].poll() is None:
            processes[1].kill()

    try:
        tasks = tuning_tasks.Tasks(
            tuning, tuning_tasks.tuning_pieces(tuning, results.trials, results.done), tuning.looks
        )
        Conductor(tasks, workers, results, journal, tuning_tasks.work).carry_out(lambda: False, kill_one)
        pieces = tuning_tasks.report_pieces(tuning, results.chosen_settings(), results.done)
        tasks = tuning_tasks.Tasks(tuning, pieces, tuning.long_looks)
        Conductor(tasks, workers, results, journal, tuning_tasks.work).carry_out(lambda: False, lambda: None)
    finally:
        workers.close()
        journal.close()
    assert processes[1].poll() is not None
    assert results.complete
    assert results.reasons == {}
    here = raced_here(tuning, tmp_path / "here")
    assert report_json(results, report_of(results)) == report_json(here, report_of(here))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no process groups to kill there")
def test_a_sweep_of_digits_killed_among_processes_goes_on_on_a_cluster(tmp_path):
    """Killed without a word, all processes at once; the table is that of a sweep which nobody killed."""
    pytest.importorskip("distributed")
    (tmp_path / "digits.toml").write_text(DIGITS, encoding="utf-8")
    text = ON_DIGITS.format(steps=400).replace("seeds = 10", "seeds = 4")
    (tmp_path / "sweep.toml").write_text(text, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def call(out, executor):
        program = [sys.executable, "-m", "workbench", "sweep", "sweep.toml", "--out", out, "--jobs", "2"]
        return subprocess.Popen(
            [*program, "--executor", executor], cwd=tmp_path, env=environment, start_new_session=True
        )

    process, journal, until = call("out", "processes"), tmp_path / "out" / NAME, time.monotonic() + 120
    while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"\n") > 2):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = journal.read_bytes().count(b"\n") - 1
    assert not (tmp_path / "out" / "results.csv").exists()
    assert call("out", "dask").wait(300) == 0
    assert call("whole", "processes").wait(300) == 0
    for name in ("results.csv", "medians.csv", "results.npz"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert 0 < done < journal.read_bytes().count(b"\n") - 1
