"""Which lane is which, in a row of its own: beside the views of a figure, in place of a legend in each."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.views.shared.legend import Entry

_SYMBOL, _GAP, _LINE = 23.0, 18.0, 15.0  # pixels: sign with its room, between entries, the sign's line


class LaneKey(QWidget):
    """Signs with their names, in as many rows as they need."""

    def __init__(self, entries: Sequence[Entry], theme: themes.Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._entries, self._theme = tuple(entries), theme
        self.setFont(themes.font(themes.BASE_POINTS))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        places, row = self._places(width)
        return round(places[-1].y() + row) + 1 if places else 0

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        metrics = QFontMetricsF(self.font())
        widest = max((metrics.horizontalAdvance(label) for label, _, _ in self._entries), default=0.0)
        return QSize(round(widest + _SYMBOL) + 1, round(metrics.height()) + 3)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.minimumSizeHint()

    def _places(self, width: int) -> tuple[list[QPointF], float]:
        """Where each entry begins, and how high a row is."""
        metrics = QFontMetricsF(self.font())
        x, y, row = 0.0, 0.0, metrics.height() + 2
        places: list[QPointF] = []
        for label, _, _ in self._entries:
            wide = _SYMBOL + metrics.horizontalAdvance(label)
            if places and x + wide > width:
                x, y = 0.0, y + row
            places.append(QPointF(x, y))
            x += wide + _GAP
        return places, row

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        places, row = self._places(self.width())
        for (label, color, symbol), place in zip(self._entries, places, strict=True):
            middle = place.y() + row / 2
            painter.setPen(QPen(QColor(color), 1.6))
            painter.drawLine(QPointF(place.x(), middle), QPointF(place.x() + _LINE, middle))
            painter.save()
            painter.translate(place.x() + _LINE / 2, middle)
            pg.graphicsItems.ScatterPlotItem.drawSymbol(
                painter, symbol, 8, pg.mkPen(self._theme.plot, width=0.12), pg.mkBrush(color)
            )
            painter.restore()
            painter.setPen(QColor(self._theme.text))
            words = QRectF(place.x() + _SYMBOL, place.y(), self.width(), row)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), label)
        painter.end()
