"""The pool of worker processes for many independent computations."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from concurrent.futures import Executor
from pathlib import Path

from workbench.engine.pool import make_pool

ROOT = Path(__file__).parents[2]


def test_it_computes_what_is_given_to_it_in_other_processes() -> None:
    """The interface is that of any `Executor`: submit and map, in order."""
    with make_pool(1) as pool:
        assert isinstance(pool, Executor)
        assert list(pool.map(math.factorial, range(6))) == [1, 1, 2, 6, 24, 120]
        assert pool.submit(os.getpid).result() != os.getpid()


def test_its_processes_load_nothing_of_the_window() -> None:
    """Asked of a fresh program, since this one has Qt loaded by its test tools."""
    code = """
import sys
from workbench.engine.pool import make_pool
if __name__ == "__main__":
    with make_pool(1) as pool:
        print(pool.submit(eval, "'PySide6' in __import__('sys').modules").result())
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"]
    assert run.stderr == ""


def test_its_processes_end_with_a_parent_that_is_killed() -> None:
    code = """
import os, time
from workbench.engine.pool import make_pool
if __name__ == "__main__":
    pool = make_pool(1)
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(time.sleep, 60)
    time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 2.0
    while _answers(child):
        assert time.monotonic() < until
        time.sleep(0.01)


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
