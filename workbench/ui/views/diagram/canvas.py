"""The drawing of a network: neurons in columns, weights between them, the one under the cursor enlarged."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from workbench.engine.network.diagram import Diagram
from workbench.ui.style import theme as themes
from workbench.ui.views.diagram.parts import paint_stage, picture, scaled
from workbench.ui.views.diagram.places import Edge, Neuron, Places
from workbench.ui.views.shared.stages import StageMark

_BUCKETS = 7
_WIDEST = 5.0
_STRAND = 0.8  # pixels between the strands of a wide line
_ENLARGED = 132.0
_QUIET = 0.3  # opacity of the lines beside those of a stage


class DiagramCanvas(QWidget):
    """Paints a diagram. The mouse chooses a neuron or a weight, and a click, or Return, picks its parameter.

    Reached by Tab, Up and Down choose a neuron, and from there all arrow keys go on until Escape lets it go.
    """

    chosen_changed = Signal()
    #: (place in the parameter vector): a weight was clicked, or a neuron, for its bias
    parameter_picked = Signal(int)

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
        self._theme = themes.LIGHT
        self._names: tuple[str, ...] = ()
        self.places = Places()
        self._images: list[list[QImage]] = []
        self._lines: list[tuple[QPainterPath, QPen]] = []
        self._still: QPixmap | None = None

    # What is shown

    def show_diagram(self, diagram: Diagram, names: tuple[str, ...], theme: themes.Theme, *, gradients: bool) -> None:
        """Draw a diagram; `names` are those of the columns."""
        again = self.diagram is None or self.diagram.units != diagram.units or names != self._names
        self.diagram, self._names, self._theme, self.shows_gradients = diagram, names, theme, gradients
        if again:
            self.neuron = self.edge = None
            self._place()
        self._images = [[picture(values, theme) for values in column] for column in scaled(diagram.maps)]
        self._make_lines()
        self.update()

    def highlight(self, mark: StageMark | None) -> None:
        """Let the weights or neurons of a stage of backpropagation stand out, and name it; None lets none."""
        if mark != self.highlighted:
            self.highlighted = mark
            self.setAccessibleDescription("" if mark is None else mark.words)
            self.update()

    def _place(self) -> None:
        if self.diagram is not None:
            self.places.fit(self.diagram.units, self.width(), self.height(), self.fontMetrics().height())

    def _values(self) -> tuple[NDArray[Any], ...]:
        assert self.diagram is not None  # noqa: S101 - for the type checker
        return self.diagram.gradients if self.shows_gradients else self.diagram.weights

    def _make_lines(self) -> None:
        """The weights by sign and about one size, each as wide as it is large.

        A wide line is several of one pixel side by side: those Qt draws many times faster than wide ones.
        """
        self._lines, self._still = [], None
        values = self._values()
        largest = max((float(np.nanmax(np.abs(v), initial=0.0)) for v in values), default=0.0)
        if not (largest > 0 and np.isfinite(largest)):
            return
        paths: dict[tuple[int, bool], QPainterPath] = {}
        for layer, weights in enumerate(values):
            buckets = np.ceil(_BUCKETS * np.nan_to_num(np.abs(weights) / largest)).astype(int)
            for i, j in np.argwhere(buckets > 0).tolist():
                bucket = int(buckets[i, j])
                path = paths.setdefault((bucket, bool(weights[i, j] > 0)), QPainterPath())
                strands = max(1, round(_WIDEST * bucket / _BUCKETS))
                for strand in range(strands):
                    self.places.add_line(path, (layer, i, j), _STRAND * (strand - (strands - 1) / 2))
        up, down = QColor(self._theme.lane("#0072B2")), QColor(self._theme.lane("#D55E00"))
        for (bucket, positive), path in sorted(paths.items(), key=lambda item: item[0]):
            color = QColor(up if positive else down)
            color.setAlphaF(min(1.0, 0.12 + 0.75 * bucket / _BUCKETS))
            self._lines.append((path, QPen(color, 1.0)))

    def _still_lines(self) -> QPixmap:
        """The lines as a picture, painted again only when they have changed: the mouse moves over it for nothing."""
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.size() != self.size() * ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for path, pen in self._lines:
                painter.setPen(pen)
                painter.drawPath(path)
            painter.end()
        return self._still

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self.diagram is not None and self.places.columns:
            if self.highlighted is not None:
                span = self.places.span(self.highlighted, self.width())
                paint_stage(painter, self.highlighted, span, self.size(), self._theme)
            self._paint_heads(painter)
            self._paint_lines(painter)
            self._paint_chosen_lines(painter)
            for column in range(len(self.places.columns)):
                for unit in range(len(self.places.columns[column])):
                    self._paint_neuron(painter, (column, unit))
            if self.neuron is not None:
                self._paint_enlarged(painter, self.neuron)
            elif self.edge is not None:
                self._paint_note(painter, self.places.middle_of(self.edge), self.describe())
        painter.end()

    def _paint_lines(self, painter: QPainter) -> None:
        """The lines; those of a stage in full, the others quiet beside them."""
        if self.highlighted is None:
            painter.drawPixmap(0, 0, self._still_lines())
            return
        painter.setOpacity(_QUIET)
        painter.drawPixmap(0, 0, self._still_lines())
        painter.setOpacity(1.0)
        if self.highlighted.part == "weights":
            left, right = self.places.span(self.highlighted, self.width())
            painter.save()
            painter.setClipRect(QRectF(left, 0, right - left, self.height()))
            painter.drawPixmap(0, 0, self._still_lines())
            painter.restore()

    def _lit(self, column: int) -> bool:
        """Whether a column's neurons are those of the stage."""
        mark = self.highlighted
        return mark is not None and mark.part != "weights" and column == mark.layer + 1

    def _paint_heads(self, painter: QPainter) -> None:
        painter.setFont(themes.font(themes.SMALL_POINTS))
        height = painter.fontMetrics().height()
        step = self.width() / len(self.places.columns)
        for column, name in enumerate(self._names):
            lit = self.highlighted is not None and column == self.highlighted.layer + 1
            painter.setPen(QColor(self._theme.accent if lit else self._theme.muted))
            place = QRectF(column * step, 4, step, 2 * height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), name)

    def _paint_chosen_lines(self, painter: QPainter) -> None:
        """The lines of the neuron chosen, or the line itself, over the others."""
        edges: list[Edge] = [] if self.edge is None else [self.edge]
        if self.neuron is not None:
            column, unit = self.neuron
            if column:
                edges += [(column - 1, i, unit) for i in range(len(self.places.columns[column - 1]))]
            if column < len(self.places.columns) - 1:
                edges += [(column, unit, j) for j in range(len(self.places.columns[column + 1]))]
        if not edges:
            return
        path = QPainterPath()
        for edge in edges:
            self.places.add_line(path, edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.text), 0.8))
        painter.drawPath(path)

    def _paint_neuron(self, painter: QPainter, neuron: Neuron) -> None:
        column, unit = neuron
        x, y = self.places.columns[column][unit]
        half = self.places.side / 2
        place = QRectF(x - half, y - half, 2 * half, 2 * half)
        lit = neuron == self.neuron or self._lit(column)
        edge = QPen(QColor(self._theme.accent if lit else self._theme.muted), 2.0 if lit else 1.0)
        if self._images:
            painter.drawImage(place, self._images[column][unit])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(edge)
            painter.drawRoundedRect(place, 2, 2)
        else:
            painter.setBrush(QColor(self._theme.panel))
            painter.setPen(edge)
            painter.drawEllipse(place)

    def _paint_enlarged(self, painter: QPainter, neuron: Neuron) -> None:
        column, unit = neuron
        x, y = self.places.columns[column][unit]
        if not self._images:
            self._paint_note(painter, QPointF(x, y), self.describe())
            return
        metrics = painter.fontMetrics()
        lines = self.describe().split("\n")
        width = max(_ENLARGED, *(float(metrics.horizontalAdvance(line)) for line in lines)) + 16
        height = _ENLARGED + len(lines) * metrics.height() + 20
        frame = self._beside(QPointF(x, y), width, height)
        self._paint_frame(painter, frame)
        picture = QRectF(frame.center().x() - _ENLARGED / 2, frame.top() + 8, _ENLARGED, _ENLARGED)
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
        gap = self.places.side / 2 + 10
        left = at.x() + gap if at.x() < self.width() / 2 else at.x() - gap - width
        top = at.y() - height / 2
        left = min(max(4.0, left), max(4.0, self.width() - width - 4))
        return QRectF(left, min(max(4.0, top), max(4.0, self.height() - height - 4)), width, height)

    # What is chosen

    def describe(self) -> str:
        """What there is to say of the neuron or weight chosen; empty where none is."""
        found = self.diagram
        if found is None:
            return ""
        if self.neuron is not None:
            column, unit = self.neuron
            if column == 0:
                name = found.inputs[unit] if unit < len(found.inputs) else str(unit + 1)
                return self.tr("input {}").format(name)
            bias, slope = float(found.biases[column - 1][unit]), float(found.bias_gradients[column - 1][unit])
            said = [self.tr("{}, unit {}").format(self._names[column].replace("\n", " "), unit + 1)]
            return "\n".join([*said, self.tr("bias {:.3g}").format(bias), self.tr("its gradient {:.3g}").format(slope)])
        if self.edge is not None:
            layer, i, j = self.edge
            return self.tr("from {} to {}\nweight {:.4g}\ngradient {:.4g}").format(
                i + 1, j + 1, float(found.weights[layer][i, j]), float(found.gradients[layer][i, j])
            )
        return ""

    def choose_at(self, x: float, y: float) -> None:
        """Choose the neuron at a point of the picture, or else the weight whose line passes there."""
        neuron = self.places.neuron_at(x, y)
        edge = self.places.edge_at(x, y) if neuron is None else None
        if (neuron, edge) != (self.neuron, self.edge):
            self.neuron, self.edge = neuron, edge
            self.update()
            self.chosen_changed.emit()

    @property
    def parameter(self) -> int | None:
        """The place of the chosen weight, or of the chosen neuron's bias, in the parameter vector."""
        found = self.diagram
        if found is None or not found.starts:
            return None
        if self.edge is not None:
            layer, i, j = self.edge
            return found.starts[layer][0] + i * found.units[layer + 1] + j
        if self.neuron is not None and self.neuron[0] > 0:
            return found.starts[self.neuron[0] - 1][1] + self.neuron[1]
        return None

    def _pick(self) -> None:
        place = self.parameter
        if place is not None:
            self.parameter_picked.emit(place)

    # Qt's own events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose_at(event.position().x(), event.position().y())
            self._pick()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._place()
        if self.diagram is not None:
            self._make_lines()

    def event(self, event: QEvent) -> bool:
        # the window's own Left and Right, steps of the race, are taken over only while a neuron is chosen
        if event.type() == QEvent.Type.ShortcutOverride and self.hasFocus() and self.neuron is not None:
            taken = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
            event.setAccepted(taken)
            if taken:
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.choose_at(event.position().x(), event.position().y())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        self.choose_at(-1e6, -1e6)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        move = steps.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.neuron is not None:
            self._pick()
            return
        if event.key() == Qt.Key.Key_Escape and self.neuron is not None:
            self.neuron = None
        elif move is None or self.diagram is None:
            super().keyPressEvent(event)
            return
        elif self.neuron is None:
            self.neuron = (1, 0)
        else:
            units = self.diagram.units
            column = min(max(0, self.neuron[0] + move[0]), len(units) - 1)
            self.neuron = (column, min(max(0, self.neuron[1] + move[1]), units[column] - 1))
        self.edge = None
        self.update()
        self.chosen_changed.emit()
