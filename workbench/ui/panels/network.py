"""The part of the problem panel for networks: data, hidden layers, loss, batch."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from workbench.engine.datasets import SCALINGS, datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.engine.params import complete
from workbench.experiment.experiment import DataSetup, Experiment, LayerSetup, NetworkSetup, replace
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.panels.base import Panel, setting
from workbench.ui.words import engine_text, explanation

_MOST_LAYERS = 32


def _titles(registry: Any) -> tuple[str, ...]:
    return tuple(engine_text(registry.get(key).title) for key in registry.keys())  # noqa: SIM118 - not a mapping


class NetworkForm(Panel):
    """Edits a `NetworkSetup`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = ChoiceField(datasets.keys(), _titles(datasets), self)
        self.data.setAccessibleName(self.tr("Data"))
        self.data.edited.connect(self._on_data_edited)
        self._params = QVBoxLayout()
        self._form: ParamForm | None = None
        self._key = ""
        self._layers = QVBoxLayout()
        self._layers.setSpacing(3)
        self._rows: list[LayerRow] = []
        self.add_layer = QPushButton(self.tr("Add hidden layer"), self)
        self.add_layer.setToolTip(self.tr("Add a hidden layer before the output layer"))
        self.add_layer.clicked.connect(self._on_add_layer_clicked)
        title = QLabel(self.tr("Hidden layers: units, activation, initial weights"), self)
        title.setObjectName("muted")
        title.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.data)
        layout.addLayout(self._params)
        layout.addWidget(self._make_split())
        layout.addWidget(title)
        layout.addLayout(self._layers)
        layout.addWidget(self.add_layer)
        layout.addWidget(self._make_training())

    def _make_split(self) -> QWidget:
        box = QWidget(self)
        form = compact_form(box)
        share = setting("test_fraction", 0.25, "", "", low=0, high=1, high_open=True, slider=(0, 0.9))
        self.test_fraction = NumberField(share, self)
        tip = self.tr("The share of the samples that is kept for testing and never trained on")
        self.test_fraction.set_tip(tip, self.tr("Test share"))
        add_row(form, self.tr("test share"), self.test_fraction, tip)
        titles = (self.tr("none"), self.tr("standard: mean 0, deviation 1"), self.tr("range: 0 to 1"))
        self.scaling = ChoiceField(SCALINGS, titles, self)
        tip = self.tr("How inputs are scaled, by the training samples; nothing is scaled unless you ask for it")
        self.scaling.set_tip(tip, self.tr("Scaling"))
        add_row(form, self.tr("scaling"), self.scaling, tip)
        self.test_fraction.edited.connect(self._on_test_fraction_edited)
        self.scaling.edited.connect(self._on_scaling_edited)
        return box

    def _make_training(self) -> QWidget:
        box = QWidget(self)
        form = compact_form(box)
        self.loss = ChoiceField(losses.keys(), _titles(losses), self)
        tip = self.tr("What is minimised: how far the network's outputs are from the targets")
        self.loss.set_tip(tip, self.tr("Loss"))
        add_row(form, self.tr("loss"), self.loss, tip)
        batch = setting("batch_size", 32, "", "", low=0, high=100_000, scale="log", slider=(1, 1024))
        self.batch_size = NumberField(batch, self)
        tip = self.tr("Samples that one step sees (B); 0 takes the whole training set")
        self.batch_size.set_tip(tip, self.tr("Batch size"))
        add_row(form, self.tr("batch size  B"), self.batch_size, tip)
        self.dtype = ChoiceField(("float64", "float32"), ("float64", "float32"), self)
        tip = self.tr("The precision of all numbers: 64 bits to check by, 32 as frameworks train")
        self.dtype.set_tip(tip, self.tr("Precision"))
        add_row(form, self.tr("precision"), self.dtype, tip)
        self.loss.edited.connect(self._on_loss_edited)
        self.batch_size.edited.connect(self._on_batch_size_edited)
        self.dtype.edited.connect(self._on_dtype_edited)
        return box

    @property
    def setup(self) -> NetworkSetup:
        """The part of the experiment that this form edits."""
        assert self.experiment is not None  # noqa: S101 - set before any edit
        problem = self.experiment.problem
        assert isinstance(problem, NetworkSetup)  # noqa: S101 - the form is shown for networks alone
        return problem

    def refresh(self, experiment: Experiment) -> None:
        setup = self.setup
        entry = datasets.get(setup.data.name)
        self.data.set_value(setup.data.name)
        self.data.setToolTip(explanation(entry.__doc__ or ""))
        if self._key != setup.data.name:
            self._key = setup.data.name
            clear_layout(self._params)
            self._form = None
            if entry.params:
                self._form = ParamForm(entry.params, self)
                self._form.edited.connect(self._on_data_parameter_edited)
                self._params.addWidget(self._form)
        if self._form is not None:
            self._form.show_values(complete(entry.params, setup.data.parameters))
        self.test_fraction.set_value(setup.data.test_fraction)
        self.scaling.set_value(setup.data.scaling)
        self._show_layers(setup)
        self.loss.set_value(setup.loss or ("softmax_cross_entropy" if entry.n_classes else "mean_squared_error"))
        self.batch_size.set_value(setup.batch_size)
        self.dtype.set_value(setup.dtype)

    def _show_layers(self, setup: NetworkSetup) -> None:
        if len(self._rows) != len(setup.layers):
            clear_layout(self._layers)
            self._rows = []
            for i in range(len(setup.layers)):
                row = LayerRow(i, self)
                row.edited.connect(self._on_layer_edited)
                row.remove_requested.connect(self._on_layer_removed)
                self._rows.append(row)
                self._layers.addWidget(row)
        for row, layer in zip(self._rows, setup.layers, strict=True):
            row.show_layer(layer)
        self.add_layer.setEnabled(len(setup.layers) < _MOST_LAYERS)

    def _edit(self, merge: str = "", **fields: Any) -> None:
        self.change(merge, problem=replace(self.setup, **fields))

    def _edit_data(self, merge: str = "", **fields: Any) -> None:
        self._edit(merge, data=replace(self.setup.data, **fields))

    def _on_data_edited(self, key: object) -> None:
        if key == self.setup.data.name:
            return
        entry = datasets.get(str(key))
        # pixels and the like come in their own range; what the old data were scaled by says nothing of the new
        data = DataSetup(
            name=str(key), test_fraction=self.setup.data.test_fraction, scaling="range" if entry.n_in > 2 else "none"
        )
        self._edit(data=data, loss="")

    def _on_data_parameter_edited(self, name: str, value: object) -> None:
        self._edit_data(f"data.{name}", parameters={**self.setup.data.parameters, name: value})

    def _on_test_fraction_edited(self, value: object) -> None:
        self._edit_data("data.test_fraction", test_fraction=value)

    def _on_scaling_edited(self, value: object) -> None:
        self._edit_data(scaling=value)

    def _on_layer_edited(self, index: int, layer: object) -> None:
        layers = list(self.setup.layers)
        if isinstance(layer, LayerSetup):
            layers[index] = layer
            self._edit(f"layer.{index}", layers=tuple(layers))

    def _on_layer_removed(self, index: int) -> None:
        layers = list(self.setup.layers)
        del layers[index]
        self._edit(layers=tuple(layers))

    def _on_add_layer_clicked(self) -> None:
        layers = self.setup.layers
        self._edit(layers=(*layers, layers[-1] if layers else LayerSetup(units=8)))

    def _on_loss_edited(self, value: object) -> None:
        self._edit(loss=value)

    def _on_batch_size_edited(self, value: object) -> None:
        self._edit("batch_size", batch_size=value)

    def _on_dtype_edited(self, value: object) -> None:
        self._edit(dtype=value)


