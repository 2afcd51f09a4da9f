"""The transport bar: run, pause, step, step back, reset, speed, and a timeline to scrub."""

from __future__ import annotations

import time

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QToolBar, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.experiment import view_options
from workbench.ui.forms.timeline import TimelineSlider
from workbench.ui.style import theme as themes
from workbench.ui.words.text import counted, grouped

#: The stops of the speed slider, in steps a second; the last is as fast as it goes.
SPEEDS: tuple[int | None, ...] = (*view_options.SPEEDS, None)
_USUAL = 50  # steps a second, where full speed is left that no other came before
_LONGEST_WAIT = 2.0  # seconds in which a race hears of a step asked for, whatever else it computes
#: A limit of more steps is shown whole once a tenth of it is recorded: before, the way back would be less than a pixel.
_WIDE_LIMIT = 100_000


def timeline_end(recorded: int, limit: int | None) -> int:
    """The last step on the timeline: the race's end, or what is recorded where that end is too far away."""
    far = limit is None or (limit > _WIDE_LIMIT and recorded < limit // 10)
    return recorded if far else max(recorded, limit or 0)


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
    #: (whether it is to go): the race is to run backwards, or to stand
    back_toggled = Signal(bool)
    #: ((first step, last step), None for none): between which steps a race that runs is to stay
    stretch_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setWindowTitle(self.tr("Transport"))
        self.setMovable(False)
        self._theme = themes.LIGHT
        self._running = self._backwards = False
        self._shown: Snapshot | None = None
        self._key_repeats = False
        #: the step that the handle was put to, when, and in which race
        self._asked: tuple[int, float, int] | None = None
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
        self.run_back = self._action(
            self.tr("Run backwards"), "Shift+Space", self.tr("Run back through the steps taken, or pause (Shift+Space)")
        )
        self.run = self._action(self.tr("Run"), "Space", self.tr("Run or pause (Space)"))
        self.step = self._action(self.tr("Step"), "Right", self.tr("Take one step (Right)"))
        self.reset.triggered.connect(self._on_reset_triggered)
        self.back.triggered.connect(self._on_back_triggered)
        self.run.triggered.connect(self._on_run_triggered)
        self.run_back.triggered.connect(self._on_run_back_triggered)
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
        self.timeline.setToolTip(
            self.tr(
                "The steps taken so far: drag to look at any of them; A and B mark a stretch, L plays it over and over"
            )
        )
        self.timeline.setAccessibleName(self.tr("Timeline"))
        self.timeline.sliderMoved.connect(self._on_timeline_moved)
        self.timeline.actionTriggered.connect(self._on_timeline_action)
        self.addWidget(self.timeline)
        self.mark_first = self._action(
            self.tr("Mark A"), "A", self.tr("Set mark A at this step: where a stretch that is looped begins (A)")
        )
        self.mark_last = self._action(
            self.tr("Mark B"), "B", self.tr("Set mark B at this step: where a stretch that is looped ends (B)")
        )
        self.loop = self._action(
            self.tr("Loop"),
            "L",
            self.tr("Play the steps between the marks A and B over and over; off lets go of them (L)"),
        )
        self.loop.setCheckable(True)
        self.mark_first.triggered.connect(self._on_mark_first)
        self.mark_last.triggered.connect(self._on_mark_last)
        self.loop.triggered.connect(self._on_loop_triggered)

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
        self._show_running()
        self.mark_first.setIcon(themes.icon("mark-a", theme.text))
        self.mark_last.setIcon(themes.icon("mark-b", theme.text))
        self.loop.setIcon(themes.icon("loop", theme.text))
        self.full.setIcon(themes.icon("full", theme.text))
        self.timeline.mark = QColor(theme.accent)
        metrics = self.fontMetrics()
        self._speed_label.setFixedWidth(metrics.horizontalAdvance(self.tr("{} steps/s").format(grouped(10_000))) + 6)
        # of a fixed size: else each number, 60 times a second, would have the whole window laid out anew
        widest = metrics.horizontalAdvance(self.tr("step {}").format(grouped(10_000_000))) + 10
        self._step_label.setFixedSize(widest, metrics.height() + 4)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the race stands."""
        if snapshot is self._shown:  # a click in the timeline may be under way: its handle stays where it was put
            return
        self._shown = snapshot
        moves = snapshot.running or snapshot.target is not None
        if (moves, snapshot.backwards) != (self._running, self._backwards):
            self._running, self._backwards = moves, snapshot.backwards
            self._show_running()
        self.back.setEnabled(snapshot.step > 0)
        self.run_back.setEnabled(snapshot.step > 0 or moves or self.loop.isChecked())
        self.step.setEnabled(not snapshot.finished)
        self._step_label.setText(self.tr("step {}").format(grouped(snapshot.step)))
        if not self.timeline.isSliderDown() and not self._waits_for(snapshot):
            with QSignalBlocker(self.timeline):
                end = timeline_end(snapshot.recorded, snapshot.info.limit)
                self.timeline.setRange(0, max(end, snapshot.target or 0))
                self.timeline.setValue(snapshot.step if snapshot.target is None else snapshot.target)
        self.timeline.present = None if snapshot.target is None else snapshot.step
        self.timeline.update()

    def _show_running(self) -> None:
        """Which of the two ways pauses now: the one that the race goes."""
        on, back = self._running and not self._backwards, self._running and self._backwards
        self.run.setText(self.tr("Pause") if on else self.tr("Run"))
        self.run.setIcon(themes.icon("pause" if on else "run", self._theme.accent))
        self.run_back.setText(self.tr("Pause") if back else self.tr("Run backwards"))
        self.run_back.setIcon(themes.icon("pause" if back else "backwards", self._theme.text))

    def _waits_for(self, snapshot: Snapshot) -> bool:
        """Whether the handle was put elsewhere and the race has not heard of it: it stays where it was put."""
        if self._asked is None:
            return False
        step, since, generation = self._asked
        heard = snapshot.target is not None or snapshot.step == step or snapshot.running
        gone = snapshot.generation != generation or (snapshot.finished and snapshot.step < step)  # it never gets there
        if heard or gone or time.monotonic() - since > _LONGEST_WAIT:
            self._asked = None
        return self._asked is not None

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
        self._asked = None
        self.run_toggled.emit(not self._running or self._backwards)

    def _on_run_back_triggered(self) -> None:
        self._asked = None
        self.back_toggled.emit(not (self._running and self._backwards))

    # A stretch that is played over and over

    @property
    def stretch(self) -> tuple[int, int] | None:
        """The steps between which a race that runs is to stay, None where it is to run on."""
        first, last = self.timeline.first, self.timeline.last
        return (first, last) if self.loop.isChecked() and first is not None and last is not None else None

    def clear_marks(self) -> None:
        """Have no marks: they were of another race."""
        self._set_marks(None, None)

    def _on_mark_first(self) -> None:
        step, last = self._here, self.timeline.last
        self._set_marks(step, None if last is not None and last <= step else last)

    def _on_mark_last(self) -> None:
        step, first = self._here, self.timeline.first
        self._set_marks(None if first is not None and first >= step else first, step)

    def _on_loop_triggered(self, loops: bool) -> None:
        """Without marks it is all that is recorded; switched off, it takes the marks along."""
        if not loops:
            self._set_marks(None, None)
            return
        recorded = 0 if self._shown is None else max(self._shown.recorded, self._shown.step)
        first, last = self.timeline.first, self.timeline.last
        self._set_marks(0 if first is None else first, recorded if last is None else last)

    def _set_marks(self, first: int | None, last: int | None) -> None:
        self.timeline.first, self.timeline.last = first, last
        self.loop.setChecked(first is not None and last is not None and first < last)
        self.timeline.loops = self.loop.isChecked()
        self.timeline.update()
        self.stretch_changed.emit(self.stretch)

    @property
    def _here(self) -> int:
        """The step that is shown."""
        return 0 if self._shown is None else self._shown.step

    def note_key(self, event: QKeyEvent) -> None:
        """Note whether a key is held down, before it becomes a step: actions do not tell."""
        self._key_repeats = event.isAutoRepeat()

    def _ask_step(self, count: int) -> None:
        repeats, self._key_repeats = self._key_repeats, False
        self._asked = None
        self.step_requested.emit(count, repeats)

    def _on_step_triggered(self) -> None:
        self._ask_step(1)

    def _on_back_triggered(self) -> None:
        self._ask_step(-1)

    def _on_reset_triggered(self) -> None:
        self._asked = None
        self.reset_requested.emit()

    def _on_speed_changed(self, _value: int) -> None:
        self._show_speed()
        self.speed_changed.emit(self.steps_per_second)
        if not self._showing:
            self.speed_chosen.emit(self.steps_per_second)

    def _on_full_triggered(self, full: bool) -> None:
        self.speed.setValue(SPEEDS.index(None if full else self._before))

    def _on_timeline_moved(self, value: int) -> None:
        self._asked = (value, time.monotonic(), -1 if self._shown is None else self._shown.generation)
        self.seek_requested.emit(value)

    def _on_timeline_action(self, _action: int) -> None:
        if not self.timeline.isSliderDown():
            self.seek_requested.emit(self.timeline.sliderPosition())
