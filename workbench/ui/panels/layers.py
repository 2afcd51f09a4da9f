"""The hidden layers: a card each, in the order in which values pass through them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.experiment.experiment import Experiment, LayerSetup, replace
from workbench.ui import theme as themes
from workbench.ui.forms.fields import ChoiceField, NumberField, SwitchField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.settings import EntrySettings
from workbench.ui.panels.base import setting
from workbench.ui.panels.network_part import NetworkPart, heading, titles
from workbench.ui.words import engine_text, explanation, number

MOST_LAYERS = 32


class LayersPart(NetworkPart):
    """Adds, duplicates, moves, removes and edits hidden layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        self._cards = QVBoxLayout()
        self._cards.setSpacing(4)
        self.cards: list[LayerCard] = []
        self.none = QLabel(self.tr("No hidden layer: the output is an affine map of the inputs."), self)
        self.none.setObjectName("muted")
        self.none.setWordWrap(True)
        self.add = QPushButton(self.tr("Add hidden layer"), self)
        self.add.setToolTip(self.tr("Add a hidden layer before the output layer, like the one before it"))
        self.add.clicked.connect(self._on_add_clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading(self.tr("Hidden layers"), self))
        layout.addWidget(self.none)
        layout.addLayout(self._cards)
        layout.addWidget(self.add)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for card in self.cards:
            card.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        layers = self.setup.layers
        while len(self.cards) > len(layers):
            card = self.cards.pop()
            self._cards.removeWidget(card)
            card.hide()
            card.setParent(None)
            card.deleteLater()
        while len(self.cards) < len(layers):
            card = LayerCard(len(self.cards), self)
            card.set_theme(self._theme)
            card.edited.connect(self._on_card_edited)
            card.moved.connect(self._on_moved)
            card.duplicated.connect(self._on_duplicated)
            card.removed.connect(self._on_removed)
            self.cards.append(card)
            self._cards.addWidget(card)
        for card, layer in zip(self.cards, layers, strict=True):
            card.show_layer(layer, count=len(layers))
        self.none.setVisible(not layers)
        self.add.setEnabled(len(layers) < MOST_LAYERS)

    def _on_card_edited(self, index: int, layer: object, merge: str) -> None:
        layers = list(self.setup.layers)
        if isinstance(layer, LayerSetup):
            layers[index] = layer
            self.edit(f"layer.{index}.{merge}" if merge else "", layers=tuple(layers))

    def _on_moved(self, index: int, by: int) -> None:
        layers, other = list(self.setup.layers), index + by
        if 0 <= other < len(layers):
            layers[index], layers[other] = layers[other], layers[index]
            # what was unfolded stays so, wherever it has gone
            first, second = self.cards[index].unfold, self.cards[other].unfold
            shown = first.isChecked(), second.isChecked()
            second.setChecked(shown[0])
            first.setChecked(shown[1])
            self.edit(layers=tuple(layers))

    def _on_duplicated(self, index: int) -> None:
        layers = list(self.setup.layers)
        if len(layers) < MOST_LAYERS:
            layers.insert(index, layers[index])
            self.edit(layers=tuple(layers))

    def _on_removed(self, index: int) -> None:
        layers = list(self.setup.layers)
        del layers[index]
        self.edit(layers=tuple(layers))

    def _on_add_clicked(self) -> None:
        layers = self.setup.layers
        self.edit(layers=(*layers, layers[-1] if layers else LayerSetup(units=8)))