class LayerRow(QWidget):
    """One hidden layer: units, activation, initializer, and a button that removes it."""

    edited = Signal(int, object)
    remove_requested = Signal(int)

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self._layer = LayerSetup()
        number = setting("units", 16, "", "", low=1, high=1024)
        self.units = NumberField(number, self)
        self.units.edit.setFixedWidth(44)
        self.units.set_tip(self.tr("Units of hidden layer {}").format(index + 1), self.tr("Units"))
        self.activation = ChoiceField(activations.keys(), _titles(activations), self)
        self.activation.set_tip(self.tr("The function that each unit applies to its sum"), self.tr("Activation"))
        self.initializer = ChoiceField(initializers.keys(), _titles(initializers), self)
        self.initializer.set_tip(self.tr("How the initial weights are drawn"), self.tr("Initializer"))
        for field in (self.activation, self.initializer):
            field.setMinimumContentsLength(3)
        self.remove = QToolButton(self)
        self.remove.setText("−")
        self.remove.setToolTip(self.tr("Remove this layer"))
        self.remove.setAccessibleName(self.tr("Remove layer"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.units)
        row.addWidget(self.activation, 1)
        row.addWidget(self.initializer, 1)
        row.addWidget(self.remove)
        self.units.edited.connect(self._on_units_edited)
        self.activation.edited.connect(self._on_activation_edited)
        self.initializer.edited.connect(self._on_initializer_edited)
        self.remove.clicked.connect(self._on_remove_clicked)

    def show_layer(self, layer: LayerSetup) -> None:
        """Show a layer."""
        self._layer = layer
        self.units.set_value(layer.units)
        self.activation.set_value(layer.activation)
        self.initializer.set_value(layer.initializer)

    def _on_units_edited(self, value: object) -> None:
        self.edited.emit(self._index, replace(self._layer, units=value))

    def _on_activation_edited(self, value: object) -> None:
        self.edited.emit(self._index, replace(self._layer, activation=value))

    def _on_initializer_edited(self, value: object) -> None:
        self.edited.emit(self._index, replace(self._layer, initializer=value))

    def _on_remove_clicked(self) -> None:
        self.remove_requested.emit(self._index)
