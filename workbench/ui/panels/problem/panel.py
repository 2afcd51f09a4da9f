"""The problem panel: an objective, or a network with data; seed and length of the run."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.experiment.experiment import (
    DataSetup,
    Experiment,
    Lane,
    LayerSetup,
    NetworkSetup,
    ObjectiveSetup,
    Setup,
)
from workbench.experiment.fresh import fitting_lanes
from workbench.ui.forms.fields import NumberField
from workbench.ui.forms.forms import add_row, compact_form
from workbench.ui.forms.line_edit import commit_edits
from workbench.ui.panels.base import Panel, setting
from workbench.ui.panels.problem.early import EarlyStopping
from workbench.ui.panels.problem.notes import NotesForm
from workbench.ui.panels.problem.objective import ObjectiveForm
from workbench.ui.style import theme as themes

if TYPE_CHECKING:
    from workbench.ui.panels.network.form import NetworkForm

_FORM_AT = 2  # below the notes and the kinds
_DEFAULT_STEPS = 2000
_DEFAULT_TOLERANCE = 1e-8


class ProblemPanel(Panel):
    """Chooses what is minimised. The other kind's settings are remembered while one is shown."""

    #: a file of one's own data is wanted
    file_requested = Signal()
    #: a file of trained weights to begin with is wanted
    weights_requested = Signal()

    key, share = "problem", 0.5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, tuple[Lane, ...]] = {}  # those that a kind of problem was shown with last
        self._theme = themes.LIGHT
        self._remembered: dict[str, Setup] = {
            "objective": ObjectiveSetup(objective="rosenbrock"),
            "network": NetworkSetup(data=DataSetup(name="moons"), layers=(LayerSetup(units=8), LayerSetup(units=8))),
        }
        self.objective_button = QRadioButton(self.tr("Objective"), self)
        self.objective_button.setToolTip(self.tr("Minimise a function, of two coordinates or more"))
        self.network_button = QRadioButton(self.tr("Network"), self)
        self.network_button.setToolTip(self.tr("Train a neural network on data"))
        kinds = QHBoxLayout()
        kinds.addWidget(self.objective_button)
        kinds.addWidget(self.network_button)
        kinds.addStretch(1)
        self.notes = NotesForm(self)
        self._objective_form: ObjectiveForm | None = None
        self._network_form: NetworkForm | None = None
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.notes)
        layout.addLayout(kinds)
        layout.addLayout(self._make_common())
        layout.addStretch(1)
        self.objective_button.clicked.connect(self._on_objective_clicked)
        self.network_button.clicked.connect(self._on_network_clicked)
        self.notes.edited.connect(self._on_form_edited)

    # The form of each kind, made when there first is a problem of its kind

    @property
    def objective_form(self) -> ObjectiveForm:
        """The form of an objective."""
        if self._objective_form is None:
            self._objective_form = ObjectiveForm(self)
            self._take_in(self._objective_form)
        return self._objective_form

    @property
    def network_form(self) -> NetworkForm:
        """The form of a network; for an objective neither it nor what networks are made of is loaded."""
        if self._network_form is None:
            from workbench.ui.panels.network.form import NetworkForm

            self._network_form = NetworkForm(self)
            self._network_form.set_theme(self._theme)
            self._network_form.grew.connect(self.grew)
            self._network_form.data.file_requested.connect(self.file_requested)
            self._network_form.training.weights_requested.connect(self.weights_requested)
            self._take_in(self._network_form)
        return self._network_form

    def _take_in(self, form: ObjectiveForm | NetworkForm) -> None:
        form.edited.connect(self._on_form_edited)
        self._column.insertWidget(_FORM_AT, form)
        form.setVisible(True)  # at once: a layout would do so in a moment

    def title(self) -> str:
        return self.tr("Problem")

    def _make_common(self) -> QVBoxLayout:
        seed = setting("seed", 0, self.tr("seed"), self.tr("Everything random follows from it"), low=0, high=2**53)
        self.seed = NumberField(seed, self)
        self.seed.set_tip(
            self.tr("Everything random follows from the seed: weights, batches, noise, data"), self.tr("Seed")
        )
        self.new_seed = QToolButton(self)
        self.new_seed.setToolTip(self.tr("Draw another seed (Reset repeats the same numbers, this draws new ones)"))
        self.new_seed.setAccessibleName(self.tr("New seed"))
        self.new_seed.clicked.connect(self._on_new_seed_clicked)
        row = QWidget(self)
        seeds = QHBoxLayout(row)
        seeds.setContentsMargins(0, 0, 0, 0)
        seeds.setSpacing(4)
        seeds.addWidget(self.seed, 1)
        seeds.addWidget(self.new_seed)
        steps = setting("steps", _DEFAULT_STEPS, self.tr("steps"), self.tr("Where runs stop"), low=1, high=10**9)
        self.steps = NumberField(steps, self)
        self.steps.edit.set_digits(11)  # a billion
        self.steps.set_tip(self.tr("The step at which the race stops by itself"), self.tr("Steps"))
        self.stops = QCheckBox(self.tr("stop at"), self)
        self.stops.setToolTip(self.tr("Stop by itself after a number of steps; otherwise the race runs on"))
        self.stops.clicked.connect(self._on_stops_clicked)
        self._make_tolerance()
        self.seed.edited.connect(self._on_seed_edited)
        self.steps.edited.connect(self._on_steps_edited)
        form_box = QWidget(self)
        form = compact_form(form_box)
        add_row(form, self.tr("seed"), row, self.seed.edit.toolTip())
        form.addRow(self.stops, self.steps)
        form.addRow(self.tolerates, self.tolerance)
        column = QVBoxLayout()
        column.addWidget(form_box)
        self.early = EarlyStopping(self)
        self.early.edited.connect(self._on_form_edited)
        column.addWidget(self.early)
        return column

    def _make_tolerance(self) -> None:
        about = self.tr(
            "Stop by itself once every lane is this near its end: f − f* where the lowest value is known, else the "
            "gradient norm; for a network its training loss"
        )
        tolerance = setting(
            "tolerance", _DEFAULT_TOLERANCE, self.tr("tolerance"), about, low=1e-300, high=1e30, scale="log",
            slider=(1e-15, 1.0),
        )  # fmt: skip
        self.tolerance = NumberField(tolerance, self)
        self.tolerance.set_tip(about, self.tr("Tolerance"))
        self.tolerates = QCheckBox(self.tr("within"), self)
        self.tolerates.setToolTip(about)
        self.tolerates.clicked.connect(self._on_tolerates_clicked)
        self.tolerance.edited.connect(self._on_tolerance_edited)

    @property
    def network(self) -> NetworkSetup:
        """The network shown, or the one shown last."""
        found = self._remembered["network"]
        assert isinstance(found, NetworkSetup)  # noqa: S101 - filed under its kind
        return found

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self.new_seed.setIcon(themes.icon("dice", theme.text))
        self.notes.set_theme(theme)
        self._theme = theme
        if self._network_form is not None:
            self._network_form.set_theme(theme)

    def refresh(self, experiment: Experiment) -> None:
        self.notes.show_experiment(experiment)
        problem = experiment.problem
        objective = isinstance(problem, ObjectiveSetup)
        kind = "objective" if objective else "network"
        self._remembered[kind], self._lanes[kind] = problem, experiment.lanes
        (self.objective_button if objective else self.network_button).setChecked(True)
        # hidden, not stacked: the form that is not shown takes no room
        for form, is_of in ((self._objective_form, objective), (self._network_form, not objective)):
            if form is not None:
                form.setVisible(is_of)
        if isinstance(problem, ObjectiveSetup):
            self.objective_form.show_experiment(experiment)
        else:
            self.network_form.show_experiment(experiment)
        self.early.show_experiment(experiment)
        self.seed.set_value(experiment.seed)
        self.stops.setChecked(experiment.steps is not None)
        self.steps.setEnabled(experiment.steps is not None)
        if experiment.steps is not None:
            self.steps.set_value(experiment.steps)
        self.tolerates.setChecked(experiment.tolerance is not None)
        self.tolerance.setEnabled(experiment.tolerance is not None)
        if experiment.tolerance is not None:
            self.tolerance.set_value(experiment.tolerance)

    def _on_objective_clicked(self) -> None:
        self._switch("objective")

    def _on_network_clicked(self) -> None:
        self._switch("network")

    def _switch(self, kind: str) -> None:
        """Show the other kind of problem as it was last, with lanes whose rates fit it."""
        commit_edits(self)
        if self.experiment is not None and not isinstance(self.experiment.problem, type(self._remembered[kind])):
            problem = self._remembered[kind]
            lanes = fitting_lanes(self.experiment.lanes, problem, self._lanes.get(kind, ()))
            self.change(problem=problem, lanes=lanes, stop=None)

    def _on_form_edited(self, experiment: object, merge: str) -> None:
        self.edited.emit(experiment, merge)

    def _on_seed_edited(self, value: object) -> None:
        self.change("seed", seed=value)

    def _on_new_seed_clicked(self) -> None:
        commit_edits(self)
        self.change(seed=secrets.randbelow(10_000))

    def _on_stops_clicked(self, checked: bool) -> None:
        commit_edits(self)
        self.change(steps=_DEFAULT_STEPS if checked else None)

    def _on_tolerates_clicked(self, checked: bool) -> None:
        commit_edits(self)
        self.change(tolerance=_DEFAULT_TOLERANCE if checked else None)

    def _on_tolerance_edited(self, value: object) -> None:
        self.change("tolerance", tolerance=value)

    def _on_steps_edited(self, value: object) -> None:
        self.change("steps", steps=value)
