"""Which settings of each lane are tuned, and over which ranges: as they are declared, or as a person says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem, QWidget

from workbench.studies.tuning_space import Range

_LANE, _SETTING, _LOW, _HIGH, _LOG = range(5)
#: what is tuned of each lane that has it, unless one says otherwise
_USUAL = "learning_rate"


class RaceRanges(QTableWidget):
    """A row a lane and setting; `settings` are the keys of a fair race's file, none where all is as declared."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 5, parent)
        self._ranges: tuple[Range, ...] = ()
        titles = (self.tr("lane"), self.tr("tuned"), self.tr("from"), self.tr("to"), self.tr("by factors"))
        self.setHorizontalHeaderLabels(list(titles))
        self.setAccessibleName(self.tr("Ranges"))
        self.setToolTip(
            self.tr(
                "Which settings of each lane are tuned, and over which ranges; those of one lane should be as wide as "
                "those of another. By factors: trials are as close by their logarithms"
            )
        )
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setStretchLastSection(True)

    def show_ranges(self, ranges: Sequence[Range]) -> None:
        """Offer what could be tuned; what a person has said of a setting that is still there stays."""
        if tuple(ranges) == self._ranges:
            return
        kept = dict(zip(((each.label, each.name) for each in self._ranges), self._rows(), strict=True))
        self._ranges = tuple(ranges)
        self.setRowCount(len(ranges))
        for row, each in enumerate(ranges):
            tuned, low, high, log = kept.get((each.label, each.name)) or self._declared(each)
            first = row == 0 or ranges[row - 1].label != each.label
            self._put(row, _LANE, each.label if first else "")
            self._put(row, _SETTING, each.words, checked=tuned)
            self._put(row, _LOW, low, editable=True)
            self._put(row, _HIGH, high, editable=True)
            self._put(row, _LOG, "", checked=log)
        self.resizeColumnsToContents()

    def reset(self) -> None:
        """Have all as it is declared."""
        ranges, self._ranges = self._ranges, ()
        self.show_ranges(ranges)

    @property
    def settings(self) -> dict[str, Any]:
        """What a file would say; an end that is no number is given as it was typed, and so refused."""
        rows = self._rows()
        if all(row == self._declared(each) for row, each in zip(rows, self._ranges, strict=True)):
            return {}
        spaces: dict[str, dict[str, Any]] = {}
        for each, (tuned, low, high, log) in zip(self._ranges, rows, strict=True):
            if tuned:
                ends = {"from": _end(low, whole=each.whole), "to": _end(high, whole=each.whole)}
                spaces.setdefault(each.label, {})[each.name] = {**ends, "log": log}
        return {"tune": [], "spaces": spaces}

    @staticmethod
    def _declared(each: Range) -> tuple[bool, str, str, bool]:
        ends = ("" if math.isnan(end) else f"{end:.6g}" for end in (each.low, each.high))
        low, high = ends
        return each.name == _USUAL, low, high, each.log

    def _rows(self) -> list[tuple[bool, str, str, bool]]:
        return [
            (
                self._there(row, _SETTING).checkState() == Qt.CheckState.Checked,
                self._there(row, _LOW).text().strip(),
                self._there(row, _HIGH).text().strip(),
                self._there(row, _LOG).checkState() == Qt.CheckState.Checked,
            )
            for row in range(len(self._ranges))
        ]

    def _there(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None  # noqa: S101 - for the type checker: each cell has been put there
        return item

    def _put(self, row: int, column: int, text: str, *, checked: bool | None = None, editable: bool = False) -> None:
        item = QTableWidgetItem(text)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if editable:
            flags |= Qt.ItemFlag.ItemIsEditable
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if checked is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
            item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
        item.setFlags(flags)
        self.setItem(row, column, item)


def _end(text: str, *, whole: bool) -> Any:
    """A number as it was typed; what is none is a text."""
    try:
        value = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return text
    return int(value) if whole and value.is_integer() else value
