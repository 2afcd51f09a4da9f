"""The command `run`: an experiment without a window, and its results in a folder."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.cli.arguments import formats, named, whole
from workbench.cli.changes import with_changes
from workbench.cli.ending import INTERRUPTED, OK, Wrong
from workbench.cli.notes import tell
from workbench.export.formats import FORMATS

HELP = "run an experiment without a window and write its results"
_RESULTS = ("experiment.toml", "history.csv", "history.npz", "summary.json")
_SLICE_SECONDS = 0.1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument(
        "--out", type=named, metavar="DIR", required=True, help="the folder that results are written to"
    )
    parser.add_argument("--steps", type=whole(1), metavar="N", help="steps to run, in place of the file's")
    parser.add_argument("--seed", type=whole(0), metavar="S", help="the seed, in place of the file's")
    parser.add_argument("--every", type=whole(1), default=1, metavar="K", help="write every K-th step (default: 1)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="PATH=VALUE",
        dest="changes",
        help="change one key of the file, as in lanes[0].hyperparameters.learning_rate=0.01",
    )
    parser.add_argument(
        "--pictures",
        type=formats,
        default=(),
        metavar="FORMATS",
        help=f"also write pictures of every view: {', '.join(FORMATS)}, separated by commas",
    )


def carry_out(options: argparse.Namespace) -> int:
    """Run the race, write its results and say how it ended."""
    from workbench.engine.race.snapshot import take_snapshot
    from workbench.experiment import build, files
    from workbench.experiment.filling import fill
    from workbench.experiment.notes import notes
    from workbench.export import tables

    experiment = with_changes(options)
    if experiment.steps is None:
        raise Wrong(f"{options.file}: `steps` is missing: write it in the file or give --steps N")
    out = Path(options.out)
    _check_out(out, options.pictures)
    every = options.every
    race = build.make_race(experiment, record_every=every, capacity=None, evaluate_every=every)
    info = build.race_info(experiment, race)
    tell(notes(experiment, race.problem))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Wrong(f"--out {out}: the folder cannot be made: {error.strerror}") from None
    began = time.monotonic()
    interrupted = _advance(race, experiment.steps)
    if race.problem.metrics and race.metrics_step != race.step:
        race.evaluate_metrics()
    seconds = time.monotonic() - began
    snapshot = take_snapshot(race, info, 1, ended=True)
    write = files.write_bytes
    files.write(fill(experiment), out / "experiment.toml")
    write(out / "history.csv", tables.csv_bytes(snapshot))
    write(out / "history.npz", tables.npz_bytes(snapshot, race))
    write(out / "summary.json", tables.summary_bytes(snapshot, seconds))
    if options.pictures and not interrupted:
        from workbench import app

        app.write_pictures(experiment, snapshot, race, out / "pictures", options.pictures)
    print(_report(tables.summary(snapshot, seconds), out))
    return INTERRUPTED if interrupted else OK


def _check_out(out: Path, pictures: Sequence[str]) -> None:
    """Find what is in the way of the results before the race is run for them."""
    if out.exists() and not out.is_dir():
        raise Wrong(f"--out {out}: this is a file, not a folder")
    for name in _RESULTS:
        if (out / name).is_dir():
            raise Wrong(f"--out {out}: {name} would be written there, but a folder has that name")
    if pictures and (out / "pictures").exists() and not (out / "pictures").is_dir():
        raise Wrong(f"--out {out}: pictures would be a folder there, but a file has that name")


def _advance(race: Any, steps: int) -> bool:
    """Run to the end with a progress bar on a terminal; True where it was interrupted."""
    stop: list[int] = []
    # Ctrl-C, too, is looked at between steps: an exception in the middle of one would leave half of it in the results
    before = {n: signal.signal(n, lambda number, _: stop.append(number)) for n in (signal.SIGTERM, signal.SIGINT)}
    bar = sys.stderr.isatty()
    count = 1
    try:
        while not race.finished and not stop:
            began = time.monotonic()
            race.advance(count)
            took = time.monotonic() - began
            count = max(1, min(4 * count, round(count * _SLICE_SECONDS / max(took, 1e-6))))
            if bar:
                done = race.step / steps
                filled = "#" * round(40 * done)
                print(f"\r[{filled:<40}] step {race.step} of {steps}", end="", file=sys.stderr)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if bar:
            print(file=sys.stderr)
    return bool(stop)


def _report(summary: dict[str, Any], out: Path) -> str:
    """What a person wants to know at once: a line a run."""
    lines = []
    for run in summary["runs"]:
        loss = "-" if run["final_loss"] is None else f"{run['final_loss']:.4g}"
        line = f"{run['label']:<20} {run['status']:<9} step {run['steps']:<8} loss {loss:<10}"
        if run["distance"] is not None:
            line += f" distance {run['distance']:.4g}"
        if "test_accuracy" in run and run["test_accuracy"] is not None:
            line += f" test accuracy {run['test_accuracy']:.2%}"
        lines.append(line.rstrip())
    return "\n".join([*lines, f"written to {out}"])
