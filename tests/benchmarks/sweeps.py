"""How a sweep gains by a second process: 200 trainings on digits, with one and with two, in turn.

    python -m tests.benchmarks.sweeps [--steps 1200] [--times 2]

Twenty rates under ten seeds each, by the command as a person calls it, start of the processes included. Each way is
timed `--times` times, one after the other and the fastest of each counts; the tables must be the same bytes. A short
sweep goes before, so that Python has the program's modules compiled, as after any first start: where they are compiled
anew each time (PYTHONDONTWRITEBYTECODE), that alone takes a twentieth of the time with two processes. On a machine with
other work this measures that work.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIGITS = """
format = 1
[problem]
kind = "network"
batch_size = 64
dtype = "float32"
[problem.data]
name = "digits"
scaling = "range"
[[problem.layers]]
units = 32
activation = "relu"
[[lanes]]
optimizer = "adam"
"""
SWEEP = """
format = 1
experiment = "digits.toml"
steps = {steps}
seeds = 10
[axes]
"lanes[0].hyperparameters.learning_rate" = {{ from = 1e-4, to = 0.1, count = 20, log = true }}
"""


def seconds(folder: Path, jobs: int, out: Path, sweep: str = "sweep.toml") -> float:
    """How long the sweep takes with so many tasks at a time, from the call to its tables."""
    call = [sys.executable, "-m", "workbench", "sweep", sweep, "--out", str(out), "--jobs", str(jobs)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(call, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--times", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "digits.toml").write_text(DIGITS, encoding="utf-8")
        (folder / "sweep.toml").write_text(SWEEP.format(steps=chosen.steps), encoding="utf-8")
        (folder / "short.toml").write_text(SWEEP.format(steps=1), encoding="utf-8")
        seconds(folder, 1, folder / "short", "short.toml")
        took: dict[int, list[float]] = {1: [], 2: []}
        tables = set()
        for number in range(chosen.times):
            for jobs, found in took.items():
                out = folder / f"{jobs}-{number}"
                found.append(seconds(folder, jobs, out))
                tables.add((out / "results.csv").read_bytes())
                print(f"--jobs {jobs}: {found[-1]:.1f} s", flush=True)
        if len(tables) > 1:
            sys.exit("the tables differ")
        one, two = min(took[1]), min(took[2])
        print(f"200 trainings on digits: {one:.1f} s with one process, {two:.1f} s with two: {one / two:.2f} times")


if __name__ == "__main__":
    main()
