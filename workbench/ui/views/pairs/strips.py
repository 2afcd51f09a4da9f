"""A strip of colours for each pair of each lane, along the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.plotting.axes import power_of_ten
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes

#: log10 of the errors between which colours tell apart: all of a value of length 1, and a hundredth of it
ENDS = (-4.0, 0.0)
_COLUMNS = 320
_HEAD = 1.25  # rows above those of a lane, for its name
_NARROW = 4  # lanes from which on only the first and the last pair are numbered


def shades() -> NDArray[np.uint8]:
    """A table (256, 3) of colours from low to high, of even steps to the eye (viridis, 2015)."""
    return np.asarray(pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256), np.uint8)[:, :3]


def log10(errors: NDArray[Any]) -> NDArray[np.float64]:
    """The logarithm of errors; of an error of 0, a number far below all that is shown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(np.log10(errors), -30.0), np.float64)


class Strips(Plot):
    """Lanes from top to bottom, within each the pairs in their order; colours for log10 of the error."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[pg.ImageItem] = []
        self._names: list[pg.TextItem] = []
        self.box.setMouseEnabled(x=False, y=False)
        self.axes["left"].setStyle(tickLength=0)
        self.set_label("bottom", self.tr("step"))
        self.set_label("left", self.tr("pair, 1 is the most frequent"))
        self.setToolTip(self.tr("The error of each pair against the step: the darker, the better it is known"))
        self._table = np.column_stack([shades(), np.full(256, 255, np.uint8)])
        self._pairs = self._lanes = 0

    def show_errors(
        self, steps: NDArray[np.int64], errors: NDArray[np.float64], labels: Sequence[tuple[str, str]], right: float
    ) -> None:
        """Colour errors (T, L, n) at steps (T,) of L lanes, each with its name and colour; the axis ends at `right`."""
        count, lanes, pairs = errors.shape
        while len(self._images) < lanes:
            self._images.append(pg.ImageItem())
            self._names.append(pg.TextItem(anchor=(0.0, 0.5)))
            self.box.addItem(self._images[-1], ignoreBounds=True)
            self.box.addItem(self._names[-1], ignoreBounds=True)
        self._pairs, self._lanes = pairs, lanes
        last = max(float(steps[-1]), 1.0)
        # each column shows the record nearest before it
        columns = np.clip(np.searchsorted(steps, np.linspace(0, last, _COLUMNS), side="right") - 1, 0, count - 1)
        found = (log10(errors[columns]) - ENDS[0]) / (ENDS[1] - ENDS[0])
        index = np.round(255 * np.clip(np.nan_to_num(found, nan=1.0), 0.0, 1.0)).astype(int)
        for lane, (image, name) in enumerate(zip(self._images, self._names, strict=True)):
            image.setVisible(lane < lanes)
            name.setVisible(lane < lanes)
            if lane < lanes:
                top = self.top(lane)
                image.setImage(
                    np.ascontiguousarray(self._table[index[:, lane].T[::-1]]), levels=(0, 255), autoLevels=False
                )
                image.setRect(QRectF(0.0, top - pairs, last, float(pairs)))
                name.setText(labels[lane][0])
                name.setColor(labels[lane][1])
                name.setFont(themes.font(themes.SMALL_POINTS, bold=True))
                name.setPos(0.0, top + 0.5 * _HEAD)
        self.set_range((0.0, right), (self.top(lanes - 1) - pairs, self.top(0) + _HEAD))
        self._number_rows()

    def top(self, lane: int) -> float:
        """The upper end of a lane's strips, above its own head by the heads and strips of those below."""
        return (self._lanes - lane) * self._pairs + (self._lanes - 1 - lane) * _HEAD

    def _number_rows(self) -> None:
        few = self._lanes < _NARROW
        shown = (
            range(self._pairs) if few and self.height() > 16 * self._lanes * (self._pairs + 1) else (0, self._pairs - 1)
        )
        ticks = [(self.top(lane) - pair - 0.5, str(pair + 1)) for lane in range(self._lanes) for pair in shown]
        self.axes["left"].setTicks([ticks])

    def row_at(self, y: float) -> tuple[int, int] | None:
        """The lane and the pair at a height; none in a lane's head."""
        for lane in range(self._lanes):
            row = int(np.floor(self.top(lane) - y))
            if 0 <= row < self._pairs:
                return lane, row
        return None


class Scale(QWidget):
    """What the colours mean: errors from 1 down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        table = np.ascontiguousarray(np.column_stack([shades()[::-1], np.full(256, 255, np.uint8)]))
        self._image = QImage(table.astype(np.uint8).tobytes(), 1, 256, 4, QImage.Format.Format_RGBA8888).copy()
        self.setToolTip(self.tr("The error of a pair, ‖W k − v‖²: 1 where nothing of it is known"))

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme, and the width that the longest number needs."""
        self._theme = theme
        self.setFixedWidth(17 + self.fontMetrics().horizontalAdvance(power_of_ten(-4)) + 8)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        line = painter.fontMetrics().height()
        top, bottom = line / 2 + 8, self.height() - 3.2 * line
        painter.drawImage(QRectF(4, top, 9, bottom - top), self._image)
        painter.setPen(QColor(self._theme.muted))
        for exponent in range(int(ENDS[0]), int(ENDS[1]) + 1):
            y = bottom - (exponent - ENDS[0]) / (ENDS[1] - ENDS[0]) * (bottom - top)
            place = QRectF(17, y - line / 2, self.width() - 17, line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), power_of_ten(exponent) if exponent else "1")
        painter.end()
