"""Counts and ranges as people read them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.experiments import VALLEY, experiment
from workbench.engine.checks.gradient_check import BlockCheck
from workbench.ui.dialogs.gradient_check import words as check_words
from workbench.ui.words.features import input_sign
from workbench.ui.words.text import counted, digits_apart, grouped, number, readable


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


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(50_000.0, 4, "50000"), (12_345.6, 4, "12346"), (-999_999.0, 3, "−999999"), (1_234_567.0, 4, "1.235e6"),
     (1e-5, 4, "1e−5"), (-0.25, 4, "−0.25"), (0.0, 4, "0"), (1.88e-8, 3, "1.88e−8"), (float("nan"), 4, "nan")],
)  # fmt: skip
def test_numbers_are_written_out_as_long_as_they_can_be_read(value, digits, text):
    assert readable(value, digits) == text


@pytest.mark.parametrize(
    ("one", "other"), [(1.0, 1.0 + 3.5e-13), (-1.0249, -1.0241), (0.1, 0.1 + 2e-17), (3.0, 4.0), (1e300, -1e300)]
)
def test_two_numbers_have_the_digits_that_tell_them_apart(one, other):
    """No more than that: with one digit fewer, and more than the usual four, they would look alike."""
    digits = digits_apart(one, other)
    assert one == other or number(one, digits) != number(other, digits)
    assert digits == 4 or number(one, digits - 1) == number(other, digits - 1)


def test_equal_numbers_and_none_at_all_have_the_usual_digits():
    assert digits_apart(2.5, 2.5) == digits_apart(float("nan"), 1.0) == digits_apart(float("inf"), 1.0) == 4


#: where a number's text is no print: fields and sheets read it, or its sign and power are written by hand
_OWN_WAYS = {"style/theme.py", "plotting/plot.py", "pages/figure.py", "words/text.py", "views/race/cells.py",
             "views/layers/table.py", "views/fit/predict_bar.py", "dialogs/fair_race/ranges.py"}  # fmt: skip


def test_no_number_is_shown_as_a_programming_language_writes_it():
    """1e-05 and -3 are no print: what people see goes through `readable`, or has its signs set by hand."""
    room = Path(__file__).resolve().parents[3] / "workbench" / "ui"
    raw = re.compile(r":#?(\.\d)?[ge]\}")
    is_print = re.compile(r"signed\(|_plain\(|float\(f\"")
    found = [
        f"{path.relative_to(room).as_posix()}: {line.strip()}"
        for path in sorted(room.rglob("*.py"))
        if path.relative_to(room).as_posix() not in _OWN_WAYS
        for line in path.read_text(encoding="utf-8").splitlines()
        if raw.search(line) and not is_print.search(line)
    ]
    assert not found


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("x1", "x₁"),
        ("x12", "x₁₂"),
        ("x1*x2", "x₁x₂"),
        ("sin x2", "sin x₂"),
        ("age2", "age2"),
        ("x1 of mine", "x1 of mine"),
    ],
)
def test_what_a_network_reads_is_written_as_by_hand_and_a_column_of_a_file_as_it_is_called(name, sign):
    assert input_sign(name) == sign
