"""The fair race in the real window: asked for, waited for, refused, cancelled, opened and written."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.experiments import NETWORK, experiment
from tests.studies.tunings import TWO
from tests.ui.conftest import rest
from tests.ui.gestures import undone
from workbench.experiment import build
from workbench.experiment.experiment import replace
from workbench.studies import tuning_charts, tuning_file, tuning_tables

WAIT = 60_000


@pytest.fixture
def dialog(open_window, qtbot):
    """A window with its dialog, which asks for little."""
    window = open_window(experiment(TWO))
    window.menus.fair_race.trigger()
    dialog = window.fair_races.dialog
    ask_for(dialog, budget=40, trials=3, seeds=2)
    return window, dialog


def ask_for(dialog, *, budget, trials, seeds):
    for field, value in (("budget", budget), ("trials", trials), ("seeds", seeds)):
        getattr(dialog.settings, field).setValue(value)


def texts(dialog):
    table = dialog.table
    return [[table.item(y, x).text() for x in range(table.columnCount())] for y in range(table.rowCount())]


def test_a_race_is_run_shown_and_its_run_opened_by_one_edit(dialog, qtbot):
    window, dialog = dialog
    before = window.document.experiment
    assert dialog.table.isHidden(), "an empty table says nothing"
    assert "the same budget" in dialog.doubts.placeholderText()
    dialog.start.click()
    assert dialog.stop.isEnabled()
    assert not dialog.settings.isEnabled()
    qtbot.waitUntil(dialog.start.isEnabled, timeout=WAIT)
    results, report = window.fair_races.worker.results, window.fair_races.worker.report
    assert texts(dialog) == tuning_tables.page_table(results.tuning, report.pages[0])[1]
    assert not dialog.table.isHidden()
    assert "the same budget" not in dialog.doubts.placeholderText()
    assert "2 seeds are few" in dialog.doubts.toPlainText()
    dialog.seed.setCurrentIndex(1)
    dialog.table.cellDoubleClicked.emit(0, 0)
    opened = window.document.experiment
    assert opened.seed == 1001
    race = build.make_race(opened, capacity=None)
    race.advance(results.tuning.budget)
    seen = results.report_runs().final(40)[0, :, 0, 1]
    assert [seen[i] for i in range(2) if race.alive[i]] == [race.loss[i] for i in range(2) if race.alive[i]]
    undone(window, before)
    rest(qtbot, window)


def test_what_cannot_be_had_is_said_in_the_dialog(dialog, qtbot):
    window, dialog = dialog
    dialog.settings.value.setText("little")
    dialog.start.click()
    assert dialog.said.text() == '`fraction` must be a number in [0, 1], got "little".'
    assert dialog.start.isEnabled()
    assert window.fair_races.worker is None


def test_a_race_that_is_cancelled_ends_and_the_next_one_begins(dialog, qtbot):
    window, dialog = dialog
    ask_for(dialog, budget=20_000, trials=200, seeds=50)
    dialog.start.click()
    dialog.stop.click()
    assert dialog.start.isEnabled()
    assert dialog.said.text() == "Cancelled."
    ask_for(dialog, budget=10, trials=2, seeds=2)
    dialog.start.click()
    qtbot.waitUntil(lambda: window.fair_races.worker.report is not None, timeout=WAIT)
    assert window.fair_races.worker.results.tuning.budget == 10


def test_the_report_is_written_into_a_folder(dialog, qtbot, tmp_path):
    _, dialog = dialog
    dialog.start.click()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=WAIT)
    dialog.saving.emit(str(tmp_path))
    assert {"report.md", "report.csv", "report.json", "runs.csv", "tune.toml"} <= {p.name for p in tmp_path.iterdir()}
    assert (tmp_path / "runs" / "rosenbrock" / "seed-1000.toml").exists()


def test_a_preset_takes_what_it_says_itself_and_groups_are_objectives(dialog, qtbot):
    _, dialog = dialog
    form = dialog.settings
    form.preset.setCurrentIndex(form.preset.findData("algoperf"))
    assert not form.trials.isEnabled()
    assert form.seeds.isEnabled()
    form.problems.setCurrentIndex(form.problems.findData("valleys"))
    assert form.settings == {
        "budget": 40, "unit": "steps", "seeds": 2, "fraction": 0.001, "preset": "algoperf", "objectives": "valleys",
    }  # fmt: skip


def test_a_network_has_no_groups_and_closing_ends_the_race(open_window, qtbot):
    window = open_window(experiment(NETWORK))
    window.menus.fair_race.trigger()
    dialog = window.fair_races.dialog
    assert dialog.settings.problems.count() == 1
    ask_for(dialog, budget=5000, trials=100, seeds=20)
    dialog.start.click()
    worker = window.fair_races.worker
    window.shut_down()
    assert not worker.is_busy
    assert worker.report is None


def test_several_problems_have_a_table_each_and_one_over_all(dialog, qtbot):
    window, dialog = dialog
    ask_for(dialog, budget=10, trials=2, seeds=2)
    dialog.settings.problems.setCurrentIndex(dialog.settings.problems.findData("valleys"))
    dialog.start.click()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=WAIT)
    worker, before = window.fair_races.worker, window.document.experiment
    assert dialog.problem.count() == len(worker.report.pages) + 1
    dialog.problem.setCurrentIndex(dialog.problem.count() - 1)
    assert dialog.problem.currentText() == "over all"
    assert texts(dialog) == tuning_tables.overall_table(worker.results.tuning, worker.report)[1]
    assert not dialog.open_run.isEnabled()
    dialog.table.cellDoubleClicked.emit(0, 0)
    assert window.document.experiment == before
    dialog.problem.setCurrentIndex(dialog.problem.findText("beale"))
    dialog.open_run.click()
    assert window.document.experiment.problem.objective == "beale"


def row_of(ranges, label, name):
    return next(i for i, each in enumerate(ranges._ranges) if (each.label, each.name) == (label, name))


def test_ranges_are_those_declared_until_one_says_otherwise(dialog):
    """Every lane's settings are offered; the learning rates alone are tuned, over the ranges of their sliders."""
    window, dialog = dialog
    ranges = dialog.ranges
    assert ranges.settings == {}
    declared = tuning_file.of_experiment(window.document.experiment, dialog.settings.settings)
    for label, axes in zip(declared.labels, declared.spaces, strict=True):
        row = row_of(ranges, label, "learning_rate")
        assert ranges.item(row, 1).checkState() == Qt.CheckState.Checked
        assert [float(ranges.item(row, column).text()) for column in (2, 3)] == [axes[0].low, axes[0].high]
        assert (ranges.item(row, 4).checkState() == Qt.CheckState.Checked) == axes[0].log
    assert sum(ranges.item(i, 1).checkState() == Qt.CheckState.Checked for i in range(ranges.rowCount())) == 2
    assert {each.name for each in ranges._ranges if each.label == "B"} >= {"learning_rate", "beta1", "beta2", "epsilon"}


