"""The transport bar: run, pause, step, step back, reset, speed, and a timeline to scrub."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QToolBar, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import view_options
from workbench.ui.style import theme as themes
from workbench.ui.words.text import counted, grouped

#: The stops of the speed slider, in steps a second; the last is as fast as it goes.
SPEEDS: tuple[int | None, ...] = (*view_options.SPEEDS, None)
_USUAL = 50  # steps a second, where full speed is left that no other came before
#: A limit of more steps is shown whole once a tenth of it is recorded: before, the way back would be less than a pixel.
_WIDE_LIMIT = 100_000


def timeline_end(recorded: int, limit: int | None) -> int:
    """The last step on the timeline: the race's end, or what is recorded where that end is too far away."""
    far = limit is None or (limit > _WIDE_LIMIT and recorded < limit // 10)
    return recorded if far else max(recorded, limit or 0)


class TimelineSlider(QSlider):
    """A slider that a click moves to where it was clicked. A mark shows where a race is that is on its way there."""

    #: where the race is, None where that is at the handle
    present: int | None = None
    mark = QColor()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if self.present is None:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        span = max(1, self.width() - handle.width())
        x = handle.width() // 2 + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), self.present, span)
        painter = QPainter(self)
        painter.fillRect(x - 1, handle.top() + 1, 3, handle.height() - 2, self.mark)
        painter.end()

    def mousePressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        position = int(event.position().x())  # type: ignore[attr-defined]
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        if not handle.contains(position, handle.center().y()):
            span = max(1, self.width() - handle.width())
            value = QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), position - handle.width() // 2, span)
            self.setValue(value)
            self.sliderMoved.emit(value)
        super().mousePressEvent(event)  # type: ignore[arg-type]


