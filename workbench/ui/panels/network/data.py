"""What a network learns from: a data set with its settings, a person's own file, or painted points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from workbench.engine.datasets import SCALINGS, CsvFile, Dataset, datasets
from workbench.engine.params import RequestError
from workbench.experiment.data import fill_data, notes_on_batches, table_of
from workbench.experiment.experiment import DataSetup, Experiment, NetworkSetup, replace
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.grouped import GroupedChoice
from workbench.ui.forms.picking import OWN_FILE, PickWanted
from workbench.ui.forms.settings import EntrySettings
from workbench.ui.panels.base import setting
from workbench.ui.panels.network.part import NetworkPart, heading
from workbench.ui.words.text import engine_text, explanation

_KEPT_FEATURES = 2  # inputs of the data that features can be made of


def with_data(setup: NetworkSetup, data: DataSetup, inputs: int) -> NetworkSetup:
    """The network on other data; what only went with the old ones (loss, features) is let go."""
    changed: NetworkSetup = replace(
        setup, data=data, loss="", loss_parameters={}, features=setup.features if inputs == _KEPT_FEATURES else ()
    )
    return changed


def _in_memory(data: DataSetup) -> CsvFile | None:
    """The person's own table, as it was read for the race; None where it would have to be read now."""
    if not data.file:
        return None
    try:
        return table_of(data, only_known=True)
    except RequestError:
        return None


def _make_source(data: DataSetup) -> Dataset | None:
    """The source of samples of a data set, None where its settings do not fit it."""
    try:
        return fill_data(data)[1]
    except RequestError:
        return None


