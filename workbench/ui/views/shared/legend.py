"""The names of the lanes, in a corner of a plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsSceneMouseEvent, QGraphicsSceneWheelEvent

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.plotting.kept_pixels import StillItem
from workbench.ui.style import theme as themes
from workbench.ui.words.text import grouped

_SYMBOL_WIDTH = 22.0
_MARGIN = 7.0
_GAP = 8.0  # pixels to the plot's edges, and between columns
_MOST_IN_CORNER = 6  # of a picture that stands alone
_LEAST_WIDTH, _LEAST_PLOT = 460.0, 240.0  # of a plot with a legend under it, in pixels
_MOST_ROWS = 12  # on screen: more of them scroll
_ARROWS = 14.0  # pixels beside the rows that scroll, for the arrows that say so
_CLEARLY = 0.5  # of the points under a legend: another corner must have fewer for it to move there by itself
_EDGES = 16  # pixels that a view keeps around its plot, at most
#: on screen a row takes this share of the plot's width at most, its name so many letters at least
_WIDEST, _LEAST_NAME = 0.5, 14
_BEHIND = ("   ", " ✕")  # what stands before that which is said of a lane behind its name
#: (right, low) of each
CORNERS = {
    "top_right": (True, False), "top_left": (False, False), "bottom_left": (False, True), "bottom_right": (True, True),
}  # fmt: skip
Entry = tuple[str, str, str]
#: signs that stand in a row in place of a lane's symbol
DASHED, PALE, BAND, RING, UPRIGHT, HATCHED, DOT = "dashed", "pale", "band", "ring", "upright", "hatched", "dot"
#: signs of kept runs that are laid over, each with the dashes that tell it from the others
OVERLAYS = (
    ("over 1", Qt.PenStyle.DashLine), ("over 2", Qt.PenStyle.DotLine), ("over 3", Qt.PenStyle.DashDotLine),
    ("over 4", Qt.PenStyle.DashDotDotLine),
)  # fmt: skip
_DASHES = {DASHED: Qt.PenStyle.DashLine, **dict(OVERLAYS)}
_SIGNS = (DASHED, PALE, BAND, RING, UPRIGHT, HATCHED, DOT, *dict(OVERLAYS))


def named_lanes(snapshot: Snapshot, colors: Sequence[str], symbols: Sequence[str]) -> list[Entry]:
    """The lanes by name, colour and symbol, and of those that diverged at which step."""
    entries = []
    for i, lane in enumerate(snapshot.info.lanes):
        told = diverged_words(snapshot, i)
        entries.append((f"{lane.label} {told}" if told else lane.label, colors[i], symbols[i]))
    return entries


def diverged_words(snapshot: Snapshot, lane: int) -> str:
    """At which step a lane diverged, or how many of its runs have where others go on; empty where none has."""
    starts = snapshot.info.starts
    found = [int(d) for d in snapshot.diverged_at[lane * starts : (lane + 1) * starts] if d >= 0]
    if not found:
        return ""
    if len(found) < starts:
        words = QCoreApplication.translate("Legend", "✕ {} of {} diverged")
        return words.format(grouped(len(found)), grouped(starts))
    return QCoreApplication.translate("Legend", "✕ diverged at step {}").format(grouped(min(found)))


def _parted(label: str) -> tuple[str, str]:
    """A row's name, and what is said of it behind that."""
    at = min((k for k in (label.find(sign) for sign in _BEHIND) if k >= 0), default=len(label))
    return label[:at], label[at:]


class LegendOwner:
    """What a legend tells of its being moved."""

    def legend_moved(self, corner: str) -> None:
        raise NotImplementedError


