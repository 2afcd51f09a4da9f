"""`tune` as other programs meet it: the same bytes again, an interrupt and the same call, hostile files."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench import cli
from workbench.experiment import files

ROOT = Path(__file__).resolve().parents[2]
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lbfgs")
LANES = "".join(f'[[lanes]]\noptimizer = "{key}"\n' for key in OPTIMIZERS)
VALLEY = f'format = 1\n[problem]\nkind = "objective"\nobjective = "rosenbrock"\n{LANES}'
DIGITS = (
    'format = 1\n[problem]\nkind = "network"\nbatch_size = 64\ndtype = "float32"\n[problem.data]\nname = "digits"\n'
    f'scaling = "range"\n[[problem.layers]]\nunits = 12\nactivation = "relu"\n{LANES}'
)
RACE = """
format = 1
title = "Seven"
experiment = "valley.toml"
budget = 200
trials = 6
seeds = 4
measure = "target"
tolerance = 0.5
"""
ON_DIGITS = """
format = 1
title = "Seven on digits"
experiment = "digits.toml"
budget = 40
trials = 3
seeds = 3
looks = 4
quantity = "test_error"
"""
#: an executor of a person's own, in a module beside the race
MODULE = "from concurrent.futures import ThreadPoolExecutor\ntune_pool = ThreadPoolExecutor(1)\n"
TABLES = ("report.csv", "report.json", "report.md", "runs.csv", "tuning.csv", "tune.toml")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in {"valley": VALLEY, "digits": DIGITS, "race": RACE, "on_digits": ON_DIGITS}.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "tune_executors.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("tune_executors", None)
    yield tmp_path
    if "tune_executors" in sys.modules:
        sys.modules.pop("tune_executors").tune_pool.shutdown()


def tune(*options, file="race.toml", out="out"):
    return cli.main(["tune", file, "--out", out, *options])


def tables(folder):
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.mark.parametrize("file", ["race.toml", "on_digits.toml"])
def test_seven_optimizers_give_the_same_table_twice_bit_for_bit(folder, file, capsys):
    """By processes, and in a thread, and once more from the file that says what was done."""
    assert tune("--jobs", "2", file=file) == 0
    assert tune("--executor", "tune_executors:tune_pool", file=file, out="again") == 0
    assert tables(folder / "out") == tables(folder / "again")
    assert tune("--executor", "tune_executors:tune_pool", file="out/tune.toml", out="repeated") == 0
    assert tables(folder / "out") == tables(folder / "repeated")
    with (folder / "out" / "report.csv").open(encoding="utf-8", newline="") as opened:
        assert len(list(csv.DictReader(opened))) == 7
    assert "to be doubted" in capsys.readouterr().out


def test_every_reported_row_names_an_experiment_that_opens(folder):
    assert tune("--executor", "tune_executors:tune_pool") == 0
    with (folder / "out" / "runs.csv").open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["part"] == "report"]
    assert len(rows) == 7 * 4
    for row in rows:
        found = files.read(folder / "out" / row["opens"])
        lane = found.lanes[[lane.optimizer for lane in found.lanes].index(OPTIMIZERS[rows.index(row) // 4])]
        assert found.seed == int(row["seed"])
        assert dict(lane.hyperparameters) == json.loads(row["settings"])


def test_what_was_done_stands_in_the_report(folder):
    assert tune("--executor", "tune_executors:tune_pool") == 0
    done = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))["done"]
    assert (done["budget"], done["trials"], done["seeds"]) == (200, 6, [1000, 1001, 1002, 1003])
    assert done["spaces"]["Adam"]["learning_rate"] == {"from": 1e-5, "to": 100.0, "log": True}
    assert [len(done["trials_tried"][label][0]) for label in done["spaces"]] == [6] * 7
    said = (folder / "out" / "report.md").read_text(encoding="utf-8")
    assert "* reported seeds, none of them among these: 1000 to 1003" in said


def test_a_call_that_is_repeated_has_nothing_left_to_do(folder):
    assert tune("--executor", "tune_executors:tune_pool") == 0
    before = (folder / "out" / "journal.jsonl").read_bytes()
    assert tune("--executor", "nobody:asks") == 0
    assert (folder / "out" / "journal.jsonl").read_bytes() == before


def test_runs_that_are_lost_are_done_again_to_the_same_bytes(folder):
    """The journal cut off in a line, as a call that is killed leaves it: among the trials, and in what is reported."""
    assert tune("--executor", "tune_executors:tune_pool") == 0
    whole, wanted = (folder / "out" / "journal.jsonl").read_bytes(), tables(folder / "out")
    lines = whole.splitlines(keepends=True)
    for keep in (1, len(lines) // 2, len(lines) - 2):
        (folder / "out" / "journal.jsonl").write_bytes(b"".join(lines[:keep]) + lines[keep][: len(lines[keep]) // 2])
        assert tune("--executor", "tune_executors:tune_pool") == 0
        assert tables(folder / "out") == wanted


def test_an_interrupt_keeps_what_is_done_and_the_same_call_goes_on(folder):
    slow = RACE.replace("budget = 200", "budget = 1200").replace("trials = 6", "trials = 12")
    (folder / "race.toml").write_text(slow, encoding="utf-8")
    call = [sys.executable, "-m", "workbench", "tune", "race.toml", "--out", "out", "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal = folder / "out" / "journal.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"\n") > 2):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "are left: the same call goes on" in said
    assert not (folder / "out" / "report.csv").exists()
    kept = journal.read_bytes()
    assert tune("--jobs", "1") == 0
    assert journal.read_bytes().startswith(kept)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            'format = 1\nexperiment = "valley.toml"\nbudget = 5\nseeds = 0\n',
            "`seeds` must be a whole number in [1, 10000]",
        ),
        ('format = 1\nexperiment = "valley.toml"\nbudget = 5\ntune = ["rate"]\n', "names nothing that"),
        ("format = 1\nexperiment = [", "is not TOML"),
        ('format = 1\nexperiment = "valley.toml"\nbudget = 1000000001\n', "`budget` must be a whole number"),
    ],
)
def test_a_wrong_file_is_one_sentence_and_nothing_is_written(folder, capsys, text, sentence):
    (folder / "race.toml").write_text(text, encoding="utf-8")
    assert tune() == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert not (folder / "out").exists()


def test_another_race_does_not_take_the_folder(folder, capsys):
    assert tune("--executor", "tune_executors:tune_pool") == 0
    (folder / "race.toml").write_text(RACE.replace("budget = 200", "budget = 201"), encoding="utf-8")
    assert tune() == 2
    assert "holds the results of another" in capsys.readouterr().err


def test_a_lane_that_diverges_everywhere_is_a_recorded_result(folder):
    text = RACE.replace(
        'measure = "target"\ntolerance = 0.5', '[spaces."SGD"]\nlearning_rate = { from = 1e4, to = 1e5 }'
    )
    (folder / "race.toml").write_text(text, encoding="utf-8")
    assert tune("--executor", "tune_executors:tune_pool") == 0
    with (folder / "out" / "report.csv").open(encoding="utf-8", newline="") as opened:
        sgd = next(csv.DictReader(opened))
    assert (sgd["lane"], sgd["diverged"], sgd["median_final"]) == ("SGD", "4", "")
    said = (folder / "out" / "report.md").read_text(encoding="utf-8")
    assert "SGD: half of its runs or more diverge (4 of 4)" in said
    assert "trials that came to nothing: SGD 6 of 6" in said


def test_pictures_are_drawn_of_one_problem_and_of_several(folder):
    assert tune("--executor", "tune_executors:tune_pool", "--plot") == 0
    assert {path.name for path in (folder / "out" / "pictures").iterdir()} == {
        "progress.png", "sensitivity.png", "tuning.png", "profile.png",
    }  # fmt: skip
    text = RACE.replace("tolerance", 'objectives = ["rosenbrock", "beale"]\ntolerance')
    (folder / "race.toml").write_text(text, encoding="utf-8")
    assert tune("--executor", "tune_executors:tune_pool", "--plot", out="two") == 0
    names = {path.name for path in (folder / "two" / "pictures").iterdir()}
    assert {"rosenbrock-progress.png", "beale-tuning.png", "passed.png", "profile.png"} <= names
    assert "## Over all problems" in (folder / "two" / "report.md").read_text(encoding="utf-8")
