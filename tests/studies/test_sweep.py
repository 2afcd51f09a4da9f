"""Sweeps: their rows are races' numbers, whoever computes them in whatever order; nothing is lost, nothing twice."""

from __future__ import annotations

import csv
import io
import json
import random

import numpy as np
import pytest

from tests.experiments import BOWL, DRAWS, NETWORK, VALLEY
from tests.studies.sweeps import Here, carried_out, race_of, sweep_of, table
from workbench.engine.pool import make_pool
from workbench.experiment.files import ExperimentFileError
from workbench.export import cells
from workbench.studies.journal import NAME, Journal, JournalError
from workbench.studies.results import Results
from workbench.studies.tasks import Done, Tasks

RATES = '"lanes[*].hyperparameters.learning_rate" = { from = 1e-3, to = 3.0, count = 4, log = true }'
SWEEPS = {
    "rates": (BOWL, f"steps = 60\ntolerance = 1e-2\n[axes]\n{RATES}"),
    "noise": (VALLEY, 'steps = 40\nseeds = 3\n[axes]\n"problem.noise" = [0.0, 0.5]\n"problem.start[0]" = [-1.0, 2]'),
    "starts": (BOWL, """steps = 40
design = "halton"
points = 5
[axes]
"problem.start[0]" = { from = -1.0, to = 4.0 }
"problem.start[1]" = { from = 2, to = 5 }"""),
    "rules": (BOWL, """steps = 30
[axes]
"lanes[1].optimizer" = ["adam", "rmsprop"]
"lanes[0].hyperparameters.momentum" = [0.1, 0.9]
"lanes[1].gradient.clip_norm" = [0.0, 0.5]"""),
    "network": (NETWORK, f'steps = 24\nseeds = [4, 9]\n[axes]\n"problem.batch_size" = [0, 8]\n{RATES}'),
    "draws": (DRAWS, """steps = 15
design = "zip"
[axes]
"problem.layers[0].units" = [3, 5]
"lanes[1].hyperparameters.learning_rate" = [0.01, 0.1]"""),
    "own networks": (f'{NETWORK}[lanes.network]\nbatch_size = 8\nactivation = "relu"\n', """steps = 15
[axes]
"lanes[0].network.batch_size" = [4, 16]
"lanes[2].hyperparameters.learning_rate" = [0.01, 0.1]"""),
}  # fmt: skip


@pytest.mark.parametrize("name", SWEEPS)
def test_each_row_has_the_numbers_of_its_race_bit_for_bit(name, tmp_path):
    """Steps, losses, divergence and metrics of every row against a race of the experiment at that point."""
    text, said = SWEEPS[name]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    rows = table(carried_out(sweep, tmp_path / "out"))
    assert len(rows) == sweep.runs
    for row in rows:
        race, run = race_of(sweep, row)
        losses = race.history.view(ended=True).values["loss"][:, run]
        ended = int(race.diverged_at[run])
        end = ended if ended >= 0 else race.step
        assert row["status"] == ("diverged" if ended >= 0 else "finished")
        assert (row["diverged_at"] if ended >= 0 else None) == (ended if ended >= 0 else None)
        assert (row["steps"], row["final_loss"]) == (end, losses[end])
        assert row["best_loss"] == np.nanmin(losses[: end + (ended < 0)])
        for metric, values in race.problem.evaluate(race.theta, race.problem.save()).items() if ended < 0 else ():
            assert row[metric] == values[run]


def test_steps_to_target_are_counted_from_the_lowest_known_value(tmp_path):
    """The quadratic's minimum is 0: the first recorded loss at or below the tolerance, none where it never is."""
    text, said = SWEEPS["rates"]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    rows = table(carried_out(sweep, tmp_path / "out"))
    for row in rows:
        race, run = race_of(sweep, row)
        losses = race.history.view(ended=True).values["loss"][:, run]
        there = np.flatnonzero(losses <= 1e-2)
        assert row["steps_to_target"] == (int(there[0]) if len(there) else None)
        assert row["gap"] == row["final_loss"]
    assert {row["steps_to_target"] is None for row in rows} == {True, False}
    assert {row["status"] for row in rows} == {"finished", "diverged"}


@pytest.mark.parametrize("name", ["rates", "network"])
def test_the_tables_are_the_same_however_the_work_is_cut_and_in_whatever_order_it_comes(name, tmp_path):
    """Interrupted after each task and gone on with; and entry by entry, shuffled."""
    text, said = SWEEPS[name]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    whole = carried_out(sweep, tmp_path / "whole")
    done = 0
    while done < sweep.runs:
        part = carried_out(sweep, tmp_path / "parts", calls=1)
        assert done < int(part.done.sum())
        done = int(part.done.sum())
    lines = (tmp_path / "whole" / NAME).read_text("utf-8").splitlines()[1:]
    random.Random(3).shuffle(lines)
    shuffled = Results(sweep)
    for line in lines:
        entry = json.loads(line)
        shuffled.fill(entry["rows"], entry["columns"])
    for other in (part, shuffled):
        assert cells.table(*other.table()) == cells.table(*whole.table())
        assert cells.table(*other.medians()) == cells.table(*whole.medians())
        buffers = io.BytesIO(), io.BytesIO()
        other.write_npz(buffers[0])
        whole.write_npz(buffers[1])
        assert buffers[0].getvalue() == buffers[1].getvalue()


