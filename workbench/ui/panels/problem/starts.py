"""The starting points of an objective: a row each, or their number where they are many."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from workbench.ui.forms.fields import NumberField
from workbench.ui.panels.base import setting
from workbench.ui.words.text import counted


class ManyStarts(QWidget):
    """How many starts there are, and a button that leaves the first one alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.count = QLabel(self)
        self.count.setObjectName("muted")
        self.count.setToolTip(self.tr("Every lane is run from each of them; with Shift, a click or a drag adds more"))
        self.first_alone = QToolButton(self)
        self.first_alone.setText(self.tr("first alone"))
        self.first_alone.setToolTip(self.tr("Keep the first starting point and remove the others"))
        self.first_alone.setAccessibleName(self.tr("Keep the first start alone"))
        row.addWidget(self.count, 1)
        row.addWidget(self.first_alone)

    def show_count(self, count: int) -> None:
        """Say how many there are."""
        self.count.setText(counted(count, self.tr("{} start"), self.tr("{} starts")))


class StartRow(QWidget):
    """One starting point: its coordinates, and buttons to add another or to remove it."""

    edited = Signal(int, object)
    add_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, index: int, count: int, dimension: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self.dimension = dimension
        self._point: tuple[float, ...] = ()
        coordinate = setting("start", 0.0, "", "", low=-1e12, high=1e12)
        self._fields = tuple(NumberField(coordinate, self) for _ in range(dimension))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        label = QLabel(self.tr("start") if count == 1 else self.tr("start {}").format(index + 1))
        label.setObjectName("muted")
        row.addWidget(label, 1)
        for field, axis in zip(self._fields, "xy", strict=False):
            field.set_tip(
                self.tr("The {} coordinate of the starting point; it can be dragged in the landscape, too").format(
                    axis
                ),
                self.tr("Start {}").format(axis),
            )
            field.edit.set_digits(6)
            row.addWidget(field)
        self._fields[0].edited.connect(self._on_x_edited)
        if dimension > 1:
            self._fields[1].edited.connect(self._on_y_edited)
        self.add_button, self.remove_button = QToolButton(self), QToolButton(self)
        self.add_button.setText("+")
        self.add_button.setToolTip(self.tr("Add a starting point: every lane is run from each"))
        self.add_button.setAccessibleName(self.tr("Add start"))
        self.add_button.clicked.connect(self._on_add_clicked)
        self.remove_button.setText("−")
        self.remove_button.setToolTip(self.tr("Remove this starting point"))
        self.remove_button.setAccessibleName(self.tr("Remove start"))
        self.remove_button.clicked.connect(self._on_remove_clicked)
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        # its room stays while it is hidden: what is under the mouse after a click on + must be + again
        policy = self.remove_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.remove_button.setSizePolicy(policy)
        self.remove_button.setVisible(count > 1)

    def show_point(self, point: tuple[float, ...]) -> None:
        """Show the first two coordinates of a point."""
        self._point = point
        for field, value in zip(self._fields, point, strict=False):
            field.set_value(float(value))

    def _on_x_edited(self, value: Any) -> None:
        self.edited.emit(self._index, (float(value), *self._point[1:]))

    def _on_y_edited(self, value: Any) -> None:
        self.edited.emit(self._index, (self._point[0], float(value), *self._point[2:]))

    def _on_add_clicked(self) -> None:
        self.add_requested.emit(self._index)

    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._index)
