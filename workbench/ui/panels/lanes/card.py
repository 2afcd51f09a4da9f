"""The card of a lane, with its optimizer, learning rate and every other hyperparameter."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.formula.faults import FormulaError
from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import typed_out
from workbench.engine.params import Param, complete
from workbench.engine.race.gradient_options import GRADIENT_OPTIONS
from workbench.experiment.experiment import DRAWS, Lane, Setup, replace
from workbench.experiment.lane_colors import LANE_COLORS, color_of
from workbench.ui.forms.decays import DecayNote
from workbench.ui.forms.fields import ChoiceField, NumberField, make_field
from workbench.ui.forms.forms import ParamForm, add_row, clear_layout, compact_form
from workbench.ui.forms.line_edit import LineEdit
from workbench.ui.forms.lines_field import LinesField
from workbench.ui.forms.schedule import ScheduleForm
from workbench.ui.panels.base import setting
from workbench.ui.panels.lanes import draw_words
from workbench.ui.style import theme as themes
from workbench.ui.words.text import engine_text, explanation


class LaneCard(QFrame):
    """One lane: switch, colour, optimizer and learning rate; the rest unfolds."""

    #: (index, lane, merge key)
    edited = Signal(int, object, str)
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.index = 0  # of its lane, which changes as lanes above come and go
        self._lane = Lane(optimizer="sgd")
        self._theme = themes.LIGHT
        self._steps: int | None = None
        self._key = ("", "")
        self._built = ("", "")
        self._make_head()
        self.rate: NumberField | None = None
        self._draws, self._draw_tip = False, ""
        #: the lane's draw, seen where the card is folded and it is not 0
        self.hint = QLabel(self)
        self.hint.setObjectName("muted")
        self.hint.hide()
        self._rate_row = QHBoxLayout()
        self._more = QWidget(self)
        self._more_layout = QVBoxLayout(self._more)
        self._more_layout.setContentsMargins(0, 2, 0, 2)
        self._more_layout.setSpacing(4)
        self._more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(7, 5, 7, 5)
        layout.setSpacing(3)
        layout.addLayout(self._head)
        layout.addLayout(self._rate_row)
        layout.addWidget(self.hint)
        layout.addWidget(self._more)

    def _make_head(self) -> None:
        self.enabled = QCheckBox(self)
        self.enabled.setToolTip(self.tr("Let this lane take part in the race"))
        self.enabled.setAccessibleName(self.tr("Enabled"))
        self.enabled.clicked.connect(self._on_enabled_clicked)
        self.color = QToolButton(self)
        self.color.setToolTip(self.tr("The lane's colour"))
        self.color.setAccessibleName(self.tr("Colour"))
        self.color.setFixedSize(18, 18)
        self.color.clicked.connect(self._on_color_clicked)
        keys = optimizers.keys()
        self.optimizer = ChoiceField(keys, tuple(engine_text(optimizers.get(k).title) for k in keys), self)
        self.optimizer.setAccessibleName(self.tr("Optimizer"))
        self.optimizer.edited.connect(self._on_optimizer_edited)
        self.unfold = QToolButton(self)
        self.unfold.setCheckable(True)
        self.unfold.setToolTip(self.tr("Show every hyperparameter, the convention, the name and the draw"))
        self.unfold.setAccessibleName(self.tr("More settings"))
        self.unfold.toggled.connect(self._on_unfold_toggled)
        self.menu_button = QToolButton(self)
        self.menu_button.setToolTip(self.tr("Duplicate or remove this lane"))
        self.menu_button.setAccessibleName(self.tr("Lane menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.menu_button)
        self.typing = menu.addAction(self.tr("Edit this rule"))
        self.typing.setToolTip(self.tr("Write the rule out in lines that can be changed"))
        self.typing.triggered.connect(self._on_typing_triggered)
        self.duplicate = menu.addAction(self.tr("Duplicate"))
        self.duplicate.triggered.connect(self._on_duplicate_triggered)
        self.remove = menu.addAction(self.tr("Remove"))
        self.remove.triggered.connect(self._on_remove_triggered)
        self.menu_button.setMenu(menu)
        self._head = QHBoxLayout()
        self._head.setSpacing(5)
        self._head.addWidget(self.enabled)
        self._head.addWidget(self.color)
        self._head.addWidget(self.optimizer, 1)
        self._head.addWidget(self.unfold)
        self._head.addWidget(self.menu_button)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.menu_button.setIcon(themes.icon("more", theme.text))
        self._on_unfold_toggled(self.unfold.isChecked())
        self._show_color()
        if any(self._built):
            self.schedule.preview.set_theme(theme)

    @property
    def lane(self) -> Lane:
        """The lane shown last."""
        return self._lane

    @property
    def shows_rates(self) -> bool:
        """Whether the picture of the schedule can be seen."""
        return any(self._built) and self.schedule.preview.isVisible()

    def show_lane(self, lane: Lane, *, alone: bool, steps: int | None) -> None:
        """Show a lane; the only enabled one cannot be switched off. `steps` is the length of the run."""
        self._lane, self._steps = lane, steps
        entry = optimizers.get(lane.optimizer)
        if self._key != (lane.optimizer, lane.convention):
            self._key = (lane.optimizer, lane.convention)
            self._build_rate(entry)
        values = entry.complete(lane.hyperparameters, lane.convention)
        self.enabled.setChecked(lane.enabled)
        self.enabled.setEnabled(not alone)
        self.remove.setEnabled(not alone)
        self.typing.setEnabled(bool(entry.lines))
        self.optimizer.set_value(lane.optimizer)
        self.optimizer.setToolTip(f"{explanation(entry.__doc__ or '')}\n{entry.formula}")
        if self.rate is not None:
            self.rate.set_value(values["learning_rate"])
        if self.unfold.isChecked():
            self._show_more()
        self._show_color()

    def _show_more(self) -> None:
        """Show the rest of the lane, which is made when it is first unfolded with an optimizer: it takes long."""
        lane, entry = self._lane, optimizers.get(self._lane.optimizer)
        if self._built != self._key:
            self._built = self._key
            self._build(entry)
        values = entry.complete(lane.hyperparameters, lane.convention)
        self._show_numbers(entry)
        for form in (self._typed, self._form):
            form.show_values(values)
        self.convention.set_value(lane.convention)
        options = complete(GRADIENT_OPTIONS, lane.gradient)
        self.gradient.show_values(options)
        self.decays.show_values(entry.params_under(lane.convention), values, options)
        self.schedule.show_schedule(lane.schedule, float(values["learning_rate"]), self._steps)
        if not (self.label.hasFocus() and self.label.isModified()) and self.label.text() != lane.label:
            self.label.setText(lane.label)
        self.label.setPlaceholderText(engine_text(entry.title))
        self._show_draw_field()

    def show_draw(self, problem: Setup) -> None:
        """Show the lane's draw, which can be chosen where the problem draws something."""
        self._draws, self._draw_tip = problem.is_random, draw_words.explained(problem)
        if any(self._built):
            self._show_draw_field()
        self.hint.setText(self.tr("draw {}").format(self._lane.draw))
        self.hint.setToolTip(self._draw_tip)
        self._show_hint()

    def _show_draw_field(self) -> None:
        self.draw.set_value(self._lane.draw)
        self.draw.set_tip(self._draw_tip, self.tr("Draw"))
        for widget in (self.draw, self._draw_label):
            widget.setToolTip(self._draw_tip)
            widget.setEnabled(self._draws)

    def _show_hint(self) -> None:
        self.hint.setVisible(self._draws and self._lane.draw > 0 and not self.unfold.isChecked())

    def _build_rate(self, entry: Any) -> None:
        """Make the field of this optimizer's learning rate."""
        clear_layout(self._rate_row)
        rates = [p for p in entry.params if p.name == "learning_rate"]
        self.rate = None
        if rates:
            field = make_field(rates[0], self)
            assert isinstance(field, NumberField)  # noqa: S101 - a rate is a number
            self.rate = field
            self.rate.edited.connect(self._on_rate_edited)
            sign = QLabel("η", self)
            sign.setObjectName("muted")
            sign.setToolTip(engine_text(rates[0].doc))
            self._rate_row.addWidget(sign)
            self._rate_row.addWidget(self.rate, 1)

    def _build(self, entry: Any) -> None:
        """Make the fields of this optimizer that unfold."""
        clear_layout(self._more_layout)
        self._typed = ParamForm([p for p in entry.params if p.kind == "text"], self)
        self._typed.edited.connect(self._on_text_edited)
        self._more_layout.addWidget(self._typed)
        self._numbers_place = QVBoxLayout()
        self._numbers: tuple[Param, ...] | None = None
        self._more_layout.addLayout(self._numbers_place)
        heading = QLabel(self.tr("gradient before the rule"), self)
        heading.setObjectName("muted")
        heading.setToolTip(self.tr("What happens to the gradient before the optimizer sees it; 0 leaves it alone"))
        self._more_layout.addWidget(heading)
        self.gradient = ParamForm(GRADIENT_OPTIONS, self)
        self.gradient.edited.connect(self._on_gradient_edited)
        self._more_layout.addWidget(self.gradient)
        self.decays = DecayNote(self)
        self._more_layout.addWidget(self.decays)
        self.schedule = ScheduleForm(self)
        self.schedule.preview.set_theme(self._theme)
        self.schedule.edited.connect(self._on_schedule_edited)
        self._more_layout.addWidget(self.schedule)
        self._more_layout.addWidget(self._make_identity(entry))
        formula = QLabel(entry.formula, self)
        formula.setObjectName("muted")
        formula.setWordWrap(True)
        formula.setToolTip(f"{entry.source.text}, {entry.source.year}")
        self._more_layout.addWidget(formula)

    def _show_numbers(self, entry: Any) -> None:
        """The fields of the other hyperparameters, made anew where the text of a rule names others."""
        settings = entry.settings(entry.spelt(self._lane.hyperparameters), self._lane.convention)
        numbers = tuple(p for p in settings if p.kind != "text" and p.name != "learning_rate")
        if numbers != self._numbers:
            self._numbers = numbers
            clear_layout(self._numbers_place)
            self._form = ParamForm(numbers, self)
            self._form.edited.connect(self._on_hyperparameter_edited)
            self._numbers_place.addWidget(self._form)

    def _make_identity(self, entry: Any) -> QWidget:
        """Make the fields of whose rule a lane follows, what it is called and what it draws."""
        box = QWidget(self)
        form = compact_form(box)
        self.convention = ChoiceField(("pytorch", "keras"), ("PyTorch", "Keras"), self)
        tip = self.tr("Whose defaults and formula the lane follows.") + " " + engine_text(entry.conventions_note)
        self.convention.set_tip(tip, self.tr("Convention"))
        self.convention.edited.connect(self._on_convention_edited)
        add_row(form, self.tr("convention"), self.convention, tip)
        self.label = LineEdit(self)
        self.label.setMaxLength(80)
        tip = self.tr("The lane's name in legends, tables and files")
        self.label.setToolTip(tip)
        self.label.setAccessibleName(self.tr("Name"))
        self.label.editingFinished.connect(self._on_label_edited)
        self.label.returnPressed.connect(self.label.clearFocus)  # Space runs the race again
        add_row(form, self.tr("name"), self.label, tip)
        draw = setting("draw", 0, self.tr("draw"), self.tr("Which random numbers it draws"), low=0, high=DRAWS)
        self.draw = NumberField(draw, self)
        self.draw.edited.connect(self._on_draw_edited)
        add_row(form, self.tr("draw"), self.draw, "")
        self._draw_label = form.labelForField(self.draw)
        return box

    def _show_color(self) -> None:
        color = self._theme.lane(color_of(self._lane, self.index))
        style = f"background: {color}; border: 1px solid {self._theme.line}; border-radius: 9px;"
        if style != self.color.styleSheet():  # to be given a style takes long, also the same one
            self.color.setStyleSheet(style)

    def _edit(self, merge: str = "", **fields: Any) -> None:
        self.edited.emit(self.index, replace(self._lane, **fields), merge)

    def _on_enabled_clicked(self, checked: bool) -> None:
        self._edit(enabled=checked)

    def _on_color_clicked(self) -> None:
        dialog = QColorDialog(QColor(color_of(self._lane, self.index)), self)
        for i, color in enumerate(LANE_COLORS):
            QColorDialog.setCustomColor(i, QColor(color))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._on_color_selected)
        dialog.open()

    def _on_color_selected(self, color: QColor) -> None:
        self._edit(color=color.name())

    def _on_optimizer_edited(self, key: object) -> None:
        if key != self._lane.optimizer:
            old = engine_text(optimizers.get(self._lane.optimizer).title)
            label = "" if self._lane.label == old else self._lane.label
            self._edit(optimizer=key, hyperparameters={}, label=label)

    def _on_rate_edited(self, value: object) -> None:
        self._on_hyperparameter_edited("learning_rate", value)

    def _on_hyperparameter_edited(self, name: str, value: object) -> None:
        spelt = optimizers.get(self._lane.optimizer).spelt(self._lane.hyperparameters)
        self._edit(name, hyperparameters={**spelt, name: value})

    def _on_text_edited(self, name: str, text: object) -> None:
        """Take the lines of a rule where they can be read, with the hyperparameters that they still name."""
        lane, entry, field = self._lane, optimizers.get(self._lane.optimizer), self._typed.fields[name]
        assert isinstance(field, LinesField)  # noqa: S101 - rules are lines
        try:
            known = {p.name for p in entry.settings({name: text}, lane.convention)}
        except FormulaError as error:
            field.show_fault(error.problem, error.position, error.length)
            return
        field.show_fault("", -1, 0)
        kept = {key: value for key, value in entry.spelt(lane.hyperparameters).items() if key in known}
        self._edit(name, hyperparameters={**kept, name: text})

    def _on_typing_triggered(self) -> None:
        """The lane's own rule as lines that can be changed: it takes the same steps at first."""
        lane, entry = self._lane, optimizers.get(self._lane.optimizer)
        given = typed_out(entry, lane.convention, entry.complete(lane.hyperparameters, lane.convention))
        if given is not None:
            label = lane.label or self.tr("{} typed").format(engine_text(entry.title))
            self._edit(optimizer="rule", hyperparameters=given, label=label)
            self.unfold.setChecked(True)

    def _on_gradient_edited(self, name: str, value: object) -> None:
        given = {k: v for k, v in {**self._lane.gradient, name: value}.items() if v}
        self._edit(f"gradient.{name}", gradient=given)

    def _on_schedule_edited(self, schedule: object) -> None:
        self._edit("schedule", schedule=schedule)

    def _on_convention_edited(self, value: object) -> None:
        self._edit(convention=value)

    def _on_label_edited(self) -> None:
        if self.label.isModified() and self.label.text() != self._lane.label:
            self._edit("label", label=self.label.text())

    def _on_draw_edited(self, value: object) -> None:
        self._edit("draw", draw=value)

    def _on_unfold_toggled(self, checked: bool) -> None:
        if checked:
            self._show_more()
        self._more.setVisible(checked)
        self._show_hint()
        self.unfold.setIcon(themes.icon("collapse" if checked else "expand", self._theme.text))

    def _on_duplicate_triggered(self) -> None:
        self.duplicate_requested.emit(self.index)

    def _on_remove_triggered(self) -> None:
        self.remove_requested.emit(self.index)
