"""Tab goes through the window as one reads it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QSlider

from tests.experiments import NETWORK, VALLEY, experiment


def walk(qtbot, window):
    """The controls that Tab reaches, from the first one of the toolbar until it comes back there."""
    qtbot.waitUntil(lambda: not window.focus.waits)
    first = window.transport.widgetForAction(window.transport.reset)
    first.setFocus()
    seen = [first]
    for _ in range(400):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget() is first:
            break
        seen.append(QApplication.focusWidget())
    return seen


def parts(window, seen):
    """The parts of the window in the order in which Tab comes to them, each named once for every visit."""
    names = {
        "problem": window.docks["problem"], "lanes": window.docks["lanes"], "centre": window.centre,
        "loss": window.docks["loss"], "gradients": window.docks["gradients"], "race": window.docks["race"],
    }  # fmt: skip
    found = []
    for widget in seen:
        name = next((n for n, part in names.items() if part.isAncestorOf(widget)), "bar")
        if not found or found[-1] != name:
            found.append(name)
    return found


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_each_part_is_gone_through_once_in_visual_order(open_window, qtbot, text):
    """Bar, problem, lanes, centre, and the views at the right from top to bottom."""
    window = open_window(experiment(text))
    assert parts(window, walk(qtbot, window)) == ["bar", "problem", "lanes", "centre", "loss", "gradients", "race"]


def test_what_is_made_later_has_its_place_in_the_order(open_window, qtbot):
    """A lane that is added comes after the ones above it, and all of them after the button that stands over them."""
    window = open_window(experiment(VALLEY))
    window.lanes_panel.add.click()
    qtbot.waitUntil(lambda: window.snapshot.info.runs == 3 and window.lanes_panel.cards[2].rate.edit.isVisible())
    seen = walk(qtbot, window)
    rates = [card.rate.edit for card in window.lanes_panel.cards]
    places = [seen.index(widget) for widget in (window.lanes_panel.add, *rates)]
    assert len(rates) == 3
    assert places == sorted(places)
    assert parts(window, seen) == ["bar", "problem", "lanes", "centre", "loss", "gradients", "race"]


def test_another_tab_of_the_centre_takes_the_focus_with_it(open_window, qtbot):
    """Not the first button that Qt finds there, which would catch the Space that runs the race."""
    window = open_window(experiment(NETWORK))
    window.views["fit"].setFocus()
    for key in ("backpropagation", "diagram", "layers"):
        window.centre.bring(key)
        assert QApplication.focusWidget() is window.views[key]


@pytest.mark.parametrize("kind", [QPushButton, QComboBox, QSlider])
def test_what_is_clicked_as_soon_as_it_is_made_does_not_keep_the_focus(open_window, kind):
    """A new form is looked at some 0.1 s later: a click before that must not catch the Space that runs the race."""
    window = open_window(experiment(VALLEY))
    held = window.views["landscape"]
    held.setFocus()
    made = kind(window.problem_panel)
    made.resize(80, 24)
    made.show()
    assert made.focusPolicy() & Qt.FocusPolicy.ClickFocus, "nothing has looked at it yet"
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is held
    made.setFocus(Qt.FocusReason.TabFocusReason)
    assert made.hasFocus(), "Tab leads there all the same"
