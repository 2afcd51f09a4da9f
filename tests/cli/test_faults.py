"""Bad files and wrong calls: exit code 2, one sentence, nothing written."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from tests.experiments import NETWORK, VALLEY
from workbench import cli

BAD = {
    "unknown key": ("seed = 1", "sed = 1", ("`sed`", "seed", "steps")),
    "unknown setting": (
        "[lanes.hyperparameters]\nlearning_rate",
        "[lanes.hyperparameters]\nlr",
        ("hyperparameters.lr",),
    ),
    "out of range": (
        "learning_rate = 0.01",
        "learning_rate = -1.0",
        ("`lanes[0].hyperparameters.learning_rate`", "-1"),
    ),
    "wrong type": ("seed = 1", "seed = [1]", ("`seed`", "whole number", "list")),
    "not TOML": ("[problem]", "[problem", ("TOML",)),
    "newer format": ("format = 1", "format = 2", ("`format`", "at most 1", "got 2", "newer")),
    "no format": ("format = 1", "", ("`format`", "missing")),
    "unknown objective": ("rosenbrock", "rosenbrok", ("`problem.objective`", '"rosenbrok"', '"rosenbrock"')),
    "no lanes": (VALLEY[VALLEY.index("[[lanes]]") :], "", ("`lanes`", "missing")),
    "no start": ("[-1.2, 1.0]", "[]", ("`problem.start`", "got none")),
    "wrong dimension": ("[-1.2, 1.0]", "[1.0]", ("`problem.start`", "2 to 1000 coordinates", "got 1")),
}


@pytest.mark.parametrize("command", ["run", "check", "screenshot"])
@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_one_sentence_and_nothing_is_written(write, tmp_path, capsys, command, fault):
    """Exit code 2; the sentence names the file, the key by its path, what was found and what is allowed."""
    old, new, parts = BAD[fault]
    assert old in VALLEY
    file = write(VALLEY.replace(old, new, 1), "bad.toml")
    out = tmp_path / "out"
    more = {"run": ["--steps", "5", "--out", str(out)], "screenshot": ["--out", f"{out}.png"]}.get(command, [])
    assert cli.main([command, file, *more]) == 2
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said.count("\n") == 1
    for part in ("bad.toml", *parts):
        assert part in said, said
    assert [p.name for p in tmp_path.iterdir()] == ["bad.toml"]


def test_a_file_that_is_not_there(tmp_path, capsys):
    """Exit code 2 for every way of naming it, the window included."""
    none = str(tmp_path / "none.toml")
    for call in (["run", none, "--out", str(tmp_path / "out")], ["check", none], [none]):
        assert cli.main(call) == 2
        assert "none.toml: there is no such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("lanes[7].optimizer=adam", "has no `lanes[7].optimizer`; there are lanes[0] (adam), lanes[1] (momentum)"),
        ("lanes[0].hyperparameters.beta1=1.5", "`lanes[0].hyperparameters.beta1`"),
        ("sed=1", "`sed`"),
        ("seed", "seed"),
        ("seed=__import__('os')", "`seed`"),
        ("=3", "=3"),
        ("problem[0].start=3", "problem[0]"),
    ],
)
def test_a_wrong_set_is_one_sentence(write, tmp_path, capsys, change, part):
    """A change that cannot be made is said by its path; nothing is written."""
    assert cli.main(["run", write(VALLEY), "--steps", "5", "--out", str(tmp_path / "out"), "--set", change]) == 2
    said = capsys.readouterr().err
    assert part in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "call",
    [
        ["fly"],
        ["run"],
        ["run", "{file}"],
        ["run", "{file}", "--out", "{out}", "--steps", "0"],
        ["run", "{file}", "--out", "{out}", "--steps", "many"],
        ["run", "{file}", "--out", "{out}"],
        ["run", "{file}", "--out", "{file}", "--steps", "5"],
        ["run", "{file}", "--out", "{file}/out", "--steps", "5"],
        ["run", "{file}", "--out", "{out}", "--steps", "5", "--pictures", "gif"],
        ["run", "{file}", "--out", "{out}", "--steps", "5", "--seed", "-1"],
        ["run", "{file}", "--out", "{out}", "--steps", "5", "--every", "0"],
        ["list"],
        ["list", "optimisers"],
        ["screenshot", "{file}", "--out", "{out}/none/a.png"],
        ["screenshot", "{file}", "--out", "{out}.png", "--size", "big"],
        ["screenshot", "{file}", "--out", "{out}.jpg"],
        ["screenshot", "{file}", "--out", "{out}.png", "--size", "400x300"],
        ["run", "{file}", "--out", "", "--steps", "5"],
        ["--wrong"],
        ["{file}", "{file}"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_2_and_says_why(write, tmp_path, capsys, qapp, call):
    """Nothing is written, and one line on stderr says what is wrong."""
    file, out = write(VALLEY), tmp_path / "out"
    assert cli.main([part.format(file=file, out=out) for part in call]) == 2
    assert capsys.readouterr().err.strip()
    assert [p.name for p in tmp_path.iterdir()] == ["experiment.toml"]


def test_what_is_in_the_way_of_the_results_is_said_before_the_run(write, tmp_path, capsys):
    """A folder with the name of a result: one sentence, and neither a race is run nor another file written."""
    (tmp_path / "out" / "history.csv").mkdir(parents=True)
    assert cli.main(["run", write(VALLEY), "--steps", "5", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "history.csv" in said
    assert ".part" not in said
    assert said.count("\n") == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["history.csv"]


def test_a_misspelt_command_is_corrected(capsys):
    """Also with something after it, as a command has."""
    assert cli.main(["chekc", "x"]) == 2
    assert 'did you mean "check"' in capsys.readouterr().err


def test_a_size_that_is_too_small_is_told_the_least_one(write, tmp_path, capsys, qapp):
    """And that one is what is written."""
    file, out = write(VALLEY), tmp_path / "a.png"
    assert cli.main(["screenshot", file, "--out", str(out), "--size", "400x300"]) == 2
    least = re.search(r"needs (\d+)x(\d+)", capsys.readouterr().err)
    assert cli.main(["screenshot", file, "--out", str(out), "--size", f"{least[1]}x{least[2]}"]) == 0
    assert QImage(str(out)).size() == QSize(int(least[1]), int(least[2]))


def test_a_hand_edited_file_never_runs_code(write, tmp_path):
    """Python in each text of a file, and in each key, is text: refused or kept, never run."""
    proof = tmp_path / "proof"
    code = f"__import__('pathlib').Path({str(proof)!r}).touch()"
    for text in (VALLEY, NETWORK):
        lines = text.splitlines()
        for i, line in enumerate(lines):
            key, equals, _ = line.partition(" = ")
            if equals:
                for bad in (f'{key} = "{code}"', f'"{code}" = 1'):
                    file = write("\n".join([*lines[:i], bad, *lines[i + 1 :]]))
                    assert cli.main(["run", file, "--steps", "2", "--out", str(tmp_path / "out")]) in {0, 2}
    file = write(
        VALLEY.replace("seed = 1", f'title = "{code}"').replace("[[lanes]]", f'[[lanes]]\nlabel = "{code[:80]}"')
    )
    assert cli.main(["run", file, "--steps", "2", "--out", str(tmp_path / "out")]) == 0
    assert not proof.exists()
