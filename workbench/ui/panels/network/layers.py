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
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.experiment.experiment import Experiment, LayerSetup, replace
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.line_edit import commit_edits, let_go_edits
from workbench.ui.panels.base import setting
from workbench.ui.panels.network.all_layers import AllLayersPart
from workbench.ui.panels.network.layer_settings import LayerSettings
from workbench.ui.panels.network.part import NetworkPart, heading, titles
from workbench.ui.style import theme as themes
from workbench.ui.words.text import engine_text, explanation, number

MOST_LAYERS = 32


class LayersPart(NetworkPart):
    """Adds, duplicates, moves, removes and edits hidden layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = themes.LIGHT
        self._cards = QVBoxLayout()
        self._cards.setSpacing(4)
        self.cards: list[LayerCard] = []
        self._spare: list[LayerCard] = []  # of layers that are gone: making a card takes longer than a frame allows
        self.none = QLabel(self.tr("No hidden layer: the output is an affine map of the inputs."), self)
        self.none.setObjectName("muted")
        self.none.setWordWrap(True)
        self.all = AllLayersPart(self)
        self.all.edited.connect(self.edited)
        # above the cards, so that it stays where it is while layers come and go
        self.add = QToolButton(self)
        self.add.setText(self.tr("Add layer"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setToolTip(self.tr("Add a hidden layer before the output layer, like the one before it"))
        self.add.clicked.connect(self._on_add_clicked)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(heading(self.tr("Hidden layers"), self))
        head.addStretch(1)
        head.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.all)
        layout.addWidget(self.none)
        layout.addLayout(self._cards)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.add.setIcon(themes.icon("add", theme.text))
        for card in (*self.cards, *self._spare):
            card.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        layers = self.setup.layers
        self.all.show_experiment(experiment)
        while len(self.cards) > len(layers):
            card = self.cards.pop()
            let_go_edits(card)
            card.unfold.setChecked(False)
            card.hide()
            self._spare.append(card)
        while len(self.cards) < len(layers):
            card = self._spare.pop() if self._spare else self._make_card(len(self.cards))
            card.show()
            self.cards.append(card)
        for card, layer in zip(self.cards, layers, strict=True):
            card.show_layer(layer, count=len(layers))
        self.none.setVisible(not layers)
        self.add.setEnabled(len(layers) < MOST_LAYERS)

    def _make_card(self, index: int) -> LayerCard:
        card = LayerCard(index, self)
        card.set_theme(self._theme)
        card.edited.connect(self._on_card_edited)
        card.moved.connect(self._on_moved)
        card.duplicated.connect(self._on_duplicated)
        card.removed.connect(self._on_removed)
        card.unfold.toggled.connect(self.grew)
        self._cards.addWidget(card)
        return card

    def _on_card_edited(self, index: int, layer: object, merge: str) -> None:
        layers = list(self.setup.layers)
        if isinstance(layer, LayerSetup):
            layers[index] = layer
            self.edit(f"layer.{index}.{merge}" if merge else "", layers=tuple(layers))

    def _on_moved(self, index: int, by: int) -> None:
        commit_edits(self)
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
        commit_edits(self)
        layers = list(self.setup.layers)
        if len(layers) < MOST_LAYERS:
            layers.insert(index, layers[index])
            self.edit(layers=tuple(layers))

    def _on_removed(self, index: int) -> None:
        commit_edits(self)
        layers = list(self.setup.layers)
        del layers[index]
        self.edit(layers=tuple(layers))

    def _on_add_clicked(self) -> None:
        commit_edits(self)
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
        self._more: LayerSettings | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 4, 4)
        layout.setSpacing(2)
        layout.addLayout(self._make_head())
        self.summary = QLabel(self)
        self.summary.setObjectName("muted")
        self.summary.setFont(themes.font(themes.SMALL_POINTS))
        self.summary.setWordWrap(True)
        layout.addWidget(self.summary)
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

    @property
    def more(self) -> LayerSettings:
        """The part that unfolds. It is made when it is first asked for: most layers stay folded."""
        if self._more is None:
            self._more = LayerSettings(self)
            self._more.hide()
            self._more.edited.connect(self._on_more_edited)
            self._more.show_layer(self._layer)
            layout = self.layout()
            assert layout is not None  # noqa: S101 - for the type checker
            layout.addWidget(self._more)
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
        if self._more is not None:
            self._more.show_layer(layer)
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

    def _on_more_edited(self, layer: object, merge: str) -> None:
        self.edited.emit(self._index, layer, merge)

    def _on_unfold_toggled(self, checked: bool) -> None:
        if checked or self._more is not None:
            self.more.setVisible(checked)
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
