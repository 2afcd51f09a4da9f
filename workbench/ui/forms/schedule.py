"""The form of a learning rate's schedule, with a picture of the rate it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.engine.params import complete
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.taken_rates import has_rate, taken_rates
from workbench.engine.schedules import schedules
from workbench.engine.schedules.base import WARMUP
from workbench.experiment.experiment import Schedule
from workbench.ui.forms.fields import ChoiceField
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.forms.rate_preview import RatePreview
from workbench.ui.words.text import engine_text, explanation

_POINTS = 160
_ENDLESS = 2000  # steps shown where the run has no end
NONE = "constant"


class ScheduleForm(QWidget):
    """Chooses and edits a schedule; `edited` gives a `Schedule`, or None for a constant rate."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule | None = None
        self._key = ""
        self._form: ParamForm | None = None
        self._made: Any = None
        self._previewed: tuple[Any, ...] = (None, 0.0, None)
        self._rate, self._shown = 0.0, _ENDLESS
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
            if entry.params:
                self._form = ParamForm(entry.params, self)
                self._form.edited.connect(self._on_parameter_edited)
                self._params.addWidget(self._form)
        if self._form is not None:
            self._form.show_values(complete(entry.params, given))
        self._formula.setText(entry.formula)
        self._formula.setVisible(schedule is not None)
        self.preview.setVisible(schedule is not None)
        if schedule is not None:
            made = entry(given, total=steps or 0)
            if (schedule, rate, steps) != self._previewed:
                self._previewed = (schedule, rate, steps)
                self._made, self._rate, self._shown = made, rate, steps or _ENDLESS
                self._preview()

    def show_snapshot(self, snapshot: Snapshot, lane: int | None) -> None:
        """Mark the rates that a lane of the race takes; None for one that takes no part."""
        starts = snapshot.info.starts
        first = 0 if lane is None else lane * starts
        runs = [run for run in range(first, first + starts) if snapshot.diverged_at[run] < 0]
        if lane is None or not runs or not has_rate(snapshot.info, first):
            self.preview.show_now(0, (), ((), ()))
            return
        if self._previewed[2] is None and snapshot.step > self._shown:  # a run without an end: there is more to see
            while snapshot.step > self._shown:
                self._shown *= 2
            self._preview()
        steps, rates = taken_rates(snapshot, _POINTS)
        past = (steps.tolist(), rates[:, runs[0]].tolist())
        self.preview.show_now(snapshot.step, snapshot.rates[runs].tolist(), past)

    def _preview(self) -> None:
        """Draw the rates over the steps shown; what follows from the losses is not known beforehand."""
        at = np.unique(np.linspace(0, self._shown - 1, min(self._shown, _POINTS)).astype(int))
        self.preview.show_rates([self._rate * self._made.factor(int(k)) for k in at], self._shown)

    def _on_kind_edited(self, kind: object) -> None:
        # the warm-up goes before any schedule, and stays with the lane when another one is chosen
        warmup = {} if self._schedule is None else self._schedule.parameters
        kept = {name: value for name, value in warmup.items() if name == WARMUP.name and value}
        self._emit(Schedule(kind=str(kind), parameters=kept))

    def _on_parameter_edited(self, name: str, value: object) -> None:
        shown = self._schedule or Schedule(kind=NONE)
        self._emit(Schedule(kind=shown.kind, parameters={**shown.parameters, name: value}))

    def _emit(self, schedule: Schedule) -> None:
        level = schedules.get(schedule.kind)(schedule.parameters).is_level
        self.edited.emit(None if level else schedule)
