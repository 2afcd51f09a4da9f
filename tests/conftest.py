"""What every test starts from: no screen, a settings folder of its own; and what it must not leave behind."""

from __future__ import annotations

import gc
import itertools
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

import workbench  # noqa: F401 - one BLAS thread, as in the program, before a test imports numpy


@pytest.fixture(scope="session")
def _homes(tmp_path_factory):
    """Folders for the settings of one test each: pytest itself looks through all folders made before to number one."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_settings(_homes, monkeypatch):
    """No test reads or writes the settings of the person who runs it."""
    home = next(_homes)
    home.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def _leaves_nothing(_own_settings):
    """A test that leaves a running thread, an active timer or a top-level widget fails, and says which."""
    before = set(_left_over())
    yield
    left = [text for key, text in _left_over().items() if key not in before]
    if left:  # what only a cycle of references keeps is no leak
        gc.collect()
        left = [text for key, text in _left_over().items() if key not in before]
    assert not left, "the test leaves behind: " + "; ".join(left)


def _left_over() -> dict[int, str]:
    """Running threads, active timers and top-level widgets, by their pointers; none before Qt is imported."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return {}
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
    from shiboken6 import Shiboken

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = {_pointer(w): f"top-level widget {w!r}" for w in widgets.QApplication.topLevelWidgets()}
    for thing in Shiboken.getAllValidWrappers():
        if isinstance(thing, QThread) and thing.isRunning() and thing is not QThread.currentThread():
            found[_pointer(thing)] = f"running thread {thing!r}"
        elif isinstance(thing, QTimer) and thing.isActive():
            found[_pointer(thing)] = f"active timer {thing!r}"
    return found


def _pointer(thing: object) -> int:
    from shiboken6 import Shiboken

    pointer: int = Shiboken.getCppPointer(thing)[0]
    return pointer
