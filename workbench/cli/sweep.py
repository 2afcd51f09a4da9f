"""The command `sweep`: many runs of experiments, from a file, by any executor."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.ending import FAILED, INTERRUPTED, OK, Failed, Wrong, visible
from workbench.cli.interrupts import Interrupts
from workbench.cli.studying import add_study_arguments, conduct, open_journal, workers_of, write_beside, write_files
from workbench.engine.params import grouped

if TYPE_CHECKING:  # a command that is not asked for loads no numerics
    from workbench.studies.results import Results

HELP = "run experiments over axes of settings and seeds, and write a row a run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="SWEEP", help="the sweep, a TOML file")
    add_study_arguments(parser)


def carry_out(options: argparse.Namespace) -> int:
    """Do what is left of the sweep, and write its results."""
    from workbench.experiment.files import ExperimentFileError
    from workbench.studies import sweep as sweeps
    from workbench.studies.results import Results
    from workbench.studies.sweep_files import spec_files
    from workbench.studies.tasks import Tasks

    try:
        sweep = sweeps.read(options.file)
    except ExperimentFileError as error:
        raise Wrong(str(error)) from None
    out = Path(options.out)
    with Interrupts() as interrupts:
        journal = open_journal(out, sweep.digest)
        try:
            write_beside(out, spec_files(sweep))
            results = Results(sweep)
            for entry in journal.entries():
                results.fill(entry["rows"], entry.get("failed") or entry["columns"])
            if not results.done.all():
                workers = workers_of(options)
                try:
                    conduct(Tasks(sweep, results.done, workers.count), workers, results, journal, interrupts.asked)
                finally:
                    workers.close()
            _write(out, results)
        finally:
            journal.close()
        left = bool((results.status == 0).any()) or (options.plot and interrupts.asked())
        if options.plot and not left:
            _plot(out, results)
        print(_report(results, out))
    if left:  # a signal that came when all was done has interrupted nothing
        return INTERRUPTED
    return FAILED if results.reasons else OK


def _write(out: Path, results: Results) -> None:
    from workbench.export.cells import table

    write_files(
        out,
        {
            "results.csv": lambda file: file.write(table(*results.table())),
            "medians.csv": lambda file: file.write(table(*results.medians())),
            "results.npz": results.write_npz,
        },
    )


def _plot(out: Path, results: Results) -> None:
    from workbench import app
    from workbench.studies.charts import charts

    try:
        app.write_charts(charts(results), out / "pictures")
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
