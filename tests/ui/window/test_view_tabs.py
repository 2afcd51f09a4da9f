"""The views of the centre: a tab where there is room, else a line in the menu beside them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt

from tests.experiments import VALLEY, example, experiment

pytestmark = pytest.mark.usefixtures("idle_maps")


def seen(window):
    """The titles of the tabs that are seen, and those in the menu."""
    bar = window.centre.tabBar()
    tabs = [bar.tabText(i) for i in range(bar.count()) if bar.isTabVisible(i)]
    return tabs, [action.text() for action in bar.more.menu().actions()]


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
def test_each_view_has_a_tab_that_is_whole_or_a_line_in_the_menu(open_window, size, qtbot):
    """Nothing lies beyond the row or below the menu's button, and no view is in both or in none."""
    window = open_window(example("healthy_gradients"), size=size)
    qtbot.waitUntil(lambda: "fit" in window.centre.keys)
    bar = window.centre.tabBar()
    for key in window.centre.keys:
        window.centre.bring(key)
        qtbot.wait(10)
        tabs, others = seen(window)
        assert len(tabs) + len(others) == len({*tabs, *others}) == len(window.centre.keys)
        assert bar.tabText(bar.currentIndex()) in tabs
        assert window.centre.currentWidget().isVisible()
        assert all(bar.rect().contains(bar.tabRect(i)) for i in range(bar.count()) if bar.isTabVisible(i))
        assert bar.more.isVisible() == bool(others)
        if others:
            assert bar.mapTo(window, bar.rect().topRight()).x() <= bar.more.mapTo(window, bar.more.rect().topLeft()).x()
    assert window.width() == size[0]


def test_a_view_of_the_menu_comes_to_the_front_with_a_tab(open_window, qtbot):
    """And has the focus, so that Space runs the race."""
    window = open_window(example("healthy_gradients"), size=(1024, 700))
    qtbot.waitUntil(lambda: "fit" in window.centre.keys)
    bar = window.centre.tabBar()
    action = bar.more.menu().actions()[-1]
    title = action.text()
    assert action.toolTip() != title
    action.trigger()
    assert bar.tabText(bar.currentIndex()) == title
    assert title in seen(window)[0]
    assert window.centre.currentWidget().isAncestorOf(window.focusWidget())


def test_with_room_for_all_there_is_no_menu(open_window, qtbot):
    """A window that grows gives every view its tab, and one that shrinks takes them back."""
    window = open_window(example("healthy_gradients"), size=(1024, 700))
    qtbot.waitUntil(lambda: "fit" in window.centre.keys)
    bar = window.centre.tabBar()
    assert bar.more.isVisible()
    window.centre.resize(QSize(1600, window.centre.height()))
    assert seen(window) == ([bar.tabText(i) for i in range(bar.count()) if bar.isTabVisible(i)], [])
    assert len(seen(window)[0]) == len(window.centre.keys)
    assert not bar.more.isVisible()
    window.centre.resize(QSize(400, window.centre.height()))
    assert bar.more.isVisible()


def test_the_menu_is_reached_and_opened_by_keys(open_window, qtbot):
    """Tab leads to it where it is seen, after the tabs."""
    window = open_window(experiment(VALLEY), size=(1280, 800))
    window.centre.resize(QSize(200, window.centre.height()))
    more = window.centre.tabBar().more
    assert more.isVisible()
    assert more.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert more.accessibleName() == "More views"
