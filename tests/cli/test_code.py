"""The command `code`: a script on paper or in a file, or one sentence."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.experiments import BOWL, NETWORK
from workbench import cli

#: the network with its first lane alone
ONE = NETWORK.split('[[lanes]]\noptimizer = "sgd"')[0]


def test_code_prints_the_script_of_a_lane(write, capsys):
    """By number, by name, and for the other library where the rule is the same there."""
    file = write(BOWL)
    for options in (
        ["--lane", "1"],
        ["--lane", "lanes[1]"],
        ["--lane", "Wild"],
        ["--lane", "wild", "--library", "keras"],
    ):
        assert cli.main(["code", file, *options]) == 0
        text = capsys.readouterr().out
        ast.parse(text)
        assert "SGD(" in text
    assert "keras.optimizers" in text


def test_code_prints_a_script_for_numpy_alone(write, capsys):
    """Of one lane, and of all of them, which are for NumPy without being asked to."""
    file = write(BOWL)
    for options in (["--lane", "0", "--library", "numpy"], ["--all"], ["--all", "--library", "numpy"]):
        assert cli.main(["code", file, *options]) == 0
        text = capsys.readouterr().out
        ast.parse(text)
        assert "torch" not in text.replace("pytorch", "")
        assert ("def lane_1(start):" in text) == ("--all" in options)


def test_code_of_a_network_writes_its_data_beside_it(write, tmp_path, capsys):
    """Two files of one name; the only lane needs not be named."""
    out = tmp_path / "moons.py"
    assert cli.main(["code", write(ONE), "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"written to {out}", f"written to {tmp_path / 'moons.npz'}"]
    ast.parse(out.read_text(encoding="utf-8"))
    assert set(np.load(tmp_path / "moons.npz", allow_pickle=False)) >= {"x_train", "y_train", "output/weight"}


@pytest.mark.parametrize(
    "refused",
    [
        (BOWL, [], "give --lane, one of 0 (Momentum), 1 (Wild), or --all"),
        (BOWL, ["--lane", "0", "--all"], "not both"),
        (BOWL, ["--all", "--library", "keras"], "for NumPy alone"),
        (BOWL, ["--lane", "Tame"], 'lane "Tame": there is no such lane; there are 0 (Momentum), 1 (Wild)'),
        (BOWL, ["--lane", "2"], 'lane "2": there is no such lane; there are 0 (Momentum), 1 (Wild)'),
        (ONE, ["--library", "keras"], "Adam cannot be exported for Keras"),
        (ONE, [], "--out is missing"),
        (ONE, ["--out", "moons.txt"], "must end in .py"),
        (ONE, ["--out", "nowhere/moons.py"], "cannot be written"),
        (ONE, ["--library", "jax"], "invalid choice"),
    ],
)
def test_code_that_cannot_be_is_refused_in_one_sentence(write, capsys, monkeypatch, refused):
    """Exit code 2, one line, and no file."""
    text, options, words = refused
    file = Path(write(text))
    monkeypatch.chdir(file.parent)
    assert cli.main(["code", str(file), *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert len(said.err.splitlines()) == 1
    assert [path.name for path in file.parent.iterdir()] == ["experiment.toml"]


def test_code_loads_neither_a_window_nor_the_libraries(write, tmp_path):
    """Asked of a fresh process: no Qt, no PyTorch, no Keras."""
    arguments = ["code", write(ONE), "--out", str(tmp_path / "moons.py")]
    code = f"import sys; from workbench import cli; cli.main({arguments!r}); print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"PySide6", "torch", "keras"} & {name.split(".")[0] for name in run.stdout.split()}
