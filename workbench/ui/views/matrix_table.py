"""A matrix as a table whose cells are coloured by sign and size."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.engine.network.explain import Extract
from workbench.ui import theme as themes
from workbench.ui.colors import parse
from workbench.ui.words import number

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
        line = QFontMetricsF(themes.font(themes.SMALL_POINTS)).height()
        rows = self._extract.corner.shape[0] if self._extract.shape else 1
        return QSize(200, round(2.5 * line + 1.5 * line * rows + (1.3 * line if self._cut_words(0) else 0) + 6))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self.sizeHint().height())

    @staticmethod
    def _shape_words(extract: Extract) -> str:
        return " × ".join(str(n) for n in extract.shape)

    def _sums(self, extract: Extract) -> str:
        if not extract.shape:
            return ""
        said = self.tr("least {}, largest {}, RMS {}").format(
            number(extract.low, 3), number(extract.high, 3), number(extract.rms, 3)
        )
        if extract.zeros >= 0.0005:
            said += self.tr(", {} % zeros").format(number(100 * extract.zeros, 3))
        return said

    def _cut_words(self, columns: int) -> str:
        """What is not shown of the matrix, with so many columns; without any, by its corner."""
        extract = self._extract
        if extract is None or not extract.shape:
            return ""
        rows, wide = (1, extract.shape[0]) if len(extract.shape) == 1 else extract.shape[:2]
        shown = (extract.corner.shape[0], columns or extract.corner.shape[1])
        if (rows, wide) == shown:
            return ""
        return self.tr("the first {} of {} rows, {} of {} columns").format(shown[0], rows, shown[1], wide)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        painter, extract, theme = QPainter(self), self._extract, self._theme
        if extract is None:
            painter.end()
            return
        small = themes.font(themes.SMALL_POINTS)
        metrics = QFontMetricsF(small)
        line = metrics.height()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(themes.font(bold=True))
        painter.setPen(QColor(theme.text))
        head = f"{self._name}   "
        painter.drawText(QRectF(0, 0, self.width(), 1.4 * line), int(left), head)
        offset = QFontMetricsF(themes.font(bold=True)).horizontalAdvance(head)
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        said = "     ".join(part for part in (self._shape_words(extract), self._sums(extract)) if part)
        said = metrics.elidedText(said, Qt.TextElideMode.ElideRight, self.width() - offset)
        painter.drawText(QRectF(offset, 0, self.width() - offset, 1.4 * line), int(left), said)
        top = 1.6 * line
        wide = metrics.horizontalAdvance("−0.0000e-00")
        columns = max(1, min(extract.corner.shape[1], int(self.width() // wide)))
        ground = np.array(parse(theme.plot))
        ends = [np.array(parse(c)) for c in (POSITIVE, NEGATIVE)]
        largest = max(abs(extract.low), abs(extract.high))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, row in enumerate(extract.corner):
            for j, value in enumerate(row[:columns]):
                cell = QRectF(j * wide, top + 1.5 * i * line, wide, 1.5 * line).adjusted(0.5, 0.5, -0.5, -0.5)
                size = abs(value) / largest if largest > 0 and np.isfinite(value) else 0.0
                rgb = ground + (ends[int(value < 0)] - ground) * _SHARE * min(float(size), 1.0)
                painter.fillRect(cell, QColor.fromRgbF(*[float(min(max(c, 0.0), 1.0)) for c in rgb]))
                painter.setPen(QColor(theme.text))
                painter.drawText(cell.adjusted(2, 0, -4, 0), int(right), number(float(value)).replace("-", "−", 1))
        cut = self._cut_words(columns)
        if cut:
            below = QRectF(0, top + 1.5 * line * len(extract.corner), self.width(), 1.3 * line)
            painter.setPen(QColor(theme.muted))
            painter.drawText(below, int(left), metrics.elidedText(cut, Qt.TextElideMode.ElideRight, self.width()))
        painter.end()
