"""The command `sweep`: many runs of experiments, from a file, by any executor."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from workbench.cli.arguments import named, whole
from workbench.cli.ending import FAILED, INTERRUPTED, OK, Failed, Wrong, visible
from workbench.cli.interrupts import Interrupts
from workbench.engine.params import RequestError, grouped

if TYPE_CHECKING:  # a command that is not asked for loads no numerics
    from workbench.studies.executors import Workers
    from workbench.studies.journal import Journal
    from workbench.studies.results import Results

HELP = "run experiments over axes of settings and seeds, and write a row a run"
_BAR = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="SWEEP", help="the sweep, a TOML file")
    parser.add_argument(
        "--out", type=named, metavar="DIR", required=True, help="the folder of the results; what is done there stays"
    )
    parser.add_argument("--jobs", type=whole(1), metavar="N", help="tasks at a time (default: one a processor)")
    parser.add_argument(
        "--executor",
        default="processes",
        metavar="NAME",
        help="processes (default), dask, dask:ADDRESS, or module:name of an executor of concurrent.futures",
    )
    parser.add_argument("--plot", action="store_true", help="also draw the results, as PNG files")


def carry_out(options: argparse.Namespace) -> int:
    """Do what is left of the sweep, and write its results."""
    from workbench.experiment.files import ExperimentFileError
    from workbench.studies import sweep as sweeps
    from workbench.studies.executors import open_workers
    from workbench.studies.journal import Journal, JournalError
    from workbench.studies.results import Results

    try:
        sweep = sweeps.read(options.file)
    except ExperimentFileError as error:
        raise Wrong(str(error)) from None
    out = Path(options.out)
    if out.exists() and not out.is_dir():
        raise Wrong(f"--out {out}: this is a file, not a folder")
    with Interrupts() as interrupts:
        try:
            out.mkdir(parents=True, exist_ok=True)
            journal = Journal(out, sweep.digest)
        except JournalError as error:
            raise Wrong(f"--out {error}") from None
        except OSError as error:
            raise Wrong(f"--out {out}: nothing can be written there: {error.strerror}") from None
        try:
            results = Results(sweep)
            for entry in journal.entries():
                results.fill(entry["rows"], entry.get("failed") or entry["columns"])
            if not results.done.all():
                try:
                    workers = open_workers(options.executor, options.jobs)
                except RequestError as error:
                    raise Wrong(f"--executor {options.executor}: {error}") from None
                _run(results, journal, workers, interrupts.asked)
            _write(out, results)
        finally:
            journal.close()
        if options.plot and not interrupts.asked():
            _plot(out, results)
        print(_report(results, out))
    if interrupts.asked():
        return INTERRUPTED
    return FAILED if results.reasons else OK


def _run(results: Results, journal: Journal, workers: Workers, stopped: Callable[[], bool]) -> None:
    """Compute what is left; what comes stands in results and journal.

    Raises:
        Failed: it cannot be written down, or the executor is broken.
    """
    from concurrent.futures import BrokenExecutor

    from workbench.studies.conduct import Conductor
    from workbench.studies.tasks import Tasks

    show = _Progress(results).show
    try:
        Conductor(Tasks(results.sweep, results.done), workers, results, journal).carry_out(stopped, show)
    except OSError as error:
        raise Failed(f"--out {journal.folder}: {error.strerror or error}; what was done before is kept there") from None
    except BrokenExecutor as error:
        raise Failed(f"the executor takes no more tasks: {error}; what is done is kept in {journal.folder}") from None
    finally:
        workers.close()


class _Progress:
    """A bar on a terminal, with how many runs are done and how long the rest may take."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._began, self._before = time.monotonic(), int(results.done.sum())
        self._last = 0.0
        self._shows = sys.stderr.isatty()

    def show(self) -> None:
        now = time.monotonic()
        total, tried = len(self._results.status), int((self._results.status != 0).sum())
        if not self._shows or (now - self._last < 0.2 and tried < total):
            return
        self._last = now
        done, seconds = int(self._results.done.sum()), now - self._began
        left = f", about {_span((total - tried) * seconds / (done - self._before))} left" if done > self._before else ""
        failed = f", {grouped(tried - done)} failed" if tried > done else ""
        bar = "#" * round(_BAR * tried / total)
        print(
            f"\r[{bar:<{_BAR}}] {grouped(done)} of {grouped(total)} runs{failed}{left}\x1b[K", end="", file=sys.stderr
        )
        if tried == total:
            print(file=sys.stderr)


def _span(seconds: float) -> str:
    """A length of time in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _write(out: Path, results: Results) -> None:
    """Write the tables one by one, each whole or not at all.

    Raises:
        Failed: one cannot be written, as on a full disk; the ones before it stay, and so does the journal.
    """
    from workbench.experiment.writing import whole_file
    from workbench.export.cells import table

    contents: dict[str, Callable[[IO[bytes]], object]] = {
        "results.csv": lambda file: file.write(table(*results.table())),
        "medians.csv": lambda file: file.write(table(*results.medians())),
        "results.npz": results.write_npz,
    }
    for name, content in contents.items():
        try:
            with whole_file(out / name) as file:
                content(file)
        except OSError as error:
            raise Failed(f"--out {out}: {name} cannot be written: {error.strerror or error}") from None


def _plot(out: Path, results: Results) -> None:
    from workbench import app

    try:
        app.write_sweep_pictures(results, out / "pictures")
    except OSError as error:
        raise Failed(f"{error.filename or out}: cannot be written: {error.strerror or error}") from None


def _report(results: Results, out: Path) -> str:
    """What a person wants to know at once: how many runs came to what, and why some could not be run."""
    names = ("missing", "finished", "diverged", "failed")
    counts = {name: int((results.status == i).sum()) for i, name in enumerate(names)}
    told = [f"{grouped(count)} {name}" for name, count in counts.items() if count and name != "missing"]
    left = f"; {grouped(counts['missing'])} are left: the same call goes on" if counts["missing"] else ""
    lines = [f"{grouped(len(results.status))} runs: {', '.join(told) or 'none done'}{left}"]
    reasons = sorted(set(results.reasons.values()))
    lines += [f"failed: {reason}" for reason in reasons[:5]]
    return "\n".join(visible(line) for line in [*lines, f"written to {out}"])