class LayerCard(QFrame):
    """One hidden layer: units and activation; the rest unfolds, and stands in a line of words while it is folded."""

    #: (index, layer, merge key)
    edited = Signal(int, object, str)
    #: (index, by how many places)
    moved = Signal(int, int)
    duplicated = Signal(int)
    removed = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._index = index
        self._layer = LayerSetup()
        self._theme = themes.LIGHT
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 4, 4)
        layout.setSpacing(2)
        layout.addLayout(self._make_head())
        self.summary = QLabel(self)
        self.summary.setObjectName("muted")
        self.summary.setFont(themes.font(themes.SMALL_POINTS))
        self.summary.setWordWrap(True)
        layout.addWidget(self.summary)
        layout.addWidget(self._make_more())
        for keys, slot in (("Alt+Up", self._on_up), ("Alt+Down", self._on_down)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _make_head(self) -> QHBoxLayout:
        name = self.tr("hidden layer {}").format(self._index + 1)
        self.units = NumberField(setting("units", 16, "", "", low=1, high=1024), self)
        self.units.edit.set_digits(3)
        self.units.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.units.set_tip(self.tr("Units of {}, 1 to 1 024").format(name), self.tr("Units of {}").format(name))
        self.activation = ChoiceField(activations.keys(), titles(activations), self)
        self.activation.setAccessibleName(self.tr("Activation of {}").format(name))
        self.activation.setMinimumContentsLength(5)
        self.unfold = QToolButton(self)
        self.unfold.setCheckable(True)
        self.unfold.setToolTip(self.tr("Show initial weights, dropout and batch normalisation"))
        self.unfold.setAccessibleName(self.tr("More settings of {}").format(name))
        self.unfold.toggled.connect(self._on_unfold_toggled)
        self.menu_button = QToolButton(self)
        self.menu_button.setToolTip(self.tr("Move, duplicate or remove this layer"))
        self.menu_button.setAccessibleName(self.tr("Menu of {}").format(name))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.menu_button)
        self.up = menu.addAction(self.tr("Move up\tAlt+↑"))
        self.down = menu.addAction(self.tr("Move down\tAlt+↓"))
        self.duplicate = menu.addAction(self.tr("Duplicate"))
        self.remove = menu.addAction(self.tr("Remove"))
        self.menu_button.setMenu(menu)
        for action, slot in (
            (self.up, self._on_up), (self.down, self._on_down),
            (self.duplicate, self._on_duplicate), (self.remove, self._on_remove),
        ):  # fmt: skip
            action.triggered.connect(slot)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.units)
        head.addWidget(self.activation, 1)
        head.addWidget(self.unfold)
        head.addWidget(self.menu_button)
        self.units.edited.connect(self._on_units_edited)
        self.activation.edited.connect(self._on_activation_edited)
        return head

    def _make_more(self) -> QWidget:
        self._more = QWidget(self)
        column = QVBoxLayout(self._more)
        column.setContentsMargins(0, 2, 2, 2)
        column.setSpacing(4)
        self.activation_settings, self.initializer_settings = EntrySettings(self), EntrySettings(self)
        box = QWidget(self)
        form = compact_form(box)
        self.initializer = ChoiceField(initializers.keys(), titles(initializers), self)
        self.initializer.setMinimumContentsLength(5)
        tip = self.tr("How the initial weights are drawn")
        self.initializer.setAccessibleName(self.tr("Initial weights"))
        add_row(form, self.tr("weights"), self.initializer, tip)
        below = QWidget(self)
        rest = compact_form(below)
        self.dropout = NumberField(
            setting("dropout", 0.0, "", "", low=0, high=1, high_open=True, slider=(0, 0.9)), self
        )
        tip = self.tr("The share of the layer's outputs left out at each step of training (p)")
        self.dropout.set_tip(tip, self.tr("Dropout"))
        add_row(rest, self.tr("dropout  p"), self.dropout, tip)
        self.batch_norm = SwitchField(self)
        self.batch_norm.setText(self.tr("batch normalisation"))
        tip = self.tr("Normalise what goes into the activation over the batch, with a scale and a shift to learn")
        self.batch_norm.set_tip(tip, self.tr("Batch normalisation"))
        rest.addRow(self.batch_norm)
        column.addWidget(self.activation_settings)
        column.addWidget(box)
        column.addWidget(self.initializer_settings)
        column.addWidget(below)
        self._more.hide()
        self.activation_settings.edited.connect(self._on_activation_setting)
        self.initializer.edited.connect(self._on_initializer_edited)
        self.initializer_settings.edited.connect(self._on_initializer_setting)
        self.dropout.edited.connect(self._on_dropout_edited)
        self.batch_norm.edited.connect(self._on_batch_norm_edited)
        return self._more

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.summary.setFont(themes.font(themes.SMALL_POINTS))
        self.menu_button.setIcon(themes.icon("more", theme.text))
        self._on_unfold_toggled(self.unfold.isChecked())

    def show_layer(self, layer: LayerSetup, *, count: int) -> None:
        """Show a layer, one of `count`."""
        self._layer = layer
        activation, initializer = activations.get(layer.activation), initializers.get(layer.initializer)
        self.units.set_value(layer.units)
        self.activation.set_value(layer.activation)
        self.activation.setToolTip(f"{explanation(activation.__doc__ or '')}\n{activation.formula}")
        self.activation_settings.show_entry(activation, layer.activation_parameters)
        self.initializer.set_value(layer.initializer)
        self.initializer.setToolTip(f"{explanation(initializer.__doc__ or '')}\n{initializer.formula}")
        self.initializer_settings.show_entry(initializer, layer.initializer_parameters)
        self.dropout.set_value(layer.dropout)
        self.batch_norm.set_value(layer.batch_norm)
        self.up.setEnabled(self._index > 0)
        self.down.setEnabled(self._index < count - 1)
        said = [engine_text(initializer.title)]
        if layer.batch_norm:
            said.append(self.tr("batch norm"))
        if layer.dropout:
            said.append(self.tr("dropout {}").format(number(layer.dropout, 3)))
        self.summary.setText(" · ".join(said))

    def _edit(self, merge: str = "", **fields: Any) -> None:
        self.edited.emit(self._index, replace(self._layer, **fields), merge)

    def _on_units_edited(self, value: object) -> None:
        self._edit("units", units=value)

    def _on_activation_edited(self, key: object) -> None:
        if key != self._layer.activation:
            self._edit(activation=key, activation_parameters={})

    def _on_activation_setting(self, name: str, value: object) -> None:
        given = {**self._layer.activation_parameters, name: value}
        self._edit(f"activation.{name}", activation_parameters=given)

    def _on_initializer_edited(self, key: object) -> None:
        if key != self._layer.initializer:
            self._edit(initializer=key, initializer_parameters={})

    def _on_initializer_setting(self, name: str, value: object) -> None:
        given = {**self._layer.initializer_parameters, name: value}
        self._edit(f"initializer.{name}", initializer_parameters=given)

    def _on_dropout_edited(self, value: object) -> None:
        self._edit("dropout", dropout=value)

    def _on_batch_norm_edited(self, value: object) -> None:
        self._edit(batch_norm=value)

    def _on_unfold_toggled(self, checked: bool) -> None:
        self._more.setVisible(checked)
        self.summary.setVisible(not checked)
        self.unfold.setIcon(themes.icon("collapse" if checked else "expand", self._theme.text))

    def _on_up(self) -> None:
        self.moved.emit(self._index, -1)

    def _on_down(self) -> None:
        self.moved.emit(self._index, 1)

    def _on_duplicate(self) -> None:
        self.duplicated.emit(self._index)

    def _on_remove(self) -> None:
        self.removed.emit(self._index)
