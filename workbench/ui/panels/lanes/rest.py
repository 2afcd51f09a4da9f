"""What unfolds of a lane's card: the rule first, then what matters, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from workbench.engine.optimizers.lines import lines_of
from workbench.engine.params import Param, complete
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.experiment.experiment import DRAWS, Lane, NetworkSetup, Setup
from workbench.experiment.names import without_controls
from workbench.ui.forms import decays
from workbench.ui.forms.decays import DecayField
from workbench.ui.forms.fields import ChoiceField, NumberField
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.forms.line_edit import NameEdit
from workbench.ui.forms.schedule import ScheduleForm
from workbench.ui.panels.base import setting
from workbench.ui.panels.lanes.lines import RuleLines
from workbench.ui.words.text import engine_text

if TYPE_CHECKING:
    from workbench.ui.panels.lanes.network import LaneNetworkForm

_LABEL = 92  # pixels of a label, at most: of a longer one, in a large font, the field stands below
#: settings that keep a rule from dividing by nothing: their defaults are nearly always right
_SELDOM = ("epsilon", "epsilon1", "epsilon2", "eps")


def is_seldom_set(param: Param) -> bool:
    """Whether a setting is folded away: a switch of the rule, or what guards a division."""
    return param.name in _SELDOM or param.kind in ("bool", "choice")


class LaneRest(QWidget):
    """Every setting of a lane but its optimizer and its rate: rule, hyperparameters, decay, schedule, name; the rest
    behind a button. The labels of all forms are of one width, so that the fields stand in one column.
    """

    #: (merge key, {field: value}): an edit of the lane
    edited = Signal(str, object)

    def __init__(self, entry: Any, convention: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lane = Lane(optimizer=entry.key)
        self._entry = entry
        params = entry.params_under(convention)
        #: what has a field elsewhere; a rule's own lines may call anything so
        self._elsewhere = {"learning_rate", *(p.name for p in params if p.name == decays.OWN)}
        self._others: tuple[Param, ...] | None = None
        self.formula = QLabel(entry.formula, self)
        self.formula.setWordWrap(True)
        self.formula.setTextFormat(Qt.TextFormat.PlainText)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setToolTip(self.tr("The rule: {}, {}").format(entry.source.text, entry.source.year))
        self.lines = RuleLines(entry, self)
        self.lines.edited.connect(self._on_lines_edited)
        self._place = QVBoxLayout()
        self.form = ParamForm((), self)
        self._seldom: list[str] = []
        self.decay = DecayField(params, self)
        self.decay.edited.connect(self._on_decay_edited)
        self.schedule = ScheduleForm(self)
        self.schedule.edited.connect(self._on_schedule_edited)
        self.more = QToolButton(self)
        self.more.setCheckable(True)
        self.more.setText(self.tr("Further settings"))
        self.more.setToolTip(self.tr("Show what is seldom changed: switches of the rule, clipping, convention"))
        self.more.toggled.connect(self._on_more_toggled)
        self.gradient = ParamForm([p for p in GRADIENT_OPTIONS if p.name not in decays.OPTIONS], self)
        self.gradient.edited.connect(self._on_gradient_edited)
        self._identity = self._make_identity()
        self._network: LaneNetworkForm | None = None
        self._lay_out()
        self.formula.setVisible(not self.lines.field)
        self._show_settings(params)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        layout.addWidget(self.formula)
        layout.addWidget(self.lines)
        layout.addLayout(self._place)
        self._network_place = QVBoxLayout()
        layout.addWidget(self.decay)
        layout.addWidget(self.schedule)
        layout.addLayout(self._network_place)
        for part in (self._make_name(), self.more, self.gradient, self._identity):
            layout.addWidget(part)

    def _show_settings(self, settings: Sequence[Param]) -> None:
        """The fields of the hyperparameters, made anew where a rule that is typed names others."""
        others = [p for p in settings if p.name not in self._elsewhere and p.kind != "text"]
        others.sort(key=is_seldom_set)
        if tuple(others) == self._others:
            return
        self._others = tuple(others)
        self._seldom = [p.name for p in others if is_seldom_set(p)]
        clear_layout(self._place)
        self.form.deleteLater()
        self.form = ParamForm(others, self)
        self.form.edited.connect(self._on_hyperparameter_edited)
        self._place.addWidget(self.form)
        self._on_more_toggled(self.more.isChecked())
        self._align()

    @property
    def network(self) -> LaneNetworkForm:
        """The part for a network of the lane's own, made when the problem first is a network."""
        if self._network is None:
            from workbench.ui.panels.lanes.network import LaneNetworkForm

            self._network = LaneNetworkForm(self)
            self._network.edited.connect(self._on_network_edited)
            self._network_place.addWidget(self._network)
            self._align()
        return self._network

    def _make_name(self) -> QWidget:
        """Make the fields of what a lane is called and what it draws."""
        box = QWidget(self)
        self.label = NameEdit(self)
        self.label.setMaxLength(80)
        tip = self.tr("The lane's name in legends, tables and files")
        self.label.set_tip(tip)
        self.label.setAccessibleName(self.tr("Name"))
        self.label.editingFinished.connect(self._on_label_edited)
        form = compact_form(box)
        add_row(form, self.tr("name"), self.label, tip)
        draw = setting("draw", 0, self.tr("draw"), self.tr("Which random numbers it draws"), low=0, high=DRAWS)
        self.draw = NumberField(draw, self)
        self.draw.edited.connect(self._on_draw_edited)
        add_row(form, self.tr("draw"), self.draw, "")
        self._draw_label = form.labelForField(self.draw)
        return box

    def _make_identity(self) -> QWidget:
        """Make the field of whose rule a lane follows."""
        box = QWidget(self)
        form = compact_form(box)
        self.convention = ChoiceField(("pytorch", "keras"), ("PyTorch", "Keras"), self)
        note = engine_text(self._entry.conventions_note)
        tip = self.tr("Whose defaults and formula the lane follows.") + " " + note
        self.convention.set_tip(tip, self.tr("Convention"))
        self.convention.edited.connect(self._on_convention_edited)
        add_row(form, self.tr("convention"), self.convention, tip)
        return box

    def _align(self) -> None:
        """One column for the labels of all forms, another for their fields."""
        forms = [form for form in self.findChildren(QFormLayout) if form.rowCount()]
        items = [form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in forms for row in range(form.rowCount())]
        labels = [item.widget() for item in items if item is not None]
        widest = max((label.sizeHint().width() for label in labels if label is not None), default=0)
        for label in labels:
            if label is not None:
                label.setMinimumWidth(min(widest, _LABEL))

    def show_lane(self, lane: Lane, steps: int | None) -> None:
        """Show a lane of this rule and convention; `steps` is the length of the run."""
        self._lane, entry = lane, self._entry
        values = entry.complete(lane.hyperparameters, lane.convention)
        self._show_settings(entry.settings(entry.spelt(lane.hyperparameters), lane.convention))
        self.lines.show_lane(lane, values)
        written = lines_of(entry, lane.convention, values).strip() or entry.formula
        if written != self.formula.text():
            self.formula.setText(written)
        options = complete(GRADIENT_OPTIONS, lane.gradient)
        self.form.show_values(values)
        self.gradient.show_values(options)
        self.decay.show_values(values, options)
        self.schedule.show_schedule(lane.schedule, float(values["learning_rate"]), steps)
        self.convention.set_value(lane.convention)
        if not (self.label.hasFocus() and self.label.isModified()) and self.label.text() != lane.label:
            self.label.setText(lane.label)
        self.label.setPlaceholderText(engine_text(entry.title))

    def show_draw(self, draw: int, tip: str, *, chosen: bool) -> None:
        """Show the lane's draw, which can be `chosen` where the problem draws something."""
        self.draw.set_value(draw)
        self.draw.set_tip(tip, self.tr("Draw"))
        for widget in (self.draw, self._draw_label):
            widget.setToolTip(tip)
            widget.setEnabled(chosen)

    def show_problem(self, problem: Setup) -> None:
        """Show what differs of the lane's network, where the problem is one."""
        is_network = isinstance(problem, NetworkSetup)
        if is_network or self._network is not None:
            self.network.setVisible(is_network)
        if isinstance(problem, NetworkSetup):
            self.network.show_network(problem, self._lane.network)

    def _on_more_toggled(self, shown: bool) -> None:
        layout = self.form.layout()
        if isinstance(layout, QFormLayout):
            for name in self._seldom:
                layout.setRowVisible(self.form.fields[name], shown)
        self.gradient.setVisible(shown)
        self._identity.setVisible(shown)

    def _on_hyperparameter_edited(self, name: str, value: object) -> None:
        spelt = self._entry.spelt(self._lane.hyperparameters)
        self.edited.emit(name, {"hyperparameters": {**spelt, name: value}})

    def _on_lines_edited(self, hyperparameters: object) -> None:
        self.edited.emit("text", {"hyperparameters": hyperparameters})

    def _on_gradient_edited(self, name: str, value: object) -> None:
        self.edited.emit(f"gradient.{name}", {"gradient": self._gradient({name: value})})

    def _on_decay_edited(self, own: object, options: object) -> None:
        hyperparameters = dict(self._lane.hyperparameters)
        if own is not None:
            hyperparameters[decays.OWN] = own
        if isinstance(options, dict):
            self.edited.emit("decay", {"hyperparameters": hyperparameters, "gradient": self._gradient(options)})

    def _gradient(self, changed: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**self._lane.gradient, **changed}.items() if value}

    def _on_schedule_edited(self, schedule: object) -> None:
        self.edited.emit("schedule", {"schedule": schedule})

    def _on_network_edited(self, merge: str, network: object) -> None:
        self.edited.emit(merge, {"network": network})

    def _on_convention_edited(self, value: object) -> None:
        self.edited.emit("", {"convention": value})

    def _on_label_edited(self) -> None:
        label = without_controls(self.label.text())
        if self.label.isModified() and label != self._lane.label:
            self.edited.emit("label", {"label": label})

    def _on_draw_edited(self, value: object) -> None:
        self.edited.emit("draw", {"draw": value})
