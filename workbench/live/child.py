"""The process that runs a race at full speed: its entry, and its guard. It imports nothing of the window."""

from __future__ import annotations

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection

_PR_SET_PDEATHSIG = 1


def serve(connection: Connection, control: str, names: str) -> None:
    """Run races for the process that started this one, until it goes.

    `control` names the segment with the two flags; segments made here take their names from `names`.
    """
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is meant for the window
    from workbench.live.child_race import ChildRace

    try:
        ChildRace(connection, control, names).run()
    except (EOFError, OSError):  # the parent has closed the pipe, or is gone
        return


def end_with_parent() -> None:
    """See to it that this process does not outlive its parent, however that one ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_parent, daemon=True).start()


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(0)
