"""What each view of a network costs: frames a second, milliseconds of the window's thread a frame, steps a second.

    python tests/benchmarks/views.py [--seconds 5] [--rounds 2] [--deep | --swarm]

Eight lanes of a 2-16-16-1 network on the spirals at unlimited speed, in a window of 1400 x 900 with every dock open.
The views of the middle come to the front in turn, round after round, so that a busy machine slows all alike; `shut` is
the window with the middle hidden. Shares are of the steps a second of `shut`. `--deep` takes one lane of 32 layers
with 1,024 units together on digits of ten classes, `--swarm` Adam from a thousand starts on Himmelblau.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.frames import loop_until
from workbench import app
from workbench.experiment import files
from workbench.ui.window.main_window import MainWindow

LABORATORY = """
format = 1
[problem]
kind = "network"
loss = "binary_cross_entropy"
batch_size = 32
[problem.data]
name = "spirals"
samples = 400
[[problem.layers]]
units = 16
[[problem.layers]]
units = 16
""" + "".join(f'[[lanes]]\noptimizer = "{name}"\n' for name in ("sgd", "momentum", "nesterov", "rmsprop") * 2)

DEEP = (
    """
format = 1
[problem]
kind = "network"
batch_size = 32
[problem.data]
name = "digits"
scaling = "standard"
"""
    + 32 * '[[problem.layers]]\nunits = 32\nactivation = "relu"\ninitializer = "he_normal"\n'
    + '[[lanes]]\noptimizer = "sgd"\n'
)


def swarm() -> str:
    """A thousand starts over the whole domain, at random but the same each time."""
    drawn = random.Random(0)  # and not NumPy's: loaded before the program, it would take all cores for itself
    points = [[round(drawn.uniform(-5.0, 5.0), 3) for _ in "xy"] for _ in range(1000)]
    return f"""
format = 1
[problem]
kind = "objective"
objective = "himmelblau"
start = {points}
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.001
"""


def timed(window: MainWindow, seconds: float) -> tuple[float, float, float]:
    """Frames a second, milliseconds of the window's thread a frame, painting and all, and steps a second."""
    loop_until(0.5)
    window.clock.intervals = type(window.clock.intervals)(maxlen=100_000)
    began, spent = time.perf_counter(), time.thread_time()
    first = window.snapshot.step if window.snapshot else 0
    loop_until(seconds)
    took, spent = time.perf_counter() - began, time.thread_time() - spent
    frames = len(window.clock.intervals)
    last = window.snapshot.step if window.snapshot else 0
    return frames / took, 1000 * spent / max(1, frames), (last - first) / took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=2)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--deep", action="store_true")
    which.add_argument("--swarm", action="store_true")
    options = parser.parse_args()
    app.make_application()
    window = MainWindow(files.loads(swarm() if options.swarm else DEEP if options.deep else LABORATORY))
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    window.worker.go()
    loop_until(2.0)
    keys = ["shut", "landscape", "surface"] if options.swarm else ["shut", "fit", "diagram", "layers", "plane", "step"]
    rows: dict[str, list[tuple[float, float, float]]] = {key: [] for key in keys}
    for _ in range(options.rounds):
        for key in keys:
            window.centre.setVisible(key != "shut")
            if key != "shut":
                window.centre.bring(key)
            rows[key].append(timed(window, options.seconds))
    window.close()
    print(f"{'view':<10} {'frames/s':>9} {'ms/frame':>9} {'steps/s':>9} {'share':>7}")
    base = statistics.median(row[2] for row in rows["shut"])
    for key, found in rows.items():
        frames, cost, steps = (statistics.median(column) for column in zip(*found, strict=True))
        print(f"{key:<10} {frames:>9.1f} {cost:>9.2f} {steps:>9,.0f} {steps / base:>7.0%}")


if __name__ == "__main__":
    main()
