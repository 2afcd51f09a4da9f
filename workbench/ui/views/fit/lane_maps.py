"""The maps of all lanes side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.engine.network.fit import Fit
from workbench.engine.race.snapshot import Snapshot
from workbench.ui.style import theme as themes
from workbench.ui.views.fit.items import map_image
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.words.text import readable

_GAP = 8.0
_SHOWN_POINTS = 300


class LaneMaps(QWidget):
    """A small map a lane, each with its name and its test accuracy or loss."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._fits: Sequence[Fit] = ()
        self._images: list[Any] = []
        self._theme = themes.LIGHT
        self.setAccessibleName(self.tr("The maps of all lanes"))

    def show_fits(self, snapshot: Snapshot, fits: Sequence[Fit], theme: themes.Theme) -> None:
        """Show the map of each lane."""
        data = snapshot.info.data
        self._snapshot = snapshot
        if (fits is not self._fits or theme is not self._theme) and data is not None:
            self._fits, self._theme = fits, theme
            self._images = [map_image(fit, len(data.classes), theme) for fit in fits]
            self.update()  # and not with each frame: it is the samples' many points that cost

    def cells(self) -> list[QRectF]:
        """Where each lane's map stands, its name above it."""
        count = max(1, len(self._images))
        best: tuple[float, int] = (0.0, 1)
        line = self.fontMetrics().height() + 4.0
        for columns in range(1, count + 1):
            rows = math.ceil(count / columns)
            wide = (self.width() - _GAP * (columns + 1)) / columns
            high = (self.height() - _GAP * (rows + 1)) / rows - line
            best = max(best, (min(wide, high), columns))
        side, columns = best
        rows = math.ceil(count / columns)
        left = (self.width() - columns * side - (columns - 1) * _GAP) / 2
        top = (self.height() - rows * (side + line) - (rows - 1) * _GAP) / 2
        return [
            QRectF(left + (i % columns) * (side + _GAP), top + (i // columns) * (side + line + _GAP) + line, side, side)
            for i in range(count)
        ]

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        theme, snapshot = self._theme, self._snapshot
        painter.fillRect(self.rect(), QColor(theme.plot))
        if snapshot is None or not self._images:
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        metrics = painter.fontMetrics()
        for lane, (cell, image, fit) in enumerate(zip(self.cells(), self._images, self._fits, strict=True)):
            if lane >= len(snapshot.info.lanes):
                break
            painter.save()
            painter.translate(cell.bottomLeft())
            painter.scale(1.0, -1.0)
            painter.drawImage(QRectF(0, 0, cell.width(), cell.height()), image)
            painter.restore()
            self._paint_points(painter, cell, fit, snapshot)
            info = snapshot.info.lanes[lane]
            painter.setPen(QPen(QColor(theme.lane(info.color)), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell)
            head = QRectF(cell.left(), cell.top() - metrics.height() - 3, cell.width(), metrics.height() + 2)
            value = self._value(snapshot, lane * snapshot.info.starts)
            room = head.width() - metrics.horizontalAdvance(value) - 10
            painter.setPen(QColor(theme.text))
            name = metrics.elidedText(info.label, Qt.TextElideMode.ElideRight, int(max(room, 20)))
            painter.drawText(head, int(Qt.AlignmentFlag.AlignLeft), name)
            painter.setPen(QColor(theme.muted))
            painter.drawText(head, int(Qt.AlignmentFlag.AlignRight), value)
        painter.end()

    def _paint_points(self, painter: QPainter, cell: QRectF, fit: Fit, snapshot: Snapshot) -> None:
        data = snapshot.info.data
        if data is None or not data.classes:
            return
        (x0, x1), (y0, y1) = (float(fit.x[0][0]), float(fit.x[0][-1])), (float(fit.x[1][0]), float(fit.x[1][-1]))
        scale = np.array([cell.width() / (x1 - x0), -cell.height() / (y1 - y0)])
        places = (data.unscaled(data.x_train[:_SHOWN_POINTS]) - [x0, y0]) * scale + [cell.left(), cell.bottom()]
        painter.setPen(Qt.PenStyle.NoPen)
        radius = 1.0 if cell.width() < 160 else 1.6
        for number in range(len(data.classes)):
            painter.setBrush(QColor(class_color(self._theme, number)))
            for x, y in places[data.y_train[:_SHOWN_POINTS] == number]:
                painter.drawEllipse(QPointF(float(x), float(y)), radius, radius)

    @staticmethod
    def _value(snapshot: Snapshot, run: int) -> str:
        for name in ("test_accuracy", "accuracy"):
            if name in snapshot.metrics:
                return f"{100 * float(snapshot.metrics[name][run]):.1f} %"
        return readable(float(snapshot.loss[run]), 3)
