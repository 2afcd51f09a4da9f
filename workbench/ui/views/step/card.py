"""What a symbol is, beside the mouse: its words, its number, and how it went over the last steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.words.text import grouped, number, signed

_WIDTH, _HEIGHT = 210, 56
_AWAY = 18  # pixels from the mouse
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class Sparkline(QWidget):
    """The numbers of a quantity (T, C) over the last steps, a line a coordinate, without axes: its ends are told."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.values: NDArray[np.float64] = np.zeros((0, 1))
        self._color, self._theme = "", themes.LIGHT

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_WIDTH, _HEIGHT + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def show_values(self, values: NDArray[np.float64], color: str, theme: themes.Theme) -> None:
        """Draw these."""
        self.values, self._color, self._theme = values, color, theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1))
        text = painter.fontMetrics().height()
        finite = self.values[np.isfinite(self.values)]
        if len(self.values) < 2 or not len(finite):
            return
        low, high = float(finite.min()), float(finite.max())
        span = (high - low) or 1.0
        area = QRectF(2, 3, self.width() - 4, self.height() - text - 6)
        if low < 0.0 < high:
            zero = area.bottom() + low / span * area.height()
            painter.setPen(QPen(QColor(self._theme.line), 1.0))
            painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        x = area.left() + area.width() * np.arange(len(self.values)) / (len(self.values) - 1)
        for column in range(self.values.shape[1]):
            y = area.bottom() - (self.values[:, column] - low) / span * area.height()
            points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True) if np.isfinite(b)]
            painter.setPen(QPen(QColor(self._color), 1.5, _DASHES[column % len(_DASHES)]))
            painter.drawPolyline(QPolygonF(points))
        painter.setPen(QColor(self._theme.muted))
        place = QRectF(2, self.height() - text, self.width() - 4, text)
        told = self.tr("last {} steps").format(grouped(len(self.values)))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft), told)
        ends = signed(f"{number(low, 3)} … {number(high, 3)}")
        painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), ends)


class SymbolCard(QFrame):
    """A card over the page that says what a symbol is. It takes no mouse and no focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setFixedWidth(_WIDTH)
        self.line = Sparkline(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addWidget(self.line)
        self.hide()

    def show_symbol(self, words: str, at: QPoint, theme: themes.Theme) -> None:
        """Say this beside a place of the parent, inside of it."""
        self.words.setText(words)
        self.line.setVisible(False)
        self._place(at)
        self.show()
        self.raise_()

    def show_history(self, values: NDArray[np.float64] | None, color: str, theme: themes.Theme, at: QPoint) -> None:
        """Draw how it went; None where that is not known."""
        wanted = values is not None and len(values) > 1
        if values is not None and wanted:
            self.line.show_values(values, color, theme)
        if self.line.isHidden() == wanted:
            self.line.setVisible(wanted)
            self._place(at)

    def _place(self, at: QPoint) -> None:
        self.adjustSize()
        parent = self._parent
        size = self.sizeHint()
        left = at.x() + _AWAY if at.x() + _AWAY + size.width() < parent.width() else at.x() - _AWAY - size.width()
        top = at.y() + _AWAY if at.y() + _AWAY + size.height() < parent.height() else at.y() - _AWAY - size.height()
        self.move(max(2, left), max(2, top))
        self.resize(size)
