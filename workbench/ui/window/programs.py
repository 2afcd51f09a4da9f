"""This program as a process of its own: how it is started, and told to end."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

import workbench

#: How the interpreter is told which program it is; a frozen program is its own.
PROGRAM = () if getattr(sys, "frozen", False) else ("-m", "workbench")


def environment() -> QProcessEnvironment:
    """This process's, and where this program's package lies: it need not be an installed one."""
    made = QProcessEnvironment.systemEnvironment()
    root = str(Path(workbench.__file__).parents[1])
    before = made.value("PYTHONPATH")
    made.insert("PYTHONPATH", f"{root}{':' if sys.platform != 'win32' else ';'}{before}" if before else root)
    return made


def tell_to_end(process: QProcess) -> None:
    """Windows tells only windows to close; the process has none, and keeps nothing that it would have to put away."""
    if sys.platform == "win32":
        process.kill()
    else:
        process.terminate()


def kill(process: QProcess, milliseconds: int = 3000) -> None:
    """End at once what leaves nothing half done; nobody hears of it any more."""
    process.blockSignals(True)
    process.kill()
    process.waitForFinished(milliseconds)


def end(process: QProcess, milliseconds: int = 3000) -> None:
    """End it now, and wait until it has ended; nobody hears of it any more."""
    process.blockSignals(True)
    tell_to_end(process)
    if not process.waitForFinished(milliseconds):
        kill(process, milliseconds)
