"""The status bar: what happened last in a sentence, and how fast the race and the pictures go."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from workbench.engine.race.snapshot import Snapshot
from workbench.ui.style.elided import ElidedLabel
from workbench.ui.words import stays
from workbench.ui.words.health import gravest, layer_name, run_label, sentence
from workbench.ui.words.text import counted, grouped

if TYPE_CHECKING:
    from workbench.engine.network.health import HealthReport

_SECONDS_BETWEEN_FIGURES = 0.25
_SECONDS_OF_NEWS = 6.0  # while a race runs on
_STARTS_WITHIN = 500  # milliseconds that pass without a word until the first step
_MOST_DRAWN = 2  # dimensions of a landscape


class _Sentence(ElidedLabel):
    """What happened last; however long, it takes no room that something else needs. It may lead somewhere."""

    clicked = Signal()

    def set_link(self, leads: bool) -> None:
        """Show whether a click leads to more."""
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        self.setProperty("link", leads)
        font = self.font()
        font.setUnderline(leads)
        self.setFont(font)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()
        super().mouseReleaseEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())


class StatusBar(QStatusBar):
    """Says what happens to a race: that it diverged or ended, and what ails a network's layers, each once."""

    #: (ailment, run): why it ails is asked for, by a click on the sentence that says so
    why_asked = Signal(str, int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sentence = _Sentence("", self, letters=8)
        self.pace, self.frames = QLabel(self), QLabel(self)
        self._sentence.clicked.connect(self._on_clicked)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(10, 0, 10, 0)
        self.addWidget(self._sentence, 1)
        for label in (self.pace, self.frames):
            label.setObjectName("muted")
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.addPermanentWidget(label)
        self.pace.setToolTip(self.tr("Steps that the engine takes each second"))
        self.frames.setToolTip(self.tr("Pictures painted each second"))
        self._generation = -1
        self._event: tuple[Any, ...] = ()
        self._warned: set[tuple[str, int]] = set()
        self._thrown: set[int] = set()  # lanes of which was said that they were thrown out of a minimum
        self._figures_at = 0.0
        self._state, self._ran = "", False  # what was said of the race's running, and whether it ran
        self._said_of: Snapshot | None = None  # what was shown when a person had it run
        self._is_unlimited = True  # as fast as it goes
        self._began: tuple[int, int] | None = None  # (race, step) where it began to run, until another step has come
        self._starting = QTimer(self)
        self._starting.setSingleShot(True)
        self._starting.setInterval(_STARTS_WITHIN)
        self._starting.timeout.connect(self._on_not_started)
        self._going_at, self._went = 0.0, False  # on its way to a far step
        self._of_race = ""  # what was said of this race, and goes with it
        self._ailing: tuple[str, int] | None = None  # of which ailment and run that was, if it was one
        self._news = ""  # to be said of the next race
        self._told, self._told_at = "", 0.0  # the news that stand there, and since when
        self._snapshot: Snapshot | None = None

    def text(self) -> str:
        """The sentence that stands there."""
        return self._sentence.text()

    def say(self, words: str) -> None:
        """Say what happened last."""
        self._sentence.setText(words)
        leads = self.asks_why is not None
        if leads != bool(self._sentence.property("link")):
            self._sentence.set_link(leads)

    @property
    def asks_why(self) -> tuple[str, int] | None:
        """The ailment and the run that the sentence is of, None where it is of something else."""
        return self._ailing if self._of_race and self.text() == self._of_race else None

    def _on_clicked(self) -> None:
        asked = self.asks_why
        if asked is not None:
            self.why_asked.emit(*asked)

    def announce(self, words: str) -> None:
        """Say what happened last, where it is more than what could be said of a new race."""
        self.say_of_next_race("")
        self.say(words)

    def say_of_next_race(self, words: str) -> None:
        """Keep a sentence until the next race is shown; an empty one takes the last one back."""
        self._news = words

    def withdraw(self, words: str) -> None:
        """Take a sentence back that is no longer true, if it still stands there."""
        if words and self.text() == words and self._snapshot is not None:
            self._say_where_it_stands(self._snapshot)

    def say_what_to_press(self, *, start_moves: bool) -> None:
        """Say how to begin; `start_moves` where the start can be dragged."""
        words = self.tr("Press Space to run, → for one step.")
        self._say_state(words + " " + self.tr("Drag the ring to move the start.") if start_moves else words)

    def say_running(self) -> None:
        """Say that the race runs, and how to pause it; it is taken back when the race stands."""
        self._said_of = self._snapshot
        self._say_state(self._running_words())

    def set_speed(self, steps_per_second: float | None) -> None:
        """Know how fast the race may run; None is as fast as it goes, for which a large one takes a while to start."""
        self._is_unlimited = steps_per_second is None

    def _running_words(self) -> str:
        return self.tr("Running. Space pauses; settings may be changed meanwhile.")

    def _starting_words(self) -> str:
        return self.tr("Starting at full speed …")

    def _follow_start(self, snapshot: Snapshot, *, fresh: bool) -> None:
        """Watch for the first step of a race that begins to run."""
        place, runs = (snapshot.generation, snapshot.step), snapshot.running and snapshot.target is None
        if runs and (fresh or not self._ran):
            self._began = place
            self._starting.start()
        elif not runs or place != self._began:
            self._began = None
            self._starting.stop()
            if runs and self._state and self.text() == self._state == self._starting_words():
                self.say_running()

    def shut_down(self) -> None:
        """Watch no more: the window closes."""
        self._starting.stop()

    def _on_not_started(self) -> None:
        if self._began is not None and self._is_unlimited and self.text() == self._running_words():
            self._say_state(self._starting_words())

    def _say_state(self, words: str) -> None:
        self._state = words
        self.say(words)

    def _follow_state(self, snapshot: Snapshot) -> None:
        """Bring a sentence that says whether the race runs up to date; any other sentence stays."""
        began, paused = snapshot.running and not self._ran, (self._ran or self._went) and not snapshot.running
        self._ran, self._went = snapshot.running, snapshot.target is not None
        if snapshot.target is not None:
            self._say_going(snapshot.target, abs(snapshot.target - snapshot.step))
            return
        if self._was_stopped_at_once(snapshot):
            (self._say_event if snapshot.finished else self._say_where_it_stands)(snapshot)
            return
        told = self._told != "" and self.text() == self._told
        if snapshot.finished or not (told or (self._state and self.text() == self._state)):
            return
        old = told and snapshot.running and time.monotonic() - self._told_at > _SECONDS_OF_NEWS
        if began or old:
            self.say_running()
        elif not snapshot.running and snapshot.step == 0 and not told:
            self._say_what_to_press(snapshot)
        elif paused:
            self._say_paused()

    def _was_stopped_at_once(self, snapshot: Snapshot) -> bool:
        """Whether a race that was told to run stands again, or has come to its end, before it was seen to run."""
        stands = not snapshot.running and snapshot is not self._said_of
        return stands and self.text() in (self._running_words(), self._starting_words())

    def _say_paused(self) -> None:
        self._say_state(self.tr("Paused. Space goes on, → takes one step, ← goes one back."))

    def _say_going(self, target: int, left: int) -> None:
        now = time.monotonic()
        if self.text() != self._state or now - self._going_at >= _SECONDS_BETWEEN_FIGURES:
            self._going_at = now
            words = self.tr("Going to step {} … {} to go. Space stops here.")
            self._say_state(words.format(*(f"{number:,}".replace(",", " ") for number in (target, left))))

    def _say_where_it_stands(self, snapshot: Snapshot) -> None:
        """In place of a sentence whose cause has gone."""
        if snapshot.running:
            self.say_running()
        elif snapshot.step == 0:
            self._say_what_to_press(snapshot)
        else:
            self._say_paused()

    def _say_of_race(self, words: str, ailing: tuple[str, int] | None = None) -> None:
        self._of_race, self._ailing = " ".join(words.split()), ailing  # as it will stand there
        self.say(words)

    def _say_what_to_press(self, snapshot: Snapshot) -> None:
        points = snapshot.info.points  # a start of more than two coordinates has no ring
        self.say_what_to_press(start_moves=points is not None and points.shape[1] <= _MOST_DRAWN)

    def note_pace(self, words: str) -> None:
        """Say something of the engine, and keep it where its pace stands."""
        self.say(words)
        self.pace.setToolTip(words)

    def fit_figures(self) -> None:
        """Give the figures a width that no number changes; to be called when the text has another size."""
        metrics = self.fontMetrics()
        self.pace.setMinimumWidth(metrics.horizontalAdvance(self.tr("{} steps/s").format(grouped(100_000))))
        self.frames.setMinimumWidth(metrics.horizontalAdvance(self.tr("{} frames/s").format(100)))

    def show_snapshot(self, snapshot: Snapshot, frames_per_second: float) -> None:
        """Say what is new about the race, and how fast it goes."""
        self._snapshot = snapshot
        fresh = snapshot.generation != self._generation
        if fresh:
            self._generation, self._warned, self._thrown = snapshot.generation, set(), set()
        event = (snapshot.generation, snapshot.finished, tuple(snapshot.diverged_at.tolist()))
        if event != self._event:
            self._event = event
            self._say_event(snapshot)
        else:
            self._say_new_warning(snapshot)
        self._say_thrown_out(snapshot)
        if fresh and self._news:
            self._say_of_race(self._news)
            self._news, self._told, self._told_at = "", self.text(), time.monotonic()
        self._follow_start(snapshot, fresh=fresh)
        self._follow_state(snapshot)
        now = time.monotonic()
        if snapshot.running and now - self._figures_at < _SECONDS_BETWEEN_FIGURES:
            return
        self._figures_at = now
        pace, frames = round(snapshot.steps_per_second), round(frames_per_second)
        steps = counted(pace, self.tr("{} step/s"), self.tr("{} steps/s"))
        self.pace.setText(steps if snapshot.running else "")
        pictures = counted(frames, self.tr("{} frame/s"), self.tr("{} frames/s"))
        self.frames.setText(pictures if snapshot.running else "")

    def _say_event(self, snapshot: Snapshot) -> None:
        """Say what happened to the race, in a sentence."""
        info = snapshot.info
        gone = [run for run in range(info.runs) if snapshot.diverged_at[run] >= 0]
        said: list[str] = []
        ailing: tuple[str, int] | None = None
        if gone:
            last = max(gone, key=lambda run: int(snapshot.diverged_at[run]))
            ailing = ("lost", last) if info.kind == "network" else None
            label, layer = run_label(info, last), int(snapshot.diverged_layer[last])
            where = self.tr(" ({})").format(layer_name(info, layer)) if layer >= 0 else ""
            said.append(self.tr("{} diverged at step {}{}.").format(label, int(snapshot.diverged_at[last]), where))
            if len(gone) > 1:
                said.append(self.tr("{} runs in all have diverged.").format(len(gone)))
        if snapshot.finished:
            if len(gone) == info.runs:
                said.append(self._none_left(snapshot))
            else:
                said.append(self._end_words(snapshot).format(snapshot.step))
            said.append(stays.last_thrown(snapshot))
            if len(gone) < info.runs:
                said.append(self.tr("Space runs it again from step 0."))
        if said:
            self._say_of_race(" ".join(words for words in said if words), ailing)
        elif self._of_race and self.text() == self._of_race:
            self._say_where_it_stands(snapshot)
        elif not snapshot.running and (snapshot.step == 0 or not self.text()):
            self._say_what_to_press(snapshot)

    def _end_words(self, snapshot: Snapshot) -> str:
        """Why a race has come to its end, its step left open."""
        info = snapshot.info
        early = info.limit is None or snapshot.step < info.limit
        if info.stop is not None and early:
            return self.tr("Finished at step {}, by the test losses.")
        if info.tolerance is not None and early:
            return self.tr("Finished at step {}, within the tolerance.")
        return self.tr("Finished at step {}.")

    def _none_left(self, snapshot: Snapshot) -> str:
        """What may help where every run has diverged; before the first step no rate has had a part in it."""
        if (snapshot.diverged_at > 0).any():
            return self.tr("No run is left; smaller learning rates may help.")
        if snapshot.info.kind == "objective" and not np.isfinite(snapshot.loss).any():
            return self.tr("f has no value at the start; another start may help.")
        return self.tr("No run is left: at the start the loss or its gradient is no usable number.")

    def _say_thrown_out(self, snapshot: Snapshot) -> None:
        """Say that a lane was thrown out of the minimum that it had reached, once for each lane of a race."""
        if snapshot.target is not None or snapshot.finished:  # said on arrival, and with the end of the race
            return
        starts, step = snapshot.info.starts, snapshot.step
        left = {stay.run for stay in snapshot.stays if 0 <= stay.left <= step}  # few, also of a thousand runs
        fresh = sorted(run for run in left if run // starts not in self._thrown)
        if fresh:
            self._thrown |= {run // starts for run in fresh}
            self._say_of_race(stays.sentence(snapshot.info, stays.stays_of(snapshot)[fresh[-1]]))

    def _say_new_warning(self, snapshot: Snapshot) -> None:
        """Say that a layer vanishes, explodes, dies or saturates, once for each run and ailment."""
        found: HealthReport | None = snapshot.extras.get("health")
        if found is None or snapshot.finished:
            return
        if self._ailing and self._ailing not in {(w.key, w.run) for w in found.now} and self.text() == self._of_race:
            self._ailing = None
            self._say_where_it_stands(snapshot)
        fresh = [w for w in found.now if (w.key, w.run) not in self._warned]
        if fresh:
            self._warned |= {(w.key, w.run) for w in fresh}
        if self._ailing and self.text() == self._of_race:  # it gives way to what is graver alone
            told = [w for w in found.now if (w.key, w.run) == self._ailing]
            fresh = [w for w in fresh if not any(gravest((t, w)) is t for t in told)]
        if fresh:
            worst = gravest(fresh)
            self._say_of_race(sentence(worst, snapshot.info), (worst.key, worst.run))
