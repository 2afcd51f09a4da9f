"""The program as a process: how it ends, and what it says, in surroundings that a test makes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ended:
    """How a call ended: its exit code, what it said, and the seconds it took."""

    code: int
    out: str
    err: str
    seconds: float


def command(*arguments):
    """The call of the program with these arguments, which may be bytes."""
    return [sys.executable, str(ROOT / "main.py"), *arguments]


def call(*arguments, behind="", drop=(), timeout=60, **environment):
    """Run the program; `behind` is put behind the call, `drop` names variables that it shall not have."""
    environ = {**os.environ, **environment}
    for name in drop:
        environ.pop(name, None)
    line = command(*arguments)
    if behind:
        line = ["bash", "-c", f'"$@" {behind}', "bash", *line]
    began = time.monotonic()
    done = subprocess.run(line, capture_output=True, env=environ, cwd=ROOT, timeout=timeout, check=False)
    seconds = time.monotonic() - began
    return Ended(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), seconds)
