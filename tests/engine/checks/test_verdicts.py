"""What a check says where there is no gradient to compare with, or where the usual step is too long for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.engine.checks.test_gradient_check import checked, formula, wrong
from workbench import cli

FILE = """
format = 1
steps = 1
[problem]
kind = "objective"
objective = "formula"
start = {start}
[problem.parameters]
text = "{text}"
[[lanes]]
optimizer = "sgd"
"""


def verdict(text: str, x: float, y: float = 1.0) -> str:
    report = checked(formula(text, (x, y)), np.array([[x, y]]))
    assert report.done
    return report.blocks[0].verdict


@pytest.mark.parametrize(
    ("text", "x", "said"),
    [
        ("sign(x) + y^2", 0.0, "jump"),
        ("floor(x) + y^2", 2.0, "jump"),
        ("1000*ceil(3*x) + y", 1.0, "jump"),
        ("sqrt(x) + y", 0.0, "edge"),
        ("x^1.5 + y", 0.0, "edge"),
        ("asin(x) + y", 1.0, "edge"),
        ("abs(x) + y*y", 0.0, "kinks"),
        ("sqrt(abs(x)) + y", 0.0, "kinks"),
        ("max(x, 0) + y", 0.0, "kinks"),
        ("max(x, 0) - 0.5*x + y^2", 0.0, "kinks"),
        ("sin(1000000*x) + y", 0.3, "fine"),
        ("sin(1e5*x) + y", 0.3, "fine"),
        ("sin(1e13*x) + y", 0.3, "unsettled"),
    ],
)
def test_where_there_is_no_gradient_there_is_no_verdict_on_it(text: str, x: float, said: str) -> None:
    """Jumps, edges, kinks and waves of all kinds; the other coordinate is smooth, and agrees."""
    assert verdict(text, x) == said
    report = checked(formula(text, (x, 1.0)), np.array([[x, 1.0]]))
    assert report.blocks[1].verdict in ("agrees", "small")


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("sqrt(x) + y", 1e-5),
        ("log(x) + y", 2e-5),
        ("x^1.5 + y", 1e-6),
        ("1/x + y", 1e-4),
        ("abs(x) + y^2", 1e-7),
        ("sin(100*x) + y", 0.3),
        ("1e6 + x^2 + y^2", 0.7),
        ("(x - 1)^2*1e8 + y", 1.0000001),
    ],
)
def test_near_singular_points_and_kinks_shorter_steps_find_a_right_gradient_right(text: str, x: float) -> None:
    """Each is smooth at the point itself; the derivative by hand is what the program's rules give."""
    assert verdict(text, x) in ("agrees", "fine")


@pytest.mark.parametrize(
    ("text", "x"), [("sin(1000000*x) + y", 0.3), ("sqrt(x) + y", 1e-4), ("x^3 + y", 0.5), ("abs(x) + y^2", 1e-6)]
)
@pytest.mark.parametrize("factor", [1.01, 0.5, -1.0])
def test_a_wrong_gradient_is_not_excused_by_waves_and_singular_points_near_by(
    text: str, x: float, factor: float
) -> None:
    problem = formula(text, (x, 1.0))
    assert checked(wrong(problem, 0, factor), np.array([[x, 1.0]])).blocks[0].verdict == "differs"


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("sign(x) + y^2", [0.0, 1.0], "no verdict, 1 at a jump"),
        ("sqrt(x) + y", [0.0, 1.0], "no verdict, 1 beside a place"),
        ("sin(1e6*x) + y^2", [0.3, 1.0], "steps shorter than usual"),
        ("abs(x) + y*y", [0.0, 1.0], "no verdict, 1 on a kink"),
    ],
)
def test_the_command_says_so_and_finds_nothing_wrong(
    text: str, start: list[float], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "experiment.toml"
    path.write_text(FILE.format(text=text, start=start), encoding="utf-8")
    assert cli.main(["check", str(path)]) == 0
    assert words in capsys.readouterr().out.splitlines()[1]
