"""The units of hidden layers as one line of numbers: several layers at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.forms.fault import FaultLabel
from workbench.ui.forms.line_edit import LineEdit

MOST_LAYERS, MOST_UNITS = 32, 1024


def read_units(text: str) -> tuple[int, ...] | None:
    """The numbers in a text like `16 16 8` or `10 x 8`, ten layers of eight; None where it is none of these."""
    found: list[int] = []
    for count, units in re.findall(r"(?:(\d+)\s*[x×*]\s*)?(\d+)", text):
        found += [int(units)] * (int(count) if count else 1) if len(count) < 4 and len(units) < 6 else [0]
        if len(found) > MOST_LAYERS:
            return None
    rest = re.sub(r"(?:(\d+)\s*[x×*]\s*)?(\d+)", "", text)
    if rest.strip(" ,\t") or not all(1 <= units <= MOST_UNITS for units in found):
        return None
    return tuple(found)


class UnitsField(QWidget):
    """A line of numbers, with its fault below it."""

    #: (units): those of each layer, none for no hidden layer
    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = LineEdit(self)
        tip = self.tr(
            "The units of the hidden layers one after the other: 16 16 8, or 10 x 8; empty for no hidden layer"
        )
        self.edit.setToolTip(tip)
        self.edit.setAccessibleName(self.tr("Units of the hidden layers"))
        self.edit.editingFinished.connect(self._on_finished)
        self._fault = FaultLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(self.edit)
        column.addWidget(self._fault)

    @property
    def fault(self) -> str:
        """The sentence below the line, empty where there is none."""
        return "" if self._fault.isHidden() else self._fault.text()

    def set_units(self, units: Sequence[int]) -> None:
        """Show the units, unless others are being typed."""
        text = " ".join(map(str, units))
        if not (self.edit.hasFocus() and self.edit.isModified()) and self.edit.text() != text:
            self.edit.setText(text)
            self._say("")

    def _on_finished(self) -> None:
        if not self.edit.isModified():
            return
        units = read_units(self.edit.text())
        if units is None:
            said = self.tr("Write up to {} whole numbers from 1 to {}, as in 16 16 8 or 10 x 8.")
            self._say(said.format(MOST_LAYERS, MOST_UNITS))
            return
        self._say("")
        self.edit.setModified(False)
        self.edit.setText(" ".join(map(str, units)))
        self.edited.emit(units)

    def _say(self, sentence: str) -> None:
        self._fault.say(sentence)
        if bool(self.edit.property("faulty")) != bool(sentence):
            self.edit.setProperty("faulty", bool(sentence))
            self.edit.style().unpolish(self.edit)
            self.edit.style().polish(self.edit)
