"""Runs, pauses, scrubs, edits and switches examples at random in the real window, and prints what that holds on to.

    python tests/benchmarks/soak.py [--minutes 10] [--seed 0]

A line every half minute: memory of the program and of its child, threads, descriptors, shared memory that has a name,
shared memory that is mapped, processes below it, sentences of failure. Read from /proc, so for Linux. Gives 1 where
the second half of the time has grown beyond the first by more than a bounded record may.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.resources import resource

EVERY = 30.0
COLUMNS = ("seconds", "MB", "child MB", "threads", "fds", "named", "mapped", "processes", "failed")


def held(pid: int | None) -> tuple[float, float, int, int, int, int, int]:
    """What this program holds now."""
    tasks = list(Path("/proc/self/task").iterdir())
    maps = Path("/proc/self/maps").read_text()
    mapped = {line.split("/dev/shm/gw")[1] for line in maps.splitlines() if "/dev/shm/gw" in line}  # noqa: S108
    named = list(Path("/dev/shm").glob("gw*"))  # noqa: S108
    below = sum(len((task / "children").read_text().split()) for task in tasks)
    fds = len(list(Path("/proc/self/fd").iterdir()))
    return resident("self"), resident(pid), len(tasks), fds, len(named), len(mapped), below


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
        name = chosen.choice(("banana_race", "digits", "first_descent", "six_optimizers"))
        window.document.open(replace(files.read(resource(f"examples/{name}.toml")), steps=None), None)
    else:
        getattr(worker, action)()


def main() -> int:
    # not at the top: a spawned child imports this file, and is to do without Qt
    from workbench import app
    from workbench.ui.main_window import MainWindow

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chosen = random.Random(options.seed)
    app.make_application()
    given = replace(files.read(resource("examples/banana_race.toml")), steps=None)
    window = MainWindow(given)
    window.remembers_layout = window.asks_before_losing = False
    window.resize(1400, 900)
    window.show()
    app.wait_for(lambda: window.snapshot is not None)
    failed: list[str] = []
    window.worker.failed.connect(failed.append)
    print(*(f"{name:>10}" for name in COLUMNS), flush=True)
    began, said, rows = time.monotonic(), 0.0, []
    while (now := time.monotonic() - began) < 60 * options.minutes:
        act(window, chosen)
        app.wait_for(lambda: False, chosen.uniform(0.02, 1.0))
        if now - said > EVERY:
            said = now
            gc.collect()
            rows.append(held(window.worker.child_pid))
            print(*(f"{value:>10.0f}" for value in (now, *rows[-1], len(failed))), flush=True)
    window.close()
    window.deleteLater()
    middle = len(rows) // 2
    grown = [max(r[i] for r in rows[middle:]) - max(r[i] for r in rows[:middle]) for i in range(7)] if middle else []
    print("grown     ", *(f"{value:>10.0f}" for value in grown))
    print(*failed, sep="\n")
    allowed = (64, 64, 1, 4, 2, 4, 0)
    return int(bool(failed) or any(value > most for value, most in zip(grown, allowed, strict=False)))


if __name__ == "__main__":
    raise SystemExit(main())
