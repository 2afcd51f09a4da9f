"""Frames a second of the real window at unlimited speed, and the worker's share of the windowless pace.

    python tests/benchmarks/frames.py [EXAMPLE ...] [--front VIEW] [--seconds 20] [--repeats 1]

Both sides are measured in one run, on one machine: the race alone in a loop first, then behind the window at
1400 x 900 with every view open, and the view in front that the race has there first, or `--front`. The race is given no
end. Prints a line for each example; `ms` are those of the window's thread a frame, which a busy machine lengthens less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment, replace
from workbench.resources import resource

EXAMPLES = ("banana_race", "digits", "small_network")
SMALL_NETWORK = """
format = 1
[problem]
kind = "network"
batch_size = 64
[problem.data]
name = "spirals"
samples = 800
[[problem.layers]]
units = 16
[[problem.layers]]
units = 16
[[lanes]]
optimizer = "adam"
"""


def experiment(name: str) -> Experiment:
    """The example without an end, or the small network."""
    found = files.loads(SMALL_NETWORK) if name == "small_network" else files.read(resource(f"examples/{name}.toml"))
    return replace(found, steps=None)


def alone(what: Experiment, seconds: float) -> float:
    """Steps a second without a window."""
    race = build.make_race(what)
    race.advance(50)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        count += race.advance(20)
    return count / (time.perf_counter() - began)


def windowed(what: Experiment, seconds: float, front: str = "") -> tuple[float, float, float, float]:
    """Frames a second, the 95th percentile of the interval in ms, ms of the thread a frame, and steps a second."""
    # not at the top: a spawned child imports this file, and is to do without Qt
    from workbench import app
    from workbench.ui.window.main_window import MainWindow

    app.make_application()
    window = MainWindow(what)
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    if front:
        window.centre.bring(front)
    window.worker.go()
    app.wait_for(lambda: False, 1.0)
    window.clock.intervals.clear()
    snapshot = window.snapshot
    assert snapshot is not None
    began, first = time.perf_counter(), snapshot.step
    window.clock.intervals = type(window.clock.intervals)(maxlen=100_000)
    spent = time.thread_time()
    loop_until(seconds)
    took, spent = time.perf_counter() - began, time.thread_time() - spent
    snapshot = window.snapshot
    assert snapshot is not None
    intervals = sorted(window.clock.intervals)
    steps = (snapshot.step - first) / took
    window.close()
    window.deleteLater()
    late = 1000 * intervals[int(0.95 * len(intervals))]
    return len(intervals) / took, late, 1000 * spent / max(1, len(intervals)), steps


def loop_until(seconds: float) -> None:
    """Qt's own event loop for a while, as in the running program."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", nargs="*", default=list(EXAMPLES))
    parser.add_argument("--front", default="")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    print(f"{'example':<16} {'frames/s':>9} {'p95 ms':>8} {'ms':>6} {'steps/s':>10} {'alone':>10} {'share':>7}")
    for name in options.examples:
        what = experiment(name)
        rows = []
        for _ in range(options.repeats):
            pace = alone(what, min(5.0, options.seconds))
            frames, p95, spent, steps = windowed(what, options.seconds, options.front)
            rows.append((frames, p95, spent, steps, pace, steps / pace))
        frames, p95, spent, steps, pace, share = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:<16} {frames:>9.1f} {p95:>8.1f} {spent:>6.1f} {steps:>10,.0f} {pace:>10,.0f} {share:>7.0%}")


if __name__ == "__main__":
    main()
