"""The timeline: a slider over the steps taken so far, with marks between which a race is played over and over."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

_FLAG = 6.0  # pixels of the flag of a mark


class TimelineSlider(QSlider):
    """A slider that a click moves to where it was clicked. A mark shows where a race is that is on its way there."""

    #: the steps of the marks A and B, None for one that is not set; `loops` whether the race is kept between them
    first: int | None = None
    last: int | None = None
    loops = False

    #: where the race is, None where that is at the handle
    present: int | None = None
    mark = QColor()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self.present is None and self.first is None and self.last is None:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        painter = QPainter(self)
        self._paint_marks(painter, handle)
        if self.present is not None:
            painter.fillRect(self._place(self.present, handle) - 1, handle.top() + 1, 3, handle.height() - 2, self.mark)
        painter.end()

    def _place(self, step: int, handle: QRect) -> int:
        """Where a step is, in pixels; one beyond the end of the timeline stands there."""
        span = max(1, self.width() - handle.width())
        at = max(self.minimum(), min(self.maximum(), step))
        return handle.width() // 2 + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), at, span)

    def _paint_marks(self, painter: QPainter, handle: QRect) -> None:
        """A flag at either mark, which points to the other, and a bar between them where the race stays there."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.mark)
        painter.setBrush(self.mark)
        top, bottom = 0.5, float(self.height()) - 0.5
        for step, way in ((self.first, 1.0), (self.last, -1.0)):
            if step is not None:
                x = float(self._place(step, handle))
                painter.drawLine(QPointF(x, top), QPointF(x, bottom))
                painter.drawPolygon(
                    QPolygonF([QPointF(x, top), QPointF(x + way * _FLAG, top), QPointF(x, top + _FLAG)])
                )
        if self.loops and self.first is not None and self.last is not None:
            left, right = self._place(self.first, handle), self._place(self.last, handle)
            painter.fillRect(QRectF(left, bottom - 2.5, max(1, right - left), 2.5), self.mark)

    def mousePressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        position = int(event.position().x())  # type: ignore[attr-defined]
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        if not handle.contains(position, handle.center().y()):
            span = max(1, self.width() - handle.width())
            value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), position - handle.width() // 2, span)
            self.setValue(value)
            self.sliderMoved.emit(value)
        super().mousePressEvent(event)  # type: ignore[arg-type]
