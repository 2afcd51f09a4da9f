"""Who knows whom in the window: parts do not know the window, and what is joined there works."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QSlider

from tests.experiments import NETWORK, experiment
from workbench.ui import window as room
from workbench.ui.window import keys


def known(file):
    """The modules of the window's folder that a file imports, also where only a type checker does."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == room.__name__:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{room.__name__}."):
            found.add(node.module.removeprefix(f"{room.__name__}."))
    return found


def test_no_part_of_the_window_knows_itself_through_others():
    """The imports have no circle, and nobody here knows the main window."""
    knows = {file.stem: known(file) for file in Path(room.__file__).parent.glob("*.py") if file.stem != "__init__"}
    assert len(knows["main_window"]) > 10, "the imports are found"
    assert [name for name, others in knows.items() if "main_window" in others] == []
    while knows:
        ready = {name for name, others in knows.items() if not others & set(knows)}
        assert ready, f"in a circle, or above one: {sorted(knows)}"
        knows = {name: others for name, others in knows.items() if name not in ready}


def test_a_sample_picked_in_the_fit_is_taken_apart_and_its_stages_are_marked_in_the_drawing(open_window, qtbot):
    """Backpropagation shows that sample, and what it shows is marked in the drawing of the network."""
    window = open_window(experiment(NETWORK))
    backpropagation, diagram, marks = window.views["backpropagation"], window.views["diagram"], []
    backpropagation.stage_shown.connect(marks.append)
    window.views["fit"].sample_picked.emit("train", 5)
    window.centre.bring("backpropagation")
    assert backpropagation.demand() == {"backpropagation": (0, ("train", 5))}
    qtbot.waitUntil(lambda: backpropagation.stages.count() > 1)
    backpropagation.next()
    assert len(marks) == 1
    assert diagram._mark is marks[0]


@pytest.mark.parametrize(
    ("kind", "key", "own"),
    [
        (QPushButton, Qt.Key.Key_Space, True),
        (QComboBox, Qt.Key.Key_Space, True),
        (QPushButton, Qt.Key.Key_Left, False),
        (QLineEdit, Qt.Key.Key_Space, False),
    ],
)
def test_space_is_of_the_button_that_has_the_focus(qtbot, kind, key, own):
    """Any other key, and any other control, leaves it to the race."""
    control = kind()
    qtbot.addWidget(control)
    assert keys.is_of(control, QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)) == own


@pytest.mark.parametrize(
    ("key", "own"), [(Qt.Key.Key_Left, True), (Qt.Key.Key_Home, True), (Qt.Key.Key_Space, False), (Qt.Key.Key_R, False)]
)
def test_arrows_are_of_the_slider_that_has_the_focus(qtbot, key, own):
    """Space and R are the race's there; without a focus all are."""
    slider, event = QSlider(), QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    qtbot.addWidget(slider)
    assert keys.is_of(slider, event) == own
    assert not keys.is_of(None, event)
