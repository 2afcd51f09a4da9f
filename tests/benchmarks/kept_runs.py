"""What the list of kept runs costs: reading the folder, and the longest that the window gives no answer meanwhile.

    python tests/benchmarks/kept_runs.py [--runs 500] [--rounds 5]

The runs are of the seven optimizers in the banana valley, 2,000 steps each, every tenth with a note. `read` is what the
thread takes, `open` from the command to a list that is filled, `frame` the longest turn of the event loop in between,
of which the window's thread itself computed `cpu`, `keep` what one more run takes the thread.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.opening import Watch
from tests.kept.races import run
from workbench import app
from workbench.experiment import files
from workbench.experiment.experiment import replace
from workbench.kept.store import NOTE, Store
from workbench.resources import resource
from workbench.ui.window.main_window import MainWindow


def filled(folder: Path, count: int) -> tuple[Store, float]:
    """A folder of so many runs, and the seconds that the last one took to be kept."""
    store = Store(folder, most=count + 10)
    given, snapshot = run(files.read(resource("examples/banana_race.toml")), 2000)
    first = store.keep(given, snapshot, "finished").entry
    for number in range(1, count - 1):
        copy = folder / f"20200101-{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}-000000-{number:08x}"
        shutil.copytree(folder / first.id, copy)
        if number % 10 == 0:
            (copy / NOTE).write_text(f"note {number}")
    began = time.perf_counter()
    store.keep(replace(given, seed=9), snapshot, "finished")
    return store, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    app.make_application()
    with tempfile.TemporaryDirectory() as home:
        store, kept = filled(Path(home) / "runs", options.runs)
        window = MainWindow(files.read(resource(app.FIRST_EXAMPLE)))
        window.remembers_layout = window.files.asks_before_losing = False
        window.show()
        app.wait_for(lambda: window.snapshot is not None)
        window.keeping.begin(store.folder)
        reads, opens, frames, watch = [], [], [], Watch()
        for _ in range(options.rounds):
            began = time.perf_counter()
            assert len(store.listed().entries) == options.runs
            reads.append(time.perf_counter() - began)
            window.keeping.listed = None
            watch.begin()
            began = time.perf_counter()
            window.keeping.bring_up()
            app.wait_for(lambda: window.keeping.listed is not None)
            opens.append(time.perf_counter() - began)
            frames.append(watch.end())
            window.keeping.dialog.close()
        window.close()
        size = sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file())
        print(f"{options.runs} runs, {size / 1e6:.0f} MB")
        for name, found in (("read", reads), ("open", opens)):
            print(f"{name:6} {1000 * statistics.median(found):7.1f} ms, at most {1000 * max(found):.1f} ms")
        for name, place in (("frame", 0), ("cpu", 1)):
            found = [each[place] for each in frames]
            print(f"{name:6} {statistics.median(found):7.1f} ms, at most {max(found):.1f} ms")
        print(f"keep   {1000 * kept:7.1f} ms")


if __name__ == "__main__":
    main()
