"""Loss, penalties, batch and starts: how a network is trained."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from workbench.engine.network.initializers import initializers
from workbench.engine.network.losses import losses
from workbench.experiment.experiment import Experiment
from workbench.ui.forms.fields import ChoiceField, NumberField, SwitchField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.settings import EntrySettings
from workbench.ui.panels.base import setting
from workbench.ui.panels.network.part import NetworkPart, heading, titles
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.words.text import explanation

_BATCH = 32
BY_DATA = ""


class TrainingPart(NetworkPart):
    """Edits what is minimised, and what one step of it sees."""

    #: a file of trained weights to begin with is asked for
    weights_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: how many classes the data have, 0 for values; None where only the data could tell
        self.classes: int | None = None
        self._batch = _BATCH
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(heading(self.tr("Loss and training"), self))
        first, self.loss_settings = QWidget(self), EntrySettings(self)
        self._make_loss(first)
        rest = QWidget(self)
        self._make_rest(rest)
        last, self.output_settings = QWidget(self), EntrySettings(self)
        self._make_output(last)
        for part in (first, self.loss_settings, rest, last, self.output_settings):
            layout.addWidget(part)
        self.loss_settings.edited.connect(self._on_loss_setting)
        self.output_settings.edited.connect(self._on_output_setting)

    def _make_loss(self, box: QWidget) -> None:
        form = compact_form(box)
        self.loss = ChoiceField((*losses.keys(), BY_DATA), (*titles(losses), self.tr("By the data")), self)
        self.loss.setAccessibleName(self.tr("Loss"))
        add_row(form, self.tr("loss"), self.loss, self.tr("What is minimised: how far outputs are from the targets"))
        self.loss.edited.connect(self._on_loss_edited)

    def _make_rest(self, box: QWidget) -> None:
        form = compact_form(box)
        batch = setting("batch_size", _BATCH, "", "", low=0, high=100_000, scale="log", slider=(1, 1024))
        self.batch_size = NumberField(batch, self)
        tip = self.tr("Samples that one step sees (B); 0 takes the whole training set. Each epoch shuffles anew")
        self.batch_size.set_tip(tip, self.tr("Batch size"))
        add_row(form, self.tr("batch  B"), self.batch_size, tip)
        self.full_batch = SwitchField(self)
        self.full_batch.setText(self.tr("whole training set"))
        self.full_batch.set_tip(self.tr("Let every step see all training samples"), self.tr("Full batch"))
        form.addRow("", self.full_batch)
        for name, sign, tip in (
            ("l1", "L1", self.tr("Weighs the sum of the weights' sizes in the loss (L1); 0 leaves it out")),
            ("l2", "L2", self.tr("Weighs the sum of the weights' squares in the loss (L2); 0 leaves it out")),
        ):
            field = NumberField(setting(name, 0.0, "", "", low=0, high=1e6, scale="log", slider=(1e-6, 1.0)), self)
            field.set_tip(tip, sign)
            add_row(form, sign, field, tip)
            setattr(self, name, field)
        self.starts = NumberField(setting("starts", 1, "", "", low=1, high=64, slider=(1, 16)), self)
        tip = self.tr("How many initial weights each lane starts from; their losses show as a median with a band")
        self.starts.set_tip(tip, self.tr("Starts"))
        add_row(form, self.tr("starts  S"), self.starts, tip)
        self.dtype = ChoiceField(("float64", "float32"), ("float64", "float32"), self)
        tip = self.tr("The precision of all numbers: 64 bits to check by, 32 as frameworks train")
        self.dtype.set_tip(tip, self.tr("Precision"))
        add_row(form, self.tr("precision"), self.dtype, tip)
        self.batch_size.edited.connect(self._on_batch_size_edited)
        self.full_batch.edited.connect(self._on_full_batch_edited)
        self.l1.edited.connect(self._on_l1_edited)
        self.l2.edited.connect(self._on_l2_edited)
        self.starts.edited.connect(self._on_starts_edited)
        self.dtype.edited.connect(self._on_dtype_edited)

    l1: NumberField
    l2: NumberField

    def _make_output(self, box: QWidget) -> None:
        form = compact_form(box)
        self.output = ChoiceField(initializers.keys(), titles(initializers), self)
        self.output.setAccessibleName(self.tr("Initial weights of the output layer"))
        tip = self.tr("How the initial weights of the output layer are drawn")
        add_row(form, self.tr("output weights"), self.output, tip)
        self.output.edited.connect(self._on_output_edited)
        self.begins = ElidedLabel("", box)
        self.choose_weights, self.clear_weights = QToolButton(box), QToolButton(box)
        tip = self.tr("Begin with trained weights from a file, in the place of drawn ones")
        for button, text, told in (
            (self.choose_weights, "…", tip),
            (self.clear_weights, "×", self.tr("Begin with drawn weights again")),
        ):
            button.setText(text)
            button.setToolTip(told)
            button.setAccessibleName(told)
        self.choose_weights.clicked.connect(self.weights_requested)
        self.clear_weights.clicked.connect(self._on_clear_weights)
        row = QWidget(box)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.begins, 1)
        line.addWidget(self.choose_weights)
        line.addWidget(self.clear_weights)
        add_row(form, self.tr("begin with"), row, tip)

    def refresh(self, experiment: Experiment) -> None:
        setup, classes, loss = self.setup, self.classes, self.setup.loss
        if not loss and classes is not None:
            loss = "softmax_cross_entropy" if classes else "mean_squared_error"
        self.loss.set_value(loss)
        self._offer_losses(classes)
        if loss:
            entry = losses.get(loss)
            self.loss.setToolTip(f"{explanation(entry.__doc__ or '')}\n{entry.formula}")
            self.loss_settings.show_entry(entry, setup.loss_parameters)
        self.loss_settings.setVisible(bool(loss) and self.loss_settings.form is not None)
        self._batch = setup.batch_size or self._batch
        self.batch_size.set_value(setup.batch_size)
        self.full_batch.set_value(setup.batch_size == 0)
        self.l1.set_value(setup.l1)
        self.l2.set_value(setup.l2)
        self.starts.set_value(setup.starts)
        self.dtype.set_value(setup.dtype)
        output = initializers.get(setup.output_initializer)
        self.output.set_value(setup.output_initializer)
        self.output.setToolTip(f"{explanation(output.__doc__ or '')}\n{output.formula}")
        self.output_settings.show_entry(output, setup.output_initializer_parameters)
        self.begins.setText(Path(setup.weights).name if setup.weights else self.tr("drawn weights"))
        self.clear_weights.setVisible(bool(setup.weights))

    def _offer_losses(self, classes: int | None) -> None:
        """Grey out what does not fit the data."""
        model = self.loss.model()
        for i, entry in enumerate(losses):
            fits = classes is None or ((classes or not entry.takes_classes) and (classes == 2 or not entry.binary))
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled if fits else Qt.ItemFlag.NoItemFlags
            item = getattr(model, "item")(i)  # noqa: B009 - the model of a combo box is one of standard items
            item.setFlags(flags)
            item.setToolTip("" if fits else self.tr("Does not fit these data"))

    def _on_loss_edited(self, value: object) -> None:
        if value != self.setup.loss:
            self.edit(loss=value, loss_parameters={})

    def _on_loss_setting(self, name: str, value: object) -> None:
        given = {**self.setup.loss_parameters, name: value}
        self.edit(f"loss.{name}", loss=self.loss.currentData(), loss_parameters=given)

    def _on_clear_weights(self) -> None:
        self.edit(weights="")

    def _on_batch_size_edited(self, value: object) -> None:
        self.edit("batch_size", batch_size=value)

    def _on_full_batch_edited(self, value: object) -> None:
        self.edit(batch_size=0 if value else self._batch)

    def _on_l1_edited(self, value: object) -> None:
        self.edit("l1", l1=value)

    def _on_l2_edited(self, value: object) -> None:
        self.edit("l2", l2=value)

    def _on_starts_edited(self, value: object) -> None:
        self.edit("starts", starts=value)

    def _on_dtype_edited(self, value: object) -> None:
        self.edit(dtype=value)

    def _on_output_edited(self, key: object) -> None:
        if key != self.setup.output_initializer:
            self.edit(output_initializer=key, output_initializer_parameters={})

    def _on_output_setting(self, name: str, value: object) -> None:
        given = {**self.setup.output_initializer_parameters, name: value}
        self.edit(f"output.{name}", output_initializer_parameters=given)
