"""Theme and size of text: chosen, followed, held within bounds."""

from __future__ import annotations

import math

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.window.looks import Looks


class Part:
    """Keeps the themes that it is given."""

    def __init__(self):
        self.worn = []

    def set_theme(self, theme):
        self.worn.append(theme.name)


@pytest.fixture
def looks(qtbot):
    """Makes the looks of a window with one part; in the end the application has its own again."""

    def make(theme):
        window, part = QWidget(), Part()
        qtbot.addWidget(window)
        looks = Looks(window, theme)
        looks.dress([part])
        window.show()
        looks.heard = []
        looks.chosen.connect(looks.heard.append)
        return looks, part

    yield make
    themes.apply(QApplication.instance(), themes.LIGHT, themes.BASE_POINTS)


def test_a_theme_that_is_chosen_is_given_to_application_and_parts(looks):
    """Once: a theme that is there already is not given again. Any other word is none."""
    looks, part = looks(themes.LIGHT)
    looks.choose("dark")
    looks.choose("dark")
    looks.choose("purple")
    looks.choose("")
    assert (looks.choice, looks.theme) == ("dark", themes.DARK)
    assert part.worn == ["light", "dark"]
    assert looks.heard == ["dark", "dark"]
    assert QApplication.palette() == themes.palette(themes.DARK)


def test_a_window_without_a_theme_follows_the_system(looks):
    """Until one is chosen; another theme of the system then changes nothing."""
    looks, part = looks(None)
    assert looks.choice == "system"
    assert looks.theme is themes.system_theme()
    QApplication.styleHints().colorSchemeChanged.emit(QApplication.styleHints().colorScheme())
    assert len(part.worn) == 2
    looks.choose("dark")
    QApplication.styleHints().colorSchemeChanged.emit(QApplication.styleHints().colorScheme())
    assert (looks.choice, part.worn[-1]) == ("dark", "dark")
    assert len(part.worn) == 3
    looks.choose("system")
    assert looks.follows_system


@pytest.mark.parametrize(("asked", "given"), [(12.0, 12.0), (100.0, 18.0), (1.0, 8.0), (math.nan, 8.0)])
def test_text_has_a_size_that_the_window_has_room_for(looks, asked, given):
    """Whatever a settings file says; the theme stays."""
    looks, _ = looks(themes.DARK)
    looks.choose_points(asked)
    assert QApplication.font().pointSizeF() == looks.points == given
    assert looks.font_chosen
    assert looks.theme is themes.DARK


def test_a_size_that_was_chosen_outlives_a_theme(looks):
    """A point more, a point less, and another theme between them."""
    looks, part = looks(themes.LIGHT)
    looks.enlarge()
    looks.choose("dark")
    assert looks.points == themes.BASE_POINTS + 1.0
    looks.reduce()
    assert looks.points == themes.BASE_POINTS
    assert part.worn[-1] == "dark"
