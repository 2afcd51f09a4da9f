"""The real window, with its real worker and engine, closed after each test."""

from __future__ import annotations

import gc
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtWidgets import QApplication

from tests.experiments import VALLEY, experiment
from workbench.studies import background
from workbench.ui.style import theme as themes
from workbench.ui.window.main_window import MainWindow


@pytest.fixture(scope="session", autouse=True)
def _quick_collections():
    """What is imported by now stays: the collections after each window need not look through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _application(qapp, tmp_path):
    """The program's names, and settings of the test's own."""
    QCoreApplication.setOrganizationName("Gradient Workbench")
    QCoreApplication.setApplicationName("Gradient Workbench")
    for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
        QSettings.setPath(QSettings.Format.NativeFormat, scope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def map_pools(monkeypatch):
    """Maps and curves over rates are computed in a thread, not in processes, whose start takes a loaded machine long.

    Gives the pools.
    """
    pools = []

    def make(workers=None, *, niceness=0):
        pools.append(ThreadPoolExecutor(1))
        return pools[-1]

    monkeypatch.setattr(background, "make_pool", make)
    return pools


class Asleep(Executor):
    """Takes tasks and begins none."""

    def submit(self, fn, /, *args, **kwargs):
        return Future()


@pytest.fixture
def idle_maps(map_pools, monkeypatch):
    """Maps that come to the front are not computed: a thread at a network's map is waited for at the window's end."""

    def make(workers=None, *, niceness=0):
        return Asleep()

    monkeypatch.setattr(background, "make_pool", make)


@pytest.fixture
def open_window(qtbot):
    """Opens windows that stand at step 0, and closes them in the end."""
    opened = []

    def make(given=None, path=None, *, theme=themes.LIGHT, size=(1280, 800), remembers=False):
        window = MainWindow(given or experiment(VALLEY), path, theme=theme)
        opened.append(window)
        window.remembers_layout, window.files.asks_before_losing = remembers, False
        window.resize(*size)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.snapshot is not None)
        rest(qtbot, window)
        return window

    yield make
    for window in opened:
        window.files.asks_before_losing = False  # a question in the end would be answered by nobody
        window.close()
        window.deleteLater()
    QApplication.processEvents()


def rest(qtbot, window):
    """Wait until nothing is under way and the newest snapshot is the one shown."""
    qtbot.waitUntil(lambda: not window.worker.is_busy and window.snapshot is window.worker.snapshot, timeout=10_000)


@pytest.fixture
def settled(qtbot):
    """Waits until the window shows a step at rest, and gives the snapshot."""

    def wait(window, step):
        qtbot.waitUntil(
            lambda: window.snapshot.step == step and not window.snapshot.running and not window.worker.is_busy,
            timeout=10_000,
        )
        return window.snapshot

    return wait


@pytest.fixture
def window(open_window):
    """A window with two lanes in the banana valley."""
    return open_window()
