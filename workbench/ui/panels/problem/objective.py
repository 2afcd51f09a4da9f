"""The part of the problem panel for objectives: function, parameters, starting points, gradient."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.engine.formula.grammar import FormulaError
from workbench.engine.objectives import objectives
from workbench.engine.params import Param, complete
from workbench.experiment.experiment import Experiment, ObjectiveSetup, replace
from workbench.ui.forms.fields import ChoiceField, NumberField, TextField
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.forms.line_edit import commit_edits
from workbench.ui.forms.picking import PickField
from workbench.ui.panels.base import Panel, setting
from workbench.ui.panels.problem.formula_remarks import asked
from workbench.ui.panels.problem.starts import ManyStarts, StartRow
from workbench.ui.words.text import engine_text, explanation

_MOST_STARTS = 8


class ObjectiveForm(Panel):
    """Edits an `ObjectiveSetup`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keys = objectives.keys()
        titles = tuple(engine_text(objectives.get(k).title) for k in keys)
        self.objective = PickField("objective", keys, titles, self)
        self.objective.setAccessibleName(self.tr("Objective"))
        self.objective.edited.connect(self._on_objective_edited)
        self._formula = QLabel(self)
        self._formula.setObjectName("muted")
        self._formula.setWordWrap(True)
        self._params = QVBoxLayout()
        self._extra = QVBoxLayout()
        self._form: ParamForm | None = None
        self._extra_form: ParamForm | None = None
        self._typed: tuple[str, tuple[Param, ...]] = ("", ())
        self._numbers: tuple[str, tuple[Param, ...]] = ("", ())
        #: a start that a formula asked for, with the one it took the place of and the dimensions of that
        self._made_start: tuple[Any, Any, int] | None = None
        self._starts = QVBoxLayout()
        self._starts.setSpacing(3)
        self._rows: list[StartRow] = []
        self._many = ManyStarts(self)
        self._many.first_alone.clicked.connect(self._on_first_alone)
        self._make_gradient()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.objective)
        layout.addWidget(self._formula)
        layout.addLayout(self._params)
        layout.addLayout(self._extra)
        layout.addLayout(self._starts)
        layout.addWidget(self._many)
        layout.addWidget(self._gradient_box)

    def _make_gradient(self) -> None:
        self._gradient_box = QWidget(self)
        form = compact_form(self._gradient_box)
        number = setting("dimension", 2, "", "", low=1, high=1000, slider=(2, 50))
        self.dimension = NumberField(number, self)
        tip = self.tr("How many coordinates a point has (D); the pictures of the plane need two")
        self.dimension.set_tip(tip, self.tr("Dimensions"))
        self.dimension.edited.connect(self._on_dimension_edited)
        self._dimension_label = QLabel(self.tr("dimensions  D"))
        self._dimension_label.setObjectName("muted")
        form.addRow(self._dimension_label, self.dimension)
        self.gradient = ChoiceField(("exact", "numerical"), (self.tr("exact"), self.tr("numerical")), self)
        tip = self.tr("The exact derivative, or central differences of the values")
        self.gradient.set_tip(tip, self.tr("Gradient"))
        add_row(form, self.tr("gradient"), self.gradient, tip)
        difference = setting(
            "difference",
            1e-4,
            self.tr("difference"),
            "",
            low=0,
            low_open=True,
            high=1,
            scale="log",
            slider=(1e-12, 0.1),
        )
        self.difference = NumberField(difference, self)
        tip = self.tr("How far apart the two values of a central difference are taken (h)")
        self.difference.set_tip(tip, self.tr("Difference"))
        self._difference_label = QLabel(self.tr("difference  h"))
        self._difference_label.setObjectName("muted")
        form.addRow(self._difference_label, self.difference)
        noise = setting("noise", 0.0, self.tr("noise"), "", low=0, high=1e6, slider=(0, 10))
        self.noise = NumberField(noise, self)
        tip = self.tr("Standard deviation of the Gaussian noise on each component of the gradient (σ)")
        self.noise.set_tip(tip, self.tr("Gradient noise"))
        add_row(form, self.tr("noise  σ"), self.noise, tip)
        self.gradient.edited.connect(self._on_gradient_edited)
        self.difference.edited.connect(self._on_difference_edited)
        self.noise.edited.connect(self._on_noise_edited)

    @property
    def setup(self) -> ObjectiveSetup:
        """The part of the experiment that this form edits."""
        assert self.experiment is not None  # noqa: S101 - set before any edit
        problem = self.experiment.problem
        assert isinstance(problem, ObjectiveSetup)  # noqa: S101 - the form is shown for objectives alone
        return problem

    def refresh(self, experiment: Experiment) -> None:
        setup = self.setup
        entry = objectives.get(setup.objective)
        params = entry.settings(setup.parameters)
        self.objective.set_value(setup.objective)
        self.objective.setToolTip(explanation(entry.__doc__ or ""))
        self._formula.setText(entry.formula)
        self._formula.setToolTip(f"{entry.source.text}, {entry.source.year}")
        self._show_parameters(setup, params)
        made = entry(setup.parameters)
        points = setup.points or (made.usual_start(),)
        self._show_starts(points)
        self._show_dimension(made.dimensions, len(points[0]))
        self.gradient.set_value(setup.gradient)
        numerical = setup.gradient == "numerical"
        self.difference.setVisible(numerical)
        self._difference_label.setVisible(numerical)
        self.difference.set_value(setup.difference)
        self.noise.set_value(setup.noise)

    def _show_parameters(self, setup: ObjectiveSetup, params: tuple[Param, ...]) -> None:
        """A form for the parameters: numbers below, and above them the text of a formula, kept while it is typed."""
        typed = tuple(param for param in params if param.kind == "text")
        numbers = tuple(param for param in params if param.kind != "text")
        if (setup.objective, typed) != self._typed:
            self._typed = (setup.objective, typed)
            self._form = self._made(self._params, typed)
        if (setup.objective, numbers) != self._numbers:
            self._numbers = (setup.objective, numbers)
            self._extra_form = self._made(self._extra, numbers)
        values = complete(params, setup.parameters)
        for form in (self._form, self._extra_form):
            if form is not None:
                form.show_values(values)
        if setup.objective == "formula" and self._form is not None:
            field = self._form.fields["text"]
            assert isinstance(field, TextField)  # noqa: S101 - the formula's own field
            field.show_note(asked(setup))

    def _made(self, place: QVBoxLayout, params: tuple[Param, ...]) -> ParamForm | None:
        """A fresh form in place of the one there was; none for no parameters."""
        clear_layout(place)
        if not params:
            return None
        form = ParamForm(params, self)
        form.edited.connect(self._on_parameter_edited)
        place.addWidget(form)
        return form

    def _show_dimension(self, allowed: tuple[int, int], dimension: int) -> None:
        least, most = allowed
        self.dimension.setVisible(least < most)
        self._dimension_label.setVisible(least < most)
        self.dimension.set_limits(least, most)
        self.dimension.set_value(dimension)

    def _on_dimension_edited(self, value: object) -> None:
        if isinstance(value, int):
            self._edit(start=objectives.get(self.setup.objective).start_for(value))

    def _show_starts(self, points: tuple[tuple[float, ...], ...]) -> None:
        many = len(points) > _MOST_STARTS
        self._many.setVisible(many)
        self._many.show_count(len(points))
        if many:
            clear_layout(self._starts)
            self._rows = []
            return
        if len(self._rows) != len(points) or self._rows[0].dimension != min(2, len(points[0])):
            clear_layout(self._starts)
            self._rows = []
            for i in range(len(points)):
                row = StartRow(i, len(points), min(2, len(points[0])), self)
                row.edited.connect(self._on_start_edited)
                row.add_requested.connect(self._on_start_added)
                row.remove_requested.connect(self._on_start_removed)
                row.add_button.setEnabled(len(points) < _MOST_STARTS)
                self._rows.append(row)
                self._starts.addWidget(row)
        for row, point in zip(self._rows, points, strict=True):
            row.show_point(point)

    def _points(self) -> list[tuple[float, ...]]:
        setup = self.setup
        return list(setup.points or (objectives.get(setup.objective)(setup.parameters).usual_start(),))

    def _edit(self, merge: str = "", **fields: Any) -> None:
        self.change(merge, problem=replace(self.setup, **fields))

    def _set_points(self, points: list[tuple[float, ...]], merge: str = "") -> None:
        self._edit(merge, start=tuple(points) if len(points) > 1 else points[0])

    def _on_objective_edited(self, key: object) -> None:
        if self.experiment is None or key == self.setup.objective:
            return
        entry = objectives.get(str(key))
        problem = ObjectiveSetup(
            objective=str(key), gradient=self.setup.gradient, difference=self.setup.difference, noise=self.setup.noise
        )
        # rates that show something here: a rate made for another function rarely does
        lanes = tuple(
            replace(lane, hyperparameters={**lane.hyperparameters, "learning_rate": entry.rates[lane.optimizer]})
            if lane.optimizer in entry.rates
            else lane
            for lane in self.experiment.lanes
        )
        self.change(problem=problem, lanes=lanes)

    def _on_parameter_edited(self, name: str, value: object) -> None:
        if name == "text" and self._form is not None:
            field = self._form.fields["text"]
            assert isinstance(field, TextField)  # noqa: S101 - the formula's own field
            try:
                settings = objectives.get(self.setup.objective).settings({**self.setup.parameters, "text": value})
            except FormulaError as error:
                field.show_fault(error.problem, error.position, error.length)
                field.show_note(())
                return
            field.show_fault("", -1, 0)
            kept = {p.name for p in settings}
            parameters = {k: v for k, v in self.setup.parameters.items() if k in kept} | {"text": value}
            least = objectives.get(self.setup.objective)(parameters).dimensions[0]
            self._edit("parameter.text", parameters=parameters, start=self._start_of(least))
            return
        self._edit(f"parameter.{name}", parameters={**self.setup.parameters, name: value})

    def _start_of(self, least: int) -> Any:
        """The start for a formula of at least so many coordinates: the one there is where it has them.

        A start that was made for a longer formula goes again with what asked for it.
        """
        given, dimension = self.setup.start, len(self._points()[0])
        if self._made_start is not None and self._made_start[0] == given:
            _, given, dimension = self._made_start
        if dimension >= least or not given:  # where none is given, the formula's own is taken
            self._made_start = None
            return given
        made = objectives.get(self.setup.objective).start_for(least)
        self._made_start = (made, given, dimension)
        return made

    def _on_start_edited(self, index: int, point: object) -> None:
        points = self._points()
        if isinstance(point, tuple):
            points[index] = point
            self._set_points(points, f"start.{index}")

    def _on_start_added(self, index: int) -> None:
        commit_edits(self)
        points = self._points()
        low, high = objectives.get(self.setup.objective).domain[0]
        x, *rest = points[index]
        # the nearest free place to the right, and to the left where the picture ends; in digits that can be read
        digits = 3 - math.floor(math.log10(high - low))
        places = (
            round(x + n * share * (high - low), digits)
            for share in (0.15, 0.05) for side in (1, -1) for n in range(side, 8 * side, side)
        )  # fmt: skip
        free = [(at, *rest) for at in places if low <= at <= high and (at, *rest) not in points]
        points.insert(index + 1, free[0] if free else points[index])
        self._set_points(points)

    def _on_first_alone(self) -> None:
        commit_edits(self)
        self._set_points(self._points()[:1])

    def _on_start_removed(self, index: int) -> None:
        commit_edits(self)
        points = self._points()
        if len(points) > 1:
            del points[index]
            self._set_points(points)

    def _on_gradient_edited(self, value: object) -> None:
        self._edit(gradient=value)

    def _on_difference_edited(self, value: object) -> None:
        self._edit("difference", difference=value)

    def _on_noise_edited(self, value: object) -> None:
        self._edit("noise", noise=value)
