"""Painting points: from dabs of a brush to the experiment that holds the points."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.experiment.experiment import Experiment, NetworkSetup, replace
from workbench.ui.views.fit.dab import Dab, Points

if TYPE_CHECKING:
    from workbench.engine.datasets import Split

#: milliseconds between two new races while a stroke goes on
_PAUSE = 90
#: edits that ended drafts which are remembered for their undo
_PASSAGES_KEPT = 50


@dataclass(frozen=True, slots=True)
class _State:
    """What was drawn between two gestures, None for the experiment's own points, while this experiment was open."""

    points: Points | None
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class _Passage:
    """An edit that ended a draft, because its points were learned from or made way for others.

    `states` are those of the draft before the edit, the newest last: undo of the edit brings them back.
    """

    before: Experiment
    after: Experiment
    states: tuple[_State, ...]
    gesture: int


def _data_of(experiment: Experiment) -> Any:
    """What tells one set of samples from another, however it is divided."""
    problem = experiment.problem
    return replace(problem.data, test_fraction=0.0) if isinstance(problem, NetworkSetup) else None


class PointPainter(QObject):
    """Gathers the dabs of a stroke and makes experiments of them.

    Fewer than two classes cannot be learned: such points are a draft, kept and shown while the race goes on with the
    last ones that had two, until there are two again. A draft outlives edits that leave the data what they are. Each
    of its gestures can be taken back and again, in its place among the edits of the experiment.
    """

    #: (experiment, merge key)
    edited = Signal(object, str)
    #: the points as they now are, None when they are the experiment's again
    drawn = Signal(object)
    #: a sentence for the status bar
    said = Signal(str)
    #: a sentence that was said and is no longer true
    settled = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: Points | None = None
        self._names: tuple[str, ...] = ()
        self._before: list[_State] = []  # what the strokes that are no experiment yet can be taken back to
        self._after: list[_State] = []  # what was taken back
        self._passages: list[_Passage] = []
        self._lacking = ""
        self._experiment: Experiment | None = None
        self._gesture = 0
        self._own = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.flush)

    def follow(self, experiment: Experiment) -> None:
        """There is another experiment; where its data are others, its points are the ones to go on from."""
        before, self._experiment = self._experiment, experiment
        if self._own:
            return
        for passage in reversed(self._passages):
            if before == passage.after and experiment == passage.before:
                self._bring_back(passage)
                return
        if not self._before:
            self._forget()
        elif before is not None and _data_of(before) != _data_of(experiment):
            self._note_passage(before, [*self._before, _State(self.points, before)])
            self._forget()

    def begin_anew(self) -> None:
        """Another file is opened: nothing painted before is left."""
        self._after.clear()
        self._passages.clear()
        self._forget()

    def _note_passage(self, before: Experiment, states: list[_State]) -> None:
        if self._experiment is not None and self._experiment != before:
            self._passages.append(_Passage(before, self._experiment, tuple(states), self._gesture))
            del self._passages[:-_PASSAGES_KEPT]

    def _bring_back(self, passage: _Passage) -> None:
        """Undo of the edit that ended a draft: its last state is there again."""
        self._pause.stop()
        *self._before, last = passage.states
        self._gesture = -1
        self._show(last.points)

    def _show(self, points: Points | None) -> None:
        """Go on from these points of a draft."""
        self.points = points
        if not self._before:
            self._forget()
            return
        self._lack(self._words_of_draft())
        self.drawn.emit(points)

    def _words_of_draft(self) -> str:
        if not self.points:
            return self.tr("Paint points of two classes; until then the network keeps the old ones.")
        return self.tr("Two classes are needed; until then the network keeps the old points.")

    def _forget(self) -> None:
        """Go on from the experiment's own points."""
        self._pause.stop()
        self.points = None
        self._before.clear()
        self._lack("")
        self.drawn.emit(None)

    def _lack(self, words: str) -> None:
        """Say what is missing, or that nothing is."""
        if self._lacking and not words:
            self.settled.emit(self._lacking)
        self._lacking = words
        if words:
            self.said.emit(words)

    @property
    def has_draft(self) -> bool:
        """Whether there are points painted that are no experiment's."""
        return bool(self._before and self.points)

    @property
    def can_take_back(self) -> bool:
        """Whether the last thing done is a stroke, or the clearing, that is no experiment yet."""
        return bool(self._before) and self._before[-1].experiment == self._experiment

    @property
    def can_take_again(self) -> bool:
        """Whether the last thing undone is such a stroke."""
        return bool(self._after) and self._after[-1].experiment == self._experiment

    def take_back(self) -> None:
        """Undo the last of the strokes, or the clearing, that are no experiment yet."""
        self._pause.stop()
        if self.can_take_back:
            before = self._before.pop()
            self._after.append(_State(self.points, before.experiment))
            self._gesture = -1
            self._show(before.points)

    def take_again(self) -> None:
        """Take the last undone of them again."""
        self._pause.stop()
        if self.can_take_again:
            after = self._after.pop()
            self._before.append(_State(self.points, after.experiment))
            self._gesture = -1
            self._show(after.points)

    def _keep(self, experiment: Experiment, gesture: int) -> None:
        """Remember the points before another gesture."""
        if gesture != self._gesture or not self._before:
            self._before.append(_State(self.points, experiment))
            self._after.clear()
        self._gesture = gesture

    def touch(self, dab: Dab, split: Split | None) -> None:
        """Take one dab; `split` are the samples shown."""
        from workbench.ui.window.painted_points import MOST_POINTS, names_of, points_of, touched  # with all data sets

        if self._experiment is None:
            return
        self._keep(self._experiment, dab.gesture)
        if self.points is None:
            self.points, self._names = points_of(self._experiment, split), names_of(self._experiment, split)
        self.points = touched(self.points, dab)
        if len(self.points) >= MOST_POINTS:
            self.said.emit(self.tr("There is room for {} points; erase some to paint others.").format(MOST_POINTS))
        self.drawn.emit(self.points)
        if not self._pause.isActive():
            self._pause.start()

    def name_class(self, number: int, name: str, split: Split | None) -> None:
        """Call a class otherwise; with an empty name it is called by its number again."""
        if self._experiment is None:
            return
        from workbench.ui.window.painted_points import names_of, points_of, with_points

        points = self.points if self.points is not None else points_of(self._experiment, split)
        names = self._names if self.points is not None else names_of(self._experiment, split)
        named = [*names, *("" for _ in range(len(names), number + 1))]
        named[number] = name
        while named and not named[-1]:
            named.pop()
        self._names = tuple(named)
        if not self._before and len({c for *_, c in points}) > 1:  # else it is a draft, and its names come with it
            self.edited.emit(with_points(self._experiment, points, self._names), "")

    def clear(self) -> None:
        """Begin with an empty plane."""
        if self.points == () or self._experiment is None:
            return
        from workbench.ui.window.painted_points import names_of

        self.flush()
        if self.points is None:
            self._names = names_of(self._experiment, None)
        self._gesture = -1
        self._keep(self._experiment, -2)
        self._show(())

    def flush(self) -> None:
        """Make an experiment of the points as they are."""
        self._pause.stop()
        if self._experiment is None or self.points is None:
            return
        present = {number for *_, number in self.points}
        if len(present) < 2:
            self._lack(self._words_of_draft())
            return
        from workbench.ui.window.painted_points import with_points

        self._lack("")
        states, before = list(self._before), self._experiment
        self._before.clear()
        self._own = True
        try:
            self.edited.emit(with_points(before, self.points, self._names), f"gesture.paint.{self._gesture}")
        finally:
            self._own = False
        self._follow_stroke(before, states)
        self.drawn.emit(self.points)
        count = max(present) + 1
        if len(present) < count:
            words = self.tr("The network has {} outputs, for classes 0 to {}; of classes {} there are no points.")
            missing = ", ".join(str(number) for number in range(count) if number not in present)
            self.said.emit(words.format(count, count - 1, missing))

    def _follow_stroke(self, before: Experiment, states: list[_State]) -> None:
        """The stroke has made an experiment of the one before: of a draft, if there are more states than its own."""
        if len(states) > 1:
            self._note_passage(before, states)
        elif self._passages and self._experiment is not None:
            last = self._passages[-1]
            if (last.after, last.gesture) == (before, self._gesture):  # the stroke that ended the draft goes on
                self._passages[-1] = dataclasses.replace(last, after=self._experiment)
