"""A results folder in the window: its runs as a table, its charts, and the run that is to be opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.studies.charts import Chart
from workbench.studies.results_table import ResultsTable
from workbench.ui.charts.choice import ChartChoice
from workbench.ui.dialogs.results.model import ResultsModel
from workbench.ui.dialogs.sizes import open_in
from workbench.ui.style import theme as themes
from workbench.ui.words.text import grouped

#: milliseconds after a letter in which another one may follow, and rows whose widths are measured
_REST, _MEASURED = 150, 60
_WIDEST = 260


class ResultsDialog(QDialog):
    """Shows what it is given of a folder, and says by signals what is wanted."""

    #: (column, -1 for none; words looked for; whether from high to low): other rows are wanted
    rows_wanted = Signal(int, str, bool)
    #: (number): a run is to be opened
    run_wanted = Signal(int)
    #: another folder is wanted; this one once more; no more of it
    folder_wanted = Signal()
    again = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Results"))
        open_in(self, 1120, 660)
        self._order = (-1, False)
        self._make_table()
        self.charts = ChartChoice(self)
        self._make_buttons()
        self._lay_out()
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(_REST)
        self._waiting.timeout.connect(self._ask_rows)
        self.show_nothing("", "")

    # Parts

    def _make_table(self) -> None:
        self.folder, self.said, self.counted = QLabel(self), QLabel(self), QLabel(self)
        self.folder.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.said, self.counted):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setObjectName("muted")
        self.said.setWordWrap(True)
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search: words that stand in a row, such as diverged adam"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setToolTip(self.tr("Rows that have all of these words, in any column"))
        self.search.textChanged.connect(lambda _text: self._waiting.start())
        self.model = ResultsModel(self)
        self.model.order_wanted.connect(self._on_order)
        self.table = _RunsTable(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Runs"))
        self.table.setToolTip(self.tr("A row a run; a double click or Return opens it; a click on a heading sorts"))
        self.table.activated.connect(self._on_open)
        self.table.opened.connect(self._on_open)
        self.table.selectionModel().selectionChanged.connect(self._show_buttons)

    def _lay_out(self) -> None:
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(6)
        self.progress.setAccessibleName(self.tr("The folder is being read"))
        keeps = self.progress.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps)
        top, left = QHBoxLayout(), QWidget(self)
        top.addWidget(self.search, 1)
        top.addWidget(self.counted)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        self.halves = QSplitter(Qt.Orientation.Horizontal, self)
        self.halves.addWidget(left)
        self.halves.addWidget(self.charts)
        self.halves.setChildrenCollapsible(False)
        self.halves.setSizes([620, 480])
        layout = QVBoxLayout(self)
        layout.addWidget(self.folder)
        layout.addWidget(self.progress)
        self.nothing = QLabel(self)
        self.nothing.setObjectName("empty")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.nothing.setMargin(40)
        layout.addWidget(self.halves, 1)
        layout.addWidget(self.nothing, 1)
        layout.addWidget(self.said)
        layout.addWidget(self.buttons)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_run = self.buttons.addButton(self.tr("&Open this run"), role)
        self.open_run.setToolTip(self.tr("Open the experiment of this row, with all its lanes, in the window (Return)"))
        self.read_again = self.buttons.addButton("", role)
        self.other = self.buttons.addButton(self.tr("Other &folder …"), role)
        self.other.setToolTip(self.tr("Show the results in another folder"))
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return is for the table
        self.open_run.clicked.connect(self._on_open)
        self.read_again.clicked.connect(self._on_again)
        self.other.clicked.connect(self.folder_wanted)
        self.buttons.rejected.connect(self.reject)

    # What the flow calls

    def bring_up(self) -> None:
        """Come to light, without keeping anyone from the main window."""
        self.show()
        self.raise_()
        self.activateWindow()

    def show_nothing(self, folder: str, said: str, *, busy: bool = False) -> None:
        """There is no table: it is being read, or cannot be."""
        self._name(folder, "")
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._order = (-1, False)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.model.show_table(None, np.empty(0, np.intp))
        self.show_charts(None if busy else ())
        self.nothing.setText(said if said or not busy else self.tr("The folder is being read."))
        self._show_table_at_all(there=False)
        self._show_said("", busy=busy)

    def show_table(self, folder: str, table: ResultsTable, rows: NDArray[np.intp]) -> None:
        """What a folder holds."""
        self._name(folder, table.title)
        self.model.show_table(table, rows)
        self._fit_columns()
        self._show_table_at_all(there=True)
        self._show_said(" ".join(table.said), busy=False)
        self.table.setFocus()
        if len(rows):
            self.table.selectRow(0)

    def show_rows(self, rows: NDArray[np.intp]) -> None:
        """Other rows of the same table; the run that was chosen stays so where it is among them."""
        before = self.model.number(self.table.currentIndex().row())
        self.model.show_rows(rows)
        table = self.model.table
        if table is not None and len(rows):
            place = np.flatnonzero(table.numbers[rows] == before)
            self.table.selectRow(int(place[0]) if len(place) else 0)
        self._show_counts()
        self._show_buttons()

    def show_charts(self, charts: Sequence[Chart] | None) -> None:
        """The charts of a folder; None while they are being made."""
        self.charts.show_charts(charts)

    def refuse(self, sentence: str) -> None:
        """Say what went wrong with what was asked for; the table stays."""
        self._show_said(sentence, busy=False)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.charts.set_theme(theme)
        for label in (self.said, self.counted):
            label.setFont(themes.font(themes.SMALL_POINTS))

    # Details

    def _name(self, folder: str, title: str) -> None:
        name = Path(folder).name or folder
        self.folder.setText(f"{title} – {name}" if title and title != name else name)
        self.folder.setToolTip(folder)

    def _show_table_at_all(self, *, there: bool) -> None:
        self.halves.setVisible(there)
        self.nothing.setVisible(not there)

    def _show_said(self, said: str, *, busy: bool) -> None:
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self.progress.setVisible(busy)
        self.read_again.setText(self.tr("&Stop") if busy else self.tr("&Read again"))
        tips = self.tr("Read no more of the folder"), self.tr("Read the folder once more: a sweep may have gone on")
        self.read_again.setToolTip(tips[0] if busy else tips[1])
        self.read_again.setEnabled(busy or bool(self.folder.text()))
        self._is_busy = busy
        self._show_counts()
        self._show_buttons()

    def _show_counts(self) -> None:
        table, shown = self.model.table, self.model.rowCount()
        if table is None:
            self.counted.clear()
        elif shown == table.rows:
            self.counted.setText(self.tr("{} runs").format(grouped(shown)))
        else:
            self.counted.setText(self.tr("{} of {} runs").format(grouped(shown), grouped(table.rows)))

    def _show_buttons(self, *_: object) -> None:
        table = self.model.table
        self.search.setEnabled(table is not None)
        self.open_run.setEnabled(table is not None and table.opens and self.table.currentIndex().isValid())

    def _fit_columns(self) -> None:
        """As wide as the first rows need: to measure all of them would take long."""
        header = self.table.horizontalHeader()
        header.setResizeContentsPrecision(_MEASURED)
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.table.setColumnWidth(column, min(_WIDEST, self.table.columnWidth(column)))

    def _ask_rows(self) -> None:
        if self.model.table is not None:
            self.rows_wanted.emit(self._order[0], self.search.text(), self._order[1])

    def _on_order(self, column: int, descending: bool) -> None:
        self._order = (column, descending)
        self._ask_rows()

    def _on_open(self, index: object = None) -> None:
        row = index.row() if isinstance(index, QModelIndex) else self.table.currentIndex().row()
        number = self.model.number(row)
        if number >= 0 and self.open_run.isEnabled():
            self.run_wanted.emit(number)

    def _on_again(self) -> None:
        (self.stopped if self._is_busy else self.again).emit()


class _RunsTable(QTableView):
    """The table; Return opens the row that is chosen on every system."""

    opened = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.horizontalHeader().setHighlightSections(False)  # a row is chosen, which is in every column
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # no row is measured

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)
