"""The lines of a rule that a person types, in its lane's card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.engine.formula.faults import FormulaError
from workbench.engine.params import Value
from workbench.experiment.experiment import Lane
from workbench.ui.forms.fields import make_field
from workbench.ui.forms.lines_field import LinesField


class RuleLines(QWidget):
    """The text of a rule, judged as it is typed; nothing for an optimizer that is not typed."""

    #: the lane's hyperparameters, with lines that can be read
    edited = Signal(object)

    def __init__(self, entry: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane, self._entry = Lane(optimizer=entry.key), entry
        self.field: LinesField | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for param in entry.params:
            if param.kind == "text":
                field = make_field(param, self)
                assert isinstance(field, LinesField)  # noqa: S101 - rules are lines
                field.edited.connect(self._on_text_edited)
                layout.addWidget(field)
                self.field = field
        self.setVisible(self.field is not None)

    def show_lane(self, lane: Lane, values: Mapping[str, Value]) -> None:
        """Show the lines of a lane whose complete hyperparameters are `values`."""
        self._lane = lane
        if self.field is not None:
            self.field.set_value(values["text"])

    def _on_text_edited(self, text: object) -> None:
        """Take lines that can be read, with the hyperparameters that they still name."""
        lane, entry, field = self._lane, self._entry, self.field
        assert field is not None  # noqa: S101 - it was edited
        try:
            known = {param.name for param in entry.settings({"text": text}, lane.convention)}
        except FormulaError as error:
            field.show_fault(error.problem, error.position, error.length)
            return
        field.show_fault("", -1, 0)
        kept = {name: value for name, value in entry.spelt(lane.hyperparameters).items() if name in known}
        self.edited.emit({**kept, "text": text})
