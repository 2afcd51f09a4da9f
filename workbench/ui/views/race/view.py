"""How every lane stands, as a table."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QItemSelectionModel, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.style import theme as themes
from workbench.ui.views.race.model import BAR, BAR_COLOR, MARK, Index, RaceModel
from workbench.ui.views.shared.base import Table, View
from workbench.ui.views.shared.many import is_swarm
from workbench.ui.words.text import grouped

_REFRESH_SECONDS = 0.1
_CELL_MARGIN = 7 + themes.TABLE_BEFORE + themes.TABLE_AFTER  # pixels that are kept free in a cell
_SORT_MARK = 12  # pixels of the arrow in a header
_READABLE = 18  # letters of a name that are seen, at most
_LEAST_READABLE = 8  # letters, where the status would be out of sight else
_MARK = QSize(14, 16)  # pixels
_BAR_HIGH = 2.0  # pixels
#: the widest number that a column may have to hold
_WIDEST = "−0.000e−00"
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class _Cells(QStyledItemDelegate):
    """A lane's mark before its name, on a line of its colour as in the legend; a bar under the loss: the longer, the
    greater. Both are drawn, not pictures of pixels: a table may be printed.
    """

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802 - Qt's name
        super().initStyleOption(option, index)
        if index.column() == 0:  # the text leaves room for the mark
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize = _MARK

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() == 0:
            self._paint_mark(painter, option, index)
        length = index.data(BAR)
        if not length:
            return
        room = QRectF(option.rect).adjusted(3, 0, -3, -1)
        painter.fillRect(
            QRectF(room.left(), room.bottom() - _BAR_HIGH, room.width() * length, _BAR_HIGH),
            QColor(index.data(BAR_COLOR)),
        )

    def _paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        style = option.widget.style()
        room = QRectF(style.subElementRect(QStyle.SubElement.SE_ItemViewItemDecoration, own, option.widget))
        color = QColor(index.data(BAR_COLOR))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(room.center())
        painter.fillRect(QRectF(-_MARK.width() / 2, -0.8, _MARK.width(), 1.6), color)
        pg.graphicsItems.ScatterPlotItem.drawSymbol(painter, index.data(MARK), 9, pg.mkPen(None), pg.mkBrush(color))
        painter.restore()


class RaceView(View):
    """The table of the race, its numbers refreshed ten times a second so that they can be read.

    A row is that of a lane: the one that is clicked, or gone to by keys, is picked in the whole window.
    """

    key = "race"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RaceModel()
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setItemDelegate(_Cells(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.setTabKeyNavigation(False)  # Tab leads on to the next control
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setAccessibleName(self.tr("Race table"))
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.model.modelReset.connect(self._select_picked)
        self.body.setContentsMargins(4, 0, 0, 0)
        self.body.addWidget(self.table)
        self._drawn = 0.0
        self._shape: Any = None
        self._selecting = False

    def retint(self, theme: themes.Theme) -> None:
        self.table.setStyleSheet(
            f"QTableView {{ selection-background-color: {theme.line}; selection-color: {theme.text}; }}"
        )
        self._shape = None
        self._drawn = 0.0

    def draw(self, snapshot: Snapshot) -> None:
        now = time.monotonic()
        if snapshot.running and now - self._drawn < _REFRESH_SECONDS:
            return
        self._drawn, best = now, None
        if is_swarm(snapshot.info):
            from workbench.ui.views.race.medians import best_medians, lane_medians  # loaded with the first swarm

            best, snapshot = best_medians(snapshot), lane_medians(snapshot)
        self.model.show_snapshot(snapshot, self.theme, best)
        shape = (snapshot.info.kind, snapshot.info.lanes, self.model.columnCount(), self.table.viewport().width())
        if shape != self._shape:
            self._shape = shape
            self._set_widths()

    def pick_lane(self, lane: int) -> None:
        super().pick_lane(lane)
        self._select_picked()

    def _select_picked(self) -> None:
        """Select the row of the picked lane, unless another start of it is selected."""
        rows = self.table.selectionModel().selectedRows()
        shown = self.model.lane_of(rows[0].row()) if rows else -1
        if shown == self.picked_lane:
            return
        self._selecting = True
        row = self.model.row_of(self.picked_lane)
        if row < 0:
            self.table.selectionModel().clear()
        else:
            self.table.selectionModel().setCurrentIndex(self.model.index(row, 0), _SELECT)
        self._selecting = False

    def _on_selection_changed(self, _selected: object, _deselected: object) -> None:
        rows = self.table.selectionModel().selectedRows()
        if not self._selecting:
            self.lane_picked.emit(self.model.lane_of(rows[0].row()) if rows else -1)

    def stand_alone(self, alone: bool) -> None:
        """A picture has no bars to scroll: it holds every row, and every column in full."""
        hidden, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.table.setVerticalScrollBarPolicy(hidden if alone else needed)
        self.table.setHorizontalScrollBarPolicy(hidden if alone else needed)
        self._shape, self._drawn = None, 0.0
        super().stand_alone(alone)
        self.table.updateGeometries()  # how far it can be scrolled, now and not a moment later

    def least_picture(self) -> QSize:
        if not self.model.rowCount():
            return QSize(0, 0)
        self.ensurePolished()
        self.table.ensurePolished()
        high = self.table.horizontalHeader().sizeHint().height() + self.model.rowCount() * self._row_height()
        edges = self.body.contentsMargins(), self._pages.contentsMargins()
        return QSize(
            sum(self._wanted_widths()) + sum(e.left() + e.right() for e in edges) + 4,
            high + sum(e.top() + e.bottom() for e in edges) + 4,
        )

    def data_csv(self) -> Table:
        from workbench.export import race_tables

        return bytes if self.snapshot is None else partial(race_tables.standings_csv, self.snapshot)

    def text_to_copy(self) -> str:
        """The table as it stands there, to be put into a spreadsheet or a letter."""
        rows = [[column.title for column in self.model.columns], *self.model.rows]
        return "".join("\t".join(row) + "\n" for row in rows) if self.model.rowCount() else ""

    def _row_height(self) -> int:
        return QFontMetrics(themes.font(themes.SMALL_POINTS)).height() + 7

    def _wanted_widths(self) -> list[int]:
        """The width of each column in full, wide enough for any number that may come, so that nothing dances."""
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        least = {
            "rank": metrics.horizontalAdvance("00"), "step": metrics.horizontalAdvance(grouped(100_000)),
            "status": metrics.horizontalAdvance(self.tr("✕ diverged")), "lane": 30,
        }  # fmt: skip
        widths = []
        for column in self.model.columns:
            needed = least.get(column.key, metrics.horizontalAdvance(_WIDEST))
            if column.key in ("lane", "step"):
                needed = max(needed, *(metrics.horizontalAdvance(text) for text in column.texts), 0)
            if column.key == "lane":
                needed += 20  # the lane's mark
            title = metrics.horizontalAdvance(column.title) + _SORT_MARK
            widths.append(max(needed, title) + _CELL_MARGIN)
        return widths

    def _set_widths(self) -> None:
        """Every column has its width; where there is room for more, the names and then the rest have it.

        Where there is less, a long name is cut to a readable part, and the table scrolls; its first columns, to the
        status, are in sight before.
        """
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        self.table.verticalHeader().setDefaultSectionSize(self._row_height())
        widths = self._wanted_widths()
        status = next(i for i, column in enumerate(self.model.columns) if column.key == "status")
        seen = self.table if self.stands_alone else self.table.viewport()  # without bars to scroll
        spare = seen.width() - 2 - sum(widths)
        if spare < 0:
            letter = metrics.horizontalAdvance("n")
            readable = min(widths[0], _READABLE * letter + 27)
            first = seen.width() - 2 - sum(widths[1 : status + 1])  # the name's, beside rank, loss and status
            readable = max(min(readable, first), min(readable, _LEAST_READABLE * letter + 27))
            widths[0] = max(readable, widths[0] + spare)
        else:
            share = min(spare // len(widths), widths[status] // 3)  # in a wide window the numbers stand apart
            widths = [width + share for width in widths]
            widths[status] += spare - share * len(widths)
        for column, width in enumerate(widths):
            self.table.horizontalHeader().resizeSection(column, width)
