"""`sweep` as other programs meet it: files, exit codes, an interrupt and the same call again."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.experiments import BOWL, NETWORK
from workbench import cli

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("medians.csv", "results.csv", "results.npz")
SWEEP = """
format = 1
experiment = "one.toml"
steps = 20
seeds = 2
tolerance = 0.5
[axes]
"lanes[*].hyperparameters.learning_rate" = { from = 0.001, to = 0.1, count = 3, log = true }
"""
#: an executor of a person's own, in a module beside the sweep
MODULE = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(1)
kind = ThreadPoolExecutor
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "one.toml").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(SWEEP, encoding="utf-8")
    (tmp_path / "my_executors.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("my_executors", None)
    yield tmp_path
    if "my_executors" in sys.modules:
        sys.modules.pop("my_executors").pool.shutdown()


def sweep(*options, out="out"):
    return cli.main(["sweep", "sweep.toml", "--out", out, *options])


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


def test_a_row_a_run_and_the_same_bytes_by_any_executor(folder, capsys):
    assert sweep("--jobs", "2") == 0
    assert "18 finished" not in capsys.readouterr().err
    assert sweep("--executor", "my_executors:pool", out="threads") == 0
    assert tables(folder / "out") == tables(folder / "threads")
    with (folder / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 18
    assert [(row["point"], row["seed"], row["label"]) for row in rows[:4]] == [
        ("0", "0", "Adam"), ("0", "0", "SGD"), ("0", "0", "Momentum"), ("0", "1", "Adam"),
    ]  # fmt: skip
    assert {"final_loss", "best_loss", "test_accuracy", "steps_to_target", "reason"} < set(rows[0])


def test_a_call_that_is_repeated_has_nothing_left_to_do(folder):
    assert sweep("--executor", "my_executors:pool") == 0
    before = (folder / "out" / "journal.jsonl").read_bytes()
    assert sweep("--executor", "nobody:asks") == 0
    assert (folder / "out" / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--executor", "dsk"), 'must be processes, dask, dask:ADDRESS or module:name, got "dsk"'),
        (("--executor", "no_such_module:pool"), "there is no module"),
        (("--executor", "my_executors:pol"), "has no"),
        (("--executor", "my_executors:kind"), "must be an executor that exists"),
        (("--jobs", "0"), "must be a whole number from 1"),
        (("--out", "one.toml"), "this is a file, not a folder"),
    ],
)
def test_a_wrong_call_is_refused_in_a_sentence(folder, options, sentence, capsys):
    assert sweep(*options) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_failed_runs_are_told_and_the_program_says_so(folder, capsys):
    (folder / "sweep.toml").write_text(
        'format = 1\nexperiment = "one.toml"\nsteps = 5\n[axes]\n"problem.layers[0].units" = [4, 1000]\n'
        '"lanes[0].optimizer" = ["sgd", "newton"]',
        encoding="utf-8",
    )
    assert sweep("--executor", "my_executors:pool") == 1
    said = capsys.readouterr().out
    assert "12 runs: 11 finished, 1 failed" in said
    assert "which takes at most" in said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl+C to a single process there")
def test_an_interrupted_sweep_keeps_what_is_done_and_the_same_call_goes_on(folder):
    """Ctrl+C once something is in the journal: exit code 130, tables of what is done, and at last the whole table."""
    (folder / "one.toml").write_text(BOWL, encoding="utf-8")
    (folder / "sweep.toml").write_text(
        'format = 1\nexperiment = "one.toml"\nsteps = 1500\nseeds = 30\n[axes]\n"problem.noise" = [0.1]',
        encoding="utf-8",
    )
    call = [sys.executable, str(ROOT / "main.py"), "sweep", "sweep.toml", "--jobs", "1", "--out"]
    process = subprocess.Popen([*call, "out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal, until = folder / "out" / "journal.jsonl", time.monotonic() + 60
    while time.monotonic() < until and (not journal.exists() or journal.read_bytes().count(b"\n") < 2):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode in (0, 130)  # it may have been done before the signal came
    assert process.returncode == 0 or "the same call goes on" in out
    done = (folder / "out" / "results.csv").read_bytes().count(b"\n") - 1
    assert 0 < done <= 60
    again = subprocess.run([*call, "out"], capture_output=True, text=True, timeout=110, check=False)
    assert again.returncode == 0, again.stderr
    assert sweep("--executor", "my_executors:pool", out="whole") == 0
    assert tables(folder / "out") == tables(folder / "whole")


@pytest.mark.slow
def test_a_full_disk_is_told_in_a_sentence_and_what_was_done_is_kept(folder):
    """A limit on the size of files stands for a disk that is full: the journal cannot grow beyond it."""
    resource = pytest.importorskip("resource")
    (folder / "sweep.toml").write_text(SWEEP.replace("seeds = 2", "seeds = 60"), encoding="utf-8")
    (folder / "limited.py").write_text(
        textwrap.dedent("""
            import resource, signal, sys
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))
            from workbench import cli
            if __name__ == "__main__":
                sys.exit(cli.main(["sweep", "sweep.toml", "--out", "out", "--executor", "my_executors:pool"]))
        """),
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"}
    call = [sys.executable, "limited.py"]
    found = subprocess.run(call, capture_output=True, text=True, timeout=110, check=False, env=environment)
    assert resource
    assert found.returncode == 1, found.stdout + found.stderr
    assert "what was done before is kept there" in found.stderr
    assert (folder / "out" / "journal.jsonl").stat().st_size <= 6000
    assert (folder / "out" / "journal.jsonl").read_bytes().endswith(b"\n")
