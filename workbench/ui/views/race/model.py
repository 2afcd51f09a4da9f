"""The rows and columns of the race table, as Qt asks for them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.style import theme as themes
from workbench.ui.views.race import cells
from workbench.ui.views.shared.base import lane_symbols
from workbench.ui.words import stays
from workbench.ui.words.forks import fork_words
from workbench.ui.words.health import layer_name, run_label
from workbench.ui.words.text import grouped

Index = QModelIndex | QPersistentModelIndex
#: what the model says of a cell besides Qt's own roles: the length of its bar, that bar's colour, and the lane's mark
BAR, BAR_COLOR, MARK = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2, Qt.ItemDataRole.UserRole + 3
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_DESCENDING = Qt.SortOrder.DescendingOrder


class RaceModel(QAbstractTableModel):
    """A row a run, in the order of the lanes or in that of a column."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[cells.Column] = []
        self._runs: list[int] = []  # of each row
        self._sorted = (-1, Qt.SortOrder.AscendingOrder)
        self._starts = 1
        self._count = 0  # runs; behind them stand the lanes, where they have several starts
        self._marks: list[str] = []
        self._colors: list[QColor] = []
        self._bars: list[float] = []
        self._faint: list[bool] = []
        self._tips: list[str] = []
        self._names: list[str] = []
        self._theme = themes.LIGHT
        self._marks_key: Any = None

    def show_snapshot(self, snapshot: Snapshot, theme: themes.Theme, best: cells.Best | None = None) -> None:
        """Take the values of a snapshot; `best` are the lowest test losses, where it has no record of them."""
        columns, info = cells.columns(snapshot, best), snapshot.info
        header = [column.key for column in columns]
        count = len(columns[0].texts) if columns else 0
        reset = header != [column.key for column in self.columns] or count != len(self._runs)
        if reset:
            self.beginResetModel()
        self.columns, self._starts, self._count = columns, info.starts, info.runs
        if reset:
            self._runs = self._usual_order()
        lanes = count - info.runs  # rows that sum the starts of a lane up
        self._faint = [*(snapshot.diverged_at >= 0).tolist(), *[False] * lanes]
        self._bars = [*cells.bars(snapshot).tolist(), *[0.0] * lanes]
        told = cells.say("The median over the starts of this lane; one that diverged counts as the worst")
        self._tips = [*_status_tips(snapshot), *[told] * lanes]
        self._names = [*_lane_tips(snapshot), *[told] * lanes]
        self._take_marks(snapshot, theme)
        if reset:
            self.endResetModel()
        elif columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._runs) - 1, len(columns) - 1))
        self._put_in_order()

    def _take_marks(self, snapshot: Snapshot, theme: themes.Theme) -> None:
        info = snapshot.info
        key = (theme.name, tuple((lane.color, lane.index) for lane in info.lanes), info.starts)
        if key != self._marks_key:
            self._marks_key, self._theme = key, theme
            colors = [theme.lane(lane.color) for lane in info.lanes]
            marks = lane_symbols(info)
            self._marks = [marks[run // info.starts] for run in range(info.runs)] + marks
            self._colors = [QColor(colors[run // info.starts]) for run in range(info.runs)] + [*map(QColor, colors)]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Put the rows in the order of a column, now and as its values change; -1 is the order of the lanes."""
        self._sorted = (column, order)
        self._put_in_order()

    def _put_in_order(self) -> None:
        column, direction = self._sorted
        runs = self._usual_order()
        if 0 <= column < len(self.columns):
            runs = cells.order(self.columns[column], descending=direction == _DESCENDING)
        if runs == self._runs:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = {run: row for row, run in enumerate(runs)}
        after = [self.index(rows[self._runs[index.row()]], index.column()) for index in before]
        self._runs = runs
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _usual_order(self) -> list[int]:
        """Lane by lane: what its starts come to, where it has several, and then each of them."""
        whole = len(self.columns[0].texts) if self.columns else 0
        if whole == self._count:
            return list(range(whole))
        runs: list[int] = []
        for lane in range(whole - self._count):
            runs += [self._count + lane, *range(lane * self._starts, (lane + 1) * self._starts)]
        return runs

    def is_summary(self, row: int) -> bool:
        """Whether a row sums the starts of a lane up."""
        return self._runs[row] >= self._count

    @property
    def rows(self) -> list[list[str]]:
        """The texts of the cells, row by row."""
        return [[column.texts[run] for column in self.columns] for run in self._runs]

    def lane_of(self, row: int) -> int:
        """The place among the race's lanes of the lane in a row."""
        run = self._runs[row]
        return run - self._count if run >= self._count else run // self._starts

    def row_of(self, lane: int) -> int:
        """The first row of a lane, -1 where there is none."""
        return next((row for row in range(len(self._runs)) if self.lane_of(row) == lane), -1)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self._runs[index.row()], index.column()
        key = self.columns[column].key
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[column].texts[run]
        found: dict[int, Any] = {BAR: self._bars[run] if key == "loss" else 0.0, BAR_COLOR: self._colors[run]}
        if column == 0:
            found[MARK] = self._marks[run]
            found[Qt.ItemDataRole.ToolTipRole] = self._names[run]
        elif key == "status":
            found[Qt.ItemDataRole.ToolTipRole] = self._tips[run]
        else:
            found[Qt.ItemDataRole.TextAlignmentRole] = _RIGHT
        if self.columns[column].as_of:
            found[Qt.ItemDataRole.ToolTipRole] = self.columns[column].as_of
            found[Qt.ItemDataRole.ForegroundRole] = QColor(self._theme.muted)
        if self._faint[run] and column:
            found[Qt.ItemDataRole.ForegroundRole] = QColor(self._theme.error)
        if role == Qt.ItemDataRole.FontRole and run >= self._count:
            return themes.font(themes.SMALL_POINTS, bold=True)
        return found.get(role)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("{}. Click to sort by it, and once more to sort the other way.").format(
                self.columns[section].tip
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if self.columns[section].key in ("lane", "status") else _RIGHT
        return None


def _fork_tip(snapshot: Snapshot, run: int) -> str:
    """Whose fork a run is, and from where on; empty where it is none."""
    if snapshot.info.lanes[run // snapshot.info.starts].parent < 0:
        return ""
    return cells.say("{} begins at step {}, as a fork of {}").format(*fork_words(snapshot.info, run))


def _lane_tips(snapshot: Snapshot) -> list[str]:
    """Each run's name in full, with its draw where it is not the one that lanes share by themselves."""
    starts, names = snapshot.info.starts, [run_label(snapshot.info, run) for run in range(snapshot.info.runs)]
    draws = [snapshot.info.lanes[run // starts].draw for run in range(len(names))]
    told = cells.say("{} · draw {}: other random numbers than draw 0")
    return [told.format(name, draw) if draw else name for name, draw in zip(names, draws, strict=True)]


def _status_tips(snapshot: Snapshot) -> list[str]:
    """What there is to say of each run's status: where it diverged, in which layer, or left its minimum."""
    tips, found = [], stays.stays_of(snapshot)
    for run in range(snapshot.info.runs):
        diverged, layer = int(snapshot.diverged_at[run]), int(snapshot.diverged_layer[run])
        if diverged < 0:
            told = stays.sentence(snapshot.info, found.get(run, ()))
            tips.append(told or _fork_tip(snapshot, run) or cells.status(snapshot, run))
        elif layer < 0:
            tips.append(cells.say("Diverged at step {}").format(grouped(diverged)))
        else:
            name = layer_name(snapshot.info, layer)
            told = cells.say("Diverged at step {}: {} was the first to leave the numbers")
            tips.append(told.format(grouped(diverged), name))
    return tips
