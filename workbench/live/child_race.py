"""The race in the child process: messages in, steps, reports out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from workbench.engine.race import transfer
from workbench.engine.race.checkpoints import Checkpoint
from workbench.engine.race.history import Floats, Shape
from workbench.engine.race.race import LaneRule, Race
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment
from workbench.live.channel import receive, send
from workbench.live.messages import (
    HAS_MAIL,
    WANTS_REPORT,
    Begin,
    Change,
    Fault,
    NewSegment,
    Place,
    Ready,
    Report,
    Request,
    Stop,
)
from workbench.live.segments import Segment, room

#: Seconds between two states to go back to when this process is lost: the shortest time, or as much as they take no
#: more than a share of, or the longest time.
_SAFE_EVERY, _SAFE_SHARE, _SAFE_AT_LEAST_EVERY = 0.2, 0.03, 4.0
#: States for the ring of checkpoints that may wait for the next report.
_WAITING_BYTES = 4 << 20


class ChildRace:
    """Takes one race at a time from the parent, advances it, and gives it back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        flags: Any = Segment.receive(connection).bytes
        self._flags = memoryview(flags)  # an item of it costs less than one of an array
        self._made = 0
        self._experiment: Experiment | None = None
        self._race: Race | None = None
        self._places: list[tuple[int, int]] = []  # in which segment, from which byte on
        self._theta: Any = None
        self._kept: list[Checkpoint] = []
        self._waiting = 0
        self._changed: dict[int, tuple[LaneRule, ...]] = {}
        self._requests = 0
        self._safe_at = 0.0
        self._stopping = False

    def run(self) -> None:
        """Serve until the pipe closes (EOFError)."""
        foreign = {"PySide6", "shiboken6", "pyqtgraph"} & set(sys.modules)
        send(self._connection, Ready(tuple(sorted(foreign))))
        while True:
            message = receive(self._connection)
            if not isinstance(message, Begin):
                continue  # it has crossed the last report of a race that ended by itself
            try:
                race = self._begin(message)
            except (EOFError, ConnectionError):
                raise
            except Exception as error:
                send(self._connection, Fault(_sentence(error), refused=True))
                continue
            try:
                self._advance(race)
            except (EOFError, ConnectionError):
                raise
            except Exception as error:
                send(self._connection, Fault(_sentence(error)))
                return

    def _begin(self, message: Begin) -> Race:
        first = Segment.receive(self._connection)
        experiment, race = files.loads(message.experiment), self._race
        if race is None or self._experiment is None or not build.same_race(self._experiment, experiment):
            self._race = None  # frees it before the next one is made
            race = build.make_race(experiment)
        self._experiment, self._race = experiment, race
        (self._theta,) = first.arrays([(race.theta.shape, race.theta.dtype)])
        self._places, arrays = [], []
        for index, (record, place) in enumerate(zip(transfer.records(race), message.places, strict=True)):
            shapes = transfer.shapes(record, place.position)
            arrays.append((first.arrays([(s, np.float64) for s in shapes], place.offset), place.position))
            self._places.append((place.segment, place.offset))
            record.allocate = partial(self._allocate, index)
        self._kept, self._waiting, self._changed, self._requests = [], 0, {}, 0
        self._made = 0
        transfer.take_over(race, message.handover, arrays, self._keep)
        self._stopping = False
        self._flags[WANTS_REPORT] = 0  # what was asked for of another race
        self._report(safe=False, asked=True)
        self._safe_at = time.monotonic() + _SAFE_EVERY
        return race

    def _advance(self, race: Race) -> None:
        while not self._stopping and not race.finished:
            race.advance(1 << 62, self._interrupted)
            self._attend(race)
        self._report(safe=True, final=True)
        for record in transfer.records(race):
            record.clear()
        self._places, self._theta = [], None

    def _interrupted(self) -> bool:
        flags = self._flags
        return bool(flags[0] or flags[1] or time.monotonic() > self._safe_at)

    def _attend(self, race: Race) -> None:
        """Do what interrupted the steps."""
        if self._flags[HAS_MAIL]:
            self._flags[HAS_MAIL] = 0
            while self._connection.poll():
                self._carry_out(race, receive(self._connection))
        safe = bool(self._changed) or time.monotonic() > self._safe_at
        asked = bool(self._flags[WANTS_REPORT])
        if (asked or safe) and not self._stopping:
            self._flags[WANTS_REPORT] = 0
            self._report(safe=safe, asked=asked)

    def _carry_out(self, race: Race, message: Request) -> None:
        if isinstance(message, Change):
            race.limit = message.limit
            self._requests += 1
            if message.rules is not None:
                race.set_rules(message.rules)
                self._changed[race.step] = message.rules
        elif isinstance(message, Stop):
            self._stopping = True

    def _report(self, *, safe: bool, asked: bool = False, final: bool = False) -> None:
        race, began = self._race, time.monotonic()
        assert race is not None  # noqa: S101 - for the type checker
        checkpoint = race.state() if safe else None  # sending copies it
        if checkpoint is None:
            # The other side reads it at this report and asks for another one only then.
            np.copyto(self._theta, race.theta)
        places = tuple(
            Place(segment, offset, record.position)
            for (segment, offset), record in zip(self._places, transfer.records(race), strict=True)
        )
        report = Report(
            transfer.readings(race),
            places,
            kept=tuple(self._kept),
            changed=self._changed,
            requests=self._requests,
            checkpoint=checkpoint,
            asked=asked,
            final=final,
        )
        self._kept, self._waiting, self._changed = [], 0, {}
        send(self._connection, report)
        if safe:
            now = time.monotonic()
            self._safe_at = now + min(max(_SAFE_EVERY, (now - began) / _SAFE_SHARE), _SAFE_AT_LEAST_EVERY)

    def _keep(self, checkpoint: Checkpoint) -> None:
        self._kept.append(checkpoint)
        self._waiting += checkpoint.nbytes
        if self._waiting > _WAITING_BYTES:
            self._safe_at = 0.0  # nobody asks for reports: let one go at the next border of steps

    def _allocate(self, index: int, shapes: Sequence[Shape]) -> list[Floats]:
        """Arrays for a history in a segment of their own, told to the other side at once."""
        fields = [(shape, np.float64) for shape in shapes]
        segment = Segment(room(fields))
        self._made += 1
        send(self._connection, NewSegment(self._made))
        segment.send(self._connection)
        self._places[index] = (self._made, 0)
        return segment.arrays(fields)


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "the race needs more memory than there is"
    return f"{type(error).__name__}: {error}"
