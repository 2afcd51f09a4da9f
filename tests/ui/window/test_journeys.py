"""What a person sets out to do, by mouse and keys alone, from the first action to the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.gestures import drag
from workbench.engine.objectives import objectives

#: the minima of Himmelblau's function, as published to six digits
MINIMA = np.array([[3.0, 2.0], [-2.805118, 3.131312], [-3.779310, -3.283186], [3.584428, -1.848126]])


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifier)
    QApplication.processEvents()


def test_adam_against_sgd_on_himmelblau_in_six_actions(window, qtbot):
    """New, the list of objectives, a name, Return, a click where both begin, Space: two lanes run into minima."""
    press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)  # 1
    field = window.problem_panel.objective_form.objective
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)  # 2
    qtbot.waitUntil(lambda: window.catalogue.picker is not None and window.catalogue.picker.search.hasFocus())
    qtbot.keyClicks(window.catalogue.picker.search, "himmelblau")  # 3
    press(Qt.Key.Key_Return)  # 4
    qtbot.waitUntil(lambda: window.snapshot.info.key == "himmelblau" and not window.worker.is_busy)
    qtbot.waitUntil(window.views["landscape"].isVisible)
    drag(window.views["landscape"], (-1.0, 2.0))  # 5
    qtbot.waitUntil(lambda: np.allclose(window.snapshot.info.points[0], (-1.0, 2.0), atol=0.1))
    assert window.status.text().startswith("The start is now at (")
    press(Qt.Key.Key_Space)  # 6
    qtbot.waitUntil(lambda: window.snapshot.step > 400, timeout=20_000)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    assert sorted(lane.optimizer for lane in window.snapshot.info.lanes) == ["adam", "sgd"]
    rates = {lane.optimizer: lane.hyperparameters["learning_rate"] for lane in window.document.experiment.lanes}
    assert rates == {key: objectives.get("himmelblau").rates[key] for key in rates}, "rates that show something here"
    away = np.linalg.norm(window.snapshot.theta[:, None, :] - MINIMA, axis=-1).min(axis=1)
    assert away == pytest.approx([0.0, 0.0], abs=0.5)


def test_a_rate_is_typed_and_the_race_is_stepped(window, qtbot, settled):
    """Double click, digits, Return, Right, Right, Left: what is typed runs, and the keys are the race's."""
    rate = window.lanes_panel.cards[1].rate.edit
    QTest.mouseDClick(rate, Qt.MouseButton.LeftButton, pos=rate.rect().center())
    qtbot.keyClicks(rate, "0.0002")
    press(Qt.Key.Key_Return)
    assert window.document.experiment.lanes[1].hyperparameters["learning_rate"] == 0.0002
    for key, step in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Right, 2), (Qt.Key.Key_Left, 1)):
        press(key)
        settled(window, step)
    assert rate.text() == "0.0002"
