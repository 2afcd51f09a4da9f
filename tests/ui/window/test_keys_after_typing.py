"""A number is typed, Return is pressed, and the keys are the race's again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.gestures import drag, write


def press(key):
    """A key as the window gets it: to what has the focus, else to the window."""
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key)


def test_after_a_typed_rate_the_arrows_step_and_space_runs(window, qtbot, settled):
    """Right takes a step and Left takes it back, with the rate that was typed; Space runs and pauses."""
    rate = window.lanes_panel.cards[0].rate.edit
    write(qtbot, rate, "0.0003")
    assert window.document.experiment.lanes[0].hyperparameters["learning_rate"] == 0.0003
    press(Qt.Key.Key_Right)
    settled(window, 1)
    press(Qt.Key.Key_Right)
    settled(window, 2)
    press(Qt.Key.Key_Left)
    settled(window, 1)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 1)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    assert rate.text() == "0.0003"


def test_a_number_that_rests_can_be_changed_at_once(window, qtbot, settled):
    """After Return, Up still goes up from there, and the next digit begins another number; then Left is the line's."""
    rate = window.lanes_panel.cards[0].rate.edit
    write(qtbot, rate, "0.0003")
    press(Qt.Key.Key_Up)
    assert window.document.experiment.lanes[0].hyperparameters["learning_rate"] == pytest.approx(0.0003 * 10**0.1, 1e-2)
    window.worker.step(3)
    settled(window, 3)
    qtbot.keyClicks(rate, "21")
    press(Qt.Key.Key_Left)
    qtbot.keyClicks(rate, "0")
    assert rate.text() == "201"
    assert window.worker.snapshot.step == 3


def test_a_name_typed_gives_the_keys_back(window, qtbot, settled):
    """To a line of words every key is a letter: Return takes the focus from it."""
    name = window.problem_panel.notes.name
    write(qtbot, name, "Mine")
    press(Qt.Key.Key_Right)
    settled(window, 1)
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is window.problem_panel.notes.write


def test_a_text_with_a_fault_keeps_the_keys(window, qtbot):
    """It is not taken, and the person goes on writing."""
    rate = window.lanes_panel.cards[0].rate.edit
    write(qtbot, rate, "1e")
    assert rate.hasFocus()
    qtbot.keyClick(rate, Qt.Key.Key_Left)
    qtbot.keyClicks(rate, "2")
    assert rate.text() == "12e"


def test_tab_goes_on_from_the_line_that_was_left(window, qtbot):
    """Return gives the keys away, not the place: Tab comes to what stands after the line."""
    qtbot.waitUntil(lambda: not window.focus.waits)  # the order of Tab is that of what is laid out by now
    rate = window.lanes_panel.cards[0].rate.edit
    rate.setFocus()
    press(Qt.Key.Key_Tab)
    after = QApplication.focusWidget()
    write(qtbot, rate, "0.0004")
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is after is not rate


@pytest.mark.parametrize("text", ["0.00025", "1.5e-3"])
def test_a_double_click_takes_the_whole_number(window, qtbot, text):
    """Not what stands before the point or the exponent."""
    rate = window.lanes_panel.cards[0].rate.edit
    write(qtbot, rate, text)
    QTest.mouseDClick(rate, Qt.MouseButton.LeftButton, pos=QPoint(rate.width() - 12, rate.height() // 2))
    assert rate.selectedText() == rate.text()


def test_plus_stays_under_the_mouse(window, qtbot):
    """Two clicks at one place add two starts, and take none away."""
    form = window.problem_panel.objective_form
    button = form._rows[0].add_button
    at = button.mapTo(window, button.rect().center())
    for count in (2, 3):
        QTest.mouseClick(window.childAt(at), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda count=count: window.snapshot.info.starts == count)
    assert len(window.document.experiment.problem.points) == 3


def test_a_click_that_moves_the_start_says_so(window, qtbot):
    """With how it is taken back; and that takes it back."""
    before = window.document.experiment
    drag(window.views["landscape"], (0.5, 0.25))
    qtbot.waitUntil(lambda: window.status.text().startswith("The start is now at ("))
    said = window.status.text().split("(")[1].split(")")[0].split(", ")
    assert [float(word) for word in said] == pytest.approx([0.5, 0.25], abs=0.02)
    assert window.document.experiment.problem.points[0] == pytest.approx((0.5, 0.25), abs=0.02)
    assert window.menus.undo.text() == "&Undo: move of the start"
    window.menus.undo.trigger()
    assert window.document.experiment == before
