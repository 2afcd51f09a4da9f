"""What the rate finder says of a lane's best rates."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workbench.studies.rate_curve import CRITERIA, FASTEST, FINAL, STEEPEST, Found
from workbench.ui.dialogs.rates.choices import Choices


def test_before_anything_is_measured_no_criterion_says_anything_of_runs(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    choices = Choices(parent)
    assert {choices.values[key].text() for key in CRITERIA if key != STEEPEST} == {"not known yet"}
    choices.show_found({FINAL: Found(FINAL, 0.1, 2.5)}, tested=False, gap=False)
    assert choices.values[FINAL].text() == "loss 2.5"
    assert choices.values[FASTEST].text() == "no run arrives"
    choices.show_found({}, tested=False, gap=False)
    assert choices.values[FASTEST].text() == "not known yet"
