"""A small picture of a learning rate over a run: what the schedule has in store, what was taken, what is in force."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.style import theme as themes
from workbench.ui.words.text import number, readable


class RatePreview(QWidget):
    """The learning rate against the step: the schedule as a line, what was taken as a faint one, and a point for now.

    Several starts of a lane may differ where the losses decide: a point for the least and the largest rate.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rates: Sequence[float] = ()
        self._steps = 1
        self._now: tuple[int, tuple[float, ...]] = (0, ())
        self._past: tuple[Sequence[float], Sequence[float]] = ((), ())
        self._theme = themes.LIGHT
        self.setToolTip(self.tr("The learning rate over the run; the point is the rate in force"))
        self.setAccessibleName(self.tr("Preview of the schedule"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 50 + 2 * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def show_rates(self, rates: Sequence[float], steps: int) -> None:
        """Draw rates evenly spread over the steps of a run."""
        self._rates, self._steps = rates, max(1, steps)
        self.update()

    def show_now(self, step: int, rates: Sequence[float], past: tuple[Sequence[float], Sequence[float]]) -> None:
        """Mark the rates in force, none for no mark, and draw steps and rates taken; the same costs nothing."""
        now = (step, tuple(sorted({min(rates), max(rates)})) if rates else ())
        if now == self._now and len(past[0]) == len(self._past[0]):
            return
        self._now, self._past = now, past
        self.setAccessibleDescription(self.said)
        self.update()

    @property
    def said(self) -> str:
        """The step and the rate in force in words, empty where there is none."""
        step, rates = self._now
        if not rates:
            return ""
        told = " – ".join(readable(rate, 3) for rate in rates)
        return self.tr("step {}: {}").format(step, told)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if not self._rates:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1))
        step, now = self._now
        xs, ys = self._past
        high = max(*self._rates, *now, max(ys, default=0.0), 1e-300)
        text = painter.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(4, text + 4, -6, -text)  # room for the point below the words

        def place(at: float, rate: float) -> QPointF:
            return QPointF(
                area.left() + min(1.0, at / self._steps) * area.width(), area.bottom() - rate / high * area.height()
            )

        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if len(xs):
            painter.setPen(QPen(QColor(self._theme.muted), 1.2))
            painter.drawPolyline(QPolygonF([place(x, y) for x, y in zip(xs, ys, strict=True)]))
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        steps = np.linspace(0, self._steps - 1, len(self._rates))
        painter.drawPolyline(QPolygonF([place(x, y) for x, y in zip(steps, self._rates, strict=True)]))
        self._write(painter, area, text, high)
        painter.setPen(QPen(QColor(self._theme.field), 1))
        painter.setBrush(QColor(self._theme.accent))
        for rate in now:
            painter.drawEllipse(place(step, rate), 3.5, 3.5)

    def _write(self, painter: QPainter, area: QRectF, text: int, high: float) -> None:
        """The top of the axis, the rate in force beside it, and the steps below."""
        painter.setPen(QColor(self._theme.muted))
        top = QRectF(area.left(), area.top() - text - 4, area.width(), text)
        low = QRectF(area.left(), area.bottom(), area.width(), text)
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft, number(high, 3))
        painter.drawText(low, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(low, Qt.AlignmentFlag.AlignRight, str(self._steps))
        painter.setPen(QColor(self._theme.text))
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, self.said)
