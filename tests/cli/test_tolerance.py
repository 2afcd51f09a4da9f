"""A tolerance in a file, and what a run tells of it and of minima that were reached and left."""

from __future__ import annotations

import json
import math

import pytest

from workbench import cli

BOWL = """
format = 1
steps = 5000
tolerance = 1e-8
[problem]
kind = "objective"
objective = "sphere"
start = [3.0, -4.0]
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.1
[[lanes]]
optimizer = "sgd"
[lanes.hyperparameters]
learning_rate = 0.02
"""


def summary(tmp_path, text, *more):
    file = tmp_path / "race.toml"
    file.write_text(text, "utf-8")
    assert cli.main(["run", str(file), "--out", str(tmp_path / "out"), *more]) == 0
    return json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))


def arrival(rate):
    """On |x|² the loss, 25 at first, shrinks by (1 − 2η)² a step."""
    return math.ceil(math.log(1e-8 / 25) / (2 * math.log(1 - 2 * rate)))


def test_a_run_stops_at_its_tolerance_and_says_each_lanes_steps(tmp_path):
    found = summary(tmp_path, BOWL)
    assert found["steps"] == arrival(0.02)
    assert (found["tolerance"], found["measure"]) == (1e-8, "gap")
    assert [run["steps_to_tolerance"] for run in found["runs"]] == [arrival(0.1), arrival(0.02)]
    assert {run["status"] for run in found["runs"]} == {"finished"}
    assert "tolerance = 1e-08" in (tmp_path / "out" / "experiment.toml").read_text("utf-8")


def test_a_run_that_does_not_arrive_says_none(tmp_path):
    found = summary(tmp_path, BOWL, "--steps", "80")
    assert [run["steps_to_tolerance"] for run in found["runs"]] == [arrival(0.1), None]


def test_how_often_rows_are_written_does_not_move_the_end(tmp_path):
    assert summary(tmp_path, BOWL, "--every", "7")["steps"] == arrival(0.02)


def test_without_a_tolerance_nothing_is_said_of_one(tmp_path):
    found = summary(tmp_path, BOWL.replace("tolerance = 1e-8\n", ""), "--steps", "20")
    assert "tolerance" not in found
    assert "steps_to_tolerance" not in found["runs"][0]
    assert found["changes"] == []


@pytest.mark.parametrize("value", ["0", "-1e-3", '"small"', "inf"])
def test_a_tolerance_that_is_none_is_refused_in_a_sentence(tmp_path, capsys, value):
    file = tmp_path / "race.toml"
    file.write_text(BOWL.replace("tolerance = 1e-8", f"tolerance = {value}"), "utf-8")
    assert cli.main(["run", str(file), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip()
    assert "tolerance" in said
    assert len(said.splitlines()) == 1


def test_a_run_that_was_thrown_out_is_told_with_its_steps(tmp_path):
    """Adam at 0.05 in the banana valley, whose one minimum is (1, 1): thrown out after some four thousand steps."""
    text = BOWL.split("[[lanes]]", maxsplit=1)[0].replace("tolerance = 1e-8\n", "").replace("sphere", "rosenbrock")
    text = text.replace("[3.0, -4.0]", "[-1.2, 1.0]")
    found = summary(tmp_path, text + '[[lanes]]\noptimizer = "adam"\n[lanes.hyperparameters]\nlearning_rate = 0.05\n')
    first = found["runs"][0]["stays"][0]
    assert first["minimum"] == [1.0, 1.0]
    assert 0 < first["reached"] < 3000 < first["left"] <= 5000
