"""What of a hidden layer unfolds: settings of its activation, initial weights, dropout, batch normalisation."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.experiment.experiment import LayerSetup, replace
from workbench.ui.forms.fields import ChoiceField, NumberField, SwitchField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.settings import EntrySettings
from workbench.ui.panels.base import setting
from workbench.ui.panels.network.part import titles
from workbench.ui.words.text import explanation


class LayerSettings(QWidget):
    """Edits the part of a layer that its card does not always show."""

    #: (layer, merge key)
    edited = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layer = LayerSetup()
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 2, 2)
        column.setSpacing(4)
        column.addWidget(self.activation_settings)
        column.addWidget(box)
        column.addWidget(self.initializer_settings)
        column.addWidget(below)
        self.activation_settings.edited.connect(self._on_activation_setting)
        self.initializer.edited.connect(self._on_initializer_edited)
        self.initializer_settings.edited.connect(self._on_initializer_setting)
        self.dropout.edited.connect(self._on_dropout_edited)
        self.batch_norm.edited.connect(self._on_batch_norm_edited)

    def show_layer(self, layer: LayerSetup) -> None:
        """Show a layer."""
        self._layer = layer
        activation, initializer = activations.get(layer.activation), initializers.get(layer.initializer)
        self.activation_settings.show_entry(activation, layer.activation_parameters)
        self.initializer.set_value(layer.initializer)
        self.initializer.setToolTip(f"{explanation(initializer.__doc__ or '')}\n{initializer.formula}")
        self.initializer_settings.show_entry(initializer, layer.initializer_parameters)
        self.dropout.set_value(layer.dropout)
        self.batch_norm.set_value(layer.batch_norm)

    def _edit(self, merge: str = "", **fields: Any) -> None:
        self.edited.emit(replace(self._layer, **fields), merge)

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
