"""A row that one types in, and what the network makes of it."""

from __future__ import annotations

import math
import re

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from workbench.engine.datasets.base import Split
from workbench.engine.network.prediction import Prediction
from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.words.text import counted, readable

_NAMED = 6  # inputs whose names are written out
_CLASSES = 4


class PredictBar(QWidget):
    """A line of numbers, one for each input in the data's own units, and behind it what the network gives."""

    #: another row is asked for
    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setClearButtonEnabled(True)
        self.edit.setAccessibleName(self.tr("A row to predict"))
        self.edit.setMinimumWidth(120)
        self.edit.textChanged.connect(self._on_text_changed)
        self.result = ElidedLabel("", self)
        self.result.setObjectName("value")
        self.names = QLabel(self)
        self.names.setObjectName("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(8)
        row.addWidget(self.names)
        row.addWidget(self.edit, 2)
        row.addWidget(self.result, 3)
        self._inputs: tuple[str, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._target = ""
        self._fault = ""
        self._theme = themes.LIGHT
        self.row: tuple[float, ...] | None = None

    def show_data(self, data: Split, theme: themes.Theme) -> None:
        """Take the inputs' names; where there is another number of them, begin with a sample of the data."""
        count = data.x_train.shape[1]
        names = data.columns if len(data.columns) == count else tuple(f"x{i + 1}" for i in range(count))
        self._theme, self._classes, self._target = theme, data.classes, data.target
        if names == self._inputs:
            return
        again = len(names) != len(self._inputs)
        self._inputs = names
        shown = ", ".join(names[:_NAMED]) + (", …" if count > _NAMED else "")
        self.names.setText(self.tr("row"))
        told = counted(count, self.tr("{} number"), self.tr("{} numbers"))
        self.edit.setToolTip(
            self.tr("{} in the data's own units, apart by commas or spaces: {}").format(told, ", ".join(names))
        )
        self.edit.setPlaceholderText(shown)
        if again:
            first = data.unscaled(data.x_train)[0]
            self.edit.setText(", ".join(f"{value:.4g}" for value in first))
        else:
            self._on_text_changed(self.edit.text())

    def _on_text_changed(self, text: str) -> None:
        self.row, self._fault = self._read(text)
        if self._fault:
            self.result.setText(self._fault)
        self.asked.emit()

    def _read(self, text: str) -> tuple[tuple[float, ...] | None, str]:
        """The row that a text means, or what is wrong with it."""
        parts = [part for part in re.split(r"[,;\s]+", text.strip().replace("−", "-")) if part]
        values = []
        for part in parts:
            try:
                value = float(part)
            except ValueError:
                return None, self.tr("“{}” is no number").format(part[:20])
            if not math.isfinite(value):
                return None, self.tr("“{}” is out of range").format(part[:20])
            values.append(value)
        if len(values) != len(self._inputs):
            wanted = counted(len(self._inputs), self.tr("{} number is wanted"), self.tr("{} numbers are wanted"))
            return None, self.tr("{}, {} are there").format(wanted, len(values))
        return tuple(values), ""

    def show_prediction(self, found: Prediction | None) -> None:
        """Say what the network gives for the row."""
        if self._fault or self.row is None:
            return
        if found is None or found.row != self.row:
            return
        self.result.setText(prediction_words(found, self._classes, self._target))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        event.setAccepted(event.text().isprintable() and bool(event.text()))  # they choose no class to paint


def prediction_words(found: Prediction, classes: tuple[str, ...], target: str) -> str:
    """The most probable classes with their probabilities, or the value."""
    values = found.values
    if not np.isfinite(values).all():
        return "–"
    if not classes:
        given = ", ".join(readable(float(value)) for value in values)
        return f"{target or 'y'} = {given}"
    order = np.argsort(-values, kind="stable")[:_CLASSES]
    return " · ".join(f"P({classes[int(k)]}) = {readable(float(values[k]), 3)}" for k in order)
