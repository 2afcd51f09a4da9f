"""The views of a figure: which, and in what order."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)


class ViewList(QWidget):
    """All views that a race has, of which one checks some; they are moved by dragging, or by two buttons."""

    #: others are checked, or in another order
    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.setToolTip(self.tr("The views of the figure, row by row: check them, and drag them into order"))
        self.list.setAccessibleName(self.tr("Views of the figure"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.itemChanged.connect(self._on_changed)
        self.list.model().rowsMoved.connect(self._on_changed)
        self.up, self.down = QPushButton(self.tr("Move &up"), self), QPushButton(self.tr("Move do&wn"), self)
        self.up.setToolTip(self.tr("Show the chosen view before the one above it"))
        self.down.setToolTip(self.tr("Show the chosen view behind the one below it"))
        self.up.clicked.connect(self._on_up)
        self.down.clicked.connect(self._on_down)
        for button in (self.up, self.down):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self.up)
        row.addWidget(self.down)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        layout.addLayout(row)

    @property
    def checked(self) -> tuple[str, ...]:
        """The keys of the checked views, in order."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    def offer(self, views: Sequence[tuple[str, str]], checked: Sequence[str]) -> None:
        """List these views (keys and titles), the checked ones first."""
        titles = dict(views)
        order = [key for key in checked if key in titles]
        order += [key for key in titles if key not in order]
        with QSignalBlocker(self.list):
            self.list.clear()
            for key in order:
                item = QListWidgetItem(titles[key], self.list)
                item.setData(Qt.ItemDataRole.UserRole, key)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if key in checked else Qt.CheckState.Unchecked)
            self.list.setCurrentRow(0)

    def _move(self, by: int) -> None:
        row = self.list.currentRow()
        if row < 0 or not 0 <= row + by < self.list.count():
            return
        with QSignalBlocker(self.list):
            self.list.insertItem(row + by, self.list.takeItem(row))
            self.list.setCurrentRow(row + by)
        self.changed.emit()

    def _on_up(self) -> None:
        self._move(-1)

    def _on_down(self) -> None:
        self._move(1)

    def _on_changed(self, *_: object) -> None:
        self.changed.emit()
