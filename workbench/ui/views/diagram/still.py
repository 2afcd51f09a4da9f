"""What stands still in the drawing of a network: units, names, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from workbench.engine.network.diagram import Diagram
from workbench.ui.style import theme as themes
from workbench.ui.views.diagram.pieces import Piece
from workbench.ui.views.diagram.places import Neuron, Places
from workbench.ui.views.diagram.words import gap_words, more_words
from workbench.ui.views.shared.class_colors import class_color
from workbench.ui.words.features import input_sign

_CLASS = 0.45  # how strong an output has the colour of its class


class StillParts:
    """Paints units as pictures or circles, with the names of inputs and classes beside them."""

    def __init__(
        self, places: Places, names: tuple[str, ...], images: Mapping[int, list[QImage]], theme: themes.Theme
    ) -> None:
        """`names` are those of the columns; `images` the pictures of units by their column."""
        self._places, self._names, self._images, self._theme = places, names, images, theme

    def pieces(self, found: Diagram, lit: int | None) -> list[Piece]:
        """All of it, column by column; the head of column `lit` stands out."""
        columns = [partial(self._paint_column, found=found, column=column) for column in self._places.columns]
        return [
            partial(self._paint_heads, lit=lit),
            *columns,
            partial(self._paint_names, found=found),
            self._paint_gaps,
        ]

    def _paint_column(self, painter: QPainter, found: Diagram, column: int) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        for unit in range(len(self._places.columns[column])):
            self._paint_unit(painter, found, (column, unit))
        self._paint_more(painter, found, column)

    def _paint_gaps(self, painter: QPainter) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        painter.setPen(QColor(self._theme.muted))
        for x, _, count in self._places.gaps:
            place = QRectF(x - 40, self._places.middle - 30, 80, 60)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), gap_words(count))

    def _paint_heads(self, painter: QPainter, lit: int | None) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        height, pitch = painter.fontMetrics().height(), self._places.pitch
        for column in self._places.visible:
            painter.setPen(QColor(self._theme.accent if column == lit else self._theme.muted))
            place = QRectF(self._places.x(column) - pitch / 2, 4, pitch, 2 * height)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, int(flags), self._names[column])

    def _paint_more(self, painter: QPainter, found: Diagram, column: int) -> None:
        """Below a wide layer how many units are left out."""
        hidden = found.units[column] - len(found.shown[column])
        if hidden:
            x, y = self._places.columns[column][-1]
            top = y + self._places.sides[column] / 2 + 1
            painter.setPen(QColor(self._theme.muted))
            place = QRectF(x - self._places.pitch / 2, top, self._places.pitch, 1.4 * painter.fontMetrics().height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignHCenter), more_words(hidden))

    def _paint_names(self, painter: QPainter, found: Diagram) -> None:
        """The inputs' names before them, the classes' behind the outputs."""
        painter.setFont(themes.font(themes.SMALL_POINTS))
        metrics, height = QFontMetricsF(painter.font()), painter.fontMetrics().height()
        painter.setPen(QColor(self._theme.text))
        last = len(found.units) - 1
        names = () if found.picture is not None or found.maps else tuple(map(input_sign, found.inputs))
        for column, shown, side in ((0, names, -1), (last, found.classes, 1)):
            for name, (x, y) in zip(shown, self._places.columns[column], strict=False):
                edge = x + side * (self._places.sides[column] / 2 + 5)
                room = edge - 2 if side < 0 else self._places.width - edge - 2
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 8))
                place = QRectF(2 if side < 0 else edge, y - height / 2, room, height)
                aligned = Qt.AlignmentFlag.AlignRight if side < 0 else Qt.AlignmentFlag.AlignLeft
                painter.drawText(place, int(aligned | Qt.AlignmentFlag.AlignVCenter), text)
        if found.maps:  # pictures say where they are by themselves; names stand below them
            painter.setPen(QColor(self._theme.muted))
            for name, (x, y) in zip(found.inputs, self._places.columns[0], strict=False):
                below = QRectF(x - 60, y + self._places.sides[0] / 2 + 1, 120, height)
                painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), input_sign(name))

    def place(self, neuron: Neuron) -> QRectF:
        """Where a unit stands."""
        column, unit = neuron
        x, y = self._places.columns[column][unit]
        half = self._places.sides[column] / 2
        return QRectF(x - half, y - half, 2 * half, 2 * half)

    def _paint_unit(self, painter: QPainter, found: Diagram, neuron: Neuron) -> None:
        column, unit = neuron
        place, dead = self.place(neuron), is_dead(found, neuron)
        painter.setPen(QPen(QColor(self._theme.error if dead else self._theme.muted), 1.0))
        if column in self._images:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=found.picture is None)
            painter.drawImage(place, self._images[column][unit])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(place, 2, 2)
        else:
            painter.setBrush(self._fill(found, neuron))
            painter.drawEllipse(place)
        if dead:  # a cross: the colour is not the only sign
            inner = place.adjusted(3, 3, -3, -3)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())

    def _fill(self, found: Diagram, neuron: Neuron) -> QColor:
        """The ground of a unit that has no picture: an output has the colour of its class."""
        column, unit = neuron
        if column < len(found.units) - 1 or len(found.classes) < 2:
            return QColor(self._theme.panel)
        color = QColor(class_color(self._theme, found.shown[column][unit]))
        color.setAlphaF(_CLASS)
        return color


def is_dead(found: Diagram, neuron: Neuron) -> bool:
    """Whether a unit drawn is dead."""
    column, unit = neuron
    return column > 0 and bool(found.dead[column - 1][unit])
