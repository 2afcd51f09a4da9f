"""The docks around the centre: where they are at first, put back, and as a person left them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication

from tests.experiments import VALLEY, experiment
from workbench.ui.style import theme as themes
from workbench.ui.window import layout, remembered


def left_edge(window, part):
    return part.mapTo(window, part.rect().topLeft()).x()


def places(window):
    return {key: dock.geometry().getRect() for key, dock in window.docks.items()}


def test_panels_are_left_of_the_centre_and_views_right_of_it(window):
    """From top to bottom: problem, lanes; loss, gradients, race. The centre has 45 % of the width and more."""
    assert list(window.docks) == ["problem", "lanes", "loss", "gradients", "race"]
    tops = {key: dock.y() for key, dock in window.docks.items()}
    assert tops["problem"] < tops["lanes"]
    assert tops["loss"] < tops["gradients"] < tops["race"]
    centre = left_edge(window, window.centre)
    for key in ("problem", "lanes"):
        assert left_edge(window, window.docks[key]) + window.docks[key].width() <= centre
    for key in ("loss", "gradients", "race"):
        assert left_edge(window, window.docks[key]) >= centre + window.centre.width()
    assert window.centre.width() >= 0.45 * window.width()


def test_every_dock_is_put_back(window):
    """A dock that was closed, one that floats, and one that went to the other side."""
    before = places(window)
    window.docks["loss"].close()
    window.docks["race"].setFloating(True)
    window.addDockWidget(window.dockWidgetArea(window.docks["problem"]), window.docks["gradients"])
    QApplication.processEvents()
    assert places(window) != before
    window.dock_layout.reset()
    QApplication.processEvents()
    assert all(dock.isVisible() and not dock.isFloating() for dock in window.docks.values())
    assert places(window) == before


def test_another_window_takes_the_layout_theme_and_size_that_are_kept(open_window, monkeypatch):
    """What is kept is what is restored; where a theme was asked for, that one stays."""
    window = open_window()
    window.docks["gradients"].close()
    window.looks.choose("dark")
    remembered.keep(window.dock_layout, window.looks)
    assert not QSettings().contains("points"), "no size was chosen"
    other = open_window(experiment(VALLEY), theme=themes.LIGHT)
    remembered.restore(other.dock_layout, other.looks, theme=False)
    assert other.docks["gradients"].isHidden()
    assert other.looks.choice == "light"
    remembered.restore(other.dock_layout, other.looks, theme=True)
    assert other.looks.choice == "dark"
    assert other.menus.theme_actions["dark"].isChecked()


@pytest.mark.parametrize(
    ("room", "needed", "given"),
    [(700, (200, 900), [200, 500]), (700, (900, 200), [500, 200]), (700, (900, 900), [380, 320]),
     (700, (100, 100), [100, 600]), (700, (380, 321), [380, 320])],
)  # fmt: skip
def test_room_goes_to_what_needs_it(room, needed, given):
    """A part that needs less than its share leaves the rest to the other; all of the room is given."""
    found = layout.divided(room, needed, (0.5, 0.42))
    assert sum(found) == room
    assert found == pytest.approx(given, abs=2)


def test_the_left_column_follows_what_is_open(open_window, qtbot):
    """Few lanes leave their room to a long problem; a person's own division stays."""
    window = open_window(experiment(VALLEY))
    window.menus.new_network.trigger()
    qtbot.waitUntil(lambda: window.snapshot.info.kind == "network")
    qtbot.wait(100)
    lanes, problem = window.docks["lanes"], window.docks["problem"]
    window.dock_layout.share_left()
    assert problem.height() > lanes.height()
    assert lanes.height() >= window.lanes_panel.sizeHint().height()
    window.resizeDocks([problem], [250], Qt.Orientation.Vertical)
    QApplication.processEvents()
    before = problem.height()
    window.menus.new_network.trigger()
    qtbot.wait(100)
    assert problem.height() == before
