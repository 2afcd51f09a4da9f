"""Folders of results read again: rows are those of the tables, runs repeat their numbers, what is damaged is said."""

from __future__ import annotations

import csv
import json
import re
import sys

import numpy as np
import pytest

from tests.experiments import NETWORK
from workbench import cli
from workbench.engine.race.race import Race
from workbench.experiment import build, files
from workbench.studies import results_folder
from workbench.studies.results_folder import FolderError, read_charts, read_run, read_table
from workbench.studies.results_table import mixed_column, table_of, words_column

MODULE = "from concurrent.futures import ThreadPoolExecutor\nfolder_pool = ThreadPoolExecutor(1)\n"
SWEEP = """
format = 1
title = "Rates"
experiment = "one.toml"
steps = 20
seeds = 2
tolerance = 0.5
[axes]
"lanes[*].hyperparameters.learning_rate" = { from = 0.001, to = 0.1, count = 3, log = true }
"lanes[0].gradient.clip_norm" = [0.5, 1.0]
"""
RACE = """
format = 1
experiment = "two.toml"
budget = 60
trials = 3
seeds = 2
starts = "own"
[spaces."B"]
learning_rate = { from = 0.01, to = 1.0, log = true }
"""
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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in {"one": NETWORK, "two": TWO, "sweep": SWEEP, "race": RACE}.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "folder_executors.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("folder_executors", None)
    results_folder._read.cache_clear()
    yield tmp_path
    if "folder_executors" in sys.modules:
        sys.modules.pop("folder_executors").folder_pool.shutdown()


def carry_out(command, file, out="out"):
    return cli.main([command, file, "--out", out, "--executor", "folder_executors:folder_pool"])


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table, name):
    found = next(column for column in table.columns if column.name == name)
    return [found.text(row) for row in range(table.rows)]


def raced(opened) -> Race:
    experiment = files.loads(opened.text)
    race = build.make_race(experiment, capacity=None)
    race.advance(experiment.steps)
    return race


def test_the_rows_of_a_sweep_are_those_of_its_table(folder):
    assert carry_out("sweep", "sweep.toml") == 0
    table, written = read_table("out"), rows_of(folder / "out" / "results.csv")
    assert table.said == ()
    assert table.title == "Rates"
    assert table.rows == len(written) == 3 * 2 * 2 * 3
    assert column(table, "label") == [row["label"] for row in written]
    for name, key in (
        ("final_loss", "final_loss"),
        ("learning_rate", "lanes[*].hyperparameters.learning_rate"),
        ("clip_norm", "lanes[0].gradient.clip_norm"),
        ("seed", "seed"),
        ("test_accuracy", "test_accuracy"),
    ):
        values = next(c for c in table.columns if c.name == name).values
        assert values.tolist() == [float(row[key]) for row in written]
    assert {chart.key for chart in read_charts("out")} >= {"sensitivity-learning_rate", "heat-0", "parallel-1"}


def test_a_run_that_is_opened_repeats_the_numbers_of_its_row(folder):
    assert carry_out("sweep", "sweep.toml") == 0
    table, written = read_table("out"), rows_of(folder / "out" / "results.csv")
    for row in (0, 7, table.rows - 1):
        opened = read_run("out", int(table.numbers[row]))
        found, race = files.loads(opened.text), raced(opened)
        assert found.seed == int(written[row]["seed"])
        assert opened.lane == int(written[row]["lane"])
        assert float(race.loss[opened.lane]) == float(written[row]["final_loss"])
    assert "learning_rate = 0.1" in found.title


def test_the_folder_stands_alone_and_the_same_call_goes_on_from_it(folder):
    """Neither the sweep's file nor its experiment need be there any more."""
    assert carry_out("sweep", "sweep.toml") == 0
    wanted = (folder / "out" / "results.npz").read_bytes()
    (folder / "sweep.toml").unlink()
    (folder / "one.toml").unlink()
    journal = folder / "out" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    assert carry_out("sweep", "out/sweep.toml") == 0
    with np.load(folder / "out" / "results.npz") as again:
        assert {*again.files} >= {"final_loss", "status"}
    assert carry_out("sweep", "out/sweep.toml", "elsewhere") == 0
    assert (folder / "elsewhere" / "results.npz").read_bytes() == (folder / "out" / "results.npz").read_bytes()
    assert len(wanted) > 0


def test_a_file_of_a_persons_own_is_not_written_over(folder):
    (folder / "out").mkdir()
    (folder / "out" / "sweep.toml").write_text("# mine\n", encoding="utf-8")
    assert carry_out("sweep", "sweep.toml") == 0
    assert (folder / "out" / "sweep.toml").read_text(encoding="utf-8") == "# mine\n"
    table = read_table("out")
    assert table.rows == 36
    assert any("sweep.toml" in said for said in table.said)
    assert any("results.csv" in said for said in table.said)
    assert not table.opens


