"""The docks around the centre: where they are at first, put back, and as a person left them."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from tests.experiments import VALLEY, experiment
from workbench.ui.style import theme as themes
from workbench.ui.window import remembered


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
