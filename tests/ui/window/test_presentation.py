"""F11 shows the pictures alone and gives the window back as it was; Ctrl+C copies the picture under the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.experiments import NETWORK, VALLEY, experiment


def measures(window):
    """Where every part of the window is, and how large its text is."""
    QApplication.processEvents()
    parts = {"window": window, "centre": window.centre, **window.docks}
    found = {key: (part.isVisible(), part.pos().toTuple(), part.size().toTuple()) for key, part in parts.items()}
    return found, window.looks.points, window.looks.font_chosen, window.menuBar().height(), window.isFullScreen()


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifier)
    QApplication.processEvents()


@pytest.mark.parametrize("text", [VALLEY, NETWORK], ids=["objective", "network"])
def test_f11_and_back_keeps_the_layout(open_window, qtbot, text):
    """Every part is where it was, and as large, after Escape and after F11 again."""
    window = open_window(experiment(text))
    window.docks["gradients"].close()
    before = measures(window)
    window.views["fit" if text is NETWORK else "landscape"].setFocus()
    for leave in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
        press(Qt.Key.Key_F11)
        assert window.isFullScreen()
        assert [key for key, dock in window.docks.items() if dock.isVisible()] == ["loss"]
        assert window.centre.isVisible()
        assert window.transport.isVisible()
        assert QApplication.focusWidget() is window.views["fit" if text is NETWORK else "landscape"]
        assert window.menuBar().height() == 0
        assert window.looks.points >= 15
        press(leave)
        qtbot.wait(100)
        assert measures(window) == before


def test_a_presentation_can_be_run(window, qtbot):
    """The keys of the race and of the menus work in it."""
    window.views["landscape"].setFocus()
    press(Qt.Key.Key_F11)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.snapshot.step > 3)
    press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not window.snapshot.running)
    seed = window.document.experiment.seed
    press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.document.experiment.seed != seed)
    press(Qt.Key.Key_Escape)
    assert not window.presentation.is_on


def test_one_view_is_shown_alone(window):
    """The one that has the focus, from beside the middle, too."""
    window.views["race"].table.setFocus()
    press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert [key for key, dock in window.docks.items() if dock.isVisible()] == ["race"]
    assert not window.centre.isVisible()
    assert window.views["race"].width() > 0.9 * window.width()
    press(Qt.Key.Key_Escape)
    assert window.centre.isVisible()
    window.views["landscape"].setFocus()
    press(Qt.Key.Key_F11, Qt.KeyboardModifier.ShiftModifier)
    assert not any(dock.isVisible() for dock in window.docks.values())
    press(Qt.Key.Key_Escape)


def test_a_window_closed_in_a_presentation_remembers_the_one_before(open_window):
    """What is kept is the layout, not the presentation."""
    first = open_window(remembers=True)
    first.presentation.toggle()
    first.close()
    second = open_window(remembers=True)
    assert all(dock.isVisible() for dock in second.docks.values())
    assert not second.isFullScreen()
    assert not second.looks.font_chosen


def test_escape_in_a_field_takes_back_what_is_typed(window, qtbot):
    """And does not end the presentation."""
    window.presentation.toggle()
    window.docks["lanes"].show()
    rate = window.lanes_panel.cards[0].rate.edit
    before = rate.text()
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "123")
    press(Qt.Key.Key_Escape)
    assert rate.text() == before
    assert window.presentation.is_on
    window.presentation.leave()


def point_at(widget):
    """Move the mouse over a widget, on a screen that is smaller than the window."""
    window = widget.window()
    window.move(window.pos() - widget.mapTo(window, QPoint(0, 0)))
    QApplication.processEvents()
    QTest.mouseMove(widget, QPoint(2, 2))
    QTest.mouseMove(widget, widget.rect().center())
    QApplication.processEvents()


@pytest.mark.parametrize("key", ["landscape", "loss", "gradients"])
def test_the_picture_under_the_mouse_is_copied_at_twice_its_size(window, settled, key):
    """Whatever has the focus, also a number that was just typed."""
    window.worker.seek(30)
    settled(window, 30)
    view = window.views[key]
    point_at(view)
    rate = window.lanes_panel.cards[0].rate.edit
    rate.setFocus()
    QTest.keyClick(rate, Qt.Key.Key_Return)
    press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    image = QGuiApplication.clipboard().image()
    assert image.size() == view.size() * 2
    inner = image.copy(image.width() // 4, image.height() // 4, image.width() // 2, image.height() // 2)
    assert (
        len({inner.pixelColor(x, y).rgb() for x in range(0, inner.width(), 3) for y in range(0, inner.height(), 3)}) > 3
    )
    assert window.status.text().startswith("Copied: ")


def test_the_table_is_copied_as_text_too(window, settled):
    """A line a lane under the titles, columns apart by tabs."""
    window.worker.seek(30)
    settled(window, 30)
    view = window.views["race"]
    point_at(view.table)
    window.menus.copy.trigger()
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    rows = [line.split("\t") for line in data.text().splitlines()]
    assert len(rows) == 1 + window.snapshot.info.runs
    assert rows[0][0] == "Lane"
    assert [row[0] for row in rows[1:]] == [lane.label for lane in window.snapshot.info.lanes]
    assert {len(row) for row in rows} == {len(view.model.columns)}


def test_text_in_a_field_is_the_fields_own(window, qtbot):
    """Selected there, it is copied as text."""
    rate = window.lanes_panel.cards[0].rate.edit
    point_at(window.views["landscape"])
    rate.setFocus()
    QTest.mouseDClick(rate, Qt.MouseButton.LeftButton, pos=QPoint(rate.width() - 12, rate.height() // 2))
    press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == rate.text()