def test_processes_give_the_same_table(tmp_path):
    class Pool(Here):
        def __init__(self, pool):
            super().__init__()
            self._pool = pool

        def submit(self, fn, /, *args, **kwargs):
            self.calls += 1
            return self._pool.submit(fn, *args, **kwargs)

    text, said = SWEEPS["network"]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    with make_pool(2) as pool:
        found = carried_out(sweep, tmp_path / "pool", Pool(pool))
    assert cells.table(*found.table()) == cells.table(*carried_out(sweep, tmp_path / "here").table())


def test_tasks_are_shorter_towards_the_end(tmp_path):
    """The last ones are a small part of what a task takes: no worker is long at one while the others have none."""
    said = f"seeds = 60\n[axes]\n{RATES}".replace("count = 4", "count = 10")
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\nsteps = 20\n{said}', one=BOWL)
    tasks, handed, points = Tasks(sweep, np.zeros(sweep.runs, bool), workers=2), [], []
    while (task := tasks.take()) is not None:
        seconds = 0.05 * task.points
        tasks.timed(task, Done(seconds, ()))
        handed += [row for piece in task.pieces for row in piece.rows]
        points.append(seconds)
    assert sorted(handed) == list(range(sweep.runs))
    assert max(points) > 0.75, "in the middle they are long beside what it costs to hand them over"
    assert max(points[-4:]) < 0.35


def test_no_run_is_computed_twice(tmp_path):
    text, said = SWEEPS["noise"]
    sweep = sweep_of(tmp_path, f'experiment = ["one.toml", "two.toml"]\n{said}', one=text, two=text)
    carried_out(sweep, tmp_path / "out", calls=2)
    carried_out(sweep, tmp_path / "out")
    noted = [
        row
        for line in (tmp_path / "out" / NAME).read_text("utf-8").splitlines()[1:]
        for row in json.loads(line)["rows"]
    ]
    assert sorted(noted) == list(range(sweep.runs))


def test_a_line_that_was_half_written_is_computed_again(tmp_path):
    text, said = SWEEPS["rates"]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    whole = carried_out(sweep, tmp_path / "out")
    journal = tmp_path / "out" / NAME
    content = journal.read_bytes()
    journal.write_bytes(content[: content.rindex(b"[") + 1])
    again = carried_out(sweep, tmp_path / "out")
    assert cells.table(*again.table()) == cells.table(*whole.table())
    assert journal.read_bytes().count(b"\n") == content.count(b"\n")


def test_what_fails_is_told_in_its_rows_and_tried_again(tmp_path):
    """Each value is fine with the first of the other axis: together two of them are not."""
    given = f'steps = 5\n[axes]\n"problem.layers[0].units" = {[4, 1000]}\n"lanes[0].optimizer" = ["sgd", "newton"]'
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{given}', one=NETWORK)
    found = carried_out(sweep, tmp_path / "out")
    rows = table(found)
    failed = [row for row in rows if row["status"] == "failed"]
    assert {(row["point"], row["lane"]) for row in failed} == {(3, 0)}
    assert "which takes at most" in failed[0]["reason"]
    assert {row["reason"] for row in rows if row not in failed} == {""}
    again = Here()
    carried_out(sweep, tmp_path / "out", again)
    assert again.calls == 1


def test_a_worker_that_ends_takes_nothing_with_it(tmp_path):
    text, said = SWEEPS["noise"]
    sweep = sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text)
    whole = carried_out(sweep, tmp_path / "whole")
    found = carried_out(sweep, tmp_path / "out", Here(ends=(1, 3)), renews=True)
    assert cells.table(*found.table()) == cells.table(*whole.table())


def test_a_task_that_ends_every_worker_is_told_and_the_others_go_on(tmp_path):
    class Deadly(Here):
        def submit(self, fn, /, *args, **kwargs):
            if any(piece.seed == 1 for piece in args[0].pieces):
                self.ends = (self.calls + 1,)
            return super().submit(fn, *args, **kwargs)

    sweep = sweep_of(tmp_path, 'experiment = "one.toml"\nsteps = 20\nseeds = 3', one=VALLEY)
    rows = table(carried_out(sweep, tmp_path / "out", Deadly(), renews=True))
    assert [row["status"] for row in rows] == ["finished", "finished", "failed", "failed", "finished", "finished"]
    assert {row["reason"] for row in rows} == {"", "the process that computed it ended"}


