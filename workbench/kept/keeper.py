"""What is to be done to the folder of kept runs, one after the other in a thread beside the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from workbench.engine.params import RequestError
from workbench.kept.store import KeptRunError

Result = TypeVar("Result")


class Keeper:
    """Carries out jobs in their order. A thread is there from the first job on, until `close`.

    What a job gives is handed to who asked for it by `hand`, which is called in the thread with a function that is to
    be called where one wants to have it. What goes wrong is one sentence.
    """

    def __init__(self, hand: Callable[[Callable[[], None]], None], fail: Callable[[str], None]) -> None:
        """`fail` is handed a sentence in the same way."""
        self._hand, self._fail = hand, fail
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def do(self, job: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Have a job done in its turn, and `then` called with what it gives. After `close` nothing is done."""
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="kept runs", daemon=True)
            self._thread.start()
        self._jobs.put(partial(self._carry_out, job, then))

    def close(self) -> None:
        """Finish what was asked for, and end; safe to call twice."""
        self._closed = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _carry_out(self, job: Callable[[], Result], then: Callable[[Result], None]) -> None:
        try:
            self._hand(partial(then, job()))
        except (KeptRunError, RequestError) as error:
            self._hand(partial(self._fail, str(error)))
        except OSError as error:
            name = f": {error.filename}" if error.filename else ""
            self._hand(partial(self._fail, f"{error.strerror or error}{name}"))
        except Exception as error:  # of any kind: the thread goes on, and the window says it
            self._hand(partial(self._fail, f"{type(error).__name__}: {error}"))
