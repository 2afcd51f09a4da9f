"""A name that is longer than its line ends in an ellipsis, and is whole where one writes and in the tooltip."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from tests.experiments import VALLEY, experiment
from workbench.experiment.experiment import replace
from workbench.ui.forms.line_edit import NameEdit

LONG = "A comparison of seven optimizers in a long and narrow valley, from a start far away"


@pytest.fixture
def line(qtbot):
    """Beside a button that has the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    button, made = QPushButton(window), NameEdit(window)
    row = QHBoxLayout(window)
    row.addWidget(button)
    row.addWidget(made)
    made.set_tip("What it is called")
    made.setFixedWidth(120)
    window.show()
    window.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    yield made
    window.close()


def test_a_short_name_is_whole(line):
    line.setText("Short")
    assert line.shown == "Short"
    assert line.toolTip() == "What it is called"


def test_a_long_name_ends_in_an_ellipsis_and_its_tooltip_tells_it(line):
    line.setText(LONG)
    assert line.shown.endswith("…")
    assert LONG.startswith(line.shown[:-1])
    assert line.fontMetrics().horizontalAdvance(line.shown) <= line.width()
    assert line.toolTip() == f"{LONG}\nWhat it is called"
    assert line.text() == LONG


def test_it_is_painted_so(line):
    """The last pixels of the line are free of ink, which a name that is cut off would fill."""
    line.setText("W" * 40)
    image = line.grab().toImage()
    ground = image.pixelColor(line.width() - 4, line.height() // 2)
    rows = range(3, line.height() - 3)
    assert all(image.pixelColor(line.width() - 3, y) == ground for y in rows)
    middle = [image.pixelColor(x, y) for x in range(10, 60) for y in rows]
    assert any(color != ground for color in middle), "the name is painted"


def test_a_wider_line_shows_more(line):
    line.setText(LONG)
    less = line.shown
    line.setFixedWidth(400)
    assert len(line.shown) > len(less)


def test_who_writes_sees_the_text_itself(line, qtbot):
    line.setText(LONG)
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    assert line.shown == LONG


def test_the_title_of_an_experiment_is_such_a_line(open_window):
    window = open_window(replace(experiment(VALLEY), title=LONG))
    name = window.problem_panel.notes.name
    assert name.text() == LONG
    assert name.shown.endswith("…")
    assert name.toolTip().startswith(LONG)
