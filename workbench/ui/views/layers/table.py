"""The table of a network's layers: how their activations fare, in numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.engine.network.layer_measures import LayerStatistics
from workbench.ui.style import theme as themes

_MOST_TABLE = 0.64  # of the width, so that histograms have room


class LayerTable(QTableWidget):
    """A row a layer; the row that is chosen is the layer whose histograms are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths: tuple[int, ...] = (300, 300)
        headings = (
            (self.tr("Layer"), self.tr("Click a layer to see its histograms")),
            (self.tr("Mean"), self.tr("Mean of the activations, over units and the first 256 training samples")),
            (self.tr("Dev."), self.tr("Standard deviation of the activations; 0.5 to 2 is healthy")),
            (self.tr("Dead"), self.tr("Share of units that give zero slope for every sample")),
            (self.tr("Flat"), self.tr("Share of units and samples where a bounded activation is saturated")),
        )
        self.setColumnCount(len(headings))
        for column, (text, tip) in enumerate(headings):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(column, item)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setMinimumSectionSize(30)
        self.setAccessibleName(self.tr("Layers"))
        self.setMinimumSize(200, 80)
        self.setProperty("dense", True)

    def fit(self) -> None:
        """Take the room that the present typeface needs."""
        metrics = QFontMetrics(themes.font(themes.SMALL_POINTS))
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 5)
        widths = [metrics.horizontalAdvance(text) + 10 for text in ("−0.0000", "0.0000", "100 %", "100 %")]
        for column, width in enumerate(widths, start=1):
            self.setColumnWidth(column, width)
        self._widths = tuple(
            sum(widths) + metrics.horizontalAdvance(words) + room
            for words, room in ((self.tr("output layer"), 26), (self.tr("layer {}").format(10), 10))
        )

    def share_width(self, room: int) -> None:
        """Take a share of so many pixels; in a narrow window names are shortened, so that histograms stay legible."""
        most, least = self._widths
        self.setFixedWidth(min(most, max(min(least, round(_MOST_TABLE * room)), round(0.54 * room))))
        is_narrow = self.width() < least  # then it scrolls
        mode = QHeaderView.ResizeMode.Fixed if is_narrow else QHeaderView.ResizeMode.Stretch
        self.horizontalHeader().setSectionResizeMode(0, mode)
        if is_narrow:
            self.setColumnWidth(0, least - sum(self.columnWidth(i) for i in range(1, 5)))

    def name_layers(self, names: list[str]) -> bool:
        """Make a row for each name; gives whether they are others than before."""
        if [self.item(i, 0).text() for i in range(self.rowCount())] == names:  # type: ignore[union-attr]
            return False
        self.blockSignals(True)
        self.setRowCount(len(names))
        for row, name in enumerate(names):
            for column in range(self.columnCount()):
                item = QTableWidgetItem(name if not column else "")
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self.selectRow(0)
        self.blockSignals(False)
        return True

    def show_statistics(self, found: LayerStatistics, run: int, columns: list[int]) -> None:
        """Write the numbers of a run, whose layers stand in these columns."""
        parts = (found.mean, found.deviation, found.dead, found.saturated)
        for row, values in enumerate(zip(*(part[run, columns] for part in parts), strict=True)):
            texts = [short(float(v)) for v in values[:2]] + [f"{100 * v:.0f} %" if v else "–" for v in values[2:]]
            for column, text in enumerate(texts, start=1):
                item = self.item(row, column)
                if item is not None:
                    item.setText(text)


def short(value: float) -> str:
    """Three significant digits, one where an exponent stands behind it: at most seven characters."""
    if value and not 1e-3 <= abs(value) < 1e3:
        text = f"{value:.0f}" if 1e3 <= abs(value) < 1e4 else f"{value:.0e}".replace("e-0", "e-")
    else:
        text = f"{value:#.3g}".rstrip(".") if value else "0"
    return text.replace("-", "−").replace("e+0", "e")
