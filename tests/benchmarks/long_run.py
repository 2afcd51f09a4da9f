"""A run of millions of steps by the command line: its memory, its pace, and whether its files are whole and right.

    python tests/benchmarks/long_run.py [--steps 3000000] [--out DIR]

Twelve lanes on an objective. The files are held against rows that a race of the first steps keeps in memory: each run
begins with them, byte by byte in history.csv and bit by bit in history.npz, and has as many rows as there are steps.
Needs some 6 GB of disk for three million steps. Prints the peak of the process's resident memory, which is to stay
under 400 MB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np

from workbench.engine.race.snapshot import take_snapshot
from workbench.experiment import build, files
from workbench.export import results

BOUND_MB, PREFIX = 400, 2_000
OPTIMIZERS = (
    "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop",
    "adam", "adamax", "nadam", "radam", "lion", "rprop",
)  # fmt: skip
LANES = "".join(f'[[lanes]]\noptimizer = "{o}"\n[lanes.hyperparameters]\nlearning_rate = 5e-4\n' for o in OPTIMIZERS)
TEXT = (
    'format = 1\nseed = 1\n[problem]\nkind = "objective"\nobjective = "rosenbrock"\nstart = [-1.2, 1.0]\nnoise = 0.1\n'
    + LANES
)


def kept_in_memory(steps: int) -> tuple[results.Arrays, list[str]]:
    """The first steps' rows as arrays, and as lines of history.csv, by the way that keeps them all in memory."""
    experiment = files.loads(TEXT)
    race = build.make_race(experiment, capacity=None, evaluate_every=1)
    race.advance(steps)
    snapshot = take_snapshot(race, build.race_info(experiment, race), 1, ended=True)
    return results.history_arrays(snapshot), results.csv_bytes(snapshot).decode().splitlines(keepends=True)


def check_csv(path: Path, lines: list[str], steps: int) -> None:
    """Read the file line by line: the head, and of each run its first rows and the number of them."""
    prefix = len(lines) // len(OPTIMIZERS)
    with path.open(encoding="utf-8", newline="") as file:
        assert next(file) == lines[0]
        for run in range(len(OPTIMIZERS)):
            for row in range(steps + 1):
                line = next(file)
                if row < prefix:
                    assert line == lines[1 + run * prefix + row], (run, row)
            assert line.split(",")[2:4] == [str(run), str(steps)]
        assert next(file, None) is None


def check_npz(path: Path, arrays: results.Arrays, steps: int) -> None:
    """Read each array piece by piece: its shape, and its first rows."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == sorted(f"{name}.npy" for name in arrays)
        for name, expected in arrays.items():
            with archive.open(f"{name}.npy") as member:
                assert np.lib.format.read_magic(member) == (1, 0)
                shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
                assert (shape, fortran, dtype) == ((steps + 1, *expected.shape[1:]), False, expected.dtype), name
                assert member.read(expected.nbytes) == expected.tobytes(), name


def main() -> None:
    """Run, print and check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3_000_000)
    parser.add_argument("--out", help="the folder that the results are kept in; without it they go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "twelve.toml", Path(options.out or f"{folder}/out")
        file.write_text(TEXT, encoding="utf-8")
        began = time.perf_counter()
        command = [sys.executable, str(ROOT / "main.py"), "run", str(file), "--steps", str(options.steps)]
        subprocess.run([*command, "--out", str(out)], check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        peak = used.ru_maxrss / 1024
        sizes = ", ".join(f"{path.name} {path.stat().st_size / 1e6:,.0f} MB" for path in sorted(out.iterdir()))
        raced = json.loads((out / "summary.json").read_text(encoding="utf-8"))["runs"][0]["seconds"]
        print(f"{len(OPTIMIZERS)} lanes x {options.steps:,} steps: {peak:.0f} MB at most (bound {BOUND_MB} MB)")
        print(f"{seconds:.0f} s ({raced:.0f} s of them the race), {used.ru_utime + used.ru_stime:.0f} s of processor")
        print(sizes)
        arrays, lines = kept_in_memory(min(PREFIX, options.steps))
        check_npz(out / "history.npz", arrays, options.steps)
        check_csv(out / "history.csv", lines, options.steps)
        print(f"whole, and the first {len(arrays['steps']):,} rows of each run as kept in memory, bit for bit")
        if peak > BOUND_MB:
            raise SystemExit(f"{peak:.0f} MB are more than {BOUND_MB} MB")


if __name__ == "__main__":
    main()
