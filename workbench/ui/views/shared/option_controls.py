"""Controls of a view for what the experiment may tell it: made from the declaration, they only say what is wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QToolButton, QWidget

from workbench.engine.params import Param, Value
from workbench.ui.words.text import engine_text


class OptionSwitch(QToolButton):
    """A small button that is on or off."""

    #: (name, value): a person wants it otherwise
    edited = Signal(str, object)

    def __init__(self, param: Param, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = param.name
        self.setText(engine_text(param.words))
        self.setToolTip(engine_text(param.doc))
        self.setAccessibleName(engine_text(param.doc))
        self.setCheckable(True)
        self.toggled.connect(self._on_toggled)

    def show_value(self, value: Value) -> None:
        """Show what is in force, without a word to anyone."""
        self.blockSignals(True)
        self.setChecked(bool(value))
        self.blockSignals(False)

    def _on_toggled(self, checked: bool) -> None:
        self.edited.emit(self.name, checked)


class OptionChoice(QComboBox):
    """A choice of a few words."""

    #: (name, value): a person wants it otherwise
    edited = Signal(str, object)

    def __init__(self, param: Param, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = param.name
        self.setToolTip(engine_text(param.doc))
        self.setAccessibleName(engine_text(param.words))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for choice in param.choices:
            self.addItem(engine_text(choice.replace("_", " ")), choice)
        self.activated.connect(self._on_activated)

    def show_value(self, value: Value) -> None:
        """Show what is in force, without a word to anyone."""
        self.setCurrentIndex(self.findData(value))

    def _on_activated(self, _index: int) -> None:
        self.edited.emit(self.name, self.currentData())
