"""A process that keeps runs without a rest: what `test_kept_killed.py` kills.

    python keeping_program.py FOLDER FIRST MOST

Run number n has the seed FIRST + n. A line says what was done, after it was (`kept ID SEED`, `noted ID TEXT`), and of a
deletion before it (`deletes ID`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.experiments import MIXED, VALLEY
from tests.kept.races import run
from workbench.experiment.experiment import replace
from workbench.kept.store import KeptRunError, Store

#: every so many runs one is pinned, and stays however many come after it
PINNED = 31


def main(folder: Path, first: int, most: int) -> None:
    races = [run(VALLEY, 2000), run(MIXED, 30)]
    kept, mine = Store(folder, most=most), []
    number = first
    while True:
        number += 1
        given, snapshot = races[number % 2]
        done = kept.keep(replace(given, seed=number), snapshot, "pinned" if number % PINNED == 0 else "finished")
        print("kept", done.entry.id, number, flush=True)
        mine.append(done.entry.id)
        try:
            if number % 3 == 0:
                kept.note(done.entry.id, f"note {number}")
                print("noted", done.entry.id, number, flush=True)
            if number % 5 == 0:
                print("deletes", mine[-2], flush=True)
                kept.delete([mine[-2]])
                kept.listed()
        except (KeptRunError, FileNotFoundError):
            pass  # the other one has let it go meanwhile


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
