"""The small picture of a run in a list: the loss of its lanes, by logarithm where they span much."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.kept.entry import Entry
from workbench.ui.dialogs.runs.model import ENTRY, Index
from workbench.ui.style.theme import LIGHT, Theme

_MARGIN = 3.0
_MUCH = 30.0  # times the smallest loss, from where on a logarithm shows more
_WIDTH = 1.3
_MADE = 2000  # pictures that are remembered


class SmallCurves(QStyledItemDelegate):
    """Paints the curves of the runs that are in sight, from the few points that the list has of each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self._made: dict[tuple[str, int, int, str], list[tuple[str, QPolygonF]]] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        entry = index.data(ENTRY)
        if not isinstance(entry, Entry):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(option.rect)
        painter.translate(option.rect.topLeft())
        for color, polygon in self._of(entry, option.rect.width(), option.rect.height()):
            painter.setPen(QPen(QColor(color), _WIDTH, Qt.PenStyle.SolidLine))
            painter.drawPolyline(polygon)
        painter.restore()

    def _of(self, entry: Entry, width: int, height: int) -> list[tuple[str, QPolygonF]]:
        """The curves in a cell of this size, worked out once."""
        key = (entry.id, width, height, self.theme.name)
        if key not in self._made:
            if len(self._made) > _MADE:
                self._made.clear()
            room = QRectF(_MARGIN, _MARGIN, width - 2 * _MARGIN, height - 2 * _MARGIN)
            self._made[key] = small_curves(entry, room, self.theme)
        return self._made[key]


def small_curves(entry: Entry, place: QRectF, theme: Theme) -> list[tuple[str, QPolygonF]]:
    """The colour and the line of each lane that has one, within a place."""
    drawn = [lane for lane in entry.lanes if len(lane.curve[0]) > 1]
    losses = [loss for lane in drawn for loss in lane.curve[1]]
    if not losses:
        return []
    by_log = min(losses) > 0 and max(losses) > _MUCH * min(losses)
    heights = [math.log(loss) if by_log else loss for loss in losses]
    low, high = min(heights), max(heights)
    across = max(max(lane.curve[0]) for lane in drawn) or 1
    left, bottom, wide, tall = place.left(), place.bottom(), place.width(), place.height()
    found = []
    for lane in drawn:
        points = []
        for step, loss in zip(*lane.curve, strict=True):
            y = math.log(loss) if by_log else loss
            share = (y - low) / (high - low) if high > low else 0.5
            points.append(QPointF(left + wide * step / across, bottom - tall * share))
        found.append((theme.lane(lane.color), QPolygonF(points)))
    return found
