"""The entry of the process that runs a race at full speed. It imports nothing of the window."""

from __future__ import annotations

import ctypes
import signal
import sys
from multiprocessing.connection import Connection

from workbench.engine.pool import serve_parent

_PR_SET_PDEATHSIG = 1


def serve(connection: Connection) -> None:
    """Run races for the process that started this one, until it goes."""
    serve_parent()
    if sys.platform == "linux":
        # also where a computation never gives Python's lock back; counts from the thread that started this process
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    from workbench.live.child_race import ChildRace

    try:
        ChildRace(connection).run()
    except (EOFError, ConnectionError):  # the parent has closed the pipe, or is gone
        return
