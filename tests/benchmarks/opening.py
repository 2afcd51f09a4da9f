"""What opening an experiment costs the window's thread: its longest stretch without a look at other events.

    python tests/benchmarks/opening.py [--rounds 3] [--profile NAME]

The examples are opened in turn as File > Open does it, in a window of 1280 x 800, while nothing runs. A timer that is
always due ticks once a turn of the event loop: the longest time between two is how long it gave no answer.
`cpu` is what the window's thread itself computed in its longest stretch; the rest of `wall` it waited for others.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QTimer

from tests.benchmarks.frames import loop_until
from workbench import app
from workbench.experiment import files
from workbench.resources import resource_root
from workbench.ui.window.main_window import MainWindow

_SETTLED = 0.7  # seconds after which an experiment that was opened has been drawn


class Watch:
    """Times the turns of the event loop, in milliseconds of the wall's clock and of the thread's own."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_tick)
        self._last = (0.0, 0.0)
        self.longest = (0.0, 0.0)

    def begin(self) -> None:
        self.longest, self._last = (0.0, 0.0), (time.perf_counter(), time.thread_time())
        self._timer.start(0)

    def end(self) -> tuple[float, float]:
        self._timer.stop()
        return self.longest

    def _on_tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        gone = (1000 * (now[0] - self._last[0]), 1000 * (now[1] - self._last[1]))
        self.longest = (max(self.longest[0], gone[0]), max(self.longest[1], gone[1]))
        self._last = now


def opened(window: MainWindow, path: Path, watch: Watch) -> tuple[float, float]:
    """Open a file and give the longest stretch until it has been drawn."""
    watch.begin()
    QTimer.singleShot(0, window, lambda: window.open_file(path, example=True))
    loop_until(_SETTLED)
    return watch.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", default="", help="the example whose opening is profiled instead")
    options = parser.parse_args()
    app.make_application()
    paths = sorted((resource_root() / "examples").glob("*.toml"))
    window = MainWindow(files.read(paths[0]))
    window.remembers_layout = window.files.asks_before_losing = False
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    loop_until(1.5)
    watch = Watch()
    if options.profile:
        at = next(path for path in paths if path.stem == options.profile)
        opened(window, at, watch)
        opened(window, paths[0], watch)
        profile = cProfile.Profile(time.thread_time)  # what others compute meanwhile is not this thread's
        profile.enable()
        opened(window, at, watch)
        profile.disable()
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        window.close()
        return
    rows: dict[str, list[tuple[float, float]]] = {path.stem: [] for path in paths}
    for _ in range(options.rounds):
        for path in paths:
            rows[path.stem].append(opened(window, path, watch))
    window.close()
    print(f"{'example':<22} {'wall, ms':>9} {'largest':>9} {'cpu, ms':>9} {'largest':>9}")
    for name, found in rows.items():
        wall, cpu = [row[0] for row in found], [row[1] for row in found]
        print(
            f"{name:<22} {statistics.median(wall):9.0f} {max(wall):9.0f} {statistics.median(cpu):9.0f} {max(cpu):9.0f}"
        )


if __name__ == "__main__":
    main()
