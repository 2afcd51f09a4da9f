"""Networks from thousands to millions of parameters at unlimited speed: frames, pace, and how long Pause takes.

    python tests/benchmarks/sizes.py [--seconds 8]

Both sides of each share are measured in one run: the race alone in a loop first, then behind the window at 1400 x 900
with every dock open. Four lanes on the spirals. Prints a line for each size.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.frames import loop_until
from workbench.experiment import build, files
from workbench.experiment.experiment import Experiment

#: units of a hidden layer, and how many of them
SIZES = ((16, 2), (64, 2), (256, 2), (256, 4), (1024, 2), (1024, 5))
LANES = "".join(f'[[lanes]]\noptimizer = "{name}"\n' for name in ("adam", "rmsprop", "momentum", "sgd"))


def experiment(units: int, layers: int) -> Experiment:
    """Four lanes of a network of so many layers of so many units, without an end."""
    data = '[problem.data]\nname = "spirals"\nsamples = 400\n'
    hidden = f"[[problem.layers]]\nunits = {units}\n" * layers
    return files.loads(f'format = 1\n[problem]\nkind = "network"\nbatch_size = 32\n{data}{hidden}{LANES}')


def alone(what: Experiment, seconds: float) -> float:
    """Steps a second without a window, after the first ones."""
    race = build.make_race(what)
    race.advance(4)
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        count += race.advance(1)
    return count / (time.perf_counter() - began)


def windowed(what: Experiment, seconds: float) -> tuple[int, float, float, float, float]:
    """Parameters, frames a second, the 95th percentile of their interval in ms, steps a second, seconds of a pause."""
    from workbench import app
    from workbench.ui.window.main_window import MainWindow

    app.make_application()
    window = MainWindow(what)
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    loop_until(1.5)
    window.worker.go()
    app.wait_for(lambda: window.snapshot is not None and window.snapshot.step > 4)
    loop_until(1.0)
    window.clock.intervals = type(window.clock.intervals)(maxlen=100_000)
    assert window.snapshot is not None
    began, first = time.perf_counter(), window.snapshot.step
    loop_until(seconds)
    took, intervals = time.perf_counter() - began, sorted(window.clock.intervals)
    steps, asked = (window.snapshot.step - first) / took, time.perf_counter()
    window.worker.pause()
    app.wait_for(lambda: window.snapshot is not None and not window.snapshot.running and not window.worker.is_busy)
    paused, size = time.perf_counter() - asked, window.snapshot.info.size
    window.close()
    window.deleteLater()
    return size, len(intervals) / took, 1000 * intervals[int(0.95 * len(intervals))], steps, paused


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    title = f"{'layers':<8} {'parameters':>11} {'frames/s':>9} {'p95 ms':>8} {'steps/s':>9} {'alone':>9} {'share':>6}"
    print(f"{title} {'pause s':>8}")
    for units, layers in SIZES:
        what = experiment(units, layers)
        pace = alone(what, options.seconds / 2)
        size, frames, p95, steps, paused = windowed(what, options.seconds)
        row = f"{f'{layers} x {units}':<8} {size:>11,} {frames:>9.1f} {p95:>8.1f} {steps:>9.1f} {pace:>9.1f}"
        print(f"{row} {steps / pace:>6.0%} {paused:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
