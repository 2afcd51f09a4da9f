"""The chain of causes as a table: a line a layer, a step, a class or an input."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from workbench.engine.network.ailing import Chain
from workbench.engine.race.snapshot import RaceInfo
from workbench.ui.style import theme as themes
from workbench.ui.words import why as words
from workbench.ui.words.text import engine_text

_MARK = "◂"  # behind the line in which the trouble sits, besides its colour


class ChainTable(QTableWidget):
    """As high as its lines: the page around it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.setAccessibleName(self.tr("Measured causes"))

    def fit(self, theme: themes.Theme) -> None:
        """Take the colours of a theme, and the room that its typeface needs."""
        self._theme = theme
        self.setFont(themes.font(themes.SMALL_POINTS))
        self.verticalHeader().setDefaultSectionSize(QFontMetrics(self.font()).height() + 5)

    def show_chain(self, chain: Chain, info: RaceInfo, run: int) -> None:
        """Show the links of a run's chain."""
        heads = [words.first_heading(chain.links[0].kind) if chain.links else "", *map(engine_text, chain.headings)]
        self.setColumnCount(len(heads))
        self.setRowCount(len(chain.links))
        for column, text in enumerate(heads):
            item = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(column, item)
        for row, link in enumerate(chain.links):
            label = words.link_label(link, info, run)
            texts = [f"{label} {_MARK}" if link.bad else label, *map(words.value_text, link.values)]
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if link.bad:
                    item.setForeground(QColor(self._theme.error))
                self.setItem(row, column, item)
        high = (
            self.horizontalHeader().sizeHint().height() + len(chain.links) * self.verticalHeader().defaultSectionSize()
        )
        self.setFixedHeight(high + 2 * self.frameWidth() + 4)

    def text(self) -> str:
        """The table as lines, columns apart by tabs."""
        heads = [self.horizontalHeaderItem(i) for i in range(self.columnCount())]
        lines = ["\t".join(item.text() for item in heads if item is not None)]
        for row in range(self.rowCount()):
            cells = (self.item(row, column) for column in range(self.columnCount()))
            lines.append("\t".join(item.text() for item in cells if item is not None))
        return "\n".join(lines)
