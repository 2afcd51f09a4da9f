"""A small drawing of a whole network in which the stage of backpropagation lights up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.engine.network.explain import ExplainedStage, Explanation
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.backpropagation.matrix_table import NEGATIVE, POSITIVE
from workbench.ui.views.shared.stages import StageMark, stage_mark

Numbers = NDArray[np.floating[Any]]

_MOST_NODES = 8
_LINES_HIGH = 9.0
_WIDEST_LINE = 3.0


@dataclass(frozen=True, slots=True)
class Column:
    """One layer as it is drawn: how many units it has, and the numbers that stand in the first of them, if any."""

    units: int
    values: Numbers | None = None


def columns_of(found: Explanation, row: int) -> list[Column]:
    """The inputs and layers with what has been computed by stage `row`: values on the way forward, gradients back.

    Only a single sample has one number a unit; for a batch the units stay empty.
    """
    units: dict[int, int] = {}
    values: dict[int, Numbers] = {}
    back = found.stages[row].direction == "backward"
    for k, stage in enumerate(found.stages):
        if stage.direction == "forward" and stage.rule != "loss":
            units[stage.layer + 1] = stage.value.shape[-1]
        if k > row or found.samples != 1 or (stage.direction == "backward") != back:
            continue
        column = _column_of_values(stage)
        if column is not None:
            values[column] = stage.value.corner[0]
    return [Column(units[i], values.get(i)) for i in sorted(units)]


def _column_of_values(stage: ExplainedStage) -> int | None:
    """The column whose units a stage gives a number each; None where it gives those of parameters, or the loss."""
    if stage.rule in ("loss", "bias_gradient", "weight_gradient", "penalty_gradient"):
        return None
    return stage.layer if stage.rule == "input_gradient" else stage.layer + 1


def weights_of(found: Explanation, row: int) -> Numbers | None:
    """The matrix that stage `row` works along, as far as it is handed out: gradients of weights, or weights."""
    stage = found.stages[row]
    if stage.rule in ("weight_gradient", "penalty_gradient"):
        return stage.value.corner
    for other in found.stages:
        if other.layer == stage.layer and other.rule == "input_gradient" and other.local is not None:
            return other.local.corner
    return None


class StageMap(QWidget):
    """Layers as columns of units, the loss behind them. A click on a column asks for that layer's stage.

    Units are coloured by their number, blue above zero and orange below, all of them on one scale: gradients that
    vanish on the way back are seen to fade. The lines of the stage are as wide as the weights, or their gradients,
    are large.
    """

    #: a layer was clicked, −1 being the input
    layer_picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Network"))
        self.setToolTip(self.tr("The network with the stage lit; a click on a layer goes to its stage"))
        self.mark: StageMark | None = None
        self.columns: list[Column] = []
        self._weights: Numbers | None = None
        self._largest = 0.0
        self._theme = themes.LIGHT

    def show_stage(self, found: Explanation, row: int, theme: themes.Theme) -> None:
        """Light up stage `row`."""
        self.mark = stage_mark(found, found.stages[row])
        self.columns, self._weights, self._theme = columns_of(found, row), weights_of(found, row), theme
        given = (column.values for column in self.columns if column.values is not None)
        sizes = (np.abs(np.nan_to_num(values, posinf=0.0, neginf=0.0)).max() for values in given)
        self._largest = max(map(float, sizes), default=0.0)
        self.setAccessibleDescription(self.mark.words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, round(_LINES_HIGH * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    # Places

    def _x(self, column: int) -> float:
        """The middle of a column; the last one is the loss."""
        return (column + 0.5) * self.width() / (len(self.columns) + 1)

    def _places(self, column: int) -> list[QPointF]:
        """The units of a column that are drawn."""
        shown = min(self.columns[column].units, _MOST_NODES)
        top, room = self._room()
        step = min(room / _MOST_NODES, 2.4 * self._radius())
        middle = top + room / 2
        return [QPointF(self._x(column), middle + (k - (shown - 1) / 2) * step) for k in range(shown)]

    def _room(self) -> tuple[float, float]:
        """Where units begin, and how much height they have: above them the names, below them the way."""
        line = self.fontMetrics().height()
        return 1.5 * line, self.height() - 2.9 * line

    def _radius(self) -> float:
        across = self.width() / (len(self.columns) + 1)
        return max(2.0, min(self._room()[1] / _MOST_NODES / 2 - 1.0, across / 5, 8.0))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, mark = QPainter(self), self.mark
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if mark is not None:
            self._paint_ground(painter, mark)
            for column in range(1, len(self.columns)):
                self._paint_lines(painter, column, lit=mark.part == "weights" and column == mark.layer + 1)
            self._paint_loss(painter, lit=mark.part == "loss")
            for column in range(len(self.columns)):
                self._paint_units(painter, column, lit=mark.part == "units" and column == mark.layer + 1)
            self._paint_names(painter, mark)
            self._paint_way(painter, mark)
        painter.end()

    def _span(self, mark: StageMark) -> tuple[float, float]:
        """From where to where the stage reaches."""
        half = min(0.5 * self.width() / (len(self.columns) + 1), 4 * self._radius())
        column = mark.layer + 1
        if mark.part == "weights":
            return self._x(column - 1) - self._radius() - 4, self._x(column) + self._radius() + 4
        if mark.part == "loss":
            return self._x(column) - self._radius() - 4, self._x(column + 1) + half
        return self._x(column) - half, self._x(column) + half

    def _paint_ground(self, painter: QPainter, mark: StageMark) -> None:
        left, right = self._span(mark)
        color = QColor(self._theme.accent)
        color.setAlphaF(0.12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        top, room = self._room()
        painter.drawRoundedRect(QRectF(left, top - 3, right - left, room + 6), 6, 6)

    def _paint_lines(self, painter: QPainter, column: int, *, lit: bool) -> None:
        before, after = self._places(column - 1), self._places(column)
        sizes = self._sizes(len(before), len(after)) if lit else None
        quiet = QColor(self._theme.muted)
        quiet.setAlphaF(0.22)
        for i, start in enumerate(before):
            for j, end in enumerate(after):
                if sizes is None:
                    painter.setPen(QPen(QColor(self._theme.accent) if lit else quiet, 1.0))
                else:
                    painter.setPen(self._line_pen(float(sizes[i, j])))
                painter.drawLine(start, end)

    def _sizes(self, before: int, after: int) -> Numbers | None:
        """The weights of the lines drawn, from −1 to 1."""
        weights = self._weights
        if weights is None or weights.shape[0] < before or weights.shape[1] < after:
            return None
        shown = np.nan_to_num(weights[:before, :after], posinf=0.0, neginf=0.0)
        largest = float(np.abs(shown).max(initial=0.0))
        return shown / largest if largest > 0 else shown

    def _line_pen(self, size: float) -> QPen:
        color = QColor(self._theme.lane("#0072B2" if size >= 0 else "#D55E00"))
        color.setAlphaF(0.25 + 0.75 * abs(size))
        return QPen(color, max(0.6, _WIDEST_LINE * abs(size)))

    def _paint_units(self, painter: QPainter, column: int, *, lit: bool) -> None:
        units, radius = self.columns[column], self._radius()
        values, largest = units.values, self._largest
        painter.setPen(QPen(QColor(self._theme.accent if lit else self._theme.muted), 2.0 if lit else 1.0))
        places = self._places(column)
        for k, place in enumerate(places):
            value = 0.0 if values is None or k >= len(values) or not largest else float(values[k]) / largest
            painter.setBrush(self._fill(value))
            painter.drawEllipse(place, radius, radius)
        if units.units > len(places):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.muted))
            for k in range(3):
                painter.drawEllipse(places[-1] + QPointF(0, radius + 3.0 + 3.5 * k), 1.0, 1.0)

    def _fill(self, value: float) -> QColor:
        ground = np.array(parse(self._theme.plot))
        end = np.array(parse(POSITIVE if value >= 0 else NEGATIVE))
        share = min(abs(value), 1.0) ** 0.5 if np.isfinite(value) else 0.0  # small numbers shall be seen, too
        rgb = ground + (end - ground) * share
        return QColor.fromRgbF(*[float(min(max(c, 0.0), 1.0)) for c in rgb])

    def _paint_loss(self, painter: QPainter, *, lit: bool) -> None:
        """The loss, a diamond behind the outputs that lead to it."""
        top, room = self._room()
        at, radius = QPointF(self._x(len(self.columns)), top + room / 2), self._radius() + 2
        color = QColor(self._theme.accent if lit else self._theme.muted)
        line = QColor(color)
        line.setAlphaF(1.0 if lit else 0.22)
        painter.setPen(QPen(line, 1.0))
        for place in self._places(len(self.columns) - 1):
            painter.drawLine(place, at)
        painter.setPen(QPen(color, 2.0 if lit else 1.0))
        painter.setBrush(QColor(self._theme.plot))
        corners = [QPointF(0, -radius), QPointF(radius, 0), QPointF(0, radius), QPointF(-radius, 0)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))

    def _paint_names(self, painter: QPainter, mark: StageMark) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        across = self.width() / (len(self.columns) + 1)
        last = len(self.columns) - 1
        line = self.fontMetrics().height()
        for column in range(last + 2):
            lit = column == last + 1 if mark.part == "loss" else column == mark.layer + 1
            painter.setPen(QColor(self._theme.accent if lit else self._theme.muted))
            words = {0: self.tr("in"), last: self.tr("out"), last + 1: self.tr("loss")}.get(column, str(column))
            painter.drawText(QRectF(self._x(column) - across, 0, 2 * across, 1.3 * line), self._centered(), words)

    def _paint_way(self, painter: QPainter, mark: StageMark) -> None:
        """An arrow under the stage that says which way it goes."""
        left, right = self._span(mark)
        top, room = self._room()
        y = top + room + 0.6 * self.fontMetrics().height() + 3
        start, end = (left, right) if mark.forward else (right, left)
        tip = 5.0 if mark.forward else -5.0
        color = QColor(self._theme.accent)
        painter.setPen(QPen(color, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        painter.drawLine(QPointF(end, y), QPointF(end - tip, y - 4))
        painter.drawLine(QPointF(end, y), QPointF(end - tip, y + 4))

    @staticmethod
    def _centered() -> int:
        return int(Qt.AlignmentFlag.AlignCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.columns:
            column = int(event.position().x() / self.width() * (len(self.columns) + 1))
            self.layer_picked.emit(min(max(column, 0), len(self.columns) - 1) - 1)
