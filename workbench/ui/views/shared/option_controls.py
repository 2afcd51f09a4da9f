"""Controls of a view for what the experiment may tell it: made from the declaration, they only say what is wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QComboBox, QMenu, QToolButton, QWidget

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

    def offer(self, choices: Mapping[str, str]) -> None:
        """List these alone, each with its words: what is to be had now."""
        listed = {str(self.itemData(i)): self.itemText(i) for i in range(self.count())}
        if listed != dict(choices):
            chosen = self.currentData()
            self.clear()
            for choice, words in choices.items():
                self.addItem(words, choice)
            self.show_value(chosen)

    def show_value(self, value: Value) -> None:
        """Show what is in force, without a word to anyone."""
        self.setCurrentIndex(self.findData(value))

    def _on_activated(self, _index: int) -> None:
        self.edited.emit(self.name, self.currentData())


class OptionMenu(QToolButton):
    """Many options under one small button: switches as ticks, choices of words as menus of their own."""

    #: (name, value): a person wants it otherwise
    edited = Signal(str, object)

    def __init__(self, text: str, tip: str, params: Sequence[Param], parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choices = QMenu(self)
        self.choices.setToolTipsVisible(True)
        self.setMenu(self.choices)
        self._switches: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._menus: dict[str, QMenu] = {}
        for param in params:
            if param.kind == "bool":
                self._switches[param.name] = self._add(self.choices, param.name, param.words, param.doc, True)
            else:
                menu = self._menus[param.name] = self.choices.addMenu(engine_text(param.words))
                menu.menuAction().setToolTip(engine_text(param.doc))
                group = self._groups[param.name] = QActionGroup(self)
                for choice in param.choices:
                    group.addAction(self._add(menu, param.name, choice.replace("_", " "), param.doc, choice))
        self.choices.triggered.connect(self._on_triggered)

    def _add(self, menu: QMenu, name: str, words: str, doc: str, value: Value) -> QAction:
        action = menu.addAction(engine_text(words))
        action.setToolTip(engine_text(doc))
        action.setCheckable(True)
        action.setData((name, value))
        return action

    def offer(self, names: Collection[str]) -> None:
        """List these options alone: the others change nothing of what is shown now."""
        for name, action in self._switches.items():
            action.setVisible(name in names)
        for name, menu in self._menus.items():
            menu.menuAction().setVisible(name in names)

    def show_values(self, values: Mapping[str, Value]) -> None:
        """Show what is in force, without a word to anyone: ticks are set, and only what is triggered is told."""
        for name, action in self._switches.items():
            action.setChecked(bool(values[name]))
        for name, group in self._groups.items():
            for action in group.actions():
                action.setChecked(action.data()[1] == values[name])

    def _on_triggered(self, action: QAction) -> None:
        data = action.data()
        if data is not None:
            name, value = data
            self.edited.emit(name, action.isChecked() if value is True else value)
