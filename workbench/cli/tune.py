"""The command `tune`: a fair race, each lane tuned by the same budget, told by other seeds, from a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.ending import FAILED, INTERRUPTED, OK, Failed, Wrong, visible
from workbench.cli.interrupts import Interrupts
from workbench.cli.studying import add_study_arguments, conduct, open_journal, workers_of, write_beside, write_files
from workbench.engine.params import grouped

if TYPE_CHECKING:  # a command that is not asked for loads no numerics
    from collections.abc import Callable

    from workbench.studies.journal import Journal
    from workbench.studies.tuning_report import Report
    from workbench.studies.tuning_results import Results

HELP = "compare lanes fairly: tune each by the same budget, and report it under other seeds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="RACE", help="the fair race, a TOML file")
    add_study_arguments(parser)


def carry_out(options: argparse.Namespace) -> int:
    """Do what is left of the fair race, and write its report."""
    from workbench.experiment.files import ExperimentFileError
    from workbench.studies import tuning_file
    from workbench.studies.tuning_report import report_of
    from workbench.studies.tuning_results import Results
    from workbench.studies.tuning_tables import spec_files

    try:
        tuning = tuning_file.read(options.file)
    except ExperimentFileError as error:
        raise Wrong(str(error)) from None
    out, report = Path(options.out), None
    with Interrupts() as interrupts:
        journal = open_journal(out, tuning.digest)
        try:
            write_beside(out, spec_files(tuning))
            results = Results(tuning)
            for entry in journal.entries():
                results.fill(entry["rows"], entry.get("failed") or entry["columns"])
            if not results.done.all():
                _run(results, journal, options, interrupts.asked)
            if results.complete:
                report = report_of(results)
                _write(out, results, report)
        finally:
            journal.close()
        left = report is None or (options.plot and interrupts.asked())
        if report is not None and options.plot and not left:
            _plot(out, results, report)
        print(_told(results, report, out))
    if left:  # a signal that came when all was done has interrupted nothing
        return INTERRUPTED
    return FAILED if results.reasons else OK


def _run(results: Results, journal: Journal, options: argparse.Namespace, stopped: Callable[[], bool]) -> None:
    """The trials first, then the runs that are reported: which settings they have follows from all trials."""
    from workbench.studies.tuning_tasks import Tasks, report_pieces, tuning_pieces, work

    tuning, workers = results.tuning, workers_of(options)
    try:
        tasks = Tasks(tuning, tuning_pieces(tuning, results.trials, results.done), tuning.looks)
        conduct(tasks, workers, results, journal, stopped, compute=work)
        if results.tuned and not stopped():
            results.drop_others()
            pieces = report_pieces(tuning, results.chosen_settings(), results.done)
            tasks = Tasks(tuning, pieces, tuning.long_looks)
            conduct(tasks, workers, results, journal, stopped, compute=work)
    finally:
        workers.close()


def _write(out: Path, results: Results, report: Report) -> None:
    from workbench.export.cells import table
    from workbench.studies.tuning_tables import report_files

    contents = dict(report_files(results, report, table))
    write_files(out, {name: lambda file, content=content: file.write(content) for name, content in contents.items()})  # type: ignore[misc]


def _plot(out: Path, results: Results, report: Report) -> None:
    from workbench import app
    from workbench.studies.tuning_charts import charts

    try:
        app.write_charts(charts(results, report), out / "pictures")
    except OSError as error:
        raise Failed(f"{error.filename or out}: cannot be written: {error.strerror or error}") from None


def _told(results: Results, report: Report | None, out: Path) -> str:
    """What a person wants to know at once: who came where, and what is to be doubted."""
    from workbench.studies.tuning_tables import tied_rank
    from workbench.studies.tuning_words import late, warnings

    tuning = results.tuning
    if report is None:
        left = int((results.status == 0).sum())
        lines = [f"{grouped(len(results.status))} runs: {grouped(left)} are left: the same call goes on"]
    else:
        lines = []
        for page in report.pages:
            ranks = [row.rank for row in page.rows]
            order = ", ".join(f"{tied_rank(ranks, lane)} {page.rows[lane].label}" for lane in page.order)
            lines.append(f"{page.name}: {order}")
        if len(report.pages) > 1:
            found = report.overall
            order = ", ".join(f"{tied_rank(found.ranks, lane)} {tuning.labels[lane]}" for lane in found.order)
            lines.append(f"over all: {order}")
        doubts, near = warnings(results, report), late(tuning, report)
        lines += [f"to be doubted: {line}" for line in doubts[:8]]
        lines += [f"{len(doubts) - 8} more doubts in report.md"] if len(doubts) > 8 else []
        lines += [f"near miss: {line}" for line in near[:4]]
    return "\n".join(visible(line) for line in [*lines, f"written to {out}"])