def test_medians_are_those_of_seeds_and_starts(tmp_path):
    """A half that diverges: it is counted, and lies above every loss."""
    said = 'steps = 50\nseeds = 4\n[axes]\n"lanes[1].hyperparameters.learning_rate" = [0.5, 2.5]'
    sweep = sweep_of(
        tmp_path, f'experiment = "one.toml"\n{said}', one=BOWL.replace("start = [4.0", "noise = 0.1\nstart = [4.0")
    )
    found = carried_out(sweep, tmp_path / "out")
    header, medians = found.medians()
    rows = table(found)
    told = [dict(zip(header, row, strict=True)) for row in medians]
    assert len(told) == 4
    for row in told:
        mine = [r for r in rows if (r["point"], r["lane"]) == (row["point"], row["lane"])]
        losses = sorted(r["final_loss"] if r["status"] == "finished" else np.inf for r in mine)
        assert row["runs"] == 4
        assert row["diverged"] == sum(r["status"] == "diverged" for r in mine)
        middle = (losses[1] + losses[2]) / 2
        assert row["median_final_loss"] == (middle if np.isfinite(middle) else None)
    assert {row["diverged"] for row in told} == {0, 4}


def test_a_folder_of_another_sweep_or_in_use_is_refused(tmp_path):
    one = sweep_of(tmp_path, 'experiment = "one.toml"\nsteps = 5', one=BOWL)
    carried_out(one, tmp_path / "out")
    other = sweep_of(tmp_path, 'experiment = "one.toml"\nsteps = 6', one=BOWL)
    with pytest.raises(JournalError, match="another sweep"):
        Journal(tmp_path / "out", other.digest)
    held = Journal(tmp_path / "out", one.digest)
    with pytest.raises(JournalError, match="another call"):
        Journal(tmp_path / "out", one.digest)
    held.close()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('[axes]\n"lanes[0].hyperparameters.learning_rat" = [1]', "learning_rat"),
        ('[axes]\n"lanes[7].hyperparameters.learning_rate" = [1]', "there are lanes[0]"),
        ('[axes]\n"no path" = [1]', "must be a path"),
        ('[axes]\n"problem.noise" = []', "must have values, got none"),
        ('[axes]\n"problem.noise" = { from = 2, to = 1, count = 3 }', "is empty"),
        ('[axes]\n"problem.noise" = { from = 0, to = 1, count = 3, log = true }', "above 0"),
        ('[axes]\n"problem.noise" = { from = 0, to = 1 }', "count"),
        ('[axes]\n"problem.noise" = { from = 0, to = 1, count = 3, by = 1 }', "is not a key of a range"),
        ('[axes]\n"problem.noise" = { from = 0, to = 1, count = 100000 }\n"seed" = [1]', "cannot be an axis"),
        (f'[axes]\n"problem.noise" = {{ from = 0.0, to = 1.0, count = 500000 }}\n{RATES}', "at most 1000000 points"),
        (f"seeds = 1000000\n[axes]\n{RATES}", "at most 1000000 runs"),
        ('design = "zip"\n[axes]\n"problem.noise" = [0, 1]\n"problem.difference" = [0.1]', "as many values"),
        ('design = "sobol"\n[axes]\n"problem.noise" = [0, 1]', "points"),
        ('design = "latin"', "must be one of"),
        ("seeds = [1, 1]", "must differ"),
        ("seeds = 0", "whole number"),
        ('[axes]\n"lanes[1].enabled" = [true, false]', "cannot be an axis"),
        ('[axes]\n"problem.start" = [[1, 2], [[1, 2], [3, 4]]]', "how many runs"),
        ('[axes]\n"problem.noise" = [-1.0]', "problem.noise"),
        ("stepps = 4", "did you mean"),
        ('[axes]\n"lanes[1].from" = [{lane = 0, step = 1}]', "begin at the start"),
    ],
)  # fmt: skip
def test_a_wrong_sweep_is_refused_in_one_sentence_before_anything_is_run(said, sentence, tmp_path):
    with pytest.raises(ExperimentFileError) as refused:
        sweep_of(tmp_path, f'experiment = "one.toml"\nsteps = 10\n{said}', one=BOWL)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_numbers_in_the_table_read_back_exactly(tmp_path):
    text, said = SWEEPS["rates"]
    found = carried_out(sweep_of(tmp_path, f'experiment = "one.toml"\n{said}', one=text), tmp_path / "out")
    read = list(csv.DictReader(io.StringIO(cells.table(*found.table()).decode())))
    buffer = io.BytesIO()
    found.write_npz(buffer)
    buffer.seek(0)
    arrays = np.load(buffer, allow_pickle=False)
    for name in ("final_loss", "best_loss"):
        assert [float(row[name]) for row in read] == arrays[name].tolist()
    axis = "lanes[*].hyperparameters.learning_rate"
    assert [float(row[axis]) for row in read] == arrays[f"axes/{axis}"].tolist()
