"""The child process as the parent sees it: start, letters, answers, end."""

from __future__ import annotations

import multiprocessing
import secrets
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from workbench.live.child import serve
from workbench.live.messages import HAS_MAIL, WANTS_REPORT, Answer, Gone, Letter, NewSegment
from workbench.live.segments import Segment, discard

Entry = Callable[[Connection, str, str], None]


class EngineProcess:
    """One child process; `answers` are what it has said and nobody has read yet.

    It is used by one thread. `wake` is notified when an answer has come.
    """

    def __init__(self, wake: threading.Condition, entry: Entry = serve) -> None:
        """Start the process, without waiting for it.

        Raises:
            OSError: it cannot be started.
        """
        self._wake = wake
        self.answers: deque[Answer] = deque()
        names = f"gw{secrets.token_hex(5)}"  # two windows at once do not meet
        self._names, self._made, self._attached = names, 0, 0
        self._control = Segment(f"{names}c", 2)
        self._flags: Any = np.asarray(self._control)
        self._named = [self._control]  # segments that the child may still have to attach to
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=entry, args=(theirs, self._control.name, f"{names}-"), daemon=True, name="Gradient Workbench engine"
        )
        try:
            self._process.start()
        except BaseException:
            self._connection.close()
            self.forget_names()
            raise
        finally:
            theirs.close()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, letter: Letter) -> None:
        """Send a letter, which is read at the next border of steps. One that is gone reads nothing."""
        try:
            self._connection.send(letter)
        except OSError:
            return  # the reader of the pipe says that it is gone
        self._flags[HAS_MAIL] = 1

    def ask(self) -> None:
        """Ask for a report."""
        self._flags[WANTS_REPORT] = 1

    def make_segment(self, size: int) -> Segment:
        """A segment for the child to attach to, whose name is taken back by `forget_names`. Raises OSError."""
        segment = Segment(f"{self._names}h{self._made}", size)
        self._made += 1
        self._named.append(segment)
        return segment

    def attach(self, answer: NewSegment) -> Segment:
        """Attach to a segment that the child has made, and take its name back."""
        segment = Segment(answer.name)
        segment.forget_name()
        self._attached += 1
        return segment

    def forget_names(self) -> None:
        """Take back the names of the segments made here: the child has attached, or will not any more."""
        for segment in self._named:
            segment.forget_name()
        self._named.clear()

    def end(self) -> None:
        """End the process at once; what it has said before can still be read."""
        self._process.kill()
        self._process.join()
        self._reader.join()
        self._connection.close()
        self._process.close()
        self.forget_names()

    def forget_answers(self) -> None:
        """After the end: take back the names of segments that nobody will attach to."""
        for answer in self.answers:
            if isinstance(answer, NewSegment):
                self.attach(answer)
        self.answers.clear()
        discard(f"{self._names}-{self._attached}")  # made, but not told any more

    def _read(self) -> None:
        answer: Answer = Gone()
        while True:
            try:
                answer = self._connection.recv()
            except Exception:  # closed, or torn in the middle of a word
                answer = Gone()
            with self._wake:
                self.answers.append(answer)
                self._wake.notify_all()
            if isinstance(answer, Gone):
                return
