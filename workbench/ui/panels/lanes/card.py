"""The card of a lane, with its optimizer, learning rate and every other hyperparameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.engine.optimizers import optimizers
from workbench.engine.optimizers.lines import typed_out
from workbench.experiment.experiment import Lane, Setup, replace
from workbench.experiment.lane_colors import LANE_COLORS, color_of
from workbench.ui.forms.fields import NumberField, make_field
from workbench.ui.forms.forms import clear_layout
from workbench.ui.forms.picking import PickField
from workbench.ui.panels.lanes import draw_words
from workbench.ui.panels.lanes.beside_rate import beside_rate
from workbench.ui.panels.lanes.dot import ColorDot
from workbench.ui.panels.lanes.grip import Grip
from workbench.ui.panels.lanes.menu import LaneMenu
from workbench.ui.style import theme as themes
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.words.text import engine_text, explanation

if TYPE_CHECKING:  # what unfolds is loaded when a card is first unfolded
    from workbench.ui.panels.lanes.rest import LaneRest


class LaneCard(QFrame):
    """One lane: switch, colour, optimizer and learning rate; the rest unfolds."""

    #: (index, lane, merge key)
    edited = Signal(int, object, str)
    #: (index, what): something is wanted of the lane as a whole, such as `remove` (`LaneMenu.chosen`)
    requested = Signal(int, str)
    #: (index, height on the screen): the card is being dragged; it was let go
    dragged = Signal(int, int)
    dropped = Signal()
    #: controls came to light that Tab must learn to go through
    grew = Signal()
    #: (index): a click on the card picks its lane
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.index = 0  # of its lane, which changes as lanes above come and go
        self._lane = Lane(optimizer="sgd")
        self._theme = themes.LIGHT
        self._steps: int | None = None
        self._key = ("", "")
        self._built = ("", "")
        self._rest: LaneRest | None = None
        self._make_head()
        self.rate: NumberField | None = None
        self._sign: QLabel  # before the rate, made with it
        self._draws, self._draw_tip = False, ""
        self._problem: Setup | None = None
        #: what is on besides the rate, seen where the card is folded
        self.hint = ElidedLabel("", self)
        self.hint.setObjectName("muted")
        self.hint.hide()
        #: the lane's name, seen where the card is folded and it is not the optimizer's
        self.name = ElidedLabel("", self)
        self.name.hide()
        #: of a fork: where it begins
        self.origin = ElidedLabel("", self)
        self.origin.setObjectName("muted")
        self.origin.hide()
        self._rate_row = QHBoxLayout()
        self._more = QWidget(self)
        self._more_layout = QVBoxLayout(self._more)
        self._more_layout.setContentsMargins(0, 0, 0, 0)
        self._more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(7, 5, 7, 5)
        layout.setSpacing(3)
        layout.addLayout(self._head)
        layout.addWidget(self.name)
        layout.addWidget(self.origin)
        layout.addLayout(self._rate_row)
        layout.addWidget(self.hint)
        layout.addWidget(self._more)

    def _make_head(self) -> None:
        self.enabled = QCheckBox(self)
        self.enabled.setToolTip(self.tr("Let this lane take part in the race"))
        self.enabled.setAccessibleName(self.tr("Enabled"))
        self.enabled.clicked.connect(self._on_enabled_clicked)
        self.color = ColorDot(self)
        self.color.setToolTip(self.tr("The lane's colour"))
        self.color.setAccessibleName(self.tr("Colour"))
        self.color.clicked.connect(self._on_color_clicked)
        keys = optimizers.keys()
        titles = tuple(engine_text(optimizers.get(k).title) for k in keys)
        self.optimizer = PickField("optimizer", keys, titles, self)
        self.optimizer.setAccessibleName(self.tr("Optimizer"))
        self.optimizer.edited.connect(self._on_optimizer_edited)
        self.unfold = QToolButton(self)
        self.unfold.setCheckable(True)
        self.unfold.setToolTip(self.tr("Show the rule, every hyperparameter, the schedule and the name"))
        self.unfold.setAccessibleName(self.tr("More settings"))
        self.unfold.toggled.connect(self._on_unfold_toggled)
        self.menu_button = QToolButton(self)
        self.menu_button.setToolTip(self.tr("Solo, move, find a rate, fork, duplicate or remove this lane"))
        self.menu_button.setAccessibleName(self.tr("Lane menu"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._make_commands()
        self._head = QHBoxLayout()
        self._head.setSpacing(4)
        self._head.addWidget(self.grip)
        self._head.addWidget(self.enabled)
        self._head.addWidget(self.color)
        self._head.addWidget(self.optimizer, 1)
        self._head.addWidget(self.unfold)
        self._head.addWidget(self.menu_button)

    def _make_commands(self) -> None:
        """Make what can be done with the lane as a whole: by the menu, by keys, by the grip."""
        self.menu = LaneMenu(self.menu_button)
        self.menu.chosen.connect(self._on_menu_chosen)
        self.duplicate, self.remove = self.menu.duplicate, self.menu.remove
        self.menu_button.setMenu(self.menu)
        up, down = QShortcut(QKeySequence("Alt+Up"), self), QShortcut(QKeySequence("Alt+Down"), self)
        up.activated.connect(self._on_up)
        down.activated.connect(self._on_down)
        for shortcut in (up, down):
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.grip = Grip(self)
        self.grip.moved.connect(self._on_grip_moved)
        self.grip.released.connect(self.dropped)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.menu_button.setIcon(themes.icon("more", theme.text))
        self._on_unfold_toggled(self.unfold.isChecked())
        self._show_color()
        self.grip.color = QColor(theme.muted)
        self.grip.update()
        if self._rest is not None:
            self._rest.schedule.preview.set_theme(theme)

    def take_focus(self) -> None:
        """Have the keys, so that a lane that was moved by them can be moved on."""
        self.unfold.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_picked(self, picked: bool) -> None:
        """Bring the card out as that of the picked lane."""
        if picked != bool(self.property("picked")):
            self.setProperty("picked", picked)
            self.style().unpolish(self)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.picked.emit(self.index)
        super().mouseReleaseEvent(event)

    @property
    def lane(self) -> Lane:
        """The lane shown last."""
        return self._lane

    @property
    def shows_rates(self) -> bool:
        """Whether the picture of the schedule can be seen."""
        return self._rest is not None and self._rest.schedule.preview.isVisible()

    def show_place(self, count: int, taking_part: int) -> None:
        """Offer what can be done with the lane among `count` of which some take part."""
        menu, alone = self.menu, taking_part == 1 and self._lane.enabled
        menu.solo.setEnabled(not alone)
        menu.all.setEnabled(taking_part < count)
        menu.up.setEnabled(self.index > 0)
        menu.down.setEnabled(self.index < count - 1)
        menu.remove_others.setEnabled(count > 1)

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
        self.menu.typing.setEnabled(bool(entry.lines))
        self.optimizer.set_value(lane.optimizer)
        self.optimizer.setToolTip(f"{explanation(entry.__doc__ or '')}\n{entry.formula}")
        if self.rate is not None:
            self.rate.set_value(values["learning_rate"])
        if self.unfold.isChecked():
            self._show_more()
        self._show_color()
        self._show_name()

    def _show_more(self) -> None:
        """Show the rest of the lane, which is made when it is first unfolded with an optimizer: it takes long."""
        if self._rest is None or self._built != self._key:
            self._built = self._key
            more = self._rest is not None and self._rest.more.isChecked()
            clear_layout(self._more_layout)
            from workbench.ui.panels.lanes.rest import LaneRest

            self._rest = LaneRest(optimizers.get(self._lane.optimizer), self._lane.convention, self)
            self._rest.schedule.preview.set_theme(self._theme)
            self._rest.more.setChecked(more)
            self._rest.more.toggled.connect(self.grew)
            self._rest.edited.connect(self._on_rest_edited)
            self._more_layout.addWidget(self._rest)
            self.schedule, self.label = self._rest.schedule, self._rest.label
            self.convention, self.draw = self._rest.convention, self._rest.draw
        self._rest.show_lane(self._lane, self._steps)
        self._form = self._rest.form
        self._rest.show_draw(self._lane.draw, self._draw_tip, chosen=self._draws)
        if self._problem is not None:
            self._rest.show_problem(self._problem)

    @property
    def rest(self) -> LaneRest:
        """What unfolds, of a card that was unfolded."""
        assert self._rest is not None  # noqa: S101 - asked for where it can be seen
        return self._rest

    def show_origin(self, words: str, tip: str) -> None:
        """Say where a fork begins; nothing of a lane that is none."""
        self.origin.setText(words)
        self.origin.setToolTip(tip)
        self.origin.setVisible(bool(words))

    def show_problem(self, problem: Setup) -> None:
        """Show what follows from the problem: the lane's draw, where it draws something, and its network."""
        self._problem = problem
        self._draws, self._draw_tip = problem.is_random, draw_words.explained(problem)
        if self._rest is not None and self.unfold.isChecked():
            self._rest.show_draw(self._lane.draw, self._draw_tip, chosen=self._draws)
            self._rest.show_problem(problem)
        self.hint.setText(" · ".join(beside_rate(self._lane, problem)))
        self._show_hint()

    def _show_hint(self) -> None:
        self.hint.setVisible(bool(self.hint.text()) and not self.unfold.isChecked())

    def _show_name(self) -> None:
        named = self._lane.label not in ("", engine_text(optimizers.get(self._lane.optimizer).title))
        self.name.setText(self._lane.label)
        self.name.setVisible(named and not self.unfold.isChecked())

    def _build_rate(self, entry: Any) -> None:
        """Have the field of this optimizer's learning rate: most often that of the last one can be it."""
        rates = [p for p in entry.params if p.name == "learning_rate"]
        if rates and self.rate is not None and self.rate.take_param(rates[0]):
            self._sign.setToolTip(engine_text(rates[0].doc))
            return
        clear_layout(self._rate_row)
        self.rate = None
        if rates:
            field = make_field(rates[0], self)
            assert isinstance(field, NumberField)  # noqa: S101 - a rate is a number
            self.rate = field
            self.rate.edited.connect(self._on_rate_edited)
            self._sign = QLabel("η", self)
            self._sign.setObjectName("muted")
            self._sign.setToolTip(engine_text(rates[0].doc))
            self._rate_row.addWidget(self._sign)
            self._rate_row.addWidget(self.rate, 1)

    def _show_color(self) -> None:
        self.color.show_color(self._theme.lane(color_of(self._lane, self.index)), self._theme)

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
        spelt = optimizers.get(self._lane.optimizer).spelt(self._lane.hyperparameters)
        rate = {**spelt, "learning_rate": value}
        self._edit("learning_rate", hyperparameters=rate)

    def _on_rest_edited(self, merge: str, fields: object) -> None:
        if isinstance(fields, dict):
            self._edit(merge, **fields)

    def _on_unfold_toggled(self, checked: bool) -> None:
        if checked:
            self._show_more()
        self._more.setVisible(checked)
        self._show_hint()
        self._show_name()
        self.unfold.setIcon(themes.icon("collapse" if checked else "expand", self._theme.text))

    def _on_menu_chosen(self, wanted: str) -> None:
        if wanted == "type":
            self._type_out()
        else:
            self.requested.emit(self.index, wanted)

    def _type_out(self) -> None:
        """The lane's own rule as lines that can be changed: it takes the same steps at first."""
        lane, entry = self._lane, optimizers.get(self._lane.optimizer)
        given = typed_out(entry, lane.convention, entry.complete(lane.hyperparameters, lane.convention))
        if given is not None:
            label = lane.label or self.tr("{} typed").format(engine_text(entry.title))
            self._edit(optimizer="rule", hyperparameters=given, label=label)
            self.unfold.setChecked(True)

    def _on_up(self) -> None:
        self.requested.emit(self.index, "up")

    def _on_down(self) -> None:
        self.requested.emit(self.index, "down")

    def _on_grip_moved(self, y: int) -> None:
        self.dragged.emit(self.index, y)
