"""Charts of fair races hold what the report has, and can be drawn."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from tests.studies.tunings import TWO, made_up, tuning_of
from workbench.studies.charts import LineChart, ShareChart
from workbench.studies.tuning_charts import charts
from workbench.studies.tuning_tables import report_md
from workbench.ui.charts.chart import ChartView

TEXT = (
    'experiment = ["one.toml", "other.toml"]\nbudget = 100\nlooks = 10\ntrials = 4\nseeds = 4\nmeasure = "target"\n'
    "tolerance = 0.1\n"
)


def test_charts_hold_what_the_report_has(tmp_path: Path, qtbot) -> None:
    """B arrives at step 40 under each seed, A under half of them at 20; on the other problem nobody does."""
    tuning = tuning_of(tmp_path, TEXT, one=TWO, other=TWO)

    def value(contest: int, lane: int, seed: int, step: float) -> float:
        at = (20 if seed % 2 else math.inf) if lane == 0 else 40
        return 0.0 if contest == 0 and step >= at else 1.0

    results, report = made_up(tuning, value, lambda _c, lane, trial, _s: 1.0 + abs(trial - lane))
    found = {chart.key: chart for chart in charts(results, report)}
    assert set(found) == {
        *(f"{name}-{key}" for name in ("one", "other") for key in ("progress", "sensitivity", "tuning")),
        *("profile", "passed"),
    }  # fmt: skip
    passed = found["passed"]
    assert isinstance(passed, ShareChart)
    assert passed.values.tolist() == [[0.5, 1.0], [0.0, 0.0]]
    assert (passed.columns, passed.rows) == (("A", "B"), ("one", "other"))
    progress = found["one-progress"]
    assert isinstance(progress, LineChart)
    assert progress.lines[1].y.tolist() == [1.0] * 4 + [0.0] * 7
    assert progress.lines[0].x.tolist() == [float(at) for at in tuning.looks]
    sensitivity = found["one-sensitivity"]
    assert isinstance(sensitivity, LineChart)
    rates = np.sort([trial["learning_rate"] for trial in results.trials[0][0]])
    assert sensitivity.lines[0].x.tolist() == rates.tolist()
    assert sorted(sensitivity.lines[0].y.tolist()) == [1.0, 2.0, 3.0, 4.0]
    profile = found["profile"]
    assert isinstance(profile, LineChart)
    assert (profile.lines[0].y[0], profile.lines[1].y[0], profile.lines[1].y[-1]) == (0.25, 0.25, 0.5)
    view = ChartView()
    qtbot.addWidget(view)
    for chart in found.values():
        view.show_chart(chart)
        assert view.title.text() == chart.title


def test_where_studies_are_ranked_the_table_has_their_times(tmp_path: Path) -> None:
    text = 'experiment = "two.toml"\npreset = "algoperf"\nbudget = 100\nlooks = 100\nseeds = 2\ntolerance = 0.1\n'
    tuning = tuning_of(tmp_path, text)
    results, report = made_up(
        tuning, lambda *_: 1.0, lambda _c, lane, trial, step: 0.0 if step >= 30 + 10 * trial + lane else 1.0
    )
    said = report_md(results, report).decode()
    assert "| rank | lane | time of a study |" in said
    assert "| 1 | A | 30 (30 to 30) |" in said
    assert "| 2 | B | 31 (31 to 31) |" in said
