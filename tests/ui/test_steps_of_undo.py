"""What one step of undo takes back, where the focus goes, and docks that float."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.experiments import VALLEY, experiment
from tests.ui.gestures import write
from workbench.live import document as documents

Key = Qt.Key


def rate(window):
    return window.document.experiment.lanes[0].hyperparameters["learning_rate"]


def test_each_typed_value_is_a_step_of_undo(window, qtbot):
    """Two values in one field, one soon after the other, are taken back one by one."""
    edit = window.lanes_panel.cards[0].rate.edit
    write(qtbot, edit, "0.002")
    write(qtbot, edit, "0.003")
    window.menus.undo.trigger()
    assert rate(window) == 0.002
    window.menus.undo.trigger()
    assert rate(window) == 0.01
    window.menus.redo.trigger()
    window.menus.redo.trigger()
    assert rate(window) == 0.003


def test_a_drag_is_one_step_of_undo_however_long_it_takes(window, monkeypatch):
    """Also where a person rests in the middle of it; the next drag is another step."""
    monkeypatch.setattr(documents, "_MERGE_SECONDS", 0.0)
    slider = window.lanes_panel.cards[0].rate.slider
    slider.setSliderDown(True)
    for position in (100, 150, 200):
        slider.setSliderPosition(position)
        QTest.qWait(2)
    slider.setSliderDown(False)
    first = rate(window)
    slider.setSliderDown(True)
    slider.setSliderPosition(300)
    slider.setSliderDown(False)
    window.menus.undo.trigger()
    assert rate(window) == first
    window.menus.undo.trigger()
    assert rate(window) == 0.01


def test_keys_in_quick_succession_are_one_step_of_undo(window, qtbot):
    """Up, Up, Up is one change of mind."""
    edit = window.lanes_panel.cards[0].rate.edit
    edit.setFocus()
    for _ in range(3):
        qtbot.keyClick(edit, Key.Key_Up)
    assert rate(window) > 0.015
    window.menus.undo.trigger()
    assert rate(window) == 0.01


def test_space_runs_the_race_after_a_lane_was_named(window, qtbot):
    """Return ends the naming; the name keeps its own spaces until then."""
    card = window.lanes_panel.cards[0]
    card.unfold.click()
    label = card.label
    write(qtbot, label, "my lane")
    assert window.document.experiment.lanes[0].label == "my lane"
    assert not label.hasFocus()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.running)
    assert label.text() == "my lane"


def test_the_largest_end_is_seen_whole(open_window):
    """A billion steps, to the last digit."""
    window = open_window(experiment(VALLEY, steps=10**9))
    edit = window.problem_panel.steps.edit
    assert edit.text() == "1000000000"
    assert edit.fontMetrics().horizontalAdvance(edit.text()) <= edit.width() - 12


@pytest.mark.usefixtures("qtbot")
def test_a_dock_that_floats_can_be_put_back_and_keeps_its_own_order(window):
    """Qt would warn of an order of Tab across windows; the menu says what it would do."""
    dock = window.docks["loss"]
    dock.float_action.trigger()
    assert dock.isFloating()
    assert dock.float_action.text() == "Put back"
    window.lanes_panel.add.click()
    QTest.qWait(250)  # the order of Tab is put right when the edits have come to rest
    dock.float_action.trigger()
    assert not dock.isFloating()
    assert dock.float_action.text() == "Float"