class DataPart(NetworkPart):
    """Chooses the data, its settings, its share for testing and its scaling."""

    #: a file is to be chosen, or other columns of the present one
    file_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: CsvFile | None = None
        self.choice = GroupedChoice(self._groups(), self)
        self.choice.setAccessibleName(self.tr("Data"))
        self.choice.edited.connect(self._on_data_edited)
        self.browse = QToolButton(self)
        self.browse.setText("…")
        self.browse.setToolTip(self.tr("Choose the data by their pictures, or search for them"))
        self.browse.setAccessibleName(self.tr("Pictures of the data"))
        self.browse.clicked.connect(self._on_browse_clicked)
        row = QWidget(self)
        choices = QHBoxLayout(row)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(4)
        choices.addWidget(self.choice, 1)
        choices.addWidget(self.browse)
        self.settings = EntrySettings(self)
        self.settings.edited.connect(self._on_setting_edited)
        self.note = QLabel(self)
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        self.file_button = QPushButton(self.tr("Choose file and columns …"), self)
        self.file_button.setToolTip(self.tr("Open a CSV file, or choose other columns of this one"))
        self.file_button.clicked.connect(self.file_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(heading(self.tr("Data"), self))
        for part in (row, self.note, self.file_button, self.settings, self._make_split()):
            layout.addWidget(part)

    def _groups(self) -> list[Any]:
        """The data sets by the module that declares them: alike ones stand together there."""
        groups: list[tuple[str, str]] = [
            ("shapes", self.tr("Classes in the plane")), ("playground", self.tr("TensorFlow Playground's")),
            ("curves", self.tr("Curves")), ("shipped", self.tr("Measured")), ("points", self.tr("Your own")),
        ]  # fmt: skip
        found = []
        for module, title in groups:
            entries = [
                (e.key, engine_text(e.title), explanation(e.__doc__ or ""))
                for e in datasets
                if e.__module__.rpartition(".")[2] == module
            ]
            found.append((title, entries))
        found[-1][1].append((OWN_FILE, self.tr("Own file …"), self.tr("Learn from a table of your own")))
        return found

    def _make_split(self) -> QWidget:
        box = QWidget(self)
        form = compact_form(box)
        share = setting("test_fraction", 0.25, "", "", low=0, high=1, high_open=True, slider=(0, 0.9))
        self.test_fraction = NumberField(share, self)
        tip = self.tr("The share of the samples that is kept for testing and never trained on")
        self.test_fraction.set_tip(tip, self.tr("Test share"))
        add_row(form, self.tr("test share"), self.test_fraction, tip)
        words = (self.tr("none"), self.tr("standard"), self.tr("0 to 1"))
        self.scaling = ChoiceField(SCALINGS, words, self)
        tip = self.tr(
            "How inputs are scaled, by the training samples: not at all, to mean 0 and deviation 1, or from 0 to 1"
        )
        self.scaling.set_tip(tip, self.tr("Scaling"))
        add_row(form, self.tr("scaling"), self.scaling, tip)
        self.target_scaling = ChoiceField(SCALINGS, words, self)
        tip = self.tr(
            "How the values to be learned are scaled, by the training samples; losses and fits stay in their own unit"
        )
        self.target_scaling.set_tip(tip, self.tr("Target scaling"))
        self._form = form
        add_row(form, self.tr("target scaling"), self.target_scaling, tip)
        self.test_fraction.edited.connect(self._on_test_fraction_edited)
        self.scaling.edited.connect(self._on_scaling_edited)
        self.target_scaling.edited.connect(self._on_target_scaling_edited)
        return box

    @property
    def inputs(self) -> int | None:
        """How many inputs the data have; None where only the file could tell."""
        data = self.setup.data
        if data.file:
            return None if self._file is None else self._file.n_in
        return datasets.get(data.name).n_in

    @property
    def classes(self) -> int | None:
        """How many classes the data have, 0 for values; None where only the data could tell."""
        data = self.setup.data
        if data.file:
            return None if self._file is None else self._file.n_classes
        if data.name == "points":
            return 1 + max((number for *_, number in data.points), default=1)
        count = data.parameters.get("classes", datasets.get(data.name).n_classes)
        return count if isinstance(count, int) else None

    def refresh(self, experiment: Experiment) -> None:
        data = self.setup.data
        self._file = _in_memory(data)
        self.choice.set_value(OWN_FILE if data.file else data.name)
        self.file_button.setVisible(bool(data.file))
        self.settings.setVisible(not data.file and bool(datasets.get(data.name).params))
        said = ""
        if data.file:
            inputs = ", ".join(data.columns[:4]) + (" …" if len(data.columns) > 4 else "")
            said = self.tr("{}: {} from {}").format(
                Path(data.file).name, data.target, inputs or self.tr("all other columns")
            )
            self.choice.setToolTip(data.file)
        else:
            entry = datasets.get(data.name)
            self.choice.setToolTip(f"{explanation(entry.__doc__ or '')}\n{entry.formula}")
            self.settings.show_entry(entry, data.parameters)
            if data.name == "points":
                said = self.tr("Press Paint in the fit to add points of any class, or to erase some.")
        self._form.setRowVisible(self.target_scaling, not self.classes)
        self.target_scaling.set_value(data.target_scaling)
        said = "\n".join(part for part in (said, *self._notes()) if part)
        self.note.setText(said)
        self.note.setVisible(bool(said))
        self.test_fraction.set_value(data.test_fraction)
        self.scaling.set_value(data.scaling)

    def _notes(self) -> list[str]:
        """What is not certain of the data, or of what is made of them."""
        data = self.setup.data
        notes = [] if self._file is None else list(self._file.table.notes)
        if any(layer.batch_norm for layer in self.setup.layers):
            source = self._file if data.file else _make_source(data)
            notes += [] if source is None else notes_on_batches(self.setup, source)
        return [f"{note[:1].upper()}{note[1:]}." for note in notes]

    def _edit_data(self, merge: str = "", **fields: Any) -> None:
        self.edit(merge, data=replace(self.setup.data, **fields))

    def _on_data_edited(self, key: object) -> None:
        data = self.setup.data
        if key == OWN_FILE:
            self.choice.set_value(OWN_FILE if data.file else data.name)  # until a file is chosen, all stays as it is
            self.file_requested.emit()
            return
        if key == data.name:
            return
        entry = datasets.get(str(key))
        # pixels and the like come in their own range; what the old data were scaled by says nothing of the new
        fresh = DataSetup(
            name=str(key), test_fraction=data.test_fraction, scaling="range" if entry.n_in > 2 else "none"
        )
        self.change(problem=with_data(self.setup, fresh, entry.n_in))

    def _on_browse_clicked(self) -> None:
        PickWanted("data set", self.choice).tell(self)

    def _on_setting_edited(self, name: str, value: object) -> None:
        self._edit_data(f"data.{name}", parameters={**self.setup.data.parameters, name: value})

    def _on_test_fraction_edited(self, value: object) -> None:
        self._edit_data("data.test_fraction", test_fraction=value)

    def _on_target_scaling_edited(self, value: object) -> None:
        self._edit_data(target_scaling=value)

    def _on_scaling_edited(self, value: object) -> None:
        self._edit_data(scaling=value)
