"""The curve of one run of a map, small, in a corner."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workbench.ui.plotting.axes import power_of_ten
from workbench.ui.style import theme as themes
from workbench.ui.words.text import readable

_SIZE = (168, 96)
_ROOM = 34  # pixels for the numbers at the left


class Glimpse(QWidget):
    """Losses against steps, on a logarithmic axis where all are above zero; the mouse passes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(*_SIZE)
        self._values: NDArray[Any] = np.empty(0)
        self._log, self._ends = False, (0.0, 1.0)
        self._theme, self._color, self._said = themes.LIGHT, "#000000", ""
        self.hide()

    def show_curve(self, losses: NDArray[Any], said: str, color: str, theme: themes.Theme) -> None:
        """Show the losses (T,) of a run, with a word under them."""
        fine = losses[np.isfinite(losses)]
        self._said, self._color, self._theme = said, color, theme
        self._log = bool(len(fine)) and bool((fine > 0).all())
        values = np.log10(fine) if self._log else np.clip(fine, -1e12, 1e12)
        self._values = np.clip(values, None, values.min() + 40) if len(values) else values
        if len(values):
            low, high = float(self._values.min()), float(self._values.max())
            self._ends = (low, max(high, low + 1e-9))
        self.setVisible(len(values) > 1)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(QColor(self._theme.panel))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 4, 4)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1.5))
        metrics = painter.fontMetrics()
        area = QRectF(_ROOM, 7, self.width() - _ROOM - 8, self.height() - 14 - metrics.height())
        low, high = self._ends
        painter.setPen(QColor(self._theme.muted))
        for value, y in ((high, area.top()), (low, area.bottom())):
            text = power_of_ten(round(value)) if self._log else readable(value, 2)
            painter.drawText(QRectF(0, y - 8, _ROOM - 3, 16), int(Qt.AlignmentFlag.AlignRight), text)
        foot = QRectF(4, area.bottom() + 5, self.width() - 8, metrics.height())
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignHCenter), self._said)
        if len(self._values) > 1:
            xs = np.linspace(area.left(), area.right(), len(self._values))
            ys = area.bottom() - (self._values - low) / (high - low) * area.height()
            painter.setPen(QPen(QColor(self._color), 1.5))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))
        painter.end()
