"""The settings of a catalogue entry that can be exchanged for another: an activation, an initializer, a loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.engine.params import RequestError, complete
from workbench.ui.forms.forms import ParamForm, clear_layout


class EntrySettings(QWidget):
    """A form for the settings that the present entry has; not to be seen where it has none."""

    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form: ParamForm | None = None
        self._entry: Any = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_entry(self, entry: Any, given: Mapping[str, Any]) -> None:
        """Show an entry's settings with the values given, and defaults for the others."""
        if entry is not self._entry:
            self._entry = entry
            clear_layout(self._layout)
            self.form = ParamForm(entry.params, self) if entry.params else None
            if self.form is not None:
                self.form.edited.connect(self._on_edited)
                self._layout.addWidget(self.form)
            self.setVisible(self.form is not None)
        if self.form is not None:
            try:
                values = complete(entry.params, given)
            except RequestError:  # what belongs to the entry before this one
                values = complete(entry.params, {})
            self.form.show_values(values)

    def _on_edited(self, name: str, value: object) -> None:
        self.edited.emit(name, value)
