"""Counts and ranges as people read them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.experiments import VALLEY, experiment
from workbench.engine.checks.gradient_check import BlockCheck
from workbench.ui.dialogs.gradient_check import words as check_words
from workbench.ui.words.text import counted, grouped


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1 000"), (9007199254740992, "9 007 199 254 740 992")]
)
def test_thousands_stand_apart(count, text):
    """In groups of three from the right, by a narrow space that breaks no line (ISO 80000-1, section 7.3.1)."""
    assert grouped(count) == text.replace(" ", "\u202f")


@pytest.mark.parametrize(("count", "text"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (1200, "1\u202f200 steps")])
def test_one_of_a_thing_is_said_of_one(count, text):
    """English has one singular: that of 1."""
    assert counted(count, "{} step", "{} steps") == text


def test_the_slowest_speed_is_one_step_a_second(window):
    """The label beside the slider says it in the singular, and the next stop in the plural."""
    transport = window.transport
    transport.speed.setValue(0)
    assert transport._speed_label.text() == "1 step/s"
    transport.speed.setValue(1)
    assert transport._speed_label.text() == "2 steps/s"


def block(size, kinks):
    return BlockCheck(name="x", shape=(size,), size=size, chosen=size, checked=size, kinks=kinks, verdict="kinks")


def test_a_single_component_on_a_kink_is_said_of_one():
    """Where it is the only one there are no others to agree."""
    assert check_words.verdict_sentence(block(1, 1)).startswith("1 component stands on a kink")
    assert "others" not in check_words.verdict_sentence(block(1, 1))
    several = check_words.verdict_sentence(block(3, 2))
    assert several.startswith("2 components stand on a kink")
    assert several.endswith("The others agree.")


def test_the_range_of_a_seed_is_written_out(open_window, qtbot):
    """Not in powers of ten: a seed just above 2^53 is refused, and the sentence names 2^53 digit by digit."""
    window = open_window(experiment(VALLEY))
    field = window.problem_panel.seed
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClicks(field.edit, "1e17")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert f"{2**53:,}".replace(",", "\u202f") in field._fault.text()
