"""The child process as the parent sees it: start, messages, answers, end."""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from workbench.live.channel import receive, send
from workbench.live.child import serve
from workbench.live.messages import HAS_MAIL, WANTS_REPORT, Answer, Gone, NewSegment, Request
from workbench.live.segments import Segment

Entry = Callable[[Connection], None]


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
        control = Segment(2)
        self._flags: Any = control.bytes
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=entry, args=(theirs,), daemon=True, name="Gradient Workbench engine")
        try:
            self._process.start()
        except BaseException:
            self._connection.close()
            raise
        finally:
            theirs.close()
        self._send(None, control)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def send(self, message: Request, segment: Segment | None = None) -> None:
        """Send a message, which is read at the next border of steps. One that is gone reads nothing.

        `segment` is shared with the child; the message is one that has it follow.
        """
        self._send(message, segment)
        self._flags[HAS_MAIL] = 1

    def ask(self) -> None:
        """Ask for a report."""
        self._flags[WANTS_REPORT] = 1

    def end(self) -> None:
        """End the process at once; what it has said before can still be read."""
        self._process.kill()
        self._process.join()
        self._reader.join()
        self._connection.close()
        self._process.close()

    def _send(self, message: Request | None, segment: Segment | None) -> None:
        try:
            if message is not None:
                send(self._connection, message)
            if segment is not None:
                segment.send(self._connection)
        except ConnectionError:
            return  # the reader of the pipe says that it is gone
        except OSError:
            # no descriptor was left, say: half of it is said, and the child would take what comes next for the rest
            self._process.kill()

    def _read(self) -> None:
        answer: Answer = Gone()
        while True:
            try:
                answer = receive(self._connection)
                if isinstance(answer, NewSegment):
                    answer = replace(answer, segment=Segment.receive(self._connection))
            except Exception:  # closed, or torn in the middle of a word
                answer = Gone()
            with self._wake:
                self.answers.append(answer)
                self._wake.notify_all()
            if isinstance(answer, Gone):
                return
