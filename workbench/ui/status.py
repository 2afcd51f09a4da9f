"""The status bar: what happened last in a sentence, and how fast the race and the pictures go."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from workbench.engine.network.report import HealthReport
from workbench.engine.snapshot import Snapshot
from workbench.ui.elided import ElidedLabel
from workbench.ui.health_words import gravest, layer_name, run_label, sentence
from workbench.ui.words import counted, grouped

_SECONDS_BETWEEN_FIGURES = 0.25
_MOST_DRAWN = 2  # dimensions of a landscape


class _Sentence(ElidedLabel):
    """What happened last; however long, it takes no room that something else needs."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.minimumSizeHint().width(), super().sizeHint().height())


class StatusBar(QStatusBar):
    """Says what happens to a race: that it diverged or ended, and what ails a network's layers, each once."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._sentence = _Sentence("", self, letters=8)
        self.pace, self.frames = QLabel(self), QLabel(self)
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
        self._figures_at = 0.0
        self._state, self._ran = "", False  # what was said of the race's running, and whether it ran

    def text(self) -> str:
        """The sentence that stands there."""
        return self._sentence.text()

    def say(self, words: str) -> None:
        """Say what happened last."""
        self._sentence.setText(words)

    def say_what_to_press(self, *, start_moves: bool) -> None:
        """Say how to begin; `start_moves` where the start can be dragged."""
        words = self.tr("Press Space to run, → for one step.")
        self._say_state(words + " " + self.tr("Drag the ring to move the start.") if start_moves else words)

    def say_running(self) -> None:
        """Say that the race runs, and how to pause it; it is taken back when the race stands."""
        self._say_state(self.tr("Running. Space pauses; settings may be changed meanwhile."))

    def _say_state(self, words: str) -> None:
        self._state = words
        self.say(words)

    def _follow_state(self, snapshot: Snapshot) -> None:
        """Bring a sentence that says whether the race runs up to date; any other sentence stays."""
        began, paused = snapshot.running and not self._ran, self._ran and not snapshot.running
        self._ran = snapshot.running
        if not self._state or self.text() != self._state or snapshot.finished:
            return
        if began:
            self.say_running()
        elif not snapshot.running and snapshot.step == 0:
            self._say_what_to_press(snapshot)
        elif paused:
            self._say_state(self.tr("Paused. Space goes on, → takes one step, ← goes one back."))

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
        if snapshot.generation != self._generation:
            self._generation, self._warned = snapshot.generation, set()
        event = (snapshot.generation, snapshot.finished, tuple(snapshot.diverged_at.tolist()))
        if event != self._event:
            self._event = event
            self._say_event(snapshot)
        else:
            self._say_new_warning(snapshot)
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
        said = []
        if gone:
            last = max(gone, key=lambda run: int(snapshot.diverged_at[run]))
            label, layer = run_label(info, last), int(snapshot.diverged_layer[last])
            where = self.tr(" ({})").format(layer_name(info, layer)) if layer >= 0 else ""
            said.append(self.tr("{} diverged at step {}{}.").format(label, int(snapshot.diverged_at[last]), where))
            if len(gone) > 1:
                said.append(self.tr("{} runs in all have diverged.").format(len(gone)))
        if snapshot.finished:
            if len(gone) == info.runs:
                said.append(self.tr("No run is left; smaller learning rates may help."))
            else:
                said.append(self.tr("Finished at step {}.").format(snapshot.step))
        if said:
            self.say(" ".join(said))
        elif not snapshot.running and (snapshot.step == 0 or not self.text()):
            self._say_what_to_press(snapshot)

    def _say_new_warning(self, snapshot: Snapshot) -> None:
        """Say that a layer vanishes, explodes, dies or saturates, once for each run and ailment."""
        found = snapshot.extras.get("health")
        if not isinstance(found, HealthReport) or snapshot.finished:
            return
        fresh = [w for w in found.now if (w.key, w.run) not in self._warned]
        if fresh:
            self._warned |= {(w.key, w.run) for w in fresh}
            self.say(sentence(gravest(fresh), snapshot.info))
