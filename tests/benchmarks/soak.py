"""Runs, pauses, scrubs, edits and switches examples at random in the real window, and prints what that holds on to.

    python tests/benchmarks/soak.py [--minutes 10] [--seed 0]

A line every half minute, always of the same thing: the first example at rest at its first step, so that a record or a
ring of checkpoints that fills up to its bound is not taken for growth. "most MB" is the most of what stood in memory
since the line before. Read from /proc, so for Linux. The first two minutes are for warming up: every example has been
open, every cache is filled. Gives 1 where the last third of the rest holds more than the first third, beyond `ALLOWED`.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import random
import sys
import time
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.resources import resource

EVERY, WARM_UP = 30.0, 120.0
#: What each column may grow by. The allocator's own scatter is some MB; a switch that kept its widgets, its record or
#: its ring would come to hundreds. A segment is mapped, with a descriptor, as long as a snapshot in use shows it.
ALLOWED = {
    "MB": 12,
    "most MB": 48,
    "child MB": 12,
    "objects": 2000,
    "threads": 0,
    "fds": 1,
    "segments": 1,
    "processes": 0,
}
COLUMNS = ("seconds", *ALLOWED, "failed")
FIRST = "banana_race"


def held(pid: int | None, most: float) -> tuple[float, ...]:
    """What this program holds now, in the order of `ALLOWED`."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free must not be counted, wherever it lies
    tasks = list(Path("/proc/self/task").iterdir())
    maps = Path("/proc/self/maps").read_text()
    segments = sum("memfd:gradient-workbench" in line for line in maps.splitlines())
    below = sum(len((task / "children").read_text().split()) for task in tasks)
    fds = len(list(Path("/proc/self/fd").iterdir()))
    # widgets are among the objects; to ask Qt for all of them would make objects of what it has inside of its own
    objects = len(gc.get_objects())
    here, there = resident("self"), resident(pid)
    return here, most, there, objects, len(tasks), fds, segments, below


def resident(pid: int | str | None) -> float:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0.0
    return int(text.split("VmRSS:")[1].split()[0]) / 1024 if "VmRSS:" in text else 0.0


def act(window, chosen: random.Random) -> None:
    """One thing that a person may do."""
    worker, step = window.worker, window.snapshot.step
    action = chosen.choice(["go", "go", "go", "pause", "step", "seek", "speed", "rate", "example", "reset"])
    if action == "go":
        worker.set_speed(None)
        worker.go()
    elif action == "step":
        worker.step(chosen.choice((-10, -1, 1, 10)))
    elif action == "seek":
        worker.seek(chosen.randrange(step + 1))
    elif action == "speed":
        worker.set_speed(chosen.choice((30.0, 1000.0)))
    elif action == "rate":
        given = window.document.experiment
        index = chosen.randrange(len(given.lanes))
        lane = given.lanes[index]
        rates = {**lane.hyperparameters, "learning_rate": chosen.uniform(1e-4, 1e-2)}
        lanes = (*given.lanes[:index], replace(lane, hyperparameters=rates), *given.lanes[index + 1 :])
        window.document.replace(replace(given, lanes=lanes), "rate")
    elif action == "example":
        show(window, chosen.choice((FIRST, "digits", "first_descent", "six_optimizers")))
    else:
        getattr(worker, action)()


def show(window, name: str) -> None:
    window.document.open(replace(files.read(resource(f"examples/{name}.toml")), steps=None), None)


class Soak:
    """Acts from within Qt's own loop, as a person does: only there do widgets go that were told to go later."""

    def __init__(self, window, seconds: float, seed: int) -> None:
        from PySide6.QtCore import QTimer

        self.window, self.seconds, self.chosen = window, seconds, random.Random(seed)
        self.failed: list[str] = []
        self.rows: list[tuple[float, ...]] = []
        self.most = self.said = 0.0
        self.began = time.monotonic()
        self.resting = 0
        window.worker.failed.connect(self.failed.append)
        self.timer = QTimer(window)
        self.timer.setSingleShot(True)
        self.timer.timeout.connect(self.go_on)
        self.timer.start(0)

    @property
    def now(self) -> float:
        return time.monotonic() - self.began

    def go_on(self) -> None:
        self.most = max(self.most, resident("self"))
        try:
            self.do_one_thing()
        except BaseException:
            self.window.close()
            raise
        self.timer.start(200 if self.resting else self.chosen.randrange(20, 1000))

    def do_one_thing(self) -> None:
        if self.resting:
            self.rest()
        elif self.now - self.said > EVERY:
            show(self.window, FIRST)
            self.window.worker.pause()
            self.window.worker.reset()
            self.resting = 10
        else:
            act(self.window, self.chosen)

    def rest(self) -> None:
        """Let the first example come to rest, then measure."""
        shown, worker = self.window.snapshot, self.window.worker
        if worker.is_busy or shown.running or shown.step:
            return
        self.resting -= 1
        if self.resting:
            return
        self.said = self.now
        row = held(worker.child_pid, self.most)
        self.most = 0.0
        if self.said > WARM_UP:
            self.rows.append(row)
        print(*(f"{value:>10.0f}" for value in (self.said, *row, len(self.failed))), flush=True)
        if self.said > self.seconds:
            self.window.close()

    def growth(self) -> list[float]:
        third = max(1, len(self.rows) // 3)
        columns = list(zip(*self.rows, strict=True))
        return [median(column[-third:]) - median(column[:third]) for column in columns]


def main() -> int:
    # not at the top: a spawned child imports this file, and is to do without Qt
    from workbench import app
    from workbench.ui.window.main_window import MainWindow

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    application = app.make_application()
    window = MainWindow(replace(files.read(resource(f"examples/{FIRST}.toml")), steps=None))
    window.remembers_layout = window.files.asks_before_losing = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    print(*(f"{name:>10}" for name in COLUMNS), flush=True)
    soak = Soak(window, 60 * options.minutes, options.seed)
    application.exec()
    if not soak.rows:
        print("nothing was measured after the time for warming up")
        return 1
    grown = soak.growth()
    print("grown     ", *(f"{value:>10.0f}" for value in grown))
    print(*soak.failed, sep="\n")
    return int(bool(soak.failed) or any(value > most for value, most in zip(grown, ALLOWED.values(), strict=True)))


if __name__ == "__main__":
    raise SystemExit(main())
