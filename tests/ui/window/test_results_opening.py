"""A folder of results in the real window: read, sorted, searched, and a run of it opened."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from tests.experiments import VALLEY, experiment
from tests.studies.sweeps import carried_out, sweep_of
from tests.ui.conftest import rest
from tests.ui.gestures import drop
from workbench.studies.sweep_files import spec_files
from workbench.ui.dialogs import files as dialogs

WAIT = 30_000
SWEEP = 'title = "Rates"\nexperiment = "one.toml"\nsteps = 8\n[axes]\n"lanes[0].hyperparameters.learning_rate" = '
RATES = "[1e-5, 1e-4, 1e-3]\n"


@pytest.fixture
def results(tmp_path):
    """A folder as `sweep` writes it."""
    sweep = sweep_of(tmp_path, SWEEP + RATES, one=VALLEY)
    folder = tmp_path / "results"
    found = carried_out(sweep, folder)
    for name, content in spec_files(sweep):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder, found


@pytest.fixture
def shown(open_window, qtbot, results, map_pools):
    """The window with its dialog of the folder."""
    window = open_window()
    window.menus.results.open(results[0])
    dialog = window.menus.results.dialog
    qtbot.waitUntil(lambda: dialog.model.table is not None and len(dialog.charts.charts) > 0, timeout=WAIT)
    yield window, dialog
    for pool in map_pools:
        pool.shutdown()


def cells(dialog, name):
    model = dialog.model
    at = [column.name for column in model.table.columns].index(name)
    return [model.index(row, at).data() for row in range(model.rowCount())]


def test_a_folder_is_a_table_with_its_charts(shown, results):
    _, dialog = shown
    assert dialog.model.rowCount() == 6
    assert dialog.counted.text() == "6 runs"
    assert dialog.folder.text() == "Rates – results"
    assert cells(dialog, "learning_rate") == ["1e-05", "1e-05", "0.0001", "0.0001", "0.001", "0.001"]
    assert [dialog.charts.choice.itemText(i).split(" –")[0] for i in range(dialog.charts.choice.count())] == [
        "sensitivity learning rate 0"
    ]
    assert dialog.charts.view.isVisible()
    assert dialog.charts.view.chart.key == "sensitivity-learning_rate-0"
    assert not dialog.said.isVisible()


def test_a_heading_sorts_and_words_leave_the_others_out(shown, qtbot):
    _, dialog = shown
    names = [column.name for column in dialog.model.table.columns]
    dialog.table.horizontalHeader().setSortIndicator(names.index("final_loss"), Qt.SortOrder.DescendingOrder)
    wanted = sorted((float(text) for text in cells(dialog, "final_loss")), reverse=True)
    qtbot.waitUntil(lambda: [float(text) for text in cells(dialog, "final_loss")] == wanted, timeout=WAIT)
    dialog.search.setText("0.0001 adam")
    label = cells(dialog, "label")[0]
    dialog.search.setText(f"0.0001 {label}")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=WAIT)
    assert cells(dialog, "label") == [label]
    assert dialog.counted.text() == "1 of 6 runs"
    dialog.search.setText("nothing has this")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 0, timeout=WAIT)
    assert not dialog.open_run.isEnabled()
    dialog.search.clear()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 6, timeout=WAIT)


@pytest.mark.parametrize("how", ["double click", "return", "button"])
def test_a_run_becomes_the_open_experiment_with_its_lane_picked(shown, results, qtbot, how):
    window, dialog = shown
    row = 3
    loss = float(results[1].values["final_loss"][row])
    dialog.table.selectRow(row)
    if how == "double click":
        place = dialog.table.visualRect(dialog.model.index(row, 0)).center()
        qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    elif how == "return":
        qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    else:
        dialog.open_run.click()
    qtbot.waitUntil(lambda: window.document.experiment.title.startswith("Rates: "), timeout=WAIT)
    opened = window.document.experiment
    assert opened.lanes[0].hyperparameters["learning_rate"] == 1e-4
    assert not window.document.is_modified
    assert window.picked.index == 1
    window.worker.seek(8)
    qtbot.waitUntil(lambda: window.snapshot.step == 8, timeout=WAIT)
    assert float(window.snapshot.loss[1]) == loss
    rest(qtbot, window)


def test_unsaved_changes_are_asked_about_first(shown, qtbot, monkeypatch):
    window, dialog = shown
    edited = experiment(VALLEY.replace("noise = 0.5", "noise = 0.4"))
    window.edits.take(edited, "")
    asked = []
    monkeypatch.setattr(dialogs, "ask_keep", lambda _parent, name: asked.append(name) or "cancel")
    window.files.asks_before_losing = True
    assert window.document.is_modified
    dialog.open_run.click()
    qtbot.waitUntil(lambda: asked != [], timeout=WAIT)
    assert window.document.experiment == edited
    window.files.asks_before_losing = False


def test_a_folder_that_shows_nothing_is_said_in_the_dialog(open_window, qtbot, tmp_path):
    window = open_window()
    window.menus.results.open(tmp_path)
    dialog = window.menus.results.dialog
    qtbot.waitUntil(lambda: "neither journal.jsonl nor a table" in dialog.nothing.text(), timeout=WAIT)
    assert dialog.nothing.isVisible()
    assert not dialog.table.isVisible()
    assert not dialog.search.isEnabled()
    assert not dialog.open_run.isEnabled()


def test_a_folder_dropped_on_the_window_is_shown(open_window, qtbot, results):
    window = open_window()
    assert drop(window, results[0])
    qtbot.waitUntil(lambda: window.menus.results.dialog.model.rowCount() == 6, timeout=WAIT)


def test_the_command_asks_for_a_folder(open_window, qtbot, results, monkeypatch):
    window = open_window()
    monkeypatch.setattr(dialogs, "ask_results", lambda _parent, _folder: None)
    window.menus.open_results.trigger()
    assert window.menus.results.dialog is None
    monkeypatch.setattr(dialogs, "ask_results", lambda _parent, _folder: results[0])
    window.menus.open_results.trigger()
    qtbot.waitUntil(lambda: window.menus.results.dialog.model.rowCount() == 6, timeout=WAIT)


def test_a_sweep_that_went_on_is_read_again(shown, results, qtbot):
    _, dialog = shown
    journal = results[0] / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:2]))
    dialog.read_again.click()
    assert dialog.model.rowCount() == 0
    assert dialog.read_again.text() == "&Stop"
    qtbot.waitUntil(lambda: "of 6 runs are there" in dialog.said.text(), timeout=WAIT)
    assert 0 < dialog.model.rowCount() < 6


def test_a_hundred_thousand_rows_are_shown_without_a_halt(open_window, qtbot, monkeypatch):
    """What the window's own thread does with them takes about as long as with a hundred."""
    from workbench.studies.results_table import mixed_column, table_of, words_column
    from workbench.ui.dialogs.results.dialog import ResultsDialog

    window = open_window()
    dialog = ResultsDialog(window)
    dialog.show()

    def seconds(count):
        values = np.random.default_rng(1).normal(size=count)
        columns = [mixed_column(f"c{i}", values) for i in range(12)] + [words_column("w", ["a"] * count)]
        table = table_of("t", columns, np.arange(count), (), charts=False, opens=True)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            dialog.show_table("f", table, np.arange(count))
            dialog.show_rows(np.argsort(values))
            dialog.repaint()
            took.append(time.perf_counter() - began)
        return min(took)

    few, many = seconds(100), seconds(100_000)
    assert many < 5 * few + 0.02, (few, many)
    assert dialog.model.rowCount() == 100_000
    dialog.table.selectionModel().select(dialog.model.index(99_999, 0), QItemSelectionModel.SelectionFlag.Select)
    dialog.close()
    dialog.deleteLater()
