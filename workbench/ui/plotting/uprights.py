"""What stands at a step over the whole height of a plot, and at its foot where there is no number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QWidget

from workbench.ui.plotting.curves import pen
from workbench.ui.plotting.marks import to_pixels
from workbench.ui.style.theme import Theme

_FLAG = 4.0  # half the width of a flag, in pixels
_EVERY_FLAG = 11.0  # from flag to flag where several lanes changed at one step


@dataclass(frozen=True, slots=True)
class Upright:
    """A line over the height of a plot at `x`, with a flag at its top for each of some colours."""

    x: float
    color: str
    dotted: bool = False
    flags: tuple[str, ...] = ()


class Uprights(QGraphicsItem):
    """Upright lines: the present step among those recorded, and steps at which settings were changed."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Upright, ...] = ()
        self._bounds = QRectF()
        self.setZValue(-2)

    @property
    def lines(self) -> tuple[Upright, ...]:
        """What stands there, from left to right."""
        return self._lines

    def set_lines(self, lines: Sequence[Upright], height: tuple[float, float]) -> None:
        """Draw these lines from one end of the upright axis to the other."""
        lines = tuple(sorted(lines, key=lambda line: line.x))
        low, high = height
        left, right = (lines[0].x, lines[-1].x) if lines else (0.0, 0.0)
        bounds = QRectF(left, low, right - left + 1e-9, high - low) if lines else QRectF()
        if lines != self._lines or bounds != self._bounds:
            self.prepareGeometryChange()
            self._lines, self._bounds = lines, bounds
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        room = 0.05 * self._bounds.width()  # for pens and flags; what lies further out is painted with the plot anyway
        return self._bounds.adjusted(-room, 0.0, room, 0.0)

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self._lines:
            style = Qt.PenStyle.DotLine if line.dotted else Qt.PenStyle.SolidLine
            painter.setPen(pen(line.color, 1.0, style))
            painter.drawLine(QLineF(line.x, self._bounds.top(), line.x, self._bounds.bottom()))
            painter.save()
            to_pixels(painter, QPointF(line.x, self._bounds.bottom()))  # the plot's y goes up, the rectangle's down
            painter.setPen(Qt.PenStyle.NoPen)
            for i, color in enumerate(line.flags):
                top = 1.0 + _EVERY_FLAG * i
                painter.setBrush(QColor(color))
                corners = (QPointF(-_FLAG, top), QPointF(_FLAG, top), QPointF(0.0, top + 1.6 * _FLAG))
                painter.drawPolygon(QPolygonF(corners))
            painter.restore()


class Foot(QGraphicsItem):
    """A hatched strip at the lower end of a logarithmic axis: what is 0 there, or below the axis, is no height."""

    def __init__(self) -> None:
        super().__init__()
        self._brush = QBrush()
        self._place = QRectF()
        self.setZValue(-10)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._brush = hatching(theme)
        self.update()

    def show_below(self, height: float, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Hatch the range x from the lower end of y up to a height."""
        place = QRectF(x[0], y[0], x[1] - x[0], height - y[0])
        self.show()
        if place != self._place:
            self.prepareGeometryChange()
            self._place = place
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._place

    def paint(self, painter: QPainter, option: Any, widget: QWidget | None = None) -> None:
        scale = painter.worldTransform()
        brush = QBrush(self._brush)
        brush.setTransform(scale.inverted()[0])  # lines of the hatching keep their distance in pixels
        painter.fillRect(self._place, brush)


def hatching(theme: Theme) -> QBrush:
    """How the place of a zero, or of what is no number, is painted."""
    color = QColor(theme.muted)
    return QBrush(color, Qt.BrushStyle.BDiagPattern)
