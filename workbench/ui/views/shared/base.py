"""What a view is: a picture of the newest snapshot, which it is handed and never asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from workbench.engine.params import Value
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.experiment.view_options import VIEW_OPTIONS, options
from workbench.ui.plotting.marks import SYMBOLS
from workbench.ui.plotting.plot import Plot
from workbench.ui.style import theme as themes
from workbench.ui.views.shared.lane_choice import LaneChoice
from workbench.ui.views.shared.option_controls import OptionChoice, OptionMenu, OptionSwitch

#: makes the content of a file
Table = Callable[[], bytes]


class View(QWidget):
    """A picture with a row of controls above it and a word where it is empty.

    `show_snapshot` is called with complete snapshots, at most once a frame and only while the view is visible.
    `demand` names statistics that the worker should compute meanwhile; `demand_changed` says that it is another.
    """

    demand_changed = Signal()
    #: (index of the start, x, y): a start was dragged or placed
    start_moved = Signal(int, float, float)
    #: a drag of a start begins; it ends: whether elsewhere than it began
    drag_began = Signal()
    drag_ended = Signal(bool)
    #: something is to be exported: the format
    export_requested = Signal(str)
    #: (name, value): another option of this view is wanted, which the experiment then has
    option_edited = Signal(str, object)
    #: the race is to take one step: what the view shows of the one before it has been seen
    next_step_wanted = Signal()
    #: (place among the race's lanes): a lane was picked in this view
    lane_picked = Signal(int)
    #: (step): the race is wanted at a step, as by a click on it
    step_wanted = Signal(int)
    #: (place among the race's lanes, step): that lane is to be forked there
    fork_wanted = Signal(int, int)
    #: (least, greatest coordinates): starts are to be added there; a single one where both are the same
    starts_wanted = Signal(object, object)
    #: what edits have replaced need not be shown any more
    ghosts_dismissed = Signal()

    #: its name among the views, and what an experiment may tell it
    key = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = themes.LIGHT
        self.snapshot: Snapshot | None = None
        self._options = options({}, self.key)
        self._option_controls: list[OptionSwitch | OptionChoice] = []
        self._option_menus: list[OptionMenu] = []
        #: the place among the race's lanes of the one that is picked in the window, -1 for none
        self.picked_lane = -1
        self._lane_choice: LaneChoice | None = None
        self._is_behind = False  # it was seen, and is not now
        self._is_due = False  # it is to look otherwise than it was drawn
        #: it is painted for a picture that stands alone: what the window says beside it, the view says itself
        self.stands_alone = False
        #: in a figure which lane is which stands beside all of its views: then they do not say it once more each
        self.named_beside = False
        #: pixels of a picture to one of the layout: lines are drawn as finely
        self.fineness = 1.0
        self.controls = QHBoxLayout()
        self.controls.setContentsMargins(0, 0, 0, 0)
        self.controls.setSpacing(2)
        self._empty = QLabel(self)
        self._empty.setObjectName("empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(16)
        self._content = QWidget(self)
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(4, 2, 4, 2)
        self._pages.addWidget(self._content)
        self._pages.addWidget(self._empty)

    # What the window calls

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a snapshot."""
        self.snapshot = snapshot
        word = self.empty_word(snapshot)
        if word:
            self._empty.setText(word)
            self._pages.setCurrentWidget(self._empty)
        else:
            self._pages.setCurrentWidget(self._content)
            self.draw(snapshot)

    def set_theme(self, theme: themes.Theme) -> None:
        """Take other colours, and draw again."""
        self.theme = theme
        self.retint(theme)
        self._look_changed()

    @property
    def options(self) -> Mapping[str, Value]:
        """How the experiment wants this view to look (`workbench.experiment.view_options`), with all defaults."""
        return self._options

    def choose(self, name: str, value: Value) -> None:
        """Look that way at once, and say so: a control of this view was moved."""
        if self._options[name] != value:
            self._options[name] = value
            for menu in self._option_menus:
                menu.show_values(self._options)
            self.settings_changed()
            self.option_edited.emit(name, value)

    def set_options(self, given: Mapping[str, Value], *, drawn: bool = True) -> None:
        """Look as the experiment says, and draw again where that is another way, unless another race is to come."""
        if given != self._options:
            self._options = dict(given)
            for control in self._option_controls:
                control.show_value(self._options[control.name])
            for menu in self._option_menus:
                menu.show_values(self._options)
            if drawn:
                self._look_changed()

    def pick_lane(self, lane: int) -> None:
        """A lane was picked somewhere in the window: bring it out; -1 for none. It does not say so itself."""
        if lane == self.picked_lane:
            return
        self.picked_lane = lane
        if self._lane_choice is not None and lane >= 0:
            self._lane_choice.pick(lane)
        self._look_changed()

    def demand(self) -> Mapping[str, Any]:
        """The statistics that this view draws besides the snapshot itself: names and plain arguments."""
        return {}

    def has_what_it_demands(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot holds every statistic demanded, so that a picture of the view would lack nothing."""
        return all(name in snapshot.extras for name in self.demand())

    def finish(self) -> None:
        """Have whole what is drawn in pieces: a picture is made of the view."""

    @property
    def is_preparing(self) -> bool:
        """Whether what a `prepare_picture` began is still being made; a view has one where its picture takes long."""
        return False

    def begin_anew(self) -> None:
        """Another experiment was opened: forget how a person looked at the one before, such as a zoom."""

    def rest(self) -> None:
        """Do no more by itself: the window closes."""

    def _look_changed(self) -> None:
        """All views are to look otherwise: draw again, or, behind another view, when this one comes to the front."""
        if self._is_behind:
            self._is_due = True
        else:
            self.settings_changed()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._is_behind = True
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        self._is_behind = False
        super().showEvent(event)
        if self._is_due:
            self._is_due = False
            self.settings_changed()

    def settings_changed(self) -> None:
        """Draw the last snapshot again: a control of the view was moved."""
        if self.snapshot is not None:
            self.show_snapshot(self.snapshot)

    def stand_alone(self, alone: bool) -> None:
        """Say in the picture, or say no longer, what in the window stands beside it, such as which colour is which."""
        self.stands_alone = alone
        self.settings_changed()

    # What a view gives

    def draw(self, snapshot: Snapshot) -> None:
        """Draw a snapshot that the view can show."""
        raise NotImplementedError

    def retint(self, theme: themes.Theme) -> None:
        """Give the parts the theme's colours."""

    def empty_word(self, snapshot: Snapshot) -> str:
        """A sentence that says what would fill the view, where the snapshot has nothing for it."""
        return ""

    def data_csv(self) -> Table | None:
        """What makes the CSV of the numbers shown now, of values that stay as they are: it may be called in any thread.

        It gives nothing where the view shows no numbers; None stands for the history of the race.
        """
        return None

    def least_picture(self) -> QSize:
        """The size that a picture of the view needs at least, so that nothing is left out."""
        return QSize(0, 0)

    def columns(self, plot: Plot) -> int:
        """The columns that a plot's curves are thinned to: as many as the screen, or the picture, has pixels."""
        return max(60, round(float(plot.box.width()) * self.fineness * self.devicePixelRatioF()))

    def text_to_copy(self) -> str:
        """The view as a text for the clipboard, in columns apart by tabs; empty where its picture says more."""
        return ""

    # For the controls

    def follow_choice(self, choice: LaneChoice) -> None:
        """Let this choice be that of the window's picked lane: chosen here, it is picked everywhere."""
        self._lane_choice = choice
        choice.activated.connect(self.lane_picked)

    def lane_colors(self, info: RaceInfo) -> list[str]:
        """The lanes' colours as painted in this theme."""
        return [self.theme.lane(lane.color) for lane in info.lanes]

    def add_switch(self, text: str, tip: str, *, checked: bool = False) -> QToolButton:
        """A small button in the row of controls that is on or off, and draws the view again."""
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setCheckable(True)
        button.setChecked(checked)
        button.toggled.connect(self._on_control_toggled)
        self.controls.addWidget(button)
        return button

    def add_dismissal(self) -> QToolButton:
        """A button in the row, seen where runs are drawn pale, that has them shown no more."""
        button = QToolButton(self)
        button.setText(self.tr("ghosts ✕"))
        button.setToolTip(self.tr("Show no more what edits have replaced, nor kept runs (Shift+Escape)"))
        button.setAccessibleName(self.tr("Dismiss ghosts"))
        button.clicked.connect(self.ghosts_dismissed)
        button.hide()
        self.controls.addWidget(button)
        return button

    def add_option(self, name: str) -> OptionSwitch | OptionChoice:
        """A control for an option in the row: a switch, or a choice of words."""
        param = next(p for p in VIEW_OPTIONS[self.key] if p.name == name)
        control = OptionSwitch(param, self) if param.kind == "bool" else OptionChoice(param, self)
        control.show_value(self._options[name])
        control.edited.connect(self.choose)
        self._option_controls.append(control)
        self.controls.addWidget(control)
        return control

    def add_option_menu(self, text: str, tip: str) -> OptionMenu:
        """A button in the row with all options of the view."""
        menu = OptionMenu(text, tip, VIEW_OPTIONS[self.key], self)
        menu.show_values(self._options)
        menu.edited.connect(self.choose)
        self._option_menus.append(menu)
        self.controls.addWidget(menu)
        return menu

    def _on_control_toggled(self, _checked: bool) -> None:
        self.settings_changed()


def lane_symbols(info: RaceInfo) -> list[str]:
    """Each lane's symbol, by its place in the experiment, so that disabling a lane changes no other."""
    return [SYMBOLS[lane.index % len(SYMBOLS)] for lane in info.lanes]


def run_lanes(info: RaceInfo) -> list[int]:
    """The lane of each run."""
    return [run // info.starts for run in range(info.runs)]