class TransportBar(QToolBar):
    """Says what a person asks of the run, and shows where it stands."""

    run_toggled = Signal(bool)
    #: (steps, whether a held key asks for it once more)
    step_requested = Signal(int, bool)
    reset_requested = Signal()
    speed_changed = Signal(object)
    #: (steps a second, None as fast as it goes): a person wants another speed
    speed_chosen = Signal(object)
    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setWindowTitle(self.tr("Transport"))
        self.setMovable(False)
        self._theme = themes.LIGHT
        self._running = False
        self._shown: Snapshot | None = None
        self._key_repeats = False
        self._add_buttons()
        self.addSeparator()
        self._add_speed()
        self.addSeparator()
        self._add_timeline()
        self._show_speed()
        self.set_theme(self._theme)

    def _add_buttons(self) -> None:
        self.reset = self._action(
            self.tr("Reset"), "R", self.tr("Stop and go back to step 0; running again repeats the same numbers (R)")
        )
        self.back = self._action(self.tr("Step back"), "Left", self.tr("Take back one step, exactly (Left)"))
        self.run = self._action(self.tr("Run"), "Space", self.tr("Run or pause (Space)"))
        self.step = self._action(self.tr("Step"), "Right", self.tr("Take one step (Right)"))
        self.reset.triggered.connect(self._on_reset_triggered)
        self.back.triggered.connect(self._on_back_triggered)
        self.run.triggered.connect(self._on_run_triggered)
        self.step.triggered.connect(self._on_step_triggered)

    def _add_speed(self) -> None:
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setValue(len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setFixedWidth(110)
        self.speed.setToolTip(self.tr("Speed, from one step a second to as fast as it goes"))
        self.speed.setAccessibleName(self.tr("Speed"))
        self.speed.valueChanged.connect(self._on_speed_changed)
        self._speed_label = QLabel(self)
        self._speed_label.setObjectName("muted")
        self.addWidget(QLabel(self.tr(" Speed "), self))
        self.addWidget(self.speed)
        self.addWidget(self._speed_label)
        self.full = self._action(
            self.tr("Full speed"), "U", self.tr("As fast as it goes, and back to the speed before (U)")
        )
        self.full.setCheckable(True)
        self.full.triggered.connect(self._on_full_triggered)
        self._before: int | None = _USUAL  # full speed
        self._showing = False

    def _add_timeline(self) -> None:
        self._step_label = QLabel(self)
        self.addWidget(self._step_label)
        self.timeline = TimelineSlider(Qt.Orientation.Horizontal, self)
        self.timeline.setRange(0, 0)
        self.timeline.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.timeline.setToolTip(self.tr("The steps taken so far: drag to look at any of them"))
        self.timeline.setAccessibleName(self.tr("Timeline"))
        self.timeline.sliderMoved.connect(self._on_timeline_moved)
        self.timeline.actionTriggered.connect(self._on_timeline_action)
        self.addWidget(self.timeline)

    def show_speed(self, speed: int | None) -> None:
        """Have a speed, one of the slider's stops, without a word of a person's wish."""
        self._showing = True
        self.speed.setValue(SPEEDS.index(speed))
        self._showing = False

    @property
    def steps_per_second(self) -> int | None:
        """The chosen pace; None is as fast as it goes."""
        return SPEEDS[self.speed.value()]

    def set_theme(self, theme: themes.Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.reset.setIcon(themes.icon("reset", theme.text))
        self.back.setIcon(themes.icon("back", theme.text))
        self.step.setIcon(themes.icon("step", theme.text))
        self.run.setIcon(themes.icon("pause" if self._running else "run", theme.accent))
        self.full.setIcon(themes.icon("full", theme.text))
        self.timeline.mark = QColor(theme.accent)
        metrics = self.fontMetrics()
        self._speed_label.setFixedWidth(metrics.horizontalAdvance(self.tr("{} steps/s").format(grouped(10_000))) + 6)
        self._step_label.setFixedWidth(metrics.horizontalAdvance(self.tr("step {}").format(grouped(10_000_000))) + 10)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the race stands."""
        if snapshot is self._shown:  # a click in the timeline may be under way: its handle stays where it was put
            return
        self._shown = snapshot
        moves = snapshot.running or snapshot.target is not None
        if moves != self._running:
            self._running = moves
            self.run.setText(self.tr("Pause") if self._running else self.tr("Run"))
            self.run.setIcon(themes.icon("pause" if self._running else "run", self._theme.accent))
        self.back.setEnabled(snapshot.step > 0)
        self.step.setEnabled(not snapshot.finished)
        self._step_label.setText(self.tr("step {}").format(grouped(snapshot.step)))
        if not self.timeline.isSliderDown():
            with QSignalBlocker(self.timeline):
                end = timeline_end(snapshot.recorded, snapshot.info.limit)
                self.timeline.setRange(0, max(end, snapshot.target or 0))
                self.timeline.setValue(snapshot.step if snapshot.target is None else snapshot.target)
        self.timeline.present = None if snapshot.target is None else snapshot.step
        self.timeline.update()

    def _action(self, text: str, key: str, tip: str) -> QAction:
        action = QAction(text, self)
        action.setShortcut(key)
        action.setToolTip(tip)
        self.addAction(action)
        button = self.widgetForAction(action)
        if button is not None:
            button.setAccessibleName(text)
        return action

    def _show_speed(self) -> None:
        speed = self.steps_per_second
        self.full.setChecked(speed is None)
        if speed is not None:
            self._before = speed
        if speed is None:
            self._speed_label.setText(self.tr("unlimited"))
        else:
            self._speed_label.setText(counted(speed, self.tr("{} step/s"), self.tr("{} steps/s")))

    def _on_run_triggered(self) -> None:
        self.run_toggled.emit(not self._running)

    def note_key(self, event: QKeyEvent) -> None:
        """Note whether a key is held down, before it becomes a step: actions do not tell."""
        self._key_repeats = event.isAutoRepeat()

    def _ask_step(self, count: int) -> None:
        repeats, self._key_repeats = self._key_repeats, False
        self.step_requested.emit(count, repeats)

    def _on_step_triggered(self) -> None:
        self._ask_step(1)

    def _on_back_triggered(self) -> None:
        self._ask_step(-1)

    def _on_reset_triggered(self) -> None:
        self.reset_requested.emit()

    def _on_speed_changed(self, _value: int) -> None:
        self._show_speed()
        self.speed_changed.emit(self.steps_per_second)
        if not self._showing:
            self.speed_chosen.emit(self.steps_per_second)

    def _on_full_triggered(self, full: bool) -> None:
        self.speed.setValue(SPEEDS.index(None if full else self._before))

    def _on_timeline_moved(self, value: int) -> None:
        self.seek_requested.emit(value)

    def _on_timeline_action(self, _action: int) -> None:
        if not self.timeline.isSliderDown():
            self.seek_requested.emit(self.timeline.sliderPosition())
