"""A small drawing of a whole network in which the stage of backpropagation lights up, and its numbers stand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.engine.network.explain import Explanation
from workbench.engine.network.worked import Spot
from workbench.ui.style import theme as themes
from workbench.ui.style.colors import parse
from workbench.ui.views.backpropagation.map_places import Column, MapPlaces, Numbers, columns_of, weights_of
from workbench.ui.views.backpropagation.matrix_table import NEGATIVE, POSITIVE
from workbench.ui.views.backpropagation.pictures import ink_image
from workbench.ui.views.shared.stages import StageMark, stage_mark
from workbench.ui.words.worked import printed

_LINES_HIGH = 9.0
_WIDEST_LINE = 3.0
_TICK = 33  # milliseconds between two pictures of the flow
_DIGITS = 3


class StageMap(QWidget):
    """Layers as columns of units, the loss behind them.

    A click on a unit or a line picks that unit or weight; one beside them asks for the layer's stage. Units are
    coloured by their number, blue above zero and orange below, all of them on one scale: gradients that vanish on the
    way back are seen to fade. The lines of the stage are as wide as the weights, or their gradients, are large. What
    flows along them at a stage can be seen in slow motion.
    """

    #: a layer was clicked, −1 being the input
    layer_picked = Signal(int)
    #: a unit was clicked: its layer, −1 being the input, and its place; a weight: its layer and both places
    unit_picked = Signal(int, int)
    weight_picked = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Network"))
        self.setToolTip(
            self.tr("A click on a unit or a line works out its number, one beside them goes to the layer's stage")
        )
        self.mark: StageMark | None = None
        self.places = MapPlaces()
        self.spot = Spot()
        self._weights: Numbers | None = None
        self._largest = 0.0
        self._theme = themes.LIGHT
        self._labels: dict[tuple[int, int], str] = {}
        self._middle = ""
        self._picture: QImage | None = None
        self._flow, self._span_of_flow = 1.0, 1.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._on_tick)

    @property
    def columns(self) -> list[Column]:
        return self.places.columns

    def show_stage(self, found: Explanation, row: int, theme: themes.Theme, spot: Spot) -> None:
        """Light up stage `row`, with the numbers at a spot of it."""
        self.mark = stage_mark(found, found.stages[row])
        self.spot, self._weights, self._theme = spot, weights_of(found, row), theme
        self._picture = None if found.picture is None else ink_image(found.picture, theme)
        columns = columns_of(found, row)
        given = (column.values for column in columns if column.values is not None)
        sizes = (np.abs(np.nan_to_num(values, posinf=0.0, neginf=0.0)).max() for values in given)
        self._largest = max(map(float, sizes), default=0.0)
        self._fit(columns)
        self._label(found, row)
        self.setAccessibleDescription(self.mark.words)
        self.update()

    def _fit(self, columns: list[Column]) -> None:
        mark, picked = self.mark, {}
        if mark is not None:
            if self.spot.input is not None and mark.layer >= 0:
                picked[mark.layer] = self.spot.input
            if self.spot.unit is not None:
                picked[mark.layer + 1] = self.spot.unit
        line = float(self.fontMetrics().height())
        self.places.fit(columns, (float(self.width()), float(self.height())), line, picked)

    def _label(self, found: Explanation, row: int) -> None:
        """The numbers beside what is picked: of the stage itself, and of what it is the product of."""
        stage, spot = found.stages[row], self.spot
        numbers, layer = stage.numbers, stage.layer
        self._labels, self._middle = {}, ""
        value = printed(numbers.worked(spot).value, _DIGITS)
        unit, read = spot.unit, spot.input

        def number(role: str) -> str:
            return printed(numbers.at(role, spot).value, _DIGITS)

        if stage.rule in ("weight_gradient", "penalty_gradient"):
            self._middle = value
            if stage.rule == "weight_gradient" and found.samples == 1 and read is not None and unit is not None:
                self._labels = {(layer, read): number("h"), (layer + 1, unit): number("∂sum")}
        elif stage.rule == "input_gradient" and read is not None:
            self._labels[layer, read] = value
        elif stage.rule != "loss" and unit is not None:
            self._labels[layer + 1, unit] = value
            if stage.rule in ("affine", "linear") and read is not None:
                self._labels[layer, read], self._middle = number("h"), number("W")
        elif stage.rule == "loss":
            self._middle = value

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(240, round(_LINES_HIGH * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    # The flow

    def play(self, milliseconds: float) -> None:
        """Let the stage's numbers flow along its lines once, in so many milliseconds."""
        self._flow, self._span_of_flow = 0.0, max(1.0, milliseconds)
        self._timer.start()

    def rest(self) -> None:
        """Let nothing flow."""
        self._flow = 1.0
        self._timer.stop()
        self.update()

    @property
    def flow(self) -> float:
        """How far the numbers have come, from 0 to 1; 1 where nothing flows."""
        return self._flow

    def _on_tick(self) -> None:
        self._flow += _TICK / self._span_of_flow
        if self._flow >= 1.0 or not self.isVisible():
            self.rest()
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, mark = QPainter(self), self.mark
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if mark is not None:
            self._fit(self.columns)
            self._paint_ground(painter, mark)
            for column in range(1, len(self.columns)):
                self._paint_lines(painter, column, lit=mark.part == "weights" and column == mark.layer + 1)
            self._paint_loss(painter, lit=mark.part == "loss")
            for column in range(len(self.columns)):
                self._paint_units(painter, column, lit=mark.part == "units" and column == mark.layer + 1)
            if self._flow < 1.0:
                self._paint_flow(painter, mark)
            self._paint_names(painter, mark)
            self._paint_way(painter, mark)
            self._paint_labels(painter, mark)
        painter.end()

    def _span(self, mark: StageMark) -> tuple[float, float]:
        """From where to where the stage reaches."""
        places = self.places
        half = min(0.5 * places.across, 4 * places.radius)
        column = mark.layer + 1
        if mark.part == "weights":
            return places.x(column - 1) - places.radius - 4, places.x(column) + places.radius + 4
        if mark.part == "loss":
            return places.x(column) - places.radius - 4, places.x(column + 1) + half
        return places.x(column) - half, places.x(column) + half

    def _paint_ground(self, painter: QPainter, mark: StageMark) -> None:
        left, right = self._span(mark)
        color = QColor(self._theme.accent)
        color.setAlphaF(0.12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        top, room = self.places.room
        painter.drawRoundedRect(QRectF(left, top - 3, right - left, room + 6), 6, 6)

    def _paint_lines(self, painter: QPainter, column: int, *, lit: bool) -> None:
        before, after = self.places.of(column - 1), self.places.of(column)
        sizes = self._sizes(column) if lit else None
        quiet = QColor(self._theme.muted)
        quiet.setAlphaF(0.3)
        for i, start in enumerate(before):
            for j, end in enumerate(after):
                if sizes is None:
                    painter.setPen(QPen(QColor(self._theme.accent) if lit else quiet, 1.0))
                else:
                    painter.setPen(self._line_pen(float(sizes[i, j])))
                painter.drawLine(start, end)
        if lit:
            self._paint_picked_line(painter, column)

    def _picked_line(self, column: int) -> tuple[QPointF, QPointF] | None:
        if self.spot.input is None or self.spot.unit is None:
            return None
        ends = self.places.place(column - 1, self.spot.input), self.places.place(column, self.spot.unit)
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    def _paint_picked_line(self, painter: QPainter, column: int) -> None:
        ends = self._picked_line(column)
        if ends is not None:
            painter.setPen(QPen(QColor(self._theme.text), 1.6, Qt.PenStyle.DashLine))
            painter.drawLine(*ends)

    def _sizes(self, column: int) -> Numbers | None:
        """The weights of the lines drawn, from −1 to 1; of units beyond the numbers handed out they are 0."""
        weights = self._weights
        if weights is None:
            return None
        rows, columns = self.places.shown[column - 1], self.places.shown[column]
        shown = np.zeros((len(rows), len(columns)))
        for i, row in enumerate(rows):
            for j, unit in enumerate(columns):
                if row < weights.shape[0] and unit < weights.shape[1]:
                    shown[i, j] = np.nan_to_num(weights[row, unit], posinf=0.0, neginf=0.0)
        largest = float(np.abs(shown).max(initial=0.0))
        return shown / largest if largest > 0 else shown

    def _line_pen(self, size: float) -> QPen:
        color = QColor(self._theme.lane("#0072B2" if size >= 0 else "#D55E00"))
        color.setAlphaF(0.25 + 0.75 * abs(size))
        return QPen(color, max(0.6, _WIDEST_LINE * abs(size)))

    def _paint_units(self, painter: QPainter, column: int, *, lit: bool) -> None:
        units, radius = self.columns[column], self.places.radius
        places = self.places.of(column)
        if column == 0 and self._picture is not None:
            self._paint_picture(painter, self._picture, lit=lit)
            return
        for unit, place in zip(self.places.shown[column], places, strict=True):
            picked = (column, unit) in self._labels
            color = self._theme.text if picked else self._theme.accent if lit else self._theme.muted
            painter.setPen(QPen(QColor(color), 2.0 if lit or picked else 1.0))
            painter.setBrush(self._fill(self._value(units, unit)))
            painter.drawEllipse(place, radius, radius)
        if units.units > len(places):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.muted))
            for k in range(3):
                painter.drawEllipse(places[-1] + QPointF(0, radius + 3.0 + 3.5 * k), 1.0, 1.0)

    def _value(self, column: Column, unit: int) -> float:
        """A unit's number from −1 to 1, 0 where it has none yet."""
        values = column.values
        if values is None or unit >= len(values) or not self._largest:
            return 0.0
        return float(values[unit]) / self._largest

    def _paint_picture(self, painter: QPainter, image: QImage, *, lit: bool) -> None:
        """The sample itself in place of its inputs."""
        top, room = self.places.room
        side = min(room, 0.9 * self.places.across)
        place = QRectF(self.places.x(0) - side / 2, top + (room - side) / 2, side, side)
        painter.drawImage(place, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.accent if lit else self._theme.muted), 2.0 if lit else 1.0))
        painter.drawRect(place)

    def _fill(self, value: float) -> QColor:
        ground = np.array(parse(self._theme.plot))
        end = np.array(parse(POSITIVE if value >= 0 else NEGATIVE))
        share = min(abs(value), 1.0) ** 0.5 if np.isfinite(value) else 0.0  # small numbers shall be seen, too
        rgb = ground + (end - ground) * share
        return QColor.fromRgbF(*[float(min(max(c, 0.0), 1.0)) for c in rgb])

    def _loss_place(self) -> QPointF:
        top, room = self.places.room
        return QPointF(self.places.x(len(self.columns)), top + room / 2)

    def _paint_loss(self, painter: QPainter, *, lit: bool) -> None:
        """The loss, a diamond behind the outputs that lead to it."""
        at, radius = self._loss_place(), self.places.radius + 2
        color = QColor(self._theme.accent if lit else self._theme.muted)
        line = QColor(color)
        line.setAlphaF(1.0 if lit else 0.3)
        painter.setPen(QPen(line, 1.0))
        for place in self.places.of(len(self.columns) - 1):
            painter.drawLine(place, at)
        painter.setPen(QPen(color, 2.0 if lit else 1.0))
        painter.setBrush(QColor(self._theme.plot))
        corners = [QPointF(0, -radius), QPointF(radius, 0), QPointF(0, radius), QPointF(-radius, 0)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))

    def _paint_flow(self, painter: QPainter, mark: StageMark) -> None:
        """Dots on their way along the lines of the stage, as large as the weights; in units a ring that grows."""
        share = self._flow if mark.forward else 1.0 - self._flow
        painter.setPen(Qt.PenStyle.NoPen)
        if mark.part == "units":
            ring = QColor(self._theme.accent)
            ring.setAlphaF(1.0 - self._flow)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, 2.0))
            for place in self.places.of(mark.layer + 1):
                painter.drawEllipse(place, self.places.radius * (1 + self._flow), self.places.radius * (1 + self._flow))
            return
        column = mark.layer + 1
        if mark.part == "loss":
            ends = [(place, self._loss_place(), 1.0) for place in self.places.of(column)]
        else:
            sizes, after = self._sizes(column), self.places.of(column)
            ends = [
                (start, end, 1.0 if sizes is None else float(sizes[i, j]))
                for i, start in enumerate(self.places.of(column - 1))
                for j, end in enumerate(after)
            ]
        for start, end, size in ends:
            painter.setBrush(QColor(self._theme.lane("#0072B2" if size >= 0 else "#D55E00")))
            painter.drawEllipse(start + (end - start) * share, 1.0 + 3.0 * abs(size), 1.0 + 3.0 * abs(size))

    def _paint_names(self, painter: QPainter, mark: StageMark) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        across = self.places.across
        last = len(self.columns) - 1
        line = self.fontMetrics().height()
        for column in range(last + 2):
            lit = column == last + 1 if mark.part == "loss" else column == mark.layer + 1
            painter.setPen(QColor(self._theme.accent if lit else self._theme.muted))
            words = {0: self.tr("in"), last: self.tr("out"), last + 1: self.tr("loss")}.get(column, str(column))
            painter.drawText(QRectF(self.places.x(column) - across, 0, 2 * across, 1.3 * line), self._centered(), words)

    def _paint_way(self, painter: QPainter, mark: StageMark) -> None:
        """An arrow under the stage that says which way it goes."""
        left, right = self._span(mark)
        top, room = self.places.room
        y = top + room + 0.6 * self.fontMetrics().height() + 3
        start, end = (left, right) if mark.forward else (right, left)
        tip = 5.0 if mark.forward else -5.0
        color = QColor(self._theme.accent)
        painter.setPen(QPen(color, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(start, y), QPointF(end, y))
        painter.drawLine(QPointF(end, y), QPointF(end - tip, y - 4))
        painter.drawLine(QPointF(end, y), QPointF(end - tip, y + 4))

    def _paint_labels(self, painter: QPainter, mark: StageMark) -> None:
        """The numbers of what is picked, beside its units and half way along its line."""
        painter.setFont(themes.font(themes.SMALL_POINTS))
        for (column, unit), text in self._labels.items():
            place = self.places.place(column, unit)
            if place is not None and not (column == 0 and self._picture is not None):
                outward = -1.0 if column == mark.layer and mark.part == "weights" else 1.0
                self._paint_label(painter, place, text, outward)
        if self._middle and mark.part == "loss":
            self._paint_label(painter, self._loss_place() + QPointF(0, 2.4 * self.places.radius + 6), self._middle, 0.0)
        elif self._middle:
            ends = self._picked_line(mark.layer + 1)
            if ends is not None:
                self._paint_label(painter, (ends[0] + ends[1]) / 2, self._middle, 0.0)

    def _paint_label(self, painter: QPainter, at: QPointF, text: str, side: float) -> None:
        """A number on a quiet ground: to the right of a place, to the left, or on it."""
        metrics = QFontMetricsF(painter.font())
        width, height = metrics.horizontalAdvance(text) + 8, metrics.height()
        away = side * (self.places.radius + 5 + width / 2)
        x = min(max(at.x() + away, width / 2), self.width() - width / 2)
        ground = QRectF(x - width / 2, at.y() - height / 2, width, height)
        color = QColor(self._theme.panel)
        color.setAlphaF(0.92)
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.setBrush(color)
        painter.drawRoundedRect(ground, 3, 3)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(ground, self._centered(), text)

    @staticmethod
    def _centered() -> int:
        return int(Qt.AlignmentFlag.AlignCenter)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if not self.columns:
            return
        at = event.position()
        unit, line = self.places.unit_at(at), self.places.line_at(at)
        if unit is not None and not (unit[0] == 0 and self._picture is not None):
            self.unit_picked.emit(unit[0] - 1, unit[1])
        elif line is not None:
            self.weight_picked.emit(*line)
        else:
            column = int(at.x() / self.width() * (len(self.columns) + 1))
            self.layer_picked.emit(min(max(column, 0), len(self.columns) - 1) - 1)
