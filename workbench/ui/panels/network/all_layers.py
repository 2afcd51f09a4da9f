"""All hidden layers at once: their units in a line, and one activation, one initializer, for each of them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.experiment.experiment import Experiment, LayerSetup, replace
from workbench.ui.forms.fields import ChoiceField
from workbench.ui.forms.units_field import UnitsField
from workbench.ui.panels.network.part import NetworkPart, titles

#: what stands in a choice where layers differ
_MIXED = "mixed"


class AllLayersPart(NetworkPart):
    """Edits every hidden layer alike; a choice says so where they differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.units = UnitsField(self)
        self.units.edited.connect(self._on_units_edited)
        self.activation = ChoiceField((*activations.keys(), _MIXED), (*titles(activations), self.tr("mixed")), self)
        self.activation.set_tip(self.tr("The activation of all hidden layers"), self.tr("Activation of all layers"))
        self.activation.edited.connect(self._on_activation_edited)
        self.initializer = ChoiceField((*initializers.keys(), _MIXED), (*titles(initializers), self.tr("mixed")), self)
        tip = self.tr("How the initial weights of all hidden layers are drawn")
        self.initializer.set_tip(tip, self.tr("Initial weights of all layers"))
        self.initializer.edited.connect(self._on_initializer_edited)
        row = QHBoxLayout()
        row.setSpacing(4)
        for choice in (self.activation, self.initializer):
            choice.setMinimumContentsLength(4)
            row.addWidget(choice, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.units)
        column.addLayout(row)

    def refresh(self, experiment: Experiment) -> None:
        layers = self.setup.layers
        self.units.set_units([layer.units for layer in layers])
        for choice, name in ((self.activation, "activation"), (self.initializer, "initializer")):
            found = {getattr(layer, name) for layer in layers}
            choice.set_value(found.pop() if len(found) == 1 else _MIXED)
            choice.setEnabled(bool(layers))

    def _on_units_edited(self, units: object) -> None:
        layers = self.setup.layers
        if isinstance(units, tuple):
            model = layers or (LayerSetup(),)
            made = tuple(replace(model[min(i, len(model) - 1)], units=count) for i, count in enumerate(units))
            if made != layers:
                self.edit(layers=made)

    def _on_activation_edited(self, key: object) -> None:
        self._set_all("activation", key)

    def _on_initializer_edited(self, key: object) -> None:
        self._set_all("initializer", key)

    def _set_all(self, name: str, key: object) -> None:
        """Give every layer that has another one this one, with its own defaults."""
        if key == _MIXED:
            if self.experiment is not None:
                self.show_experiment(self.experiment)
            return
        changed = {name: key, f"{name}_parameters": {}}
        layers = self.setup.layers
        made = tuple(layer if getattr(layer, name) == key else replace(layer, **changed) for layer in layers)
        if made != layers:
            self.edit(layers=made)
