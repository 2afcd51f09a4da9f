"""Worker processes for many independent computations, and the guard that ends a child with its parent."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a child of the window takes its guard from here, and no pool
    from concurrent.futures import Executor


def make_pool(workers: int | None = None, *, niceness: int = 0) -> Executor:
    """A pool of spawned processes, as many as there are processors unless `workers` says how many.

    With a `niceness` they leave the processors to others that want them, such as a window.

    They are started when there is work for them, inherit nothing from a window, and end with this process. Functions
    and arguments must be such as can be pickled: module-level functions, experiments as text, arrays.
    """
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=serve_parent, initargs=(niceness,))


def serve_parent(niceness: int = 0) -> None:
    """Make this process a child: it does not outlive its parent, and leaves Ctrl+C to it."""
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(0)
