"""Ctrl+C and the signals that ask a program to end, looked at where a result is whole."""

from __future__ import annotations

import os
import signal
import threading
import time
from types import FrameType
from typing import Any, Self

from workbench.cli.ending import INTERRUPTED

#: A second Ctrl+C this many seconds after the first is meant: what was computed is not waited for.
_MEANT_SECONDS = 1.0


class Interrupts:
    """While it is entered, the signals to end are noted, and nothing is torn: whoever computes asks `asked`.

    An exception in the middle of a step would leave half of it in the results, and one while Qt paints ends in Qt.
    Outside of the main thread, which alone is told of signals, it does nothing.
    """

    def __init__(self) -> None:
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        self._numbers = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
        self._before: dict[signal.Signals, Any] = {}
        self._first: float | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            heard = [n for n in self._numbers if signal.getsignal(n) is not signal.SIG_IGN]  # nohup says not to hear it
            self._before = {number: signal.signal(number, self._note) for number in heard}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def asked(self) -> bool:
        """Whether the program was asked to end."""
        return self._first is not None

    def _note(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._first is None:
            self._first = now
        elif number == signal.SIGINT and now - self._first > _MEANT_SECONDS:
            os._exit(INTERRUPTED)
