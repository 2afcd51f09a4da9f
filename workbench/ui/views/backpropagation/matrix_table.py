"""A matrix as a table whose cells are coloured by sign and size."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.engine.network.explain import Extract
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.words.text import number, readable, signed

POSITIVE, NEGATIVE = "#3B6FB6", "#D08A2E"
_SHARE = 0.6
#: rows and columns of which cells are marked, None for all of them
Marks = tuple[int | None, int | None]


class MatrixTable(QWidget):
    """A name, the shape, the sums of all numbers, and as many of the first ones as there is room for.

    A click picks a cell. Reached by Tab, the arrow keys go from cell to cell. Cells that make up the number that is
    worked out are framed.
    """

    #: row and column
    cell_picked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._words = ""
        self._marks: Marks | None = None
        self._extract: Extract | None = None
        self._theme = themes.LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_extract(
        self, name: str, extract: Extract, theme: themes.Theme, *, words: str = "", marks: Marks | None = None
    ) -> None:
        """Show a matrix; `words` say what its name means, `marks` which cells are framed."""
        shape = None if self._extract is None else self._extract.shape
        self._name, self._extract, self._theme, self._words, self._marks = name, extract, theme, words, marks
        self.setAccessibleName(f"{name} {self._shape_words(extract)}")
        self.setToolTip("\n".join(part for part in (words, self._sums(extract)) if part))
        if shape != extract.shape:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        if self._extract is None:
            return QSize(100, 0)
        line = self._line
        return QSize(200, round(2.9 * line + 1.5 * line * self._grid()[0] + 8))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        self.updateGeometry()  # a single row goes on in the next line where it is longer than the table is wide
        super().resizeEvent(event)

    @property
    def _line(self) -> float:
        return QFontMetricsF(themes.font(themes.SMALL_POINTS)).height()

    def _grid(self) -> tuple[int, int, float]:
        """Rows and columns of cells that are drawn, and the width of one."""
        wide = QFontMetricsF(themes.font(themes.SMALL_POINTS)).horizontalAdvance("−0.0000e−00")
        extract = self._extract
        if extract is None or not extract.corner.size:
            return 0, 1, wide
        rows, columns = extract.corner.shape
        fitting = max(1, min(columns, int(self.width() // wide)))
        return (-(-columns // fitting) if rows == 1 else rows), fitting, wide

    @staticmethod
    def _shape_words(extract: Extract) -> str:
        return " × ".join(str(n) for n in extract.shape)

    def _sums(self, extract: Extract) -> str:
        if not extract.shape:
            return ""
        said = self.tr("least {}, largest {}, RMS {}").format(
            *(number(v, 3).replace("-", "−") for v in (extract.low, extract.high, extract.rms))
        )
        if extract.zeros >= 0.0005:
            said += self.tr(", {} % zeros").format(number(100 * extract.zeros, 3))
        return said

    def _cut_words(self) -> str:
        """How much of the matrix is shown, where it is not all."""
        extract = self._extract
        if extract is None or not extract.shape:
            return ""
        whole = int(np.prod(extract.shape))
        rows, columns, _ = self._grid()
        if extract.corner.shape[0] == 1:
            return self.tr("{} of {} shown").format(extract.corner.size, whole) if extract.corner.size < whole else ""
        if rows * columns == whole:
            return ""
        return self.tr("{} × {} of them shown").format(rows, columns)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        painter, extract, theme = QPainter(self), self._extract, self._theme
        if extract is None:
            painter.end()
            return
        line = self._line
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(themes.font(bold=True))
        painter.setPen(QColor(theme.text))
        head = f"{self._name}   "
        painter.drawText(QRectF(0, 0, self.width(), 1.4 * line), int(left), head)
        offset = QFontMetricsF(themes.font(bold=True)).horizontalAdvance(head)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        painter.setPen(QColor(theme.muted))
        shape = "     ".join(part for part in (self._shape_words(extract), self._cut_words()) if part)
        self._write(painter, shape, QRectF(offset, 0, self.width() - offset, 1.4 * line))
        self._write(painter, self._sums(extract), QRectF(0, 1.3 * line, self.width(), 1.3 * line))
        self._paint_cells(painter, extract, self._top())
        painter.end()

    @staticmethod
    def _write(painter: QPainter, text: str, place: QRectF) -> None:
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_cells(self, painter: QPainter, extract: Extract, top: float) -> None:
        _, columns, wide = self._grid()
        high = 1.5 * self._line
        ground = np.array(parse(self._theme.plot))
        ends = [np.array(parse(c)) for c in (POSITIVE, NEGATIVE)]
        largest = max(abs(extract.low), abs(extract.high))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        shown = extract.corner if len(extract.corner) == 1 else extract.corner[:, :columns]
        for k, value in enumerate(shown.ravel()):
            i, j = divmod(k, columns)
            cell = QRectF(j * wide, top + i * high, wide, high).adjusted(0.5, 0.5, -0.5, -0.5)
            size = abs(value) / largest if largest > 0 and np.isfinite(value) else 0.0
            rgb = ground + (ends[int(value < 0)] - ground) * _SHARE * min(float(size), 1.0)
            painter.fillRect(cell, QColor.fromRgbF(*[float(min(max(c, 0.0), 1.0)) for c in rgb]))
            painter.setPen(QColor(self._theme.text))
            painter.drawText(cell.adjusted(2, 0, -4, 0), right, readable(float(value) or 0.0))
            if self._is_marked(*divmod(k, shown.shape[1])):
                painter.setPen(QPen(QColor(self._theme.accent), 1.6))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(cell.adjusted(0.3, 0.3, -0.3, -0.3))

    def _is_marked(self, row: int, column: int) -> bool:
        if self._marks is None:
            return False
        return all(wanted is None or wanted == place for wanted, place in zip(self._marks, (row, column), strict=True))

    # Cells

    @property
    def name(self) -> str:
        return self._name

    @property
    def words(self) -> str:
        """What the name means."""
        return self._words

    @property
    def extract(self) -> Extract | None:
        return self._extract

    def _top(self) -> float:
        return (2.8 if self._extract is not None and self._extract.shape else 1.5) * self._line

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column of the cell at a point."""
        extract = self._extract
        if extract is None or not extract.corner.size or at.y() < self._top() or at.x() < 0:
            return None
        _, columns, wide = self._grid()
        row, column = int((at.y() - self._top()) // (1.5 * self._line)), int(at.x() // wide)
        if column >= columns:
            return None
        if extract.corner.shape[0] == 1:  # it goes on in the next line
            row, column = 0, row * columns + column
        rows, all_columns = extract.corner.shape
        return (row, column) if row < rows and column < all_columns else None

    def place_of(self, row: int, column: int) -> QPointF:
        """The middle of a cell."""
        _, columns, wide = self._grid()
        assert self._extract is not None  # noqa: S101 - for the type checker
        if self._extract.corner.shape[0] == 1:
            row, column = divmod(column, columns)
        return QPointF((column + 0.5) * wide, self._top() + (row + 0.5) * 1.5 * self._line)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        cell = self.cell_at(event.position())
        if cell is not None:
            self.cell_picked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        steps = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._extract is None or not self._extract.corner.size or self._marks is None:
            super().keyPressEvent(event)
            return
        rows, columns = self._extract.corner.shape
        row, column = (place or 0 for place in self._marks)
        self.cell_picked.emit(min(max(row + step[0], 0), rows - 1), min(max(column + step[1], 0), columns - 1))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.hasFocus():
            arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
            if Qt.Key(event.key()) in arrows and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                event.accept()  # here the arrows go through cells, not through steps
                return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._cell_words(event):
            return True
        return super().event(event)

    def _cell_words(self, event: QHelpEvent) -> bool:
        """Say of a cell which one it is, in full digits."""
        cell = self.cell_at(QPointF(event.pos()))
        if cell is None or self._extract is None:
            return False
        value = signed(f"{float(self._extract.corner[cell]):.9g}")
        place = self.tr("row {}, column {}").format(cell[0] + 1, cell[1] + 1)
        QToolTip.showText(event.globalPos(), f"{self._name}, {place}: {value}", self)
        return True
