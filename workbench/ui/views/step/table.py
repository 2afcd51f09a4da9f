"""The last steps as a table: point, gradient, each named quantity, update and its length, a row a step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from workbench.engine.race.trail import Trail
from workbench.engine.rules.names import STEP
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

Index = QModelIndex | QPersistentModelIndex
_DIGITS = 5


class TrailModel(QAbstractTableModel):
    """The rows of a trail, in the order of the steps or in that of a column."""

    def __init__(self) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.numbers: list[NDArray[np.float64]] = []
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)
        self._sorted = (0, Qt.SortOrder.AscendingOrder)
        self.trail: Trail | None = None

    def show_trail(self, trail: Trail | None) -> None:
        """Take a trail; the order stays that of the same column, where there still is one."""
        titles, numbers = ([], []) if trail is None else _columns(trail)
        self.beginResetModel()
        if titles != self.titles:
            self._sorted = (0, Qt.SortOrder.AscendingOrder)
        self.trail, self.titles, self.numbers = trail, titles, numbers
        self._put_in_order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column; not-a-number stands last either way."""
        self._sorted = (max(0, column), order)
        self.layoutAboutToBeChanged.emit()
        self._put_in_order()
        self.layoutChanged.emit()

    def _put_in_order(self) -> None:
        column, order = self._sorted
        if not self.numbers:
            self._order = np.zeros(0, np.intp)
            return
        values = self.numbers[column]
        downwards = order == Qt.SortOrder.DescendingOrder
        found = np.argsort(-values if downwards else values, kind="stable")
        self._order = found

    @property
    def texts(self) -> list[list[str]]:
        """The cells row by row, as they stand."""
        return [[self._text(row, column) for column in range(len(self.titles))] for row in range(len(self._order))]

    def step_of(self, row: int) -> int:
        """The number of the step in a row."""
        return int(self.numbers[0][self._order[row]])

    def _text(self, row: int, column: int) -> str:
        value = float(self.numbers[column][self._order[row]])
        return str(int(value)) if column == 0 else readable(value, _DIGITS)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._order)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Click to sort by it, and once more to sort the other way.")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def _columns(trail: Trail) -> tuple[list[str], list[NDArray[np.float64]]]:
    """Titles and numbers (T,): the step, each quantity at each parameter shown, and how far the step went."""
    titles, numbers = ["step"], [trail.steps.astype(np.float64)]
    several = len(trail.coordinates) > 1
    for (origin, name, symbol), values in zip(trail.columns, trail.values, strict=True):
        if origin == "setting" or name == STEP:  # the same in every row, or the step once more
            continue
        for at in range(values.shape[1]):
            index = f"[{trail.coordinates[at] + 1}]" if several and values.shape[1] > 1 else ""
            titles.append(f"{symbol}{index}")
            numbers.append(values[:, at])
    titles.append("‖Δx‖")
    numbers.append(trail.shifts)
    return titles, numbers


class TrailTable(QTableView):
    """The table: sorted by a click on a head; rows may be chosen, to be copied alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = TrailModel()
        self.setModel(self.rows)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.setAccessibleName(self.tr("The last steps, a row a step"))

    def show_trail(self, trail: Trail | None, theme: themes.Theme) -> None:
        """Show a trail; the last step is in sight where it was before, and chosen rows stay chosen."""
        if trail is self.rows.trail:
            return
        bar, chosen = self.verticalScrollBar(), self.chosen_steps
        was_low, place = bar.value() >= bar.maximum() - 1, bar.value()
        titles = list(self.rows.titles)
        self.rows.show_trail(trail)
        if self.rows.titles != titles:
            self._set_widths()
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(themes.font(themes.SMALL_POINTS)).height() + 7)
        bar.setValue(bar.maximum() if was_low else place)
        if chosen:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for row in range(self.rows.rowCount()):
                if self.rows.step_of(row) in chosen:
                    self.selectionModel().select(self.rows.index(row, 0), flags)

    @property
    def chosen_steps(self) -> set[int]:
        """The numbers of the steps whose rows are chosen."""
        return {self.rows.step_of(index.row()) for index in self.selectionModel().selectedRows()}

    def text(self) -> str:
        """The chosen rows, else all, with the head, in columns apart by tabs."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        texts = self.rows.texts
        shown = [self.rows.titles, *(texts[row] for row in (rows or range(len(texts))))]
        return "".join("\t".join(row) + "\n" for row in shown) if texts else ""

    def _set_widths(self) -> None:
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        free = themes.TABLE_BEFORE + themes.TABLE_AFTER
        widest = metrics.horizontalAdvance("−0.00001234") + 16 + free
        for column, title in enumerate(self.rows.titles):
            wanted = max(widest if column else 0, metrics.horizontalAdvance(title) + 30 + free)
            self.horizontalHeader().resizeSection(column, wanted)
