"""Forms made from `Param`s: a row each, labels on the left, explanations on hover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from workbench.engine.params import Param
from workbench.ui.forms.fields import Field, make_field
from workbench.ui.forms.line_edit import let_go_edits
from workbench.ui.words.text import engine_text


class _Relay(QObject):
    """Adds the setting's name to a field's edit. A bound method of an own object, so that nothing outlives the form."""

    def __init__(self, form: ParamForm, name: str) -> None:
        super().__init__(form)
        self._form, self._name = form, name

    def on_edited(self, value: object) -> None:
        self._form.edited.emit(self._name, value)


class ParamForm(QWidget):
    """A form for some Params. `show_values` sets it; `edited(name, value)` tells of a person's edit."""

    edited = Signal(str, object)

    def __init__(self, params: Sequence[Param], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        layout = compact_form(self)
        for param in params:
            field = make_field(param, self)
            relay = _Relay(self, param.name)
            field.edited.connect(relay.on_edited)
            self.fields[param.name] = field
            add_row(layout, label_text(param), field, engine_text(param.doc))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show these values."""
        for name, field in self.fields.items():
            if name in values:
                field.set_value(values[name])


def label_text(param: Param) -> str:
    """The setting's words with its sign."""
    words = engine_text(param.words)
    return f"{words}  {param.symbol}" if param.symbol and param.symbol != words else words


def compact_form(parent: QWidget) -> QFormLayout:
    """An empty form in the panels' measure."""
    layout = QFormLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(8)
    layout.setVerticalSpacing(4)
    layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)  # in a large font
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return layout


def add_row(layout: QFormLayout, text: str, field: QWidget, tip: str) -> None:
    """A labelled row whose label tells the same as its field on hover."""
    label = QLabel(text)
    label.setObjectName("muted")
    label.setToolTip(tip)
    label.setBuddy(field)
    layout.addRow(label, field)


def clear_layout(layout: Any) -> None:
    """Take everything out of a layout and let it go."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget()
        if widget is not None:
            let_go_edits(widget)
            widget.hide()
            widget.deleteLater()  # it keeps its parent till then: without one, Qt would style all within it anew
        elif item.layout() is not None:
            clear_layout(item.layout())