@pytest.mark.parametrize("which", ["half a line", "a broken line", "foreign rows", "a wrong column", "not a table"])
def test_a_damaged_journal_shows_what_is_whole_and_says_so(folder, which):
    assert carry_out("sweep", "sweep.toml") == 0
    journal = folder / "out" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    lost = json.loads(lines[-1])["rows"]
    starts = {
        "half a line": lines[-1][: len(lines[-1]) // 2],
        "a broken line": b'{"rows": [0\n',
        "foreign rows": b'{"rows": [99999], "columns": {"final_loss": [1.0]}}\n',
        "a wrong column": json.dumps({"rows": lost, "columns": {"final_loss": [1.0] * 999}}).encode() + b"\n",
        "not a table": b"[1, 2]\n",
    }
    journal.write_bytes(b"".join(lines[:-1]) + starts[which])
    table = read_table("out")
    assert table.rows == 36 - len(lost)
    said = " ".join(table.said)
    assert f"{36 - len(lost)} of 36 runs are there" in said
    assert ("damaged" in said) == (which != "half a line"), "what is being written is not damaged"
    assert not np.isin(lost, table.numbers).any()
    assert len(read_charts("out")) > 0


def test_a_journal_of_other_results_is_not_taken(folder):
    assert carry_out("sweep", "sweep.toml") == 0
    told = (folder / "out" / "sweep.toml").read_text(encoding="utf-8")
    (folder / "out" / "sweep.toml").write_text(told.replace("steps = 20", "steps = 21"), encoding="utf-8")
    table = read_table("out")
    assert "no journal of the results" in table.said[0]
    assert table.rows == 36, "its table is still there"
    assert read_charts("out") == ()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _: None, "neither journal.jsonl nor a table is in it"),
        (lambda f: (f / "sweep.toml").write_text("a = [", encoding="utf-8"), "is not TOML"),
        (lambda f: (f / "sweep.toml").write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda f: (f / "sweep.toml").mkdir(), "this is a folder"),
        (lambda f: (f / "results.csv").write_bytes(b""), "is empty"),
        (lambda f: (f / "results.csv").mkdir(), "cannot be read"),
        (lambda f: (f / "tune.toml").write_text("format = 1\n", encoding="utf-8"), "`experiment` is missing"),
    ],
    ids=["empty", "no TOML", "no text", "a folder", "an empty table", "a folder for a table", "an empty race"],
)
def test_a_folder_that_shows_nothing_says_why_in_a_sentence(tmp_path, make, sentence):
    make(tmp_path)
    with pytest.raises(FolderError, match=re.escape(sentence)) as error:
        read_table(str(tmp_path))
    assert "\n" not in str(error.value)


def test_no_folder_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for name, sentence in (("none", "there is no such folder"), ("file", "a file, not a folder"), ("a\0b", "no such")):
        with pytest.raises(FolderError, match=sentence):
            read_table(str(tmp_path / name))


def test_failed_runs_stand_in_the_table_with_their_reasons(folder):
    (folder / "sweep.toml").write_text(
        'format = 1\nexperiment = "one.toml"\nsteps = 5\n[axes]\n"problem.layers[0].units" = [4, 1000]\n'
        '"lanes[0].optimizer" = ["sgd", "newton"]',
        encoding="utf-8",
    )
    assert carry_out("sweep", "sweep.toml") == 1
    table = read_table("out")
    assert column(table, "status").count("failed") == 1
    assert "which takes at most" in max(column(table, "reason"), key=len)
    assert [column(table, "status")[row] for row in table.shown(query="FAILED newton")] == ["failed"]


def test_a_sweep_that_has_done_nothing_yet_is_an_empty_table(folder):
    """As when it is looked at in its first second."""
    from workbench.studies import sweep
    from workbench.studies.journal import Journal
    from workbench.studies.sweep_files import spec_files

    found = sweep.read("sweep.toml")
    for name, content in spec_files(found):
        (folder / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "out" / name).write_bytes(content)
    Journal(folder / "out", found.digest).close()
    table = read_table("out")
    assert (table.rows, table.charts) == (0, False)
    assert table.said == ("0 of 36 runs are there; the same call of `sweep` goes on.",)
    assert table.shown(0, query="x").tolist() == []


def test_the_rows_of_a_fair_race_are_its_trials_and_its_runs(folder):
    assert carry_out("tune", "race.toml") == 0
    table, written = read_table("out"), rows_of(folder / "out" / "runs.csv")
    assert table.said == ()
    assert table.rows == len(written) == 2 * 3 + 2 * 2
    assert column(table, "part") == [row["part"] for row in written]
    assert column(table, "lane") == [row["lane"] for row in written]
    rates = next(c for c in table.columns if c.name == "learning_rate").values
    assert rates.tolist() == [json.loads(row["settings"])["learning_rate"] for row in written]
    best = next(c for c in table.columns if c.name == "best").values
    assert best.tolist() == [float(row["best"]) for row in written]
    assert {chart.key for chart in read_charts("out")} >= {"progress", "sensitivity", "tuning"}


