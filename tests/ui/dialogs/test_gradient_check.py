"""The gradient check in the window: of the point where a run stands, while the race goes on as it will."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from tests.experiments import BOWL, NETWORK, VALLEY, example, experiment
from workbench.experiment import build
from workbench.experiment.experiment import ObjectiveSetup, replace
from workbench.ui.style import theme as themes

DROPPING = NETWORK.replace("units = 4", 'units = 40\nactivation = "relu"\ndropout = 0.3').replace(
    "[[lanes]]", "[[problem.layers]]\nunits = 30\nbatch_norm = true\n[[lanes]]", 1
)


def opened(window, qtbot):
    """The check's window, opened by its key."""
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    dialog = window.gradient_check.dialog
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def ended(dialog, qtbot):
    """Wait for the answer to the present question."""
    qtbot.waitUntil(lambda: dialog._shown is not None and dialog._shown.done, timeout=20_000)
    return dialog._shown


def cells(dialog):
    table = dialog.table
    return [[table.item(r, c).text() for c in range(table.columnCount())] for r in range(table.rowCount())]


def test_the_check_shows_the_point_and_a_row_a_coordinate(open_window, qtbot, settled):
    """At step 25 of the first lane: the largest components are those of the formula by hand."""
    window = open_window(experiment(VALLEY))
    window.worker.seek(25)
    snapshot = settled(window, 25)
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    x, y = snapshot.theta[0]
    by_hand = [abs(-2 * (1 - x) - 400 * x * (y - x * x)), abs(200 * (y - x * x))]
    rows = cells(dialog)
    assert [row[0] for row in rows] == ["x", "y"]
    assert [float(row[3]) for row in rows] == [pytest.approx(value, rel=6e-3) for value in by_hand]
    assert [row[6] for row in rows] == ["agrees", "agrees"]
    assert dialog.where.text().startswith("At step 25, in the point (")
    assert dialog.outcome.text() == "Compared 2 of 2 components. The exact gradient is right."
    assert dialog.old.text() == ""
    assert not dialog.isModal()


def test_a_row_a_block_of_a_network_with_dropout_and_normalisation(open_window, qtbot, settled):
    """Weights, biases and scales with their shapes; the other lane can be chosen."""
    window = open_window(experiment(DROPPING))
    window.worker.seek(12)
    settled(window, 12)
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    rows = cells(dialog)
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("layer 1, weights", "2 × 40", "all 80"),
        ("layer 1, biases", "40", "all 40"),
        ("layer 2, weights", "40 × 30", "200 of 1\u202f200"),
        ("layer 2, biases", "30", "all 30"),
        ("layer 2, scales", "30", "all 30"),
        ("output layer, weights", "30 × 2", "all 60"),
        ("output layer, biases", "2", "all 2"),
    ]
    assert {row[6].split(";")[0] for row in rows} == {"agrees"}
    assert "of 1\u202f442 components" in dialog.outcome.text()
    first = dialog._shown
    dialog.count.setCurrentIndex(dialog.count.findData(0))
    dialog.count.activated.emit(0)
    qtbot.waitUntil(lambda: dialog._shown is not first)
    assert ended(dialog, qtbot).checked == 1442
    dialog.run.setCurrentIndex(2)
    dialog.run.activated.emit(2)
    qtbot.waitUntil(lambda: dialog._shown is not None and dialog._shown.request.run == 2)
    assert np.array_equal(ended(dialog, qtbot).theta, window.snapshot.theta[2])


def test_numbers_of_before_say_so_until_checked_again(open_window, qtbot, settled):
    window = open_window(experiment(VALLEY))
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    window.worker.step(7)
    settled(window, 7)
    qtbot.waitUntil(lambda: "step 7" in dialog.old.text())
    assert dialog.where.text().startswith("At step 0")
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog._shown is not None and dialog._shown.done and dialog._shown.step == 7)
    qtbot.waitUntil(lambda: dialog.old.text() == "")


def test_a_start_that_is_dragged_makes_the_numbers_old(open_window, qtbot):
    """The step is the same, the point is not."""
    window = open_window(experiment(VALLEY))
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    window.views["landscape"].start_moved.emit(0, 0.5, 0.5)
    qtbot.waitUntil(lambda: "another point" in dialog.old.text())


@pytest.mark.parametrize("text", [VALLEY, DROPPING], ids=["objective", "network"])
def test_a_running_race_is_checked_while_it_goes_on(open_window, qtbot, text):
    """At full speed, also while the race is away: the point is one that it was in, and the race is what it is alone."""
    given = experiment(text)
    window = open_window(given)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 20, timeout=20_000)
    dialog = opened(window, qtbot)
    report = ended(dialog, qtbot)
    window.worker.pause()
    qtbot.waitUntil(lambda: not window.snapshot.running and not window.worker.is_busy)
    assert {block.verdict for block in report.blocks} <= {"agrees", "kinks", "small"}
    race = build.make_race(given)
    race.advance(report.step)
    assert np.array_equal(race.theta[0], report.theta)
    race.advance(window.snapshot.step - race.step)
    assert np.array_equal(race.theta, window.snapshot.theta)


