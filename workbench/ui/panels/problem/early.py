"""Early stopping: by the test loss, after a while without a better one or where it is low enough."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from workbench.experiment.experiment import Experiment, NetworkSetup, Stop, replace
from workbench.ui.forms.fields import NumberField
from workbench.ui.forms.forms import compact_form
from workbench.ui.panels.base import Panel, setting

_PATIENCE, _TARGET = 500, 0.1


class EarlyStopping(Panel):
    """Edits when a race of networks ends by its test losses; hidden for an objective."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        about = self.tr("Stop by itself once no lane's test loss has become better for so many steps")
        patience = setting("patience", _PATIENCE, "", "", low=1, high=10**9, scale="log", slider=(10, 10_000))
        self.patience = NumberField(patience, self)
        self.patience.set_tip(about, self.tr("Patience"))
        self.waits = QCheckBox(self.tr("patience"), self)
        self.waits.setToolTip(about)
        about = self.tr("Stop by itself once every lane's test loss is at most this")
        self.target = NumberField(
            setting("target", _TARGET, "", "", low=-1e30, high=1e30, scale="log", slider=(1e-6, 10.0)), self
        )
        self.target.set_tip(about, self.tr("Target"))
        self.aims = QCheckBox(self.tr("test loss"), self)
        self.aims.setToolTip(about)
        form = compact_form(self)
        form.addRow(self.waits, self.patience)
        form.addRow(self.aims, self.target)
        self.waits.clicked.connect(self._on_waits_clicked)
        self.aims.clicked.connect(self._on_aims_clicked)
        self.patience.edited.connect(self._on_patience_edited)
        self.target.edited.connect(self._on_target_edited)

    def refresh(self, experiment: Experiment) -> None:
        problem, stop = experiment.problem, experiment.stop or Stop()
        is_network = isinstance(problem, NetworkSetup)
        self.setVisible(is_network)
        self.waits.setChecked(stop.patience > 0)
        self.patience.setEnabled(stop.patience > 0)
        if stop.patience:
            self.patience.set_value(stop.patience)
        self.aims.setChecked(stop.target is not None)
        self.target.setEnabled(stop.target is not None)
        if stop.target is not None:
            self.target.set_value(stop.target)

    def _set(self, merge: str = "", **fields: Any) -> None:
        stop = replace((self.experiment.stop if self.experiment else None) or Stop(), **fields)
        self.change(merge, stop=stop if stop.patience or stop.target is not None else None)

    def _on_waits_clicked(self, checked: bool) -> None:
        self._set(patience=_PATIENCE if checked else 0)

    def _on_aims_clicked(self, checked: bool) -> None:
        self._set(target=_TARGET if checked else None)

    def _on_patience_edited(self, value: object) -> None:
        self._set("stop.patience", patience=value)

    def _on_target_edited(self, value: object) -> None:
        self._set("stop.target", target=value)
