"""The best rates of a lane by several criteria, each with a button that takes it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from workbench.studies.rate_curve import BEST, CRITERIA, FASTEST, FINAL, STEEPEST, TENTH, Found
from workbench.ui.words.text import grouped, number, readable, signed


class Choices(QWidget):
    """A row for each criterion: its name, what it comes to, and the rate as a button."""

    #: a rate to take, exactly as it was measured
    taken = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._found: Mapping[str, Found] = {}
        words = {
            FINAL: (self.tr("Lowest final loss"), self.tr("The rate under which the run ends lowest")),
            BEST: (self.tr("Lowest loss on the way"), self.tr("The rate under which a run comes lowest at any step")),
            FASTEST: (self.tr("Fastest to the tolerance"), self.tr("The rate that needs the fewest steps to it")),
            STEEPEST: (
                self.tr("Steepest in the range test"),
                self.tr("Where the smoothed loss falls fastest while the rate rises"),
            ),
            TENTH: (self.tr("A tenth of the largest stable"), self.tr("Far from where runs diverge or climb")),
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        self.buttons: dict[str, QPushButton] = {}
        self.names: dict[str, QLabel] = {}
        self.values: dict[str, QLabel] = {}
        for row, key in enumerate(CRITERIA):
            name, tip = words[key]
            self.names[key], self.values[key] = QLabel(name, self), QLabel(self)
            self.names[key].setWordWrap(True)
            self.values[key].setObjectName("muted")
            button = self.buttons[key] = QPushButton(self)
            button.setAutoDefault(False)
            button.setAccessibleName(name)
            button.setToolTip(self.tr("{}. A click gives it to the lane.").format(tip))
            self.names[key].setToolTip(tip)
            button.clicked.connect(self._on_clicked)
            grid.addWidget(self.names[key], 2 * row, 0)
            grid.addWidget(button, 2 * row, 1)
            grid.addWidget(self.values[key], 2 * row + 1, 0, 1, 2)
        self.show_found({}, tested=False, gap=False)

    def show_found(self, found: Mapping[str, Found], *, tested: bool, gap: bool) -> None:
        """Show what is known; `tested` says whether there is a range test, `gap` whether losses are above f*."""
        self._found = found
        for key in CRITERIA:
            one = found.get(key)
            shown = key != STEEPEST or tested
            for part in (self.names[key], self.buttons[key]):
                part.setVisible(shown)
            button = self.buttons[key]
            button.setEnabled(one is not None)
            button.setText("–" if one is None else readable(one.rate))
            self.values[key].setText(self._told(key, one, gap=gap))
            self.values[key].setVisible(shown and bool(self.values[key].text()))

    def _told(self, key: str, one: Found | None, *, gap: bool) -> str:
        if one is None and not self._found:  # what nobody has measured yet says nothing of any run
            return self.tr("not known yet")
        if one is None:
            return {
                FASTEST: self.tr("no run arrives"),
                TENTH: self.tr("no end of what is stable was seen"),
                BEST: self.tr("not told by batches"),
            }.get(key, self.tr("not known yet"))
        if one.value is None:
            return ""
        if key == FASTEST:
            return self.tr("{} steps").format(grouped(round(one.value)))
        return signed((self.tr("f − f* = {}") if gap else self.tr("loss {}")).format(number(one.value)))

    def _on_clicked(self) -> None:
        for key, button in self.buttons.items():
            if button is self.sender() and key in self._found:
                self.taken.emit(self._found[key].rate)