def test_a_large_network_is_checked_in_pieces_that_leave_the_window_alone(open_window, qtbot):
    """Some 20 000 components of the digits' network: progress moves, no frame waits, closing ends the work."""
    window = open_window(example("handwritten_digits"))
    dialog = opened(window, qtbot)
    dialog.count.setCurrentIndex(dialog.count.findData(0))
    dialog.count.activated.emit(0)
    seen, longest = set(), 0.0
    until = time.monotonic() + 20.0
    while len(seen) < 4 and time.monotonic() < until:
        began = time.monotonic()
        QCoreApplication.processEvents()
        longest = max(longest, time.monotonic() - began)
        if dialog._shown is not None and dialog._shown.request.most == 0:
            seen.add(dialog._shown.checked)
        time.sleep(0.002)
    assert len(seen) >= 4
    assert longest < 0.5  # a piece is a few hundredths of a second; a whole check takes many seconds
    assert not dialog._shown.done
    assert dialog.progress.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: "gradient_check" not in window.worker._loop.demands)
    qtbot.waitUntil(lambda: "gradient_check" not in window.worker._loop._cache._made)
    qtbot.waitUntil(lambda: "gradient_check" not in window.worker.snapshot.extras)


def test_another_problem_is_checked_anew(open_window, qtbot):
    """The dialog stays open while an objective becomes a network; the list of runs follows."""
    window = open_window(experiment(VALLEY))
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    dialog.run.setCurrentIndex(1)
    dialog.run.activated.emit(1)
    window.document.replace(experiment(NETWORK))
    qtbot.waitUntil(lambda: window.snapshot.info.kind == "network")
    qtbot.waitUntil(lambda: dialog._shown is not None and len(dialog._shown.blocks) > 2 and dialog._shown.done)
    assert [dialog.run.itemText(i) for i in range(dialog.run.count())] == ["Adam", "SGD", "Momentum"]
    assert cells(dialog)[0][0] == "layer 1, weights"
    one = replace(experiment(VALLEY), lanes=experiment(VALLEY).lanes[:1])
    window.document.replace(one)
    qtbot.waitUntil(lambda: dialog.run.count() == 1)
    qtbot.waitUntil(lambda: dialog._shown is not None and dialog._shown.done and len(dialog._shown.blocks) == 2)


def test_a_typed_formula_a_curve_and_many_dimensions(open_window, qtbot):
    """A row a coordinate up to sixteen of them, then one block."""
    for objective, parameters, start, names in (
        ("formula", {"text": "sin(3*x) + 0.1*x^2"}, (0.7,), ["x"]),
        ("formula", {"text": "(1 - x)^2 + a*(y - x^2)^2", "a": 5.0}, (0.2, 0.4), ["x", "y"]),
        ("rosenbrock", {}, (0.3,) * 5, ["x0", "x1", "x2", "x3", "x4"]),
        ("rosenbrock", {}, (0.3,) * 40, ["x"]),
    ):
        setup = ObjectiveSetup(objective=objective, parameters=parameters, start=start)
        window = open_window(replace(experiment(BOWL), problem=setup))
        dialog = opened(window, qtbot)
        ended(dialog, qtbot)
        assert [row[0] for row in cells(dialog)] == names
        assert {row[6] for row in cells(dialog)} == {"agrees"}
        window.close()


def test_a_minimum_says_that_there_is_too_little_to_tell(open_window, qtbot):
    """In the bowl's lowest point both gradients vanish."""
    given = experiment(BOWL)
    flat = replace(given, problem=replace(given.problem, start=(0.0, 0.0)))
    window = open_window(flat)
    dialog = opened(window, qtbot)
    ended(dialog, qtbot)
    assert {row[6] for row in cells(dialog)} == {"too small to tell"}
    assert "as at a minimum" in dialog.outcome.text()
    assert "hides it" in dialog.table.item(0, 6).toolTip()


def test_every_control_can_be_reached_by_tab_and_says_what_it_is(open_window, qtbot):
    """Return checks again, Escape closes; nothing is cut off at the least size, in either theme."""
    for theme in (themes.LIGHT, themes.DARK):
        window = open_window(experiment(DROPPING), theme=theme)
        dialog = opened(window, qtbot)
        ended(dialog, qtbot)
        for part in (dialog.run, dialog.count, dialog.table, dialog.progress):
            assert part.toolTip()
            assert part.accessibleName()
        assert dialog.again.toolTip()
        dialog.run.setFocus()
        reached = []
        for _ in range(6):
            reached.append(QApplication.focusWidget())
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert {dialog.run, dialog.count, dialog.again, dialog.table} <= set(reached)
        before = dialog._number
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert dialog._number == before + 1
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


def test_the_main_window_takes_the_check_with_it_when_it_closes(open_window, qtbot):
    window = open_window(experiment(VALLEY))
    dialog = opened(window, qtbot)
    window.close()
    assert not dialog.isVisible()
    assert window.worker.isFinished()
