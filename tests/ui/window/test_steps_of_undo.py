"""What one step of undo takes back, where the focus goes, and docks that float."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import VALLEY, experiment
from tests.ui.gestures import drag, write
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


def start(window):
    return window.document.experiment.problem.start


def test_each_drag_of_the_start_is_a_step_of_undo(window):
    """Two drags, one soon after the other, are taken back one by one; so are two clicks."""
    view = window.views["landscape"]
    drag(view, (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2))
    first = start(window)
    QTest.qWait(100)
    drag(view, first, (0.0, 0.5), (0.4, 0.8))
    assert start(window) != first
    window.menus.undo.trigger()
    assert start(window) == first
    window.menus.undo.trigger()
    assert start(window) == (-1.2, 1.0)
    assert not window.menus.undo.isEnabled()
    drag(view, (0.75, 0.5))
    first = start(window)
    QTest.qWait(QApplication.doubleClickInterval() + 50)
    drag(view, (1.2, -0.5))
    assert start(window) != first
    window.menus.undo.trigger()
    assert start(window) == first


def test_a_drag_of_the_start_with_a_rest_in_it_is_one_step_of_undo(window, monkeypatch):
    """However long the ring is held."""
    monkeypatch.setattr(documents, "_MERGE_SECONDS", 0.0)
    before = window.document.experiment
    drag(window.views["landscape"], (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2), (0.5, -0.25))
    assert start(window) != (-1.2, 1.0)
    window.menus.undo.trigger()
    assert window.document.experiment == before
    assert not window.menus.undo.isEnabled()


def test_a_start_dragged_back_to_where_it_was_is_as_it_was(window):
    """To the last digit, as if nobody had touched it; the next drag is a step as ever."""
    before = window.document.experiment
    view = window.views["landscape"]
    drag(view, (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2), (-1.2, 1.0))
    assert window.document.experiment == before
    assert not window.isWindowModified()
    assert not window.menus.undo.isEnabled()
    QTest.qWait(100)
    drag(view, (-1.2, 1.0), (-1.0, 0.8), (-0.5, 0.2))
    window.menus.undo.trigger()
    assert window.document.experiment == before