def test_runs_and_trials_of_a_fair_race_open_and_repeat_their_numbers(folder):
    assert carry_out("tune", "race.toml") == 0
    table, written = read_table("out"), rows_of(folder / "out" / "runs.csv")
    done = 0
    for row in range(table.rows):
        opened = read_run("out", int(table.numbers[row]))
        found = files.loads(opened.text)
        assert found.seed == int(written[row]["seed"])
        race = raced(opened)
        own = [i for i, _ in found.enabled_lanes].index(opened.lane)
        if written[row]["final"]:
            assert float(race.loss[own]) == float(written[row]["final"])
            done += 1
        assert len(found.enabled_lanes) == (1 if written[row]["part"] == "tuning" else 2)
    assert done > 4


def test_a_half_done_fair_race_shows_its_trials(folder):
    assert carry_out("tune", "race.toml") == 0
    journal = folder / "out" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]))
    table = read_table("out")
    assert 0 < table.rows < 10
    assert set(column(table, "part")) == {"tuning"}
    assert "goes on" in table.said[0]
    assert read_charts("out") == ()
    assert files.loads(read_run("out", int(table.numbers[0])).text).seed == 0


def test_a_bare_table_opens_the_experiments_that_it_names_and_no_other_file(folder):
    assert carry_out("tune", "race.toml") == 0
    (folder / "out" / "tune.toml").unlink()
    table = read_table("out")
    assert table.opens
    places = [row for row, part in enumerate(column(table, "part")) if part == "report"]
    assert files.loads(read_run("out", places[0]).text).seed == 1000
    with pytest.raises(ValueError, match="no experiment is kept"):
        read_run("out", 0)
    runs = folder / "out" / "runs.csv"
    runs.write_text(runs.read_text(encoding="utf-8").replace("runs/two/", "../"), encoding="utf-8")
    with pytest.raises(ValueError, match="outside of the folder"):
        read_run("out", places[0])


def test_rows_are_put_in_order_and_found_by_what_they_show():
    numbers = [3.0, None, 1e-7, 250.0, -2.0]
    words = ["Straße", "b c", "a", "b d", ""]
    table = table_of(
        "t", [mixed_column("n", numbers), words_column("w", words)], np.arange(5), (), charts=False, opens=False
    )
    assert table.shown(0).tolist() == [4, 2, 0, 3, 1]
    assert table.shown(0, descending=True).tolist() == [3, 0, 2, 4, 1], "what is no number is last"
    assert table.shown(1).tolist() == [4, 0, 2, 1, 3]
    assert table.shown(query="B").tolist() == [1, 3]
    assert table.shown(1, descending=True, query="b").tolist() == [3, 1]
    assert table.shown(query="STRASSE").tolist() == [0]
    assert table.shown(query="1e-07").tolist() == [2]
    assert table.shown(query="b 250").tolist() == [3]
    assert table.shown(query=".*").tolist() == [], "what is typed is no pattern"
    assert table.shown(query="\n").tolist() == [0, 1, 2, 3, 4]


def test_the_texts_are_what_reads_back_of_each_row():
    """A hundred thousand rows, against Python's own search."""
    generator = np.random.default_rng(0)
    values = generator.normal(size=100_000)
    names = [("adam", "sgd", "momentum")[i % 3] for i in range(len(values))]
    columns = [mixed_column("v", values), words_column("w", names)]
    table = table_of("t", columns, np.arange(len(values)), (), charts=False, opens=False)
    wanted = [
        i for i, (v, w) in enumerate(zip(values.tolist(), names, strict=True)) if "12" in f"{v:.6g}" and w == "sgd"
    ]
    assert table.shown(query="12 sgd").tolist() == wanted
    assert table.shown(0).tolist() == np.argsort(values, kind="stable").tolist()


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_charts_of_little_can_be_drawn(folder, kept, qapp):
    """Of a sweep of which a few tasks alone are done."""
    from workbench import app

    assert carry_out("sweep", "sweep.toml") == 0
    journal = folder / "out" / "journal.jsonl"
    entries = [json.loads(line) for line in journal.read_bytes().splitlines()[1:]]
    row = entries[0]["rows"][:kept]
    one = {"rows": row, "columns": {name: column[: len(row)] for name, column in entries[0]["columns"].items()}}
    head = journal.read_bytes().splitlines(keepends=True)[0]
    journal.write_bytes(head + json.dumps(one).encode() + b"\n")
    assert read_table("out").rows == kept
    for chart in read_charts("out"):
        assert app.chart_bytes(chart, "png").startswith(b"\x89PNG")


def test_a_folder_that_may_not_be_looked_into_says_so(tmp_path, monkeypatch):
    from pathlib import Path

    def refuse(_self):
        raise PermissionError(13, "Permission denied")

    results_folder._read.cache_clear()
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(FolderError, match="cannot be read: Permission denied"):
        read_table(str(tmp_path))
