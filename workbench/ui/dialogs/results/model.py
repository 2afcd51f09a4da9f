"""The rows and columns of a results folder, as Qt asks for them: texts are made of what is seen alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from workbench.studies.results_table import ResultsTable

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ResultsModel(QAbstractTableModel):
    """Shows some rows of a table in an order, both of which come from elsewhere."""

    #: (column, -1 for none; whether from high to low): other rows are wanted
    order_wanted = Signal(int, bool)

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.table: ResultsTable | None = None
        self._rows: NDArray[np.intp] = np.empty(0, np.intp)

    def show_table(self, table: ResultsTable | None, rows: NDArray[np.intp]) -> None:
        """Show these rows of a table."""
        self.beginResetModel()
        self.table, self._rows = table, rows if table is not None else np.empty(0, np.intp)
        self.endResetModel()

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """Show other rows of the same table."""
        self.show_table(self.table, rows)

    def number(self, row: int) -> int:
        """The number of the run in a row, -1 where there is none."""
        if self.table is None or not 0 <= row < len(self._rows):
            return -1
        return int(self.table.numbers[self._rows[row]])

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if self.table is None or (parent is not None and parent.isValid()) else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.table is None or not index.isValid():
            return None
        column = self.table.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(int(self._rows[index.row()]))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.words is None else _LEFT
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self.table is None or section >= len(self.table.columns):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.table.columns[section].name.replace("_", " ")
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Say which order is wanted: rows are sorted elsewhere, and come by `show_rows`."""
        self.order_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)
