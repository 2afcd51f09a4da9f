"""The drawing of a network: units in columns, weights between them, the one under the cursor enlarged."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from workbench.engine.network.diagram import Diagram
from workbench.ui.style import theme as themes
from workbench.ui.views.diagram.lines import Lines
from workbench.ui.views.diagram.overview import HEIGHT, Overview
from workbench.ui.views.diagram.parts import paint_stage, tiles
from workbench.ui.views.diagram.pieces import PieceByPiece
from workbench.ui.views.diagram.places import Edge, Neuron, Places
from workbench.ui.views.diagram.still import StillParts
from workbench.ui.views.diagram.words import described
from workbench.ui.views.shared.stages import StageMark
from workbench.ui.words.text import readable

_ENLARGED = 132.0
_QUIET = 0.3  # opacity of the lines beside those of a stage
_WIDEST_NAME = 0.16  # of the picture's width
_SECONDS = 0.004  # that lines and units together may take of a frame, and what laying them out took before


class DiagramCanvas(QWidget):
    """Paints a diagram. The mouse chooses a unit or a weight; of a deep network the wheel shows other layers.

    Reached by Tab, Up and Down choose a unit, and from there all arrow keys go on until Escape lets it go.
    """

    chosen_changed = Signal()
    #: a weight or a unit was clicked: its layer, what it reads and its unit; of a unit it reads nothing: −1
    parameter_picked = Signal(int, int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Network"))
        self.diagram: Diagram | None = None
        self.neuron: Neuron | None = None
        self.edge: Edge | None = None
        self.highlighted: StageMark | None = None
        self.shows_gradients = False
        self.places, self.lines, self.overview = Places(), Lines(), Overview()
        self._theme = themes.LIGHT
        self._names: tuple[str, ...] = ()
        self._images: dict[int, list[QImage]] = {}
        self._parts = StillParts(self.places, (), {}, self._theme)
        self._first = 1
        self._pixels = {"lines": PieceByPiece(), "units": PieceByPiece()}
        self._is_running = False
        self._spent = 0.0  # seconds of this frame
        self._flow: float | None = None

    # What is shown

    def show_diagram(
        self, diagram: Diagram, names: tuple[str, ...], theme: themes.Theme, *, gradients: bool, running: bool = False
    ) -> None:
        """Draw a diagram; `names` are those of the columns. While the race is `running` it may take some frames."""
        before = self.diagram
        again = before is None or before.units != diagram.units or names != self._names
        moved = again or before is None or before.shown != diagram.shown or before.inputs != diagram.inputs
        self.diagram, self._names, self._theme, self.shows_gradients = diagram, names, theme, gradients
        self._is_running = running and not moved
        if again:
            self._first = 1
        if moved:
            self.neuron = self.edge = None
        began = time.perf_counter()
        self._images = tiles(diagram, theme)
        self._lay_out()
        self._spent = time.perf_counter() - began

    def show_flow(self, share: float | None) -> None:
        """Let dots flow along the largest weights, so far along as `share` says from 0 to 1; None lets none flow."""
        if not all(pixels.is_whole for pixels in self._pixels.values()):
            self.update()
        if share != self._flow:
            self._flow = share
            self.update()

    def highlight(self, mark: StageMark | None) -> None:
        """Let the weights or units of a stage of backpropagation stand out, and name it; None lets none."""
        if mark != self.highlighted:
            self.highlighted = mark
            self.setAccessibleDescription("" if mark is None else mark.words)
            if mark is not None and self.places.visible and mark.layer + 1 not in self.places.visible:
                self.show_layers(mark.layer)
            if self.diagram is not None:
                self._plan_units(self.diagram)  # its head stands out
            self.update()

    def show_layers(self, first: int) -> None:
        """Show other columns of a deep network, from one on."""
        if self.diagram is not None and first != self._first:
            self._first = first
            self.neuron = self.edge = None
            self._lay_out()

    @property
    def is_folded(self) -> bool:
        """Whether there are more layers than are visible."""
        return self.diagram is not None and len(self.places.visible) < len(self.diagram.units)

    def _counts(self, found: Diagram) -> tuple[int, ...]:
        """Units drawn of each column: inputs that are an image are one."""
        counts = tuple(len(column) for column in found.shown)
        return counts if found.picture is None else (1, *counts[1:])

    def _lay_out(self) -> None:
        found = self.diagram
        if found is None:
            return
        counts = self._counts(found)
        more = tuple(len(shown) < units for shown, units in zip(found.shown, found.units, strict=True))
        metrics, widest = QFontMetricsF(themes.font(themes.SMALL_POINTS)), _WIDEST_NAME * self.width()
        margins = [
            min(widest, max((metrics.horizontalAdvance(name) for name in names), default=0.0))
            * (not found.maps or side)
            for side, names in enumerate(((() if found.picture is not None else found.inputs), found.classes))
        ]
        line, size = float(self.fontMetrics().height()), (self.width(), self.height())
        sides = (margins[0], margins[1])
        self._first = self.places.fit(counts, more, self._images, size, line, first=self._first, margins=sides)
        if self.is_folded:
            foot = HEIGHT + 6.0
            self._first = self.places.fit(
                counts, more, self._images, size, line, first=self._first, margins=sides, foot=foot
            )
        self.overview.place(float(self.width()), float(self.height()), line)
        self.lines.make(self._values(found), self.places, self._theme)
        self._parts = StillParts(self.places, self._names, self._images, self._theme)
        self._plan_units(found)
        self._pixels["lines"].plan(self.lines.pieces())
        self.update()

    def _plan_units(self, found: Diagram) -> None:
        parts, lit = self._parts, None if self.highlighted is None else self.highlighted.layer + 1
        pieces = parts.pieces(found, lit)
        self._pixels["units"].plan([*pieces, lambda painter: self._paint_foot(painter, found)])

    def _values(self, found: Diagram) -> dict[int, NDArray[Any]]:
        """The numbers of the lines, by the layer: of an image that is read, how long each unit's weights are."""
        values = found.gradients if self.shows_gradients else found.weights
        shown = {layer: v for layer, v in enumerate(values) if self.places.joined(layer)}
        if found.picture is not None and 0 in shown:
            shown[0] = np.sqrt(np.mean(np.square(np.nan_to_num(shown[0])), axis=0, keepdims=True))
        return shown

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter, found = QPainter(self), self.diagram
        until = time.perf_counter() + _SECONDS - self._spent if self._is_running else None
        self._spent = 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if found is not None and self.places.visible:
            if self.highlighted is not None:
                span = self.places.span(self.highlighted)
                if span is not None:
                    paint_stage(painter, self.highlighted, span, self.size(), self._theme)
            self._paint_lines(painter, until)
            if self._flow is not None:
                self.lines.paint_flow(painter, self.places, self._theme, self._flow, back=self.shows_gradients)
            self._paint_chosen_lines(painter)
            units = self._pixels["units"].ready(self.size(), self.devicePixelRatioF(), until)
            painter.drawPixmap(0, 0, units)
            self._paint_lit(painter)
            if self.neuron is not None:
                self._paint_enlarged(painter, found, self.neuron)
            elif self.edge is not None:
                self._paint_note(painter, self.places.middle_of(self.edge), self.describe())
        painter.end()

    def _paint_lines(self, painter: QPainter, until: float | None) -> None:
        """The lines; those of a stage in full, the others quiet beside them."""
        lines = self._pixels["lines"].ready(self.size(), self.devicePixelRatioF(), until)
        if self.highlighted is None:
            painter.drawPixmap(0, 0, lines)
            return
        painter.setOpacity(_QUIET)
        painter.drawPixmap(0, 0, lines)
        painter.setOpacity(1.0)
        span = self.places.span(self.highlighted)
        if self.highlighted.part == "weights" and span is not None:
            painter.save()
            painter.setClipRect(QRectF(span[0], 0, span[1] - span[0], self.height()))
            painter.drawPixmap(0, 0, lines)
            painter.restore()

    def _paint_foot(self, painter: QPainter, found: Diagram) -> None:
        """What stands below all units."""
        painter.setFont(themes.font(themes.SMALL_POINTS))
        line = painter.fontMetrics().height()
        below = QRectF(8, self.height() - 1.6 * line, self.width() - 16, 1.5 * line)
        painter.setPen(QColor(self._theme.muted))
        if self.is_folded:
            self.overview.paint(painter, found, self.places.visible, self._theme)
            if self.highlighted is None:
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), self.tr("RMS gradient by layer (log)"))
        if self.lines.largest > 0:
            words = self.tr("widest line: {}").format(readable(self.lines.largest, 3))
            painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), words)

    def _paint_lit(self, painter: QPainter) -> None:
        """Frames around the unit chosen, and those of the stage."""
        mark = self.highlighted
        lit = [] if self.neuron is None else [self.neuron]
        if mark is not None and mark.part != "weights" and mark.layer + 1 in self.places.columns:
            lit += [(mark.layer + 1, unit) for unit in range(len(self.places.columns[mark.layer + 1]))]
        painter.setPen(QPen(QColor(self._theme.accent), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for neuron in lit:
            if neuron[0] in self._images:
                painter.drawRoundedRect(self._parts.place(neuron), 2, 2)
            else:
                painter.drawEllipse(self._parts.place(neuron))

    def _paint_chosen_lines(self, painter: QPainter) -> None:
        """The lines of the unit chosen, or the line itself, over the others."""
        edges: list[Edge] = [] if self.edge is None else [self.edge]
        if self.neuron is not None:
            column, unit = self.neuron
            if self.places.joined(column - 1):
                edges += [(column - 1, i, unit) for i in range(len(self.places.columns[column - 1]))]
            if self.places.joined(column):
                edges += [(column, unit, j) for j in range(len(self.places.columns[column + 1]))]
        if not edges:
            return
        path = QPainterPath()
        for edge in edges:
            self.places.add_line(path, edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 0.8))
        painter.drawPath(path)

    def _paint_enlarged(self, painter: QPainter, found: Diagram, neuron: Neuron) -> None:
        column, unit = neuron
        x, y = self.places.columns[column][unit]
        if column not in self._images:
            self._paint_note(painter, QPointF(x, y), self.describe())
            return
        metrics = painter.fontMetrics()
        lines = self.describe().split("\n")
        width = max(_ENLARGED, *(float(metrics.horizontalAdvance(line)) for line in lines)) + 16
        height = _ENLARGED + len(lines) * metrics.height() + 20
        frame = self._beside(QPointF(x, y), width, height)
        self._paint_frame(painter, frame)
        picture = QRectF(frame.center().x() - _ENLARGED / 2, frame.top() + 8, _ENLARGED, _ENLARGED)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=found.picture is None)
        painter.drawImage(picture, self._images[column][unit])
        painter.setPen(QColor(self._theme.text))
        painter.drawText(frame.adjusted(8, _ENLARGED + 12, 0, 0), int(Qt.AlignmentFlag.AlignLeft), "\n".join(lines))

    def _paint_note(self, painter: QPainter, at: QPointF, text: str) -> None:
        metrics = painter.fontMetrics()
        lines = text.split("\n")
        width = max(metrics.horizontalAdvance(line) for line in lines) + 16
        frame = self._beside(at, width, len(lines) * metrics.height() + 12)
        self._paint_frame(painter, frame)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(frame.adjusted(8, 6, 0, 0), int(Qt.AlignmentFlag.AlignLeft), text)

    def _paint_frame(self, painter: QPainter, frame: QRectF) -> None:
        painter.setBrush(QColor(self._theme.panel))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawRoundedRect(frame, 4, 4)

    def _beside(self, at: QPointF, width: float, height: float) -> QRectF:
        """A rectangle beside a point, on the emptier side, inside the picture."""
        gap = max(self.places.sides.values()) / 2 + 10
        left = at.x() + gap if at.x() < self.width() / 2 else at.x() - gap - width
        top = at.y() - height / 2
        left = min(max(4.0, left), max(4.0, self.width() - width - 4))
        return QRectF(left, min(max(4.0, top), max(4.0, self.height() - height - 4)), width, height)

    # What is chosen

    def describe(self) -> str:
        """What there is to say of the unit or weight chosen; empty where none is."""
        if self.diagram is None:
            return ""
        return described(self.diagram, self._names, self.neuron, self.edge)

    def choose_at(self, x: float, y: float) -> None:
        """Choose the unit at a point of the picture, or else the weight whose line passes there."""
        neuron = self.places.neuron_at(x, y)
        edge = self.places.edge_at(x, y) if neuron is None else None
        if (neuron, edge) != (self.neuron, self.edge):
            self.neuron, self.edge = neuron, edge
            self.update()
            self.chosen_changed.emit()

    # Qt's own events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._lay_out()

    def event(self, event: QEvent) -> bool:
        # the window's own Left and Right, steps of the race, are taken over only while a unit is chosen
        if event.type() == QEvent.Type.ShortcutOverride and self.hasFocus() and self.neuron is not None:
            taken = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
            event.setAccepted(taken)
            if taken:
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.choose_at(event.position().x(), event.position().y())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        found, at = self.diagram, event.position()
        if found is None:
            return
        layer = self.overview.layer_at(at, len(found.units) - 1) if self.is_folded else None
        gap = next((first for x, first, _ in self.places.gaps if abs(x - at.x()) < self.places.pitch / 3), None)
        if layer is not None:
            self.show_layers(layer + 1 - (len(self.places.visible) - 2) // 2)
        elif self.edge is not None and not (self.edge[0] == 0 and found.picture is not None):
            before, i, j = self.edge
            self.parameter_picked.emit(before, found.shown[before][i], found.shown[before + 1][j])
        elif self.neuron is not None and self.neuron[0] > 0:
            column, unit = self.neuron
            self.parameter_picked.emit(column - 1, -1, found.shown[column][unit])
        elif gap is not None:
            self.show_layers(self._first - 1 if gap < self._first else self._first + 1)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        delta = event.angleDelta()
        if self.is_folded and (delta.x() or delta.y()):
            self.show_layers(self._first - 1 if (delta.y() or delta.x()) > 0 else self._first + 1)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.choose_at(-1e6, -1e6)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        move = steps.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.neuron is not None:
            self.neuron = None
        elif move is None or self.diagram is None:
            super().keyPressEvent(event)
            return
        elif self.neuron is None:
            self.neuron = (self.places.visible[1], 0)
        else:
            self._walk(*move)
        self.edge = None
        self.update()
        self.chosen_changed.emit()

    def _walk(self, across: int, down: int) -> None:
        """Choose the unit beside the chosen one; at the border of what is visible, other layers come."""
        assert self.diagram is not None  # noqa: S101 - for the type checker
        assert self.neuron is not None  # noqa: S101 - for the type checker
        counts = self._counts(self.diagram)
        column = min(max(0, self.neuron[0] + across), len(counts) - 1)
        unit = min(max(0, self.neuron[1] + down), counts[column] - 1)
        if column not in self.places.columns:
            self.show_layers(self._first + across)
        if column in self.places.columns:
            self.neuron = (column, unit)
