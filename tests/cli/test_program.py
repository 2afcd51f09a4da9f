"""The program without a command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workbench import __version__

ROOT = Path(__file__).resolve().parents[2]


def test_the_program_says_its_version():
    """The same for main.py and the module."""
    for call in (["main.py"], ["-m", "workbench"]):
        done = subprocess.run(
            [sys.executable, *call, "--version"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        assert done.stdout.strip().endswith(__version__)
