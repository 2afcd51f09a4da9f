"""A choice among many: its list is a picker of the window's, with pictures, pages and a search."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from workbench.ui.forms.fields import ChoiceField
from workbench.ui.forms.line_edit import FieldEvent

#: among the keys of data sets, what stands for a table of one's own
OWN_FILE = "file"


class PickWanted(FieldEvent):
    """Sent to the window where a person wants to choose one of a kind: it shows the picker, and calls `take`."""

    kind = QEvent.Type(QEvent.registerEventType())

    def __init__(self, what: str, field: QComboBox) -> None:
        """`what` is the kind in the catalogue; `field` has the present key as its data."""
        super().__init__(self.kind)
        self.what, self.field = what, field

    @property
    def key(self) -> str:
        """The present one."""
        return str(self.field.currentData() or "")


def take(field: QComboBox, key: str) -> None:
    """Choose a key in a field as a person does in its list."""
    index = field.findData(key)
    if index >= 0:
        field.setCurrentIndex(index)
        field.activated.emit(index)


class PickField(ChoiceField):
    """A choice whose list is the window's picker. Up and Down go through it as through any other."""

    def __init__(
        self, what: str, keys: tuple[str, ...], titles: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(keys, titles, parent)
        self._what = what

    def set_choices(self, keys: tuple[str, ...], titles: tuple[str, ...]) -> None:
        self._keys = keys
        self.setModel(_choices(keys, titles))

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        PickWanted(self._what, self).tell(self)


@cache
def _choices(keys: tuple[str, ...], titles: tuple[str, ...]) -> QStandardItemModel:
    """The choices of all fields of a kind: each lane has a field, and each would make the same dozens of items."""
    model = QStandardItemModel()
    for key, title in zip(keys, titles, strict=True):
        item = QStandardItem(title)
        item.setData(key, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
    return model
