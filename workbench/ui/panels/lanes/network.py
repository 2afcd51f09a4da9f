"""The network that a lane trains, where it is another one than the problem's: what differs of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from workbench.engine.datasets import datasets
from workbench.engine.network.activations import activations
from workbench.engine.network.features import FEATURES
from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.experiment.experiment import DataSetup, LaneNetwork, LayerSetup, NetworkSetup, replace
from workbench.experiment.lane_networks import network_of, without_needless
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.units_field import UnitsField
from workbench.ui.panels.base import setting
from workbench.ui.panels.lanes.network_words import differences, scaling_words
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.words.text import engine_text

#: the choice of what the problem says
_AS_THERE = "as there"
_SCALINGS = ("none", "standard", "range")


class LaneNetworkForm(QWidget):
    """Edits what differs of a lane's network; every field shows what is in force, a lane's own or the problem's."""

    #: (merge key, `LaneNetwork` or None)
    edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = NetworkSetup(data=DataSetup(name="moons"))
        self._own: LaneNetwork | None = None
        self.unfold = QToolButton(self)
        self.unfold.setCheckable(True)
        self.unfold.setText(self.tr("Network of its own"))
        self.unfold.setToolTip(
            self.tr("Let this lane train another network on the same data: layers, activation, weights, batches")
        )
        self.unfold.toggled.connect(self._on_unfolded)
        self.summary = ElidedLabel("", self)
        self.summary.setObjectName("muted")
        self._box: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.unfold)
        self._layout.addWidget(self.summary)

    # Parts, made when they are first unfolded: most lanes train the problem's network

    def _make(self) -> None:
        box = QWidget(self)
        form = compact_form(box)
        self.units = UnitsField(box)
        self.units.edited.connect(self._on_units_edited)
        add_row(form, self.tr("layers"), self.units, self.units.edit.toolTip())
        as_there = self.tr("as the problem's")
        self.choices: dict[str, ChoiceField] = {}
        yes_no = ((_AS_THERE, "yes", "no"), (as_there, self.tr("with"), self.tr("without")))
        scalings = ((_AS_THERE, *_SCALINGS), (as_there, *(scaling_words(key) for key in _SCALINGS)))
        for name, label, tip, (keys, titles) in (
            ("activation", self.tr("activation"), self.tr("The activation of all hidden layers"),
             _of(activations, as_there)),
            ("initializer", self.tr("weights"), self.tr("How the initial weights of all hidden layers are drawn"),
             _of(initializers, as_there)),
            ("batch_norm", self.tr("batch norm"), self.tr("Whether all hidden layers normalise their batches"), yes_no),
            ("output_initializer", self.tr("output weights"),
             self.tr("How the initial weights of the output layer are drawn"), _of(initializers, as_there)),
            ("loss", self.tr("loss"), self.tr("What this lane minimises; compare lanes of other losses by accuracy"),
             _of(losses, as_there)),
            ("scaling", self.tr("inputs"), self.tr("How inputs are scaled, by the training samples"), scalings),
            ("target_scaling", self.tr("targets"), self.tr("How targets are scaled, by the training samples"),
             scalings),
        ):  # fmt: skip
            field = ChoiceField(keys, titles, box)
            field.setMinimumContentsLength(6)
            field.set_tip(tip, label)
            field.setProperty("setting", name)
            field.edited.connect(self._on_choice_edited)
            self.choices[name] = field
            add_row(form, label, field, tip)
        self.numbers: dict[str, NumberField] = {}
        for name, label, tip, more in (
            ("dropout", self.tr("dropout"), self.tr("The share of outputs left out of all hidden layers (p)"),
             {"default": 0.0, "low": 0, "high": 1, "high_open": True, "slider": (0, 0.9)}),
            ("batch_size", self.tr("batch"), self.tr("Samples that one step sees; 0 takes the whole training set"),
             {"default": 32, "low": 0, "high": 100_000, "scale": "log", "slider": (1, 1024)}),
            ("l1", "L1", self.tr("Weighs the sum of the weights' sizes in the loss"),
             {"default": 0.0, "low": 0, "high": 1e6, "scale": "log", "slider": (1e-6, 1.0)}),
            ("l2", "L2", self.tr("Weighs the sum of the weights' squares in the loss"),
             {"default": 0.0, "low": 0, "high": 1e6, "scale": "log", "slider": (1e-6, 1.0)}),
        ):  # fmt: skip
            given: dict[str, Any] = dict(more)
            number = NumberField(setting(name, given.pop("default"), "", "", **given), box)
            number.set_tip(tip, label)
            number.setProperty("setting", name)
            number.edited.connect(self._on_number_edited)
            self.numbers[name] = number
            add_row(form, label, number, tip)
        self._make_features(form, box)
        self.clear = QToolButton(box)
        self.clear.setText(self.tr("Back to the problem's network"))
        self.clear.setToolTip(self.tr("Let nothing of this lane's network differ from the problem's"))
        self.clear.clicked.connect(self._on_clear)
        form.addRow(self.clear)
        self._form, self._box = form, box
        self._layout.addWidget(box)

    def _make_features(self, form: QFormLayout, box: QWidget) -> None:
        self.features = QToolButton(box)
        self.features.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        tip = self.tr("What of the two inputs the network reads")
        self.features.setToolTip(tip)
        self.features.setAccessibleName(self.tr("Features"))
        menu = QMenu(self.features)
        self._features = {name: menu.addAction(name) for name in FEATURES}
        for action in self._features.values():
            action.setCheckable(True)
            action.triggered.connect(self._on_features_edited)
        self.features.setMenu(menu)
        add_row(form, self.tr("features"), self.features, tip)

    # Showing

    def show_network(self, problem: NetworkSetup, own: LaneNetwork | None) -> None:
        """Show what differs in a lane from the problem's network."""
        self._problem, self._own = problem, own
        said = differences(problem, own)
        self.summary.setText(" · ".join(said) or self.tr("as the problem's"))
        self.summary.setVisible(not self.unfold.isChecked())
        if self._box is None:
            return
        whole = network_of(problem, own)
        self.units.set_units([layer.units for layer in whole.layers])
        for name, choice in self.choices.items():
            value = None if own is None else getattr(own, name)
            choice.set_value(_AS_THERE if value is None else _key(value))
        first = whole.layers[0] if whole.layers else LayerSetup()
        in_force = {"dropout": first.dropout, "batch_size": whole.batch_size, "l1": whole.l1, "l2": whole.l2}
        for name, field in self.numbers.items():
            field.set_value(in_force[name])
        for name, action in self._features.items():
            action.setChecked(name in (whole.features or ("x1", "x2")))
        self.features.setText(", ".join(whole.features) or "x1, x2")
        self._form.setRowVisible(self.features, _may_have_features(problem.data))
        self.clear.setEnabled(own is not None)

    def _on_unfolded(self, unfolded: bool) -> None:
        if unfolded and self._box is None:
            self._make()
        if self._box is not None:
            self._box.setVisible(unfolded)
        self.show_network(self._problem, self._own)

    # Editing

    def _edit(self, merge: str, **changes: Any) -> None:
        own = replace(self._own or LaneNetwork(), **changes)
        self.edited.emit(f"network.{merge}" if merge else "", without_needless(self._problem, own))

    def _on_units_edited(self, units: object) -> None:
        if not isinstance(units, tuple):
            return
        own = None if self._own is None else self._own.layers
        model = own or self._problem.layers or (LayerSetup(),)
        layers = tuple(replace(model[min(i, len(model) - 1)], units=count) for i, count in enumerate(units))
        self._edit("", layers=layers)

    def _on_choice_edited(self, value: object) -> None:
        name = str(self.sender().property("setting"))
        found: Any = None if value == _AS_THERE else value
        if name == "batch_norm" and found is not None:
            found = found == "yes"
        changes = {name: found}
        if name in ("loss", "output_initializer"):
            changes[f"{name}_parameters"] = None
        self._edit("", **changes)

    def _on_number_edited(self, value: object) -> None:
        name = str(self.sender().property("setting"))
        self._edit(name, **{name: value})

    def _on_features_edited(self) -> None:
        chosen = tuple(name for name, action in self._features.items() if action.isChecked())
        self._edit("", features=() if chosen in ((), ("x1", "x2")) else chosen)

    def _on_clear(self) -> None:
        self.edited.emit("", None)


def _of(registry: Any, first: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys and the titles of a registry's entries, behind the choice of the problem's."""
    return (_AS_THERE, *registry.keys()), (first, *(engine_text(entry.title) for entry in registry))


def _key(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _may_have_features(data: DataSetup) -> bool:
    """Whether the data may have the two inputs that features are made of; of a file, its columns would tell."""
    return not data.name or datasets.get(data.name).n_in == 2
