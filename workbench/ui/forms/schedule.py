"""The form of a learning rate's schedule, with a picture of the rate it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.engine.params import complete
from workbench.engine.schedules import schedules
from workbench.experiment.experiment import Schedule
from workbench.ui import theme as themes
from workbench.ui.forms.fields import ChoiceField
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.words import engine_text, explanation, number

_POINTS = 160
_ENDLESS = 2000  # steps shown where the run has no end
NONE = "constant"


class RatePreview(QWidget):
    """The learning rate against the step, with the rate in force as a point."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(76)
        self._rates: Sequence[float] = ()
        self._steps = 1
        self._now: tuple[int, float] | None = None
        self._theme = themes.LIGHT
        self.setToolTip(self.tr("The learning rate over the run; the point is the rate in force"))
        self.setAccessibleName(self.tr("Preview of the schedule"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 76)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def show_rates(self, rates: Sequence[float], steps: int) -> None:
        """Draw rates evenly spread over the steps of a run."""
        self._rates, self._steps = rates, max(1, steps)
        self.update()

    def show_now(self, step: int, rate: float) -> None:
        """Mark the rate in force; nothing is drawn again where it is the same."""
        if (step, rate) != self._now:
            self._now = (step, rate)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if not self._rates:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.font(themes.SMALL_POINTS - 1))
        high = max(*self._rates, 0.0 if self._now is None else self._now[1], 1e-300)
        text = painter.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(4, text, -6, -text)
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QPen(QColor(self._theme.accent), 1.5))
        last = max(1, len(self._rates) - 1)
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(area.left() + i / last * area.width(), area.bottom() - rate / high * area.height())
                    for i, rate in enumerate(self._rates)
                ]
            )
        )
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QPointF(area.left(), area.top() - 4), number(high, 3))
        painter.drawText(QRectF(area.left(), area.bottom(), area.width(), text), Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(
            QRectF(area.left(), area.bottom(), area.width(), text), Qt.AlignmentFlag.AlignRight, str(self._steps)
        )
        if self._now is not None:
            step, rate = self._now
            x = area.left() + min(1.0, step / self._steps) * area.width()
            painter.setPen(QPen(QColor(self._theme.field), 1))
            painter.setBrush(QColor(self._theme.accent))
            painter.drawEllipse(QPointF(x, area.bottom() - rate / high * area.height()), 3.5, 3.5)


class ScheduleForm(QWidget):
    """Chooses and edits a schedule; `edited` gives a `Schedule`, or None for a constant rate."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule | None = None
        self._key = ""
        self._form: ParamForm | None = None
        keys = schedules.keys()
        self.kind = ChoiceField(keys, tuple(engine_text(schedules.get(key).title) for key in keys), self)
        tip = self.tr("How the learning rate changes from step to step")
        self.kind.set_tip(tip, self.tr("Schedule"))
        self.kind.edited.connect(self._on_kind_edited)
        box = QWidget(self)
        add_row(compact_form(box), self.tr("schedule"), self.kind, tip)
        self._params = QVBoxLayout()
        self._formula = QLabel(self)
        self._formula.setObjectName("muted")
        self._formula.setWordWrap(True)
        self.preview = RatePreview(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(box)
        layout.addLayout(self._params)
        layout.addWidget(self._formula)
        layout.addWidget(self.preview)

    def show_schedule(self, schedule: Schedule | None, rate: float, steps: int | None) -> None:
        """Show a schedule for a learning rate and the length of the run."""
        self._schedule = schedule
        kind = NONE if schedule is None else schedule.kind
        entry = schedules.get(kind)
        given = {} if schedule is None else schedule.parameters
        self.kind.set_value(kind)
        self.kind.setToolTip(explanation(entry.__doc__ or ""))
        if self._key != kind:
            self._key = kind
            clear_layout(self._params)
            self._form = None
            if entry.params and schedule is not None:
                self._form = ParamForm(entry.params, self)
                self._form.edited.connect(self._on_parameter_edited)
                self._params.addWidget(self._form)
        if self._form is not None:
            self._form.show_values(complete(entry.params, given))
        self._formula.setText(entry.formula)
        self._formula.setVisible(schedule is not None)
        self.preview.setVisible(schedule is not None)
        if schedule is not None:
            made: Any = entry(given, total=steps or 0)
            shown = steps or _ENDLESS
            at = np.unique(np.linspace(0, shown - 1, min(shown, _POINTS)).astype(int))
            self.preview.show_rates([rate * made.factor(int(k)) for k in at], shown)

    def _on_kind_edited(self, kind: object) -> None:
        self.edited.emit(None if kind == NONE else Schedule(kind=str(kind)))

    def _on_parameter_edited(self, name: str, value: object) -> None:
        if self._schedule is not None:
            parameters = {**self._schedule.parameters, name: value}
            self.edited.emit(Schedule(kind=self._schedule.kind, parameters=parameters))
