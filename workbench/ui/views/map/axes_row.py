"""Which two settings a map is over, and what its colours say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from workbench.studies.map_picture import MapAxis


class AxesRow(QWidget):
    """Choices of both axes and of the quantity, and the way back from a part that was flown into."""

    #: (`x` or `y`, key of a setting)
    axis_chosen = Signal(str, str)
    quantity_chosen = Signal(str)
    back_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(4)
        tips = {
            "x": self.tr("The setting along the horizontal axis"),
            "y": self.tr("The setting along the vertical axis"),
        }
        self.choices: dict[str, QComboBox] = {}
        for (name, tip), sign in zip(tips.items(), ("↔", "↕"), strict=True):
            label = QLabel(sign, self)
            label.setObjectName("muted")
            box = self._choice(tip)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumWidth(70)
            box.activated.connect(partial(self._on_axis, name))
            self.choices[name] = box
            row.addWidget(label)
            row.addWidget(box, 1)
        self.quantity = self._choice(self.tr("What the colour of a cell says of its run"))
        words = {
            "loss": self.tr("final loss"),
            "steps": self.tr("steps to tolerance"),
            "minimum": self.tr("minimum"),
            "divergence": self.tr("divergence"),
        }
        for key, word in words.items():
            self.quantity.addItem(word, key)
        self.quantity.activated.connect(lambda _i: self.quantity_chosen.emit(self.quantity.currentData()))
        row.addWidget(self.quantity)
        self.back = QToolButton(self)
        self.back.setText(self.tr("back"))
        self.back.setToolTip(self.tr("Back to the part shown before (Backspace, or the right mouse button)"))
        self.back.clicked.connect(self.back_pressed)
        row.addWidget(self.back)

    def _choice(self, tip: str) -> QComboBox:
        box = QComboBox(self)
        box.setToolTip(tip)
        box.setAccessibleName(tip)
        return box

    def show_axes(self, axes: Sequence[MapAxis], x: str, y: str) -> None:
        """List the settings there are, the two with these keys chosen."""
        for box, key in zip(self.choices.values(), (x, y), strict=True):
            if [box.itemData(i) for i in range(box.count())] != [axis.key for axis in axes]:
                box.clear()
                for axis in axes:
                    box.addItem(axis.title, axis.key)
            box.setCurrentIndex(box.findData(key))

    def show_quantity(self, quantity: str) -> None:
        self.quantity.setCurrentIndex(self.quantity.findData(quantity))

    def _on_axis(self, name: str, _index: int) -> None:
        self.axis_chosen.emit(name, self.choices[name].currentData())
