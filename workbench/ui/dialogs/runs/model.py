"""Kept runs as a table that is searched and sorted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from workbench.kept.entry import Entry
from workbench.ui.dialogs.runs import words
from workbench.ui.words.text import grouped

Index = QModelIndex | QPersistentModelIndex

OVER, CURVES, TITLE, LANES, SEED, STEPS, FINAL, BEST, TOOK, WHEN, NOTE, PINNED = range(12)
#: the entry of a row
ENTRY = Qt.ItemDataRole.UserRole
_CHECKED = (OVER, PINNED)
_RIGHT = (SEED, STEPS, FINAL, BEST, TOOK)
_NO_PARENT = QModelIndex()


class RunsModel(QAbstractTableModel):
    """A row a run. Its note is edited, its pin and whether it is laid over the pictures are checked, in place."""

    #: (id, note), (id, whether), (id, whether): a person has changed it
    noted = Signal(str, str)
    pinned = Signal(str, bool)
    overlaid = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        #: all runs, and those that are shown: found by the words searched for, in the order of a column
        self.entries: tuple[Entry, ...] = ()
        self.shown: tuple[Entry, ...] = ()
        self._words: tuple[str, ...] = ()
        self._order = (WHEN, Qt.SortOrder.DescendingOrder)
        self.over: frozenset[str] = frozenset()
        self._heads = {
            OVER: (self.tr("Over"), self.tr("Laid pale over loss, gradients and landscape (Space)")),
            CURVES: (self.tr("Loss"), self.tr("The loss of each lane's first start, higher up the greater")),
            TITLE: (self.tr("Title"), self.tr("The experiment's title, or its problem")),
            LANES: (self.tr("Lanes"), self.tr("The lanes that took part")),
            SEED: (self.tr("Seed"), self.tr("The seed of the experiment")),
            STEPS: (self.tr("Steps"), self.tr("The steps that were taken")),
            FINAL: (self.tr("Final loss"), self.tr("The lowest loss of all runs at the end")),
            BEST: (self.tr("Best loss"), self.tr("The lowest loss of all runs on the way")),
            TOOK: (self.tr("Took"), self.tr("The time that its steps took")),
            WHEN: (self.tr("Kept"), self.tr("When it was kept")),
            NOTE: (self.tr("Note"), self.tr("What you write of it: a double click or F2 edits it")),
            PINNED: (self.tr("Pin"), self.tr("It stays until you delete it, however many come after it")),
        }

    def show_entries(self, entries: Sequence[Entry], over: frozenset[str]) -> None:
        """Show these runs; `over` are those laid over the pictures."""
        changed, self.entries, self.over = self.over ^ over, tuple(entries), over
        self._choose(changed)

    def search(self, text: str) -> None:
        """Show the runs in which each of these words is."""
        self._words = tuple(text.casefold().split())
        self._choose()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Show the runs in the order of a column."""
        self._order = (column, order)
        self._choose()

    def _choose(self, changed: frozenset[str] = frozenset()) -> None:
        """What is shown: worked out here, since a proxy would ask for each cell of each comparison.

        Rows that are what they were are not told of, but those of `changed`: somebody may be writing in one.
        """
        column, order = self._order
        found = [entry for entry in self.entries if not self._words or self._has_all(entry)]
        falls = order == Qt.SortOrder.DescendingOrder
        found.sort(key=lambda entry: self._key(entry, column, -math.inf if falls else math.inf), reverse=falls)
        if [entry.id for entry in found] == [entry.id for entry in self.shown]:
            before, self.shown = self.shown, tuple(found)
            for row, (old, new) in enumerate(zip(before, found, strict=True)):
                if old != new or new.id in changed:
                    self.dataChanged.emit(self.index(row, 0), self.index(row, PINNED))
            return
        self.beginResetModel()
        self.shown = tuple(found)
        self.endResetModel()

    def _has_all(self, entry: Entry) -> bool:
        parts = (words.title_of(entry), entry.problem, words.lanes_of(entry), f"seed {entry.seed}", entry.note,
                 words.when(entry))  # fmt: skip
        said = "\n".join(parts).casefold()
        return all(word in said for word in self._words)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self._heads)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._heads[section][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NOTE:
            found |= Qt.ItemFlag.ItemIsEditable
        if index.column() in _CHECKED:
            found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(entry, column)
        found: dict[int, Any] = {ENTRY: entry}
        if column == NOTE:
            found[Qt.ItemDataRole.EditRole] = entry.note
        if column in _CHECKED:
            on = entry.id in self.over if column == OVER else entry.pinned
            found[Qt.ItemDataRole.CheckStateRole] = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        if column in _RIGHT:
            found[Qt.ItemDataRole.TextAlignmentRole] = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return found.get(role)

    def _tip(self, entry: Entry, column: int) -> str:
        if column in _CHECKED:
            return self._heads[column][1]
        return entry.note or self._heads[NOTE][1] if column == NOTE else words.told(entry)

    def _key(self, entry: Entry, column: int, none: float) -> Any:
        """What a run is sorted by; `none` where it has no such number, which puts it last either way."""
        numbers: Mapping[int, float | None] = {
            SEED: entry.seed, STEPS: entry.steps, FINAL: entry.final, BEST: entry.best, TOOK: entry.seconds,
            WHEN: entry.at, CURVES: entry.at, OVER: -(entry.id in self.over), PINNED: -entry.pinned,
        }  # fmt: skip
        if column in numbers:
            found = numbers[column]
            return none if found is None else float(found)
        return (_text(entry, column) or "").casefold()

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        entry, column = self.shown[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole and column == NOTE:
            if str(value) != entry.note:
                self.noted.emit(entry.id, str(value))
            return True
        if role == Qt.ItemDataRole.CheckStateRole and column in _CHECKED:
            on = Qt.CheckState(value) == Qt.CheckState.Checked
            (self.overlaid if column == OVER else self.pinned).emit(entry.id, on)
            return True
        return False


def _text(entry: Entry, column: int) -> str | None:
    if column in (OVER, CURVES, PINNED):
        return None
    if column == TITLE:
        return words.title_of(entry)
    if column == LANES:
        return words.lanes_of(entry)
    if column == NOTE:
        return " ".join(entry.note.split())
    return {
        SEED: str(entry.seed), STEPS: grouped(entry.steps), FINAL: words.loss(entry.final),
        BEST: words.loss(entry.best), TOOK: words.took(entry.seconds), WHEN: words.when(entry),
    }[column]  # fmt: skip