class Legend(StillItem):
    """Rows of (label, colour, symbol) on a quiet ground, in pixels, at the right of a plot.

    Of a picture that stands alone, a long one gets a strip of its own under the plot, in columns that are read down; on
    screen the wheel scrolls it. One with an owner is dragged to another corner.
    """

    def __init__(self, plot: Any, *, low: bool = False, owner: LegendOwner | None = None) -> None:
        """`low` puts it at the bottom right."""
        super().__init__(plot.plot_item)
        self._plot, self._owner = plot, owner
        self._plots = [plot]  # those that give up the strip below
        self._corner = "bottom_right" if low else "top_right"
        self._first = 0  # of the rows that are seen
        self._grip: QPointF | None = None  # where the mouse holds it
        self._entries: tuple[Entry, ...] = ()
        self._theme, self._points = themes.LIGHT, 0.0
        self._cell, self._row = 0.0, 0.0  # a row's width and height
        self._whole = False
        self._texts: tuple[str, ...] = ()  # whether names may not be shortened; the rows as they are written
        self._rows, self._foot, self._is_under = 0, 0.0, False
        self._size = QRectF()
        self.setZValue(60)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton if owner is None else Qt.MouseButton.LeftButton)
        plot.box.sigResized.connect(self._on_box_resized)  # a view that was never seen has its size when painted

    def go_with(self, plot: Any) -> None:
        """Have a plot beside that of the legend give up the same strip, so that axes stay level."""
        self._plots.append(plot)
        if self._foot:
            plot.keep_foot(self._foot)

    def show_entries(
        self,
        entries: Sequence[Entry],
        theme: themes.Theme,
        *,
        alone: bool = False,
        most: int | None = None,
        under: bool = False,
    ) -> None:
        """Write these rows; none, or more than `most` of them, hide the legend.

        Of a picture that stands `alone` it hides none. `under` gives them a strip under the plot, where they cover
        nothing.
        """
        entries, points = tuple(entries), themes.font(themes.SMALL_POINTS).pointSizeF()
        if entries != self._entries or theme is not self._theme or points != self._points:
            self._entries, self._theme, self._points = entries, theme, points
            metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
            self._row = metrics.height() + 2
            self._rows = 0  # to be laid out anew
        self._is_under = under or (alone and len(entries) > _MOST_IN_CORNER)
        self._whole = alone
        self._first = min(self._first, self._most_hidden)
        self.setVisible(bool(entries) and (alone or most is None or len(entries) <= most))
        self._fit()

    def take_corner(self, wanted: str, points: NDArray[Any] | None = None) -> None:
        """Go to a corner, one of `CORNERS`; `auto` takes the one with the fewest `points` (K, 2), in the plot's pixels.

        It stays where it is unless another one is clearly emptier, so that it does not jump about while a race runs.
        """
        if wanted == "auto" and points is not None and len(points):
            under = {corner: self._count_under(corner, points) for corner in CORNERS}
            best = min(under, key=lambda corner: under[corner])
            wanted = best if under[best] < _CLEARLY * under[self._corner] else self._corner
        if wanted in CORNERS and wanted != self._corner:
            self._corner = wanted
            self._fit()

    def _count_under(self, corner: str, points: NDArray[Any]) -> int:
        area = self._plot.box.geometry()
        place = QRectF(self._place(corner) - area.topLeft(), self._size.size())
        x, y = points[:, 0], points[:, 1]
        inside = (x >= place.left()) & (x <= place.right()) & (y >= place.top()) & (y <= place.bottom())
        return int(np.count_nonzero(inside))

    def _place(self, corner: str) -> QPointF:
        """Where its upper left stands in a corner of the plot."""
        area, (right, low) = self._plot.box.geometry(), CORNERS[corner]
        return QPointF(
            area.right() - self._size.width() - _GAP if right else area.left() + _GAP,
            area.bottom() - self._size.height() - _GAP if low else area.top() + _GAP,
        )

    # The mouse

    def mousePressEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._grip = event.pos()
        event.accept()

    def mouseMoveEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._grip is not None:
            self.setPos(self.mapToParent(event.pos() - self._grip))

    def mouseReleaseEvent(self, event: QGraphicsSceneMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._grip = None
        middle, center = self.pos() + self._size.center(), self._plot.box.geometry().center()
        side = (middle.x() > center.x(), middle.y() > center.y())
        corner = next(name for name, where in CORNERS.items() if where == side)
        moved, self._corner = corner != self._corner, corner
        self._fit()
        if moved and self._owner is not None:
            self._owner.legend_moved(corner)

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:  # noqa: N802 - Qt's name
        if not self._most_hidden:
            event.ignore()
            return
        self._first = max(0, min(self._most_hidden, self._first + (1 if event.delta() < 0 else -1)))
        self.changed()
        event.accept()

    @property
    def _most_hidden(self) -> int:
        """How many rows are out of sight."""
        return 0 if self._is_under else max(0, len(self._entries) - _MOST_ROWS)

    def least_picture(self) -> QSize:
        """The size that a picture needs so that every row and the curves beside them are seen."""
        if not self._entries:
            return QSize(0, 0)
        if len(self._entries) <= _MOST_IN_CORNER:  # the curves keep the better part
            size = self._size_of(1)
            return QSize(round(1.5 * size.width()) + 80, round(1.5 * size.height()) + 80)
        width = max(_LEAST_WIDTH, self._cell + 2 * (_MARGIN + _GAP))
        strip = self._size_of(self._columns_in(width), whole=True).height()
        return QSize(round(width) + _EDGES, round(_LEAST_PLOT + strip + _GAP) + _EDGES)

    def _columns_in(self, width: float) -> int:
        """As many columns as a strip has room for, and no more than fill its rows."""
        most = max(1, int((width - 2 * (_MARGIN + _GAP) + _GAP) // (self._cell + _GAP)))
        rows = -(-len(self._entries) // most)
        return -(-len(self._entries) // max(rows, 1))

    def _size_of(self, columns: int, *, whole: bool = False) -> QRectF:
        """The size of so many columns, of what is seen or of the `whole` of it."""
        rows = -(-(len(self._entries) - (0 if whole else self._most_hidden)) // max(columns, 1))
        width = columns * (self._cell + _GAP) - _GAP + (_ARROWS if self._most_hidden else 0.0)
        return QRectF(0, 0, width + 2 * _MARGIN, rows * self._row + 2 * _MARGIN - 4)

    def _on_box_resized(self, _box: object) -> None:
        self._fit()

    def _fit(self) -> None:
        """Lay the rows out, and put them where the plot has its corner, or its strip, now."""
        self._write()
        under = self._is_under and self.isVisible()
        columns = self._columns_in(self._plot.width()) if under else 1
        rows, size = -(-(len(self._entries) - self._most_hidden) // max(columns, 1)), self._size_of(columns)
        if rows != self._rows or size != self._size:
            self.prepareGeometryChange()
            self._rows, self._size = rows, size
            self.changed()
        foot = size.height() + _GAP if under else 0.0
        if foot != self._foot:
            self._foot = foot
            for plot in self._plots:
                plot.keep_foot(foot)
        if under:
            self.setPos((self._plot.width() - size.width()) / 2, self._plot.height() - size.height() - _GAP / 2)
            return
        if self._grip is None:
            self.setPos(self._place(self._corner))

    def _write(self) -> None:
        """Shorten names that would take too much of the plot; what is said of a lane behind its name stays whole."""
        metrics = QFontMetricsF(themes.font(themes.SMALL_POINTS))
        wide, texts = metrics.horizontalAdvance, []
        most, least = _WIDEST * self._plot.box.width() - _SYMBOL_WIDTH, _LEAST_NAME * wide("n")
        for label, _, _ in self._entries:
            name, behind = _parted(label)
            if not (self._whole or self._is_under) and wide(label) > most:
                name = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, max(most - wide(behind), least))
            texts.append(name + behind)
        cell = max((wide(text) for text in texts), default=0.0) + _SYMBOL_WIDTH
        if tuple(texts) != self._texts or cell != self._cell:
            self._texts, self._cell, self._rows = tuple(texts), cell, 0

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._size

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._theme.panel)
        ground.setAlpha(225)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(self._size.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(themes.font(themes.SMALL_POINTS))
        for i, (label, color, symbol) in enumerate(self._in_sight):
            column, place = divmod(i, self._rows)
            left, middle = _MARGIN + column * (self._cell + _GAP), _MARGIN - 2 + (place + 0.5) * self._row
            if symbol in _SIGNS:
                _draw_sign(painter, symbol, QColor(color), QRectF(left, middle - 5, 15, 10))
            else:
                painter.setPen(QPen(QColor(color), 1.6))
                painter.drawLine(QPointF(left, middle), QPointF(left + 15, middle))
                painter.save()
                painter.translate(left + 7.5, middle)
                pg.graphicsItems.ScatterPlotItem.drawSymbol(
                    painter, symbol, 8, pg.mkPen(self._theme.plot, width=0.12), pg.mkBrush(color)
                )
                painter.restore()
            painter.setPen(QColor(self._theme.text))
            row = QRectF(left + _SYMBOL_WIDTH, middle - self._row / 2, self._size.width(), self._row)
            text = self._texts[self._first + i] if self._first + i < len(self._texts) else label
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        self._draw_scroll_marks(painter)

    @property
    def _in_sight(self) -> tuple[Entry, ...]:
        return self._entries[self._first : self._first + len(self._entries) - self._most_hidden]

    @property
    def names_in_sight(self) -> list[str]:
        """The rows that are seen now."""
        return [label for label, _, _ in self._in_sight]

    def _draw_scroll_marks(self, painter: QPainter) -> None:
        """An arrow where rows are out of sight above, and one where they are below."""
        painter.setPen(QColor(self._theme.muted))
        right = self._size.right() - _ARROWS
        if self._first > 0:
            painter.drawText(QPointF(right, self._size.top() + self._row), "▴")
        if self._first < self._most_hidden:
            painter.drawText(QPointF(right, self._size.bottom() - 4.0), "▾")


def _draw_sign(painter: QPainter, sign: str, color: QColor, place: QRectF) -> None:
    """Draw how a part of the picture looks that is no lane."""
    painter.save()
    middle, faint = place.center(), QColor(color)
    faint.setAlphaF(0.35)
    if sign in (DASHED, PALE, BAND) or sign in _DASHES:
        if sign == BAND:
            painter.fillRect(place, faint)
        style = _DASHES.get(sign, Qt.PenStyle.SolidLine)
        painter.setPen(QPen(faint if sign == PALE else color, 1.2, style))
        painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.right(), middle.y()))
    elif sign in (RING, DOT):
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(color if sign == DOT else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(middle, 3.6, 3.6)
    elif sign == UPRIGHT:
        painter.setPen(QPen(color, 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(middle.x(), place.top()), QPointF(middle.x(), place.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        top = place.top()
        painter.drawPolygon(
            QPolygonF([QPointF(middle.x() - 4, top), QPointF(middle.x() + 4, top), QPointF(middle.x(), top + 6)])
        )
    else:
        painter.fillRect(place, QBrush(color, Qt.BrushStyle.BDiagPattern))
    painter.restore()
