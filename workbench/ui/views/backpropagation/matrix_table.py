"""A matrix as a table whose cells are coloured by sign and size."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.engine.network.explain import Extract
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.words.text import number

POSITIVE, NEGATIVE = "#3B6FB6", "#D08A2E"
_SHARE = 0.6


class MatrixTable(QWidget):
    """A name, the shape, the sums of all numbers, and as many of the first ones as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._extract: Extract | None = None
        self._theme = themes.LIGHT
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_extract(self, name: str, extract: Extract, theme: themes.Theme) -> None:
        """Show a matrix."""
        shape = None if self._extract is None else self._extract.shape
        self._name, self._extract, self._theme = name, extract, theme
        self.setAccessibleName(f"{name} {self._shape_words(extract)}")
        self.setToolTip(self._sums(extract))
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
        self._paint_cells(painter, extract, 2.8 * line if extract.shape else 1.5 * line)
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
        painter.setPen(QColor(self._theme.text))
        for k, value in enumerate(shown.ravel()):
            i, j = divmod(k, columns)
            cell = QRectF(j * wide, top + i * high, wide, high).adjusted(0.5, 0.5, -0.5, -0.5)
            size = abs(value) / largest if largest > 0 and np.isfinite(value) else 0.0
            rgb = ground + (ends[int(value < 0)] - ground) * _SHARE * min(float(size), 1.0)
            painter.fillRect(cell, QColor.fromRgbF(*[float(min(max(c, 0.0), 1.0)) for c in rgb]))
            painter.drawText(cell.adjusted(2, 0, -4, 0), right, number(float(value) or 0.0).replace("-", "−"))
