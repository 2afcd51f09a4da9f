"""The command `check`: exact gradients beside central differences."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from workbench.cli.changes import experiment_in
from workbench.cli.ending import FAILED, OK, visible
from workbench.cli.notes import tell

if TYPE_CHECKING:
    from workbench.engine.checks.gradient_check import BlockCheck, GradientCheck

HELP = "compare exact gradients with central differences"
_SLICE_SECONDS = 0.1
#: what `check` says of a block; |exact| and |difference| are of the component where they are largest
_VERDICTS = {
    "agrees": "agrees",
    "fine": "agrees, {} by steps shorter than usual: a fine wave, or a singular point near by",
    "differs": "differs",
    "small": "too small to tell",
    "none": "no number",
    "waiting": "not compared",
}
#: where there is no gradient to compare with: some components of a block, or all of it
_UNJUDGED = {
    "kinks": "{} on a kink",
    "jump": "{} at a jump",
    "edge": "{} beside a place where the loss is no number",
    "unsettled": "cannot tell of {}: every step is too long or too short",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")


def carry_out(options: argparse.Namespace) -> int:
    """Compare block by block and print the verdicts."""
    from workbench.engine.checks.gradient_check import CheckRequest, GradientCheck
    from workbench.engine.side_by_side import parts_of
    from workbench.experiment import build
    from workbench.experiment.notes import notes

    experiment = experiment_in(options.file)
    problem = build.make_problem(experiment)
    tell(notes(experiment, problem))
    parts = parts_of(problem)
    ending = OK
    for i, part in enumerate(parts):
        if any(part.kind == other.kind for other in parts[:i]):
            continue  # what lanes train alike is checked once
        if len(parts) > 1:
            alike = [n for other in parts if other.kind == part.kind for n in other.lanes]
            lanes = [experiment.enabled_lanes[n][1] for n in alike]
            print(("\n" if i else "") + visible(", ".join(lane.label or lane.optimizer for lane in lanes)))
        check = GradientCheck(problem, problem.initial(), 0, CheckRequest(run=part.rows.start, most=0))
        ending = max(ending, _print(check))
    return ending


def _print(check: GradientCheck) -> int:
    """Carry one check out and print its verdicts."""
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
            + _said(row)
        )
    return FAILED if any(row.verdict in ("differs", "none") for row in report.blocks) else OK


def _said(row: BlockCheck) -> str:
    """The verdict on a block, in words."""
    if row.verdict not in _UNJUDGED:
        return _VERDICTS[row.verdict].format(row.fine)
    count = row.kinks if row.verdict == "kinks" else row.unjudged
    return f"{'agrees' if row.judged else 'no verdict'}, {_UNJUDGED[row.verdict].format(count)}"
