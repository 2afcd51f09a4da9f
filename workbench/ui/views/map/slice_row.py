"""A third setting that all cells of a map have, and a slider through its values."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from workbench.studies.map_picture import MapAxis
from workbench.studies.map_wanted import through, written_through
from workbench.ui.words.text import readable

#: places of the slider along a setting that takes any number
_PLACES = 100


class SliceRow(QWidget):
    """Says by `chosen` which third setting is wanted, as the text of the view's option; empty for none."""

    chosen = Signal(str)
    #: the slider is taken hold of; it is let go
    began = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 2)
        row.setSpacing(6)
        self._axes: dict[str, MapAxis] = {}
        label = QLabel("⤢", self)
        label.setObjectName("muted")
        tip = self.tr("A third setting that all cells have; the slider leads through its values")
        self.choice, self.slider, self.value = QComboBox(self), QSlider(Qt.Orientation.Horizontal, self), QLabel(self)
        self.choice.setToolTip(tip)
        self.choice.setAccessibleName(self.tr("Third setting"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumWidth(120)
        self.slider.setToolTip(self.tr("The value that the third setting has in all cells"))
        self.slider.setAccessibleName(self.tr("Value of the third setting"))
        self.value.setMinimumWidth(self.fontMetrics().horizontalAdvance("0.0001234"))
        self.choice.activated.connect(self._on_choice)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderPressed.connect(self.began)
        self.slider.sliderReleased.connect(self.ended)
        for widget, stretch in ((label, 0), (self.choice, 1), (self.slider, 2), (self.value, 0)):
            row.addWidget(widget, stretch)

    def show_axes(self, axes: Sequence[MapAxis], taken: Sequence[str], text: str) -> None:
        """List the settings that lie along no axis, and show the one that a text says, with its value."""
        free = [axis for axis in axes if axis.key not in taken]
        self._axes = {axis.key: axis for axis in free}
        listed = [self.choice.itemData(i) for i in range(self.choice.count())]
        if listed != ["", *self._axes]:
            self.choice.clear()
            self.choice.addItem(self.tr("no third setting"), "")
            for axis in free:
                self.choice.addItem(self.tr("all cells: {}").format(axis.title), axis.key)
        found = through(text, axes, taken)
        self.choice.setCurrentIndex(max(0, self.choice.findData("" if found is None else found[0].key)))
        self.slider.setVisible(found is not None)
        self.value.setVisible(found is not None)
        if found is not None:
            axis, value = found
            self.slider.blockSignals(True)
            self.slider.setRange(0, _places(axis))
            self.slider.setPageStep(max(1, _places(axis) // 10))
            self.slider.setValue(_place(axis, value))
            self.slider.blockSignals(False)
            self.value.setText(readable(value))

    def _on_choice(self, _index: int) -> None:
        axis = self._axes.get(self.choice.currentData())
        self.chosen.emit("" if axis is None else written_through(axis, value_at(axis, _places(axis) // 2)))

    def _on_moved(self, place: int) -> None:
        axis = self._axes.get(self.choice.currentData())
        if axis is not None:
            self.chosen.emit(written_through(axis, value_at(axis, place)))


def _places(axis: MapAxis) -> int:
    """The last place of the slider: of whole numbers each has one, where they are not too many."""
    if axis.whole:
        return max(1, min(_PLACES, math.floor(axis.high) - math.ceil(axis.low)))
    return _PLACES


def value_at(axis: MapAxis, place: int) -> float:
    """The value at a place of the slider: of few digits, and within the setting's part."""
    last = _places(axis)
    if axis.whole and last == math.floor(axis.high) - math.ceil(axis.low):
        return float(math.ceil(axis.low) + place)
    found = float(axis.at(place / last))
    found = float(round(found)) if axis.whole else float(f"{found:.4g}")
    return min(max(found, axis.low), axis.high)


def _place(axis: MapAxis, value: float) -> int:
    last = _places(axis)
    if axis.whole and last == math.floor(axis.high) - math.ceil(axis.low):
        return min(max(0, round(value - math.ceil(axis.low))), last)
    return round(last * min(max(0.0, axis.share(value)), 1.0))
