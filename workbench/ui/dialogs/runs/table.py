"""The table of kept runs: its keys, and what is chosen in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from workbench.kept.entry import Entry
from workbench.ui.dialogs.runs.model import ENTRY, NOTE, OVER, PINNED, TITLE

_ROW = 34  # pixels, of a row with its small picture
_FLAG = QItemSelectionModel.SelectionFlag


class RunsTable(QTableView):
    """Rows are chosen as a whole; a double click or Enter opens one, but for its note, which is edited in place."""

    opened = Signal()
    deleted = Signal()
    #: the chosen runs are to be laid over the pictures, or no longer
    toggled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSortingEnabled(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.doubleClicked.connect(self._on_double_clicked)
        self._kept: tuple[list[str], str] = ([], "")

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802 - Qt's name
        super().setModel(model)
        if model is not None:
            model.modelAboutToBeReset.connect(self._on_leaving)
            model.modelReset.connect(self._on_come)

    def _on_leaving(self) -> None:
        """Other rows come, or the same in another order: what is chosen stays so."""
        current = self.currentIndex().data(ENTRY)
        self._kept = ([entry.id for entry in self.chosen], current.id if isinstance(current, Entry) else "")

    def _on_come(self) -> None:
        self.choose(*self._kept)

    @property
    def chosen(self) -> list[Entry]:
        """The runs that are chosen, in the order that is seen."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(ENTRY) for index in rows]

    def choose(self, ids: Sequence[str], current: str) -> None:
        """Choose the runs of these that are in the list, and let the keys go on from the current one."""
        model, wanted = self.model(), set(ids)
        found, at = QItemSelection(), QModelIndex()
        for row in range(model.rowCount()) if wanted or current else ():
            index = model.index(row, TITLE)
            id_ = index.data(ENTRY).id
            if id_ in wanted:
                found.select(index, index)
            if id_ == current:
                at = index
        if at.isValid():
            self.selectionModel().setCurrentIndex(at, _FLAG.NoUpdate)
        self.selectionModel().select(found, _FLAG.ClearAndSelect | _FLAG.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
            return
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.deleted.emit()
        elif key == Qt.Key.Key_Space:
            self.toggled.emit()
        elif key == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self.edit(self.model().index(self.currentIndex().row(), NOTE))
        else:
            super().keyPressEvent(event)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.column() not in (NOTE, OVER, PINNED):
            self.opened.emit()
