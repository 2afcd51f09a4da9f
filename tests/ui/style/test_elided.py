"""Text that gives way says so."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedChoice


@pytest.mark.parametrize("wide", [90, 170])
def test_a_choice_that_is_too_narrow_shortens_its_entry_in_the_middle(qtbot, wide):
    """Names often differ at their end alone."""
    choice = ElidedChoice()
    qtbot.addWidget(choice)
    choice.addItems(["a very long name that says what it is about, 1", "Adam"])
    choice.resize(wide, 26)
    choice.show()
    assert "…" in choice.shown()
    assert choice.shown().endswith("1")
    whole = choice.grab().toImage()
    choice.setCurrentIndex(1)
    assert choice.shown() == "Adam"
    assert choice.grab().toImage() != whole


@pytest.mark.parametrize("text", ["Adam", "Adam, rate 0.01", "Momentum, rate 0.1, warmed up"])
def test_a_choice_of_its_own_width_shows_its_entry_whole(qtbot, text):
    choice = ElidedChoice()
    qtbot.addWidget(choice)
    choice.setSizeAdjustPolicy(ElidedChoice.SizeAdjustPolicy.AdjustToContents)
    choice.addItem(text)
    for theme in (themes.LIGHT, themes.DARK):
        themes.apply(QApplication.instance(), theme)
        choice.resize(choice.sizeHint())
        assert choice.shown() == text
