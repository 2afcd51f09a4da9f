"""The rate finder in the window: it measures in the background, and what it takes is one step of undo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.experiments import NETWORK, experiment
from workbench.experiment.experiment import replace
from workbench.ui.dialogs import files as dialogs

THREE = """
format = 1
steps = 60
[problem]
kind = "objective"
objective = "rosenbrock"
[[lanes]]
optimizer = "sgd"
[[lanes]]
optimizer = "momentum"
enabled = false
[[lanes]]
label = "Mine & <yours>"
optimizer = "adam"
"""


def found(qtbot, window):
    """Wait until everything is measured, and give what is known."""
    worker, dialog = window.rates._worker, window.rates.dialog
    qtbot.waitUntil(lambda: bool(worker.finding.curves) and not worker.finding.busy, timeout=60_000)
    qtbot.waitUntil(lambda: dialog._finding is worker.finding)
    return worker.finding


@pytest.fixture
def looking(open_window, qtbot):
    def make(text=THREE):
        window = open_window(experiment(text))
        window.menus.find_rate.trigger()
        found(qtbot, window)
        return window

    return make


def rates(window):
    return [lane.hyperparameters.get("learning_rate") for lane in window.document.experiment.lanes]


def test_nothing_is_computed_before_it_is_asked_for(open_window, map_pools):
    window = open_window(experiment(THREE))
    assert window.rates.dialog is None
    assert map_pools == []


def test_every_lane_that_takes_part_has_its_curve(looking, qtbot):
    window = looking()
    dialog = window.rates.dialog
    assert set(window.rates._worker.finding.curves) == {0, 2}
    assert [dialog.lane.itemText(i) for i in range(dialog.lane.count())] == ["SGD", "Mine & <yours>"]
    assert "Mine &amp; &lt;yours>" in dialog.legend.text()
    assert len(dialog.chart.curves.given) >= 2
    assert not dialog.tests.isVisible()
    assert dialog.chart.hatched.isVisible()  # plain descent diverges
    assert dialog.steps.value() == 60
    window.rates.look_for(1)  # one that takes no part, asked for by its menu
    found(qtbot, window)
    assert set(window.rates._worker.finding.curves) == {0, 1, 2}
    assert dialog.place == 1


def test_a_button_takes_the_rate_as_one_step_of_undo(looking, qtbot):
    window = looking()
    dialog = window.rates.dialog
    dialog.choose(2)
    best = window.rates._worker.finding.curves[2]
    before = window.document.experiment
    qtbot.mouseClick(dialog.choices.buttons["final"], Qt.MouseButton.LeftButton)
    taken = rates(window)[2]
    assert taken == pytest.approx(float(best.rates[best.final.argmin()]), rel=1e-5)
    assert rates(window)[:2] == [None, None]
    assert window.menus.undo.text() == "&Undo: learning rate of Mine && <yours>"
    assert "Mine & <yours>" in window.status.text()
    assert dialog.now.text().startswith("Now: ")
    asked = window.rates._asked
    qtbot.wait(400)
    assert window.rates._asked is asked  # the curve does not depend on the rate that the lane has
    window.document.undo()
    assert window.document.experiment == before


def test_a_click_into_the_plot_takes_the_rate_under_the_mouse(looking, qtbot):
    window = looking()
    dialog = window.rates.dialog
    dialog.choose(0)
    chart = dialog.chart
    box = chart.box.sceneBoundingRect()
    place = chart.mapFromScene(box.center())
    qtbot.mouseMove(chart.viewport(), place)
    expected = 10 ** chart.box.mapSceneToView(chart.mapToScene(place)).x()
    qtbot.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rates(window)[0] == pytest.approx(expected, rel=0.01)
    assert rates(window)[0] == float(f"{rates(window)[0]:.3g}")


def test_the_menu_of_a_lane_leads_there(open_window, qtbot):
    window = open_window(experiment(THREE))
    window.lanes_panel.cards[2].menu.rate.trigger()
    assert window.rates.dialog.isVisible()
    assert window.rates.dialog.place == 2


def test_networks_have_the_range_test(looking):
    window = looking(NETWORK)
    dialog = window.rates.dialog
    assert dialog.tests.isVisible()
    assert len(dialog.tests.curves.given) == len(window.document.experiment.lanes) + 1
    assert dialog.choices.buttons["steepest"].isEnabled()
    assert set(window.rates._worker.finding.tests) == {0, 1, 2}


def test_another_range_is_measured_and_stays_one(looking, qtbot):
    window = looking()
    dialog = window.rates.dialog
    index = dialog.low.findData(0)
    dialog.high.setCurrentIndex(dialog.high.findData(-1))
    dialog.low.setCurrentIndex(index)
    dialog.low.activated.emit(index)
    assert dialog.ends == (1.0, 10.0)
    found(qtbot, window)
    curve = window.rates._worker.finding.curves[0]
    assert (curve.rates[0], curve.rates[-1]) == pytest.approx((1.0, 10.0))
    assert dialog.said.text() == "Every run diverged: lower rates may not."
    assert not dialog.choices.buttons["final"].isEnabled()


def test_an_edit_is_measured_anew_once_edits_rest(looking, qtbot):
    window = looking()
    before = window.rates._worker.finding.curves[0]
    problem = replace(window.document.experiment.problem, start=(0.5, 0.5))
    window.edits.take(replace(window.document.experiment, problem=problem), "")
    qtbot.waitUntil(
        lambda: (
            0 in window.rates._worker.finding.curves and window.rates._worker.finding.curves[0].first < before.first
        ),
        timeout=30_000,
    )


def test_it_is_stopped_by_its_button_and_by_closing(looking, qtbot):
    window = looking()
    dialog, worker = window.rates.dialog, window.rates._worker
    dialog.steps.setValue(50_000)
    qtbot.waitUntil(lambda: worker.finding.busy)
    window.rates._show()
    assert dialog.again.text() == "Stop"
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not worker.finding.busy, timeout=10_000)
    dialog.close()
    dialog.steps.setValue(50)
    window.rates.bring_up()
    found(qtbot, window)
    assert worker.finding.progress == 1.0


def test_the_table_is_saved(looking, tmp_path, monkeypatch):
    window = looking()
    path = tmp_path / "rates.csv"
    monkeypatch.setattr(dialogs, "ask_save", lambda *_: path)
    window.rates.dialog.table.click()
    lines = path.read_text().splitlines()
    count = sum(len(curve.rates) for curve in window.rates._worker.finding.curves.values())
    assert len(lines) == 1 + count
    assert np.isfinite(float(lines[1].split(",")[1]))
    monkeypatch.setattr(dialogs, "ask_save", lambda *_: tmp_path / "no" / "rates.csv")
    window.rates.dialog.table.click()
    assert "was not written" in window.message.text


def test_it_takes_both_themes(looking):
    window = looking()
    for name in ("dark", "light"):
        window.looks.choose(name)
        assert window.rates.dialog._theme.name == name
