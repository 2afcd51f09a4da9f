"""How long whole maps take, and the frames of the window meanwhile.

    python -m tests.benchmarks.maps [--side 512] [--window]

Three maps: the basins of Himmelblau by Adam in 300 steps; rates of the two layers of a 2-8-1 network (16 samples, the
whole of them at a time, 100 steps); rate and momentum on a quadratic in 300 steps. Seconds from the wish to the whole
picture, coarse ones included, with as many processes as there are processors. `--window` computes the first one in the
view Map of a window of 1400 x 900 instead, painted every 16 ms, and prints the frames a second until the map is whole.
"""

from __future__ import annotations

import argparse
import os
import time
from itertools import pairwise

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from workbench.experiment import files
from workbench.experiment.experiment import Experiment
from workbench.resources import resource
from workbench.studies.map_cells import axes_of
from workbench.studies.map_picture import MapPicture, MapRequest
from workbench.studies.map_worker import MapWorker

HIMMELBLAU = """
format = 1
steps = 300
[problem]
kind = "objective"
objective = "himmelblau"
[[lanes]]
optimizer = "adam"
[lanes.hyperparameters]
learning_rate = 0.1
[view.map]
x = "start.0"
y = "start.1"
quantity = "minimum"
cells = "{side}"
steps = "300"
"""
QUADRATIC = """
format = 1
[problem]
kind = "objective"
objective = "quadratic"
[[lanes]]
optimizer = "momentum"
"""


def request(what: Experiment, x: str, y: str, side: int, steps: int) -> MapRequest:
    axes = {axis.key: axis for axis in axes_of(what, 0)}
    return MapRequest(0, axes[x], axes[y], side, steps, 1e-6)


def seconds(what: Experiment, wanted: MapRequest) -> tuple[float, MapPicture]:
    """From the wish to the whole picture."""
    worker = MapWorker(lambda: None)
    worker.allow(os.cpu_count() or 1)
    try:
        began = time.perf_counter()
        worker.ask("map", files.dumps(what), wanted)
        while worker.busy("map"):
            time.sleep(0.005)
        return time.perf_counter() - began, worker.pictures["map"]
    finally:
        worker.close()


def in_window(side: int) -> tuple[float, float, float]:
    """Seconds until the map is whole; frames a second until then, and the longest one in seconds."""
    # not at the top: a spawned process imports this file, and is to do without Qt
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from workbench import app
    from workbench.ui.window.main_window import MainWindow

    app.make_application(offscreen_if_needed=True)
    window = MainWindow(files.loads(HIMMELBLAU.format(side=side)))
    window.files.asks_before_losing = window.remembers_layout = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    app.settle(window)
    window.centre.bring("map")
    view, frames, loop, timer = window.views["map"], [time.perf_counter()], QEventLoop(), QTimer()

    def frame() -> None:
        view.repaint()
        frames.append(time.perf_counter())
        picture = view.panes[0].picture
        if picture is not None and picture.whole and picture.side == side:
            loop.quit()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(frame)
    timer.start(16)
    loop.exec()
    timer.stop()
    took, longest = frames[-1] - frames[0], max(after - before for before, after in pairwise(frames))
    window.close()
    window.deleteLater()
    return took, (len(frames) - 1) / took, longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--window", action="store_true")
    chosen = parser.parse_args()
    if chosen.window:
        took, frames, longest = in_window(chosen.side)
        print(f"basins in the window: {took:.2f} s, {frames:.1f} frames/s, the longest {1000 * longest:.0f} ms")
        return
    basins = files.loads(HIMMELBLAU.format(side=chosen.side))
    took, picture = seconds(basins, request(basins, "start.0", "start.1", chosen.side, 300))
    found = np.unique(picture.values["minimum"][picture.values["minimum"] >= 0])
    print(f"basins of Himmelblau: {took:.2f} s; minima found {found.tolist()}")
    edge = files.read(resource("examples/edge_of_trainability.toml"))
    took, _ = seconds(edge, request(edge, "rate.layer1", "rate.output", chosen.side, 100))
    print(f"edge of trainability: {took:.2f} s")
    bowl = files.loads(QUADRATIC)
    took, _ = seconds(bowl, request(bowl, "learning_rate", "momentum", chosen.side, 300))
    print(f"rate and momentum on a quadratic: {took:.2f} s")


if __name__ == "__main__":
    main()