def test_a_race_over_ranges_of_ones_own(dialog, qtbot):
    window, dialog = dialog
    ranges = dialog.ranges
    rate = row_of(ranges, "A", "learning_rate")
    ranges.item(rate, 2).setText("1e-4")
    ranges.item(rate, 3).setText("1e-2")
    ranges.item(row_of(ranges, "B", "beta1"), 1).setCheckState(Qt.CheckState.Checked)
    dialog.start.click()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=WAIT)
    tuning = window.fair_races.worker.results.tuning
    a, b = ({axis.path: axis for axis in axes} for axes in tuning.spaces)
    assert (a["learning_rate"].low, a["learning_rate"].high, a["learning_rate"].log) == (1e-4, 1e-2, True)
    assert set(b) == {"learning_rate", "beta1"}
    assert all(1e-4 <= trial["learning_rate"] <= 1e-2 for trial in window.fair_races.worker.results.trials[0][0])
    dialog.declared.click()
    assert ranges.settings == {}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (("much", "1.0"), "learning_rate"),
        (("1.0", "0.1"), "is empty"),
        (("0.0", "1.0"), "above 0"),
        (("", "1.0"), "learning_rate"),
        (("1e-3", "1e300"), "learning_rate"),
        (("nan", "1"), "learning_rate"),
    ],
)
def test_a_range_that_cannot_be_had_is_said(dialog, texts, sentence):
    window, dialog = dialog
    row = row_of(dialog.ranges, "A", "learning_rate")
    for column, text in zip((2, 3), texts, strict=True):
        dialog.ranges.item(row, column).setText(text)
    dialog.start.click()
    assert sentence in dialog.said.text()
    assert window.fair_races.worker is None


def test_a_lane_of_which_nothing_is_tuned_is_said(dialog):
    window, dialog = dialog
    dialog.ranges.item(row_of(dialog.ranges, "A", "learning_rate"), 1).setCheckState(Qt.CheckState.Unchecked)
    dialog.start.click()
    assert 'names nothing that "A" has' in dialog.said.text()
    assert window.fair_races.worker is None


def test_ranges_follow_the_lanes_and_keep_what_was_said_of_others(dialog):
    window, dialog = dialog
    dialog.ranges.item(row_of(dialog.ranges, "B", "learning_rate"), 3).setText("3")
    before = window.document.experiment
    window.edits.take(replace(before, lanes=before.lanes[1:]), "")
    assert {each.label for each in dialog.ranges._ranges} == {"B"}
    assert dialog.ranges.item(row_of(dialog.ranges, "B", "learning_rate"), 3).text() == "3"


def test_the_charts_of_a_race_stand_in_the_dialog(dialog, qtbot):
    """They are those that the command writes."""
    window, dialog = dialog
    assert dialog.charts.charts == ()
    dialog.start.click()
    qtbot.waitUntil(dialog.save.isEnabled, timeout=WAIT)
    worker = window.fair_races.worker
    wanted = [chart.key for chart in tuning_charts.charts(worker.results, worker.report)]
    assert [chart.key for chart in dialog.charts.charts] == wanted
    assert {"progress", "sensitivity", "tuning"} <= set(wanted)
    dialog.tabs.setCurrentWidget(dialog.charts)
    dialog.charts.choice.setCurrentIndex(1)
    assert dialog.charts.view.isVisible()
    assert dialog.charts.view.chart is dialog.charts.charts[1]
