"""The command `check`: exact gradients beside central differences."""

from __future__ import annotations

import argparse
import sys

from workbench.cli.ending import FAILED, OK

HELP = "compare exact gradients with central differences"
_SLICE_SECONDS = 0.1
#: what `check` says of a block; |exact| and |difference| are of the component where they are largest
_VERDICTS = {
    "agrees": "agrees",
    "kinks": "agrees, {} on a kink",
    "differs": "differs",
    "small": "too small to tell",
    "none": "no number",
    "waiting": "not compared",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")


def carry_out(options: argparse.Namespace) -> int:
    """Compare block by block and print the verdicts."""
    from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
    from workbench.experiment import build, files

    problem = build.make_problem(files.read(options.file))
    check = GradientCheck(problem, problem.initial(), 0, CheckRequest(most=0))
    report = check.work(0.0)
    while not report.done:
        report = check.work(_SLICE_SECONDS)
        if sys.stderr.isatty():
            print(f"\r{report.checked} of {report.chosen} compared", end="" if not report.done else "\r\x1b[K",
                  file=sys.stderr, flush=True)  # fmt: skip
    if report.fault:
        print(f"gradient-workbench: {report.fault}", file=sys.stderr)
        return FAILED
    print(f"{'block':<18} {'parameters':>10} {'|exact|':>12} {'|difference|':>13} {'relative':>9}  verdict")
    for row in report.blocks:
        print(
            f"{row.name:<18} {row.size:>10} {row.largest:>12.6g} {row.difference:>13.2e} {row.relative:>9.2e}  "
            + _VERDICTS[row.verdict].format(row.kinks)
        )
    return FAILED if any(row.verdict in ("differs", "none") for row in report.blocks) else OK
