"""What a fair race is asked for with: problems, preset, budget, trials, seeds, and what is tuned on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QSpinBox, QWidget

#: what a preset says itself
_OF_PRESETS = {"algoperf": ("trials", "measure"), "deepobs": ("trials", "seeds", "measure")}


class RaceSettings(QWidget):
    """A form whose `settings` are the keys of a fair race's file."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.problems = self._choice((), self.tr("Problems"), self.tr("This problem, or a group of the catalogue"))
        presets = (
            ("", self.tr("none")),
            ("algoperf", self.tr("AlgoPerf: 3 studies of 5 trials")),
            ("deepobs", self.tr("DeepOBS: 36 rates, 10 seeds")),
        )
        self.preset = self._choice(presets, self.tr("Preset"), self.tr("The rules of a known benchmark"))
        self.budget = self._count(1, 10**9, self.tr("Budget"), self.tr("What each run may spend"))
        units = (("steps", self.tr("steps")), ("evaluations", self.tr("gradients")))
        self.unit = self._choice(units, self.tr("Unit of the budget"), self.tr("Line searches ask for more gradients"))
        self.trials = self._count(1, 10_000, self.tr("Trials"), self.tr("Settings that are tried of each lane"))
        self.seeds = self._count(1, 10_000, self.tr("Seeds"), self.tr("Seeds that are reported; others tune"))
        measures = (
            ("target", self.tr("what is spent to the target")),
            ("final", self.tr("final value")),
            ("best", self.tr("lowest value")),
        )
        self.measure = self._choice(measures, self.tr("Tuned on"), self.tr("What lanes are tuned and ranked by"))
        goals = (
            ("fraction", self.tr("share of the gap at the start")),
            ("tolerance", self.tr("above the lowest known value")),
            ("factor", self.tr("times the best found")),
            ("target", self.tr("a value")),
        )
        self.goal = self._choice(goals, self.tr("Kind of target"), self.tr("When a run has arrived"))
        self.value = QLineEdit("0.001", self)
        self.value.setAccessibleName(self.tr("Target"))
        self.value.setToolTip(self.tr("The number of the target"))
        for field, number in ((self.budget, 1000), (self.trials, 16), (self.seeds, 10)):
            field.setValue(number)
        self.preset.currentIndexChanged.connect(self._show_preset)
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for label, field in (
            (self.tr("&Problems"), self.problems), (self.tr("P&reset"), self.preset), (self.tr("&Budget"), self.budget),
            (self.tr("of"), self.unit), (self.tr("&Trials a lane"), self.trials), (self.tr("&Seeds"), self.seeds),
            (self.tr("T&uned on"), self.measure), (self.tr("Tar&get"), self.value), (self.tr("as"), self.goal),
        ):  # fmt: skip
            layout.addRow(label, field)

    def show_problems(self, groups: Iterable[str], steps: int | None) -> None:
        """Offer groups of the catalogue besides the open problem, and its steps as budget."""
        chosen = self.problems.currentData()
        self.problems.clear()
        self.problems.addItem(self.tr("this one"), "")
        for group in groups:
            self.problems.addItem(self.tr("all {}").format(group.replace("_", " ")), group)
        self.problems.setCurrentIndex(max(0, self.problems.findData(chosen)))
        if steps is not None:
            self.budget.setValue(steps)

    @property
    def settings(self) -> dict[str, Any]:
        """What a file would say; a target that is no number is given as it was typed, and so refused."""
        for field in (self.budget, self.trials, self.seeds):
            field.interpretText()
        text = self.value.text().strip().replace(",", ".")
        try:
            value: Any = float(text)
        except ValueError:
            value = text
        found: dict[str, Any] = {
            "budget": self.budget.value(), "unit": self.unit.currentData(), "trials": self.trials.value(),
            "seeds": self.seeds.value(), "measure": self.measure.currentData(), self.goal.currentData(): value,
        }  # fmt: skip
        preset = self.preset.currentData()
        if preset:
            found = {key: given for key, given in found.items() if key not in _OF_PRESETS[preset]} | {"preset": preset}
        if self.problems.currentData():
            found["objectives"] = self.problems.currentData()
        return found

    def _show_preset(self) -> None:
        given = _OF_PRESETS.get(self.preset.currentData(), ())
        for name in ("trials", "seeds", "measure"):
            getattr(self, name).setEnabled(name not in given)

    def _choice(self, words: Iterable[tuple[str, str]], name: str, tip: str) -> QComboBox:
        field = QComboBox(self)
        for key, word in words:
            field.addItem(word, key)
        field.setAccessibleName(name)
        field.setToolTip(tip)
        return field

    def _count(self, low: int, high: int, name: str, tip: str) -> QSpinBox:
        field = QSpinBox(self)
        field.setRange(low, high)
        field.setAccessibleName(name)
        field.setToolTip(tip)
        return field
