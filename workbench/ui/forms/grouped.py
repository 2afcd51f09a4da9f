"""A choice among many words in groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from workbench.engine.params import Value
from workbench.ui.style import theme as themes

Group = tuple[str, Sequence[tuple[str, str, str]]]


class GroupedChoice(QComboBox):
    """One of a list of (key, title, tip) in titled groups; a wheel over it scrolls the panel instead."""

    edited = Signal(object)

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        model = QStandardItemModel(self)
        for title, entries in groups:
            head = QStandardItem(title)
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            head.setFont(themes.font(themes.SMALL_POINTS, bold=True))
            model.appendRow(head)
            for key, text, tip in entries:
                item = QStandardItem(text)
                item.setData(key, Qt.ItemDataRole.UserRole)
                item.setToolTip(tip)
                model.appendRow(item)
        self.setModel(model)
        self.setMaxVisibleItems(30)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(self._on_activated)

    def set_value(self, value: Value) -> None:
        """Show a value without telling of an edit."""
        self.setCurrentIndex(self.findData(value))

    def set_tip(self, tip: str, name: str) -> None:
        self.setToolTip(tip)
        self.setAccessibleName(name)

    def _on_activated(self, index: int) -> None:
        self.edited.emit(self.itemData(index))

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        event.ignore()
