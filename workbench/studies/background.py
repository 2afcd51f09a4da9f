"""Work in the background: a thread that takes what is asked for, and processes for what takes long."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import Any

from workbench.engine.pool import make_pool

_NICENESS = 10


class Background:
    """A thread and its processes. What is asked for from outside is an event; after each the thread hands out work.

    `notify` is called in the thread whenever there is something new.
    """

    def __init__(self, notify: Callable[[], None], workers: int | None, name: str) -> None:
        """Nothing is started before something is asked for."""
        self._notify, self._name = notify, name
        #: processes, and so tasks at a time, at most
        self.workers = workers or os.cpu_count() or 1
        self._allowed = self.workers
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._pool: Executor | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    # Called from outside

    def allow(self, tasks: int) -> None:
        """Compute so many tasks at a time, as many as there are processes at most; with none, all wait.

        A task that waits for a process would count its waiting as its cost.
        """
        tasks = min(tasks, self.workers)
        if tasks != self._allowed:
            self._tell(partial(setattr, self, "_allowed", tasks))

    def close(self) -> None:
        """End thread and processes; safe to call twice."""
        if self._thread is None:
            self._closed = True
            return
        self._events.put(partial(setattr, self, "_closed", True))
        end(self._pool)
        self._thread.join()
        self._thread = None

    def _tell(self, event: Callable[[], None]) -> None:
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._events.put(event)

    # In the thread

    def _hand_out(self) -> None:
        """Submit what there is room for."""
        raise NotImplementedError

    def _work(self) -> None:
        while not self._closed:
            self._events.get()()
            while not self._closed:
                try:
                    self._events.get_nowait()()
                except queue.Empty:
                    break
            if not self._closed:
                self._hand_out()
        end(self._pool)
        if self._pool is not None:
            self._pool.shutdown(wait=True)

    def _submit(self, then: Callable[[Future[Any]], None], function: Callable[..., Any], *arguments: Any) -> None:
        if self._pool is None:
            self._pool = make_pool(self.workers, niceness=_NICENESS)
        try:
            future = self._pool.submit(function, *arguments)
        except (BrokenExecutor, RuntimeError) as error:  # it was ended, or a process of it
            self._pool = None
            future = Future()
            future.set_exception(error if isinstance(error, BrokenExecutor) else BrokenExecutor(str(error)))
        future.add_done_callback(lambda done: self._events.put(partial(then, done)))

    def _fault(self, future: Future[Any]) -> str:
        """What went wrong with a task, in a sentence; empty where nothing did."""
        error = BrokenExecutor() if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            self._pool = None
            return "the process that computed it ended"
        if error is None:
            return ""
        return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"


def end(pool: Executor | None) -> None:
    """End the processes of a pool, whatever they are at."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
