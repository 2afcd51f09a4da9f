"""The fair races that ship: they are as `docs/fair-comparison.md` tells them, and its file is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.studies.tunings import carried_out, tuning_of
from workbench.resources import resource
from workbench.studies import tuning_file
from workbench.studies.tuning_report import Page, Report, report_of
from workbench.studies.tuning_words import late, warnings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "fair-comparison.md").read_text(encoding="utf-8")
LANES = '[[lanes]]\noptimizer = "adam"\n[[lanes]]\noptimizer = "sgd"\n'


def told(name: str, folder: Path) -> tuple[Report, list[str], list[str]]:
    tuning = tuning_file.read(resource(f"studies/{name}.toml"))
    results = carried_out(tuning, folder)
    report = report_of(results)
    return report, warnings(results, report), late(tuning, report)


def ranks(page: Page) -> dict[str, int]:
    return {row.label: row.rank for row in page.rows}


def test_the_file_of_the_document_is_a_fair_race(tmp_path: Path) -> None:
    text = re.search(r"```toml\nformat = 1\n(.*?)```", DOCUMENT, re.DOTALL)
    assert text is not None
    experiment = f'format = 1\n[problem]\nkind = "objective"\nobjective = "beale"\n{LANES}'
    tuning = tuning_of(tmp_path, text[1], seven=experiment)
    assert "rosenbrock" in [contest.name for contest in tuning.contests]
    assert (tuning.goal.kind, tuning.goal.value, tuning.measure) == ("tolerance", 1e-4, "target")


@pytest.mark.parametrize("key", sorted(tuning_file.KEYS))
def test_the_document_says_every_key(key: str) -> None:
    assert re.search(rf"`{key}[`\s]|^{key} = |^\[{key}\.", DOCUMENT, re.MULTILINE) or key == "title"


def test_the_race_in_the_valley_is_as_its_story_says(tmp_path: Path) -> None:
    report, doubts, near = told("fair_race_rosenbrock", tmp_path / "out")
    page = report.pages[0]
    assert ranks(page) == {
        "L-BFGS": 1, "Adam": 2, "Momentum": 3, "Nesterov": 3, "SGD": 5, "AdaGrad": 5, "RMSProp": 5,
    }  # fmt: skip
    rows = {row.label: row for row in page.rows}
    assert (rows["L-BFGS"].arrived.median, rows["Adam"].arrived.median) == (87, 524)
    assert rows["Adam"].settings[0]["learning_rate"] == pytest.approx(1.075, rel=1e-3)
    assert [label for label, row in rows.items() if row.reached == 0] == ["SGD", "AdaGrad", "RMSProp"]
    assert rows["SGD"].diverged == 3
    assert any("SGD: many of its runs diverge (3 of 10)" in line for line in doubts)
    assert any("Momentum missed the target under seed 1002, and needs 0.8 % more budget" in line for line in near)
    assert [label for label, row in rows.items() if row.curve.median[3] < 1e9] == ["L-BFGS"]


def test_the_race_on_digits_is_as_its_story_says(tmp_path: Path) -> None:
    report, doubts, _ = told("fair_race_digits", tmp_path / "out")
    page = report.pages[0]
    rows = {row.label: row for row in page.rows}
    tied = {label for label, rank in ranks(page).items() if rank == 1}
    assert page.rows[page.order[0]].label == "Adam"
    assert tied == {"Adam", "RMSProp", "Momentum", "SGD", "AdaGrad"}
    assert any("are a tie at rank 1" in line for line in doubts)
    assert rows["Adam"].final.median == pytest.approx(0.024, abs=0.001)
    adam, sgd = rows["Adam"].curve.median, rows["SGD"].curve.median
    assert (adam[0], sgd[0]) == pytest.approx((0.06, 0.87), abs=0.005)
    assert adam[3] == pytest.approx(sgd[3], abs=0.003)
    assert sgd[15] < adam[15]
