"""Where the race is: at home with the worker's thread, or away with a child process that runs it at full speed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.engine.race import transfer
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.history import Floats, Position
from workbench.engine.race.race import LaneRule, Race
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment
from workbench.live.child import serve
from workbench.live.loop import TrainingLoop
from workbench.live.messages import Answer, Begin, Change, Fault, Gone, NewSegment, Place, Ready, Report, Stop
from workbench.live.process import EngineProcess, Entry
from workbench.live.segments import Segment, room

#: Seconds that a step under way may still take when the race is wanted back.
_PATIENCE = 0.5
#: Bytes of parameters for which it may take a second more, and the copying of the state.
_BYTES_A_SECOND = 1e7
#: Seconds in which a child is up; one that is not is given up.
_STARTS_WITHIN = 20.0
#: Children that may be lost one after the other without one step in between, before the thread does it all.
_ATTEMPTS = 3


@dataclass(slots=True)
class _Safe:
    """The newest state that the race can go back to when the child is lost."""

    report: Report
    rows: list[tuple[list[Floats], Position]]


class FullSpeed:
    """Hands the race of a loop to a child process, shows what it does there, and takes it back.

    While the race is away, the loop's own race mirrors it: it can be looked at, and nothing else.
    Used by the worker's thread alone.
    """

    def __init__(
        self,
        loop: TrainingLoop,
        wake: threading.Condition,
        *,
        fail: Callable[[str], None],
        note: Callable[[str], None],
        entry: Entry = serve,
    ) -> None:
        """`fail` takes a sentence about a child that was lost with a race, `note` one about doing without a child."""
        self._loop, self._wake, self._fail, self._note, self._entry = loop, wake, fail, note, entry
        self._child: EngineProcess | None = None
        self._ready = False
        self._started_at = 0.0
        self._failures = 0
        self._cautious = False
        self.away = False
        self.enabled = True
        self.foreign: tuple[str, ...] = ()  # window libraries that the child has loaded
        self._asked = False
        self._has_begun = False  # the child has said a word of the race that is away
        self._segments: dict[int, Segment] = {}
        self._theta: Any = None
        self._safe: _Safe | None = None
        self._sent: list[tuple[LaneRule, ...] | None] = []

    # The child

    @property
    def has_answers(self) -> bool:
        """Whether the child has said something that `relay` has not read."""
        child = self._child
        return child is not None and bool(child.answers)

    @property
    def holds_back(self) -> bool:
        """Whether the race waits for a child: the last one was lost, and what ended it must not be run here."""
        waits = self._cautious and self._child is not None and not self._ready
        return waits and self._loop.at_full_speed

    @property
    def pid(self) -> int | None:
        """The child's process number, None where there is no child."""
        return None if self._child is None else self._child.pid

    def warm_up(self) -> None:
        """Start a child, so that the first run at full speed does not wait for one."""
        if self._child is not None or not self.enabled:
            return
        try:
            self._child = EngineProcess(self._wake, self._entry)
        except Exception as error:
            self._give_up(str(error))
            return
        self._ready, self._started_at = False, time.monotonic()

    def close(self) -> None:
        """End the child. The race stays where the mirror shows it."""
        self._drop_child()
        self.away = False

    def _give_up(self, why: str) -> None:
        self.enabled = self._cautious = False
        self._drop_child()
        self._note(f"Runs share the window's process, which is slower: the engine's own could not be used ({why}).")

    def _drop_child(self) -> None:
        child, self._child, self._ready = self._child, None, False
        if child is not None:
            child.end()

    # Away

    def send(self) -> bool:
        """Hand the race over, where it should run at full speed and a child is there.

        Gives whether the thread is to leave the race alone.
        """
        loop, child = self._loop, self._child
        if not self.enabled or not loop.at_full_speed:
            return False
        if child is None:
            self.warm_up()
            return self.holds_back
        if not self._ready:
            if time.monotonic() - self._started_at > _STARTS_WITHIN:
                self._give_up("it does not answer")
            return self.holds_back
        if loop.race is None or loop.experiment is None:
            return False
        return self._hand_over(loop.race, loop.experiment, child)

    def _hand_over(self, race: Race, experiment: Experiment, child: EngineProcess) -> bool:
        """Share the race's parameters and rows with the child and let it begin; gives whether it does."""
        records = transfer.records(race)
        theta_field = (race.theta.shape, race.theta.dtype)
        fields = [[(array.shape, array.dtype) for array in record.arrays] for record in records]
        try:
            segment = Segment(room([theta_field]) + sum(map(room, fields)))
        except OSError as error:
            self._give_up(str(error))
            return False
        handover = transfer.hand_over(race)
        (self._theta,) = segment.arrays([theta_field])
        places: list[Place] = []
        rows: list[tuple[list[Floats], Position]] = []
        offset = room([theta_field])
        for record, field in zip(records, fields, strict=True):
            position = record.position
            arrays = segment.arrays(field, offset)
            recorded = position.last // position.stride + 1
            for ours, shared in zip(record.arrays, arrays, strict=True):
                shared[:recorded] = ours[:recorded]
            record.adopt(arrays, position)
            rows.append((arrays, position))
            places.append(Place(0, offset, position))
            offset += room(field)
        self._segments = {0: segment}
        shown = Report(transfer.readings(race).copy(), tuple(places), checkpoint=handover.checkpoint)
        self._safe = _Safe(shown, rows)
        self._sent = []
        self._asked, self._has_begun = True, False  # the child begins with a report
        self._loop.leave()
        child.send(Begin(files.dumps(experiment), handover, tuple(places)), segment)
        self.away = True
        return True

    def ask(self) -> None:
        """Ask for the next report, unless one is on its way; `relay` reads it."""
        child = self._child
        if self.away and child is not None and not self._asked:
            self._asked = True
            child.ask()

    def relay(self) -> bool:
        """Read what the child has said; gives whether the race has moved."""
        moved = False
        while self._child is not None and self._child.answers:
            try:
                moved |= self._hear(self._child.answers.popleft())
            except Exception as error:
                if not self.away:
                    raise
                self._lose(f"The engine's process was lost ({type(error).__name__}: {error}).")
                moved = True
        return moved

    def adopt(self, experiment: Experiment) -> bool:
        """Pass a live edit on, where it is one; gives whether it was."""
        loop, child = self._loop, self._child
        if not self.away or child is None or loop.experiment is None:
            return False
        if not build.same_race(loop.experiment, experiment):
            return False
        rules = loop.take_settings(experiment)
        self._sent.append(rules)
        child.send(Change(rules, experiment.steps))
        return True

    def bring_home(self, closing: Callable[[], bool]) -> None:
        """Have the race back at home as if it had run there; a child that does not give it back is ended."""
        if not self.away or self._child is None:
            return
        self._child.send(Stop())
        began = time.monotonic()
        while self.away and self._child is not None:
            self.relay()
            with self._wake:
                if not self.away or self._child is None or self._child.answers:
                    continue
                left = began + self._patience - time.monotonic()
                if left > 0 and not closing():
                    self._wake.wait(left)
                    continue
            if closing():
                return
            if self._has_begun:
                self._lose("The step under way did not end, so the engine's process was ended.")
            else:  # it is still building the race, which has not moved: there is nothing to say
                self._drop_child()
                self._recover()
                self.warm_up()

    @property
    def _patience(self) -> float:
        """Seconds that the child has for giving the race back; one that has not moved it can be ended soon."""
        race = self._loop.race
        if race is None or not self._has_begun:
            return _PATIENCE
        return _PATIENCE + race.theta.nbytes / _BYTES_A_SECOND

    # What the child says

    def _hear(self, answer: Answer) -> bool:
        if isinstance(answer, Ready):
            self._ready, self.foreign = True, answer.foreign
        elif isinstance(answer, NewSegment) and answer.segment is not None:
            self._segments[answer.number] = answer.segment
        elif isinstance(answer, Report) and self.away:
            self._show(answer)
            return True
        elif isinstance(answer, Fault):
            if answer.refused:
                self._recover()
                self._give_up(answer.sentence)
            else:
                self._lose(f"The engine's process ended: {answer.sentence}.")
            return True
        elif isinstance(answer, Gone):
            if not self._ready:
                self._give_up("it ended before it was up")
            elif self.away:
                self._lose("The engine's process was ended from outside.")
            else:
                self._drop_child()
            return True
        return False

    def _show(self, report: Report) -> None:
        """Let the race at home mirror the one away or, with the last report, take it back."""
        loop, race = self._loop, self._loop.race
        if race is None:
            return
        self._failures, self._has_begun = 0, True
        loop.note_steps(report.readings.step - race.step)
        for checkpoint in report.kept:
            # copied, so that it holds no more of the memory that the report came in than itself
            race.checkpoints.keep(checkpoint.copy())
        for step, rules in report.changed.items():
            race.checkpoints.truncate(step)
            race.remember_rules(step, rules)
        rows = self._adopt_rows(report)
        if report.checkpoint is None:
            transfer.mirror(race, report.readings, self._theta)
        else:
            transfer.mirror(race, report.readings, report.checkpoint.theta)
            self._safe = _Safe(report, rows)
        if report.asked:
            self._asked = False
        if report.final and report.checkpoint is not None:
            sent = self._sent
            self._arrive_home(report.checkpoint, report)
            self._apply(sent[report.requests :])  # edits that crossed the end
            loop.return_to_limit()  # which an edit may have set behind where the child was

    def _adopt_rows(self, report: Report) -> list[tuple[list[Floats], Position]]:
        race = self._loop.race
        assert race is not None  # noqa: S101 - for the type checker
        found = []
        for record, place in zip(transfer.records(race), report.places, strict=True):
            fields = [(shape, np.float64) for shape in transfer.shapes(record, place.position)]
            arrays = self._segments[place.segment].arrays(fields, place.offset)
            record.adopt(arrays, place.position, goes_on=True)
            found.append((arrays, place.position))
        # a report names all that is still written to: what was made before and is not among it has served
        used = {place.segment for place in report.places}
        self._segments = {at: segment for at, segment in self._segments.items() if at in used}
        return found

    def _arrive_home(self, checkpoint: Checkpoint, report: Report) -> None:
        """The race is at home again, in the state of a checkpoint and with rows of its own."""
        race = self._loop.race
        assert race is not None  # noqa: S101 - for the type checker
        for record in transfer.records(race):
            record.settle()
        transfer.come_home(race, checkpoint, report.readings.metrics, report.readings.metrics_step)
        self.away, self._asked = False, False
        self._segments, self._theta, self._safe = {}, None, None
        self._loop.come_home()

    # A child that is lost

    def _lose(self, sentence: str) -> None:
        """Go on without the child: back to the newest safe state, forward to what was shown last, and pause there."""
        self._drop_child()
        self._loop.running = False
        step = self._recover()
        self._failures += 1
        self._cautious = True
        self._fail(f"{sentence} The race stands at step {step}.")
        if self._failures >= _ATTEMPTS:
            self._give_up("it was lost several times")
        else:
            self.warm_up()

    def _recover(self) -> int:
        race, safe = self._loop.race, self._safe
        if race is None or safe is None or safe.report.checkpoint is None:
            return 0
        shown, sent, self.away = race.step, self._sent, False
        for record, (rows, position) in zip(transfer.records(race), safe.rows, strict=True):
            record.adopt(rows, position, unfinished=True)
        race.checkpoints.truncate(safe.report.readings.step)
        self._arrive_home(safe.report.checkpoint, safe.report)
        race.advance(shown - race.step)
        self._apply(sent[safe.report.requests :])
        return race.step

    def _apply(self, edits: list[tuple[LaneRule, ...] | None]) -> None:
        race = self._loop.race
        for rules in edits:
            if race is not None and rules is not None:
                race.set_rules(rules)
