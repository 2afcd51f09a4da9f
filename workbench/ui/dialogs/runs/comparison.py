"""In what settings chosen runs differ, as a table: a row a key of the file, a column a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from workbench.ui.dialogs.runs import words

_LEAST = 110  # pixels of a column


class _Table(QTableWidget):
    """Copies itself whole, in columns apart by tabs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[list[str]] = []

    def show_lines(self, lines: list[list[str]]) -> None:
        """Show these texts, the first of them as the head."""
        self.lines = lines
        self.setColumnCount(len(lines[0]))
        self.setHorizontalHeaderLabels(lines[0])
        self.setRowCount(len(lines) - 1)
        for y, line in enumerate(lines[1:]):
            for x, text in enumerate(line):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(y, x, item)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in self.lines))
        else:
            super().keyPressEvent(event)


class Comparison(QStackedWidget):
    """The table, or a word on what would stand there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.table = _Table(self)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.setAccessibleName(self.tr("Settings that differ"))
        self.table.setToolTip(self.tr("The settings in which the chosen runs differ; Ctrl+C copies the table"))
        self.hint = QLabel(self)
        self.hint.setObjectName("empty")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        self.hint.setMargin(12)
        self.addWidget(self.table)
        self.addWidget(self.hint)
        self.show_hint()

    def show_hint(self) -> None:
        """Say how runs are compared."""
        self.hint.setText(
            self.tr("Choose two runs or more (Ctrl and a click, Shift and an arrow): here stands in what they differ.")
        )
        self.setCurrentWidget(self.hint)

    def show_rows(self, names: Sequence[str], rows: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        """Show the settings in which runs of these names differ."""
        if not rows:
            self.hint.setText(self.tr("These runs have the same settings: they differ in how far they were run."))
            self.setCurrentWidget(self.hint)
            return
        head = [self.tr("Setting"), *names]
        self.table.show_lines([head, *([key, *map(words.value, values)] for key, values in rows)])
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setMinimumSectionSize(_LEAST)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setCurrentWidget(self.table)
