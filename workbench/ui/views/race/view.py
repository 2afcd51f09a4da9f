"""How every lane stands, as a table."""

from __future__ import annotations

import time
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.export import race_tables
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.base import Table, View, lane_symbols
from workbench.ui.words import stays
from workbench.ui.words.health import layer_name, run_label
from workbench.ui.words.text import grouped

_REFRESH_SECONDS = 0.1
_STEP, _GRADIENT = 1, 3  # columns
_CELL_MARGIN = 7  # pixels that the style keeps free in a cell
_READABLE = 18  # letters of a name that should be seen
_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RaceModel(QAbstractTableModel):
    """A row a run: lane, step, loss, gradient norm, distance or accuracy, status."""

    def __init__(self) -> None:
        super().__init__()
        self._header: list[str] = []
        self._rows: list[list[str]] = []
        self._icons: list[QIcon] = []
        self._faint: list[bool] = []
        self._tips: list[str] = []
        self._names: list[str] = []
        self._theme = themes.LIGHT

    def show_snapshot(self, snapshot: Snapshot, theme: themes.Theme) -> None:
        """Take the values of a snapshot."""
        header, rows, faint = self._columns(snapshot), self._values(snapshot), (snapshot.diverged_at >= 0).tolist()
        icons_key = (theme.name, tuple((lane.color, lane.index) for lane in snapshot.info.lanes), snapshot.info.starts)
        reset = header != self._header or len(rows) != len(self._rows)
        if reset:
            self.beginResetModel()
        self._header, self._rows, self._faint = header, rows, faint
        self._tips, self._names = self._status_tips(snapshot), self._lane_tips(snapshot)
        if icons_key != getattr(self, "_icons_key", None):
            self._icons_key, self._theme = icons_key, theme
            symbols = lane_symbols(snapshot.info)
            icons = [_icon(s, theme.lane(lane.color)) for s, lane in zip(symbols, snapshot.info.lanes, strict=True)]
            self._icons = [icons[run // snapshot.info.starts] for run in range(snapshot.info.runs)]
        if reset:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(header) - 1))

    def _columns(self, snapshot: Snapshot) -> list[str]:
        names = [self.tr("Lane"), self.tr("Step"), self.tr("Loss"), self.tr("Gradient")]
        if snapshot.info.kind == "objective":
            if snapshot.distance is not None:
                names.append(self.tr("Distance"))
        else:
            names += [title for name, title in self._metrics(snapshot).items()]
        return [*names, self.tr("Status")]

    def _metrics(self, snapshot: Snapshot) -> dict[str, str]:
        """The metric that says most, where there is one."""
        known = {
            "test_accuracy": self.tr("Test acc."),
            "accuracy": self.tr("Accuracy"),
            "test_loss": self.tr("Test loss"),
        }
        return dict([(name, title) for name, title in known.items() if name in snapshot.metrics][:1])

    def _values(self, snapshot: Snapshot) -> list[list[str]]:
        info, rows, found = snapshot.info, [], stays.stays_of(snapshot)
        for run in range(info.runs):
            lane = info.lanes[run // info.starts]
            # in a few letters: of a column that is cut, the number is what tells the starts apart
            label = lane.label if info.starts == 1 else self.tr("{} · {}").format(lane.label, run % info.starts + 1)
            diverged = int(snapshot.diverged_at[run])
            step = diverged if diverged >= 0 else snapshot.step
            row = [label, grouped(step), _cell(snapshot.loss[run]), _cell(snapshot.gradient_norm[run])]
            if info.kind == "objective":
                if snapshot.distance is not None:
                    row.append(_cell(snapshot.distance[run]))
            else:
                for name in self._metrics(snapshot):
                    value = float(snapshot.metrics[name][run])
                    row.append(_percent(value) if "accuracy" in name else _cell(value))
            row.append(self._status(snapshot, diverged, stays.status_word(found.get(run, ()))))
            rows.append(row)
        return rows

    def _status(self, snapshot: Snapshot, diverged: int, stay: str = "") -> str:
        if diverged >= 0:
            return self.tr("✕ diverged")  # its step stands in the step column
        if stay:
            return stay  # out of the minimum that it had reached, which says more than that all goes on
        if snapshot.finished:
            return self.tr("finished")
        if snapshot.target is not None:
            return self.tr("going")  # to a far step, which the status bar names
        if snapshot.running:
            return self.tr("running")
        return self.tr("ready") if snapshot.step == 0 else self.tr("paused")

    def _lane_tips(self, snapshot: Snapshot) -> list[str]:
        """Each run's name in full, with its draw where it is not the one that lanes share by themselves."""
        starts, names = snapshot.info.starts, [run_label(snapshot.info, run) for run in range(snapshot.info.runs)]
        draws = [snapshot.info.lanes[run // starts].draw for run in range(len(names))]
        told = self.tr("{} · draw {}: other random numbers than draw 0")
        return [told.format(name, draw) if draw else name for name, draw in zip(names, draws, strict=True)]

    def _status_tips(self, snapshot: Snapshot) -> list[str]:
        """What there is to say of each run's status: where it diverged, in which layer, or left its minimum."""
        tips, found = [], stays.stays_of(snapshot)
        for run in range(snapshot.info.runs):
            diverged, layer = int(snapshot.diverged_at[run]), int(snapshot.diverged_layer[run])
            if diverged < 0:
                told = stays.sentence(snapshot.info, found.get(run, ()))
                tips.append(told or self._status(snapshot, diverged))
            elif layer < 0:
                tips.append(self.tr("Diverged at step {}").format(diverged))
            else:
                name = layer_name(snapshot.info, layer)
                tips.append(
                    self.tr("Diverged at step {}: {} was the first to leave the numbers").format(diverged, name)
                )
        return tips

    @property
    def rows(self) -> list[list[str]]:
        """The texts of the cells, row by row."""
        return self._rows

    def rowCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._header)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[row][column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {0: self._names[row], len(self._header) - 1: self._tips[row]}.get(column)
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self._icons[row]
        if role == Qt.ItemDataRole.TextAlignmentRole and 0 < column < len(self._header) - 1:
            return _RIGHT
        if role == Qt.ItemDataRole.ForegroundRole and self._faint[row] and column:
            return QColor(self._theme.error)
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._header[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if 0 < section < len(self._header) - 1 else _LEFT
        return None


class RaceView(View):
    """The table of the race, its numbers refreshed ten times a second so that they can be read."""

    key = "race"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RaceModel()
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.setTabKeyNavigation(False)  # Tab leads on to the next control
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setIconSize(QSize(14, 16))
        self.table.setAccessibleName(self.tr("Race table"))
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setMinimumSectionSize(24)
        self.body.setContentsMargins(4, 0, 0, 0)
        self.body.addWidget(self.table)
        self._drawn = 0.0
        self._shape: Any = None

    def retint(self, theme: themes.Theme) -> None:
        self._shape = None
        self._drawn = 0.0

    def draw(self, snapshot: Snapshot) -> None:
        now = time.monotonic()
        if snapshot.running and now - self._drawn < _REFRESH_SECONDS:
            return
        self._drawn = now
        self.model.show_snapshot(snapshot, self.theme)
        shape = (snapshot.info.kind, snapshot.info.lanes, self.model.columnCount(), self.table.viewport().width())
        if shape != self._shape:
            self._shape = shape
            self._set_widths()

    def stand_alone(self, alone: bool) -> None:
        """A picture has no bars to scroll: it holds every row, and every column in full."""
        hidden, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.table.setVerticalScrollBarPolicy(hidden if alone else needed)
        self.table.setHorizontalScrollBarPolicy(hidden if alone else needed)
        self._shape, self._drawn = None, 0.0
        super().stand_alone(alone)
        self.table.updateGeometries()  # how far it can be scrolled, now and not a moment later

    def least_picture(self) -> QSize:
        if not self.model.rows:
            return QSize(0, 0)
        self.ensurePolished()
        self.table.ensurePolished()
        lane, status, widths = self._wanted_widths()
        high = self.table.horizontalHeader().sizeHint().height() + len(self.model.rows) * self._row_height()
        edges = self.body.contentsMargins(), self._pages.contentsMargins()
        return QSize(
            lane + sum(widths.values()) + status + sum(e.left() + e.right() for e in edges) + 4,
            high + sum(e.top() + e.bottom() for e in edges) + 4,
        )

    def data_csv(self) -> Table:
        return bytes if self.snapshot is None else partial(race_tables.standings_csv, self.snapshot)

    def _row_height(self) -> int:
        return QFontMetrics(themes.font(themes.SMALL_POINTS)).height() + 6

    def _wanted_widths(self) -> tuple[int, int, dict[int, int]]:
        """The widths of the first and the last column in full, and of each between them."""
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        number = metrics.horizontalAdvance("0.000e−0") + _CELL_MARGIN
        lane = max((metrics.horizontalAdvance(row[0]) for row in self.model.rows), default=60) + 27
        step = max(metrics.horizontalAdvance(grouped(10_000)) + _CELL_MARGIN, 36)
        status = metrics.horizontalAdvance(self.tr("✕ diverged")) + _CELL_MARGIN
        return lane, status, {c: step if c == _STEP else number for c in range(1, self.model.columnCount() - 1)}

    def _set_widths(self) -> None:
        """Columns wide enough for any number that may come, so that nothing dances.

        Where names would be cut, the gradient's column goes, which has a view of its own, and then the step's.
        """
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        self.table.verticalHeader().setDefaultSectionSize(self._row_height())
        lane, status, widths = self._wanted_widths()
        number = widths.get(2, 0)
        header, count = self.table.horizontalHeader(), self.model.columnCount()
        seen = self.table if self.stands_alone else self.table.viewport()  # without bars to scroll
        room = seen.width() - 2 - status
        for column in (_GRADIENT, _STEP):
            if room - sum(widths.values()) < min(lane, _READABLE * metrics.horizontalAdvance("n")):
                widths.pop(column, None)
        left = room - sum(widths.values())
        first = max(64, min(lane, left))
        more = max(0, min((left - first) // count, number // 3))  # in a wide window the numbers stand apart
        for column in range(1, count - 1):
            self.table.setColumnHidden(column, column not in widths)
            header.resizeSection(column, widths.get(column, number) + more)
        header.resizeSection(0, first)
        self.table.setColumnHidden(count - 1, False)
        header.resizeSection(count - 1, max(status, status + left - first - more * len(widths)))


def _cell(value: Any) -> str:
    """Four significant digits, three where the exponent is long: at most nine characters."""
    number = float(value)
    if np.isnan(number):
        return "–"
    if np.isinf(number):
        return "∞" if number > 0 else "−∞"
    if number == 0:
        text = "0"
    elif 1e-3 <= abs(number) < 1e5:
        text = f"{number:#.4g}".rstrip(".") if abs(number) < 1e3 else f"{number:.0f}"
    else:
        digits, exponent = f"{number:.3e}".split("e")
        # a long exponent takes the place of the last digit, so that every number fits the same width
        text = f"{digits if abs(int(exponent)) < 10 else digits[:-1]}e{int(exponent)}"
    return text.replace("-", "−")


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:.2f} %"


@lru_cache(maxsize=256)
def _icon(symbol: str, color: str) -> QIcon:
    """A lane's mark on a line of its colour, as in the legend."""
    icon = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(14 * ratio, 16 * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(0, 7.2, 14, 1.6), QColor(color))
        painter.translate(7, 8)
        pg.graphicsItems.ScatterPlotItem.drawSymbol(painter, symbol, 9, pg.mkPen(None), pg.mkBrush(color))
        painter.end()
        icon.addPixmap(pixmap)
    return icon
