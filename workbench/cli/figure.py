"""The command `figure`: views of a run on one page, for paper, a slide or the screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.arguments import whole
from workbench.cli.changes import with_changes
from workbench.cli.ending import INTERRUPTED, OK, Wrong
from workbench.cli.interrupts import Interrupts
from workbench.engine.params import nearest, show
from workbench.export.figure_plan import MOST_VIEWS, PRESETS, FigureFault, FigurePlan, on_paper, size_of
from workbench.export.formats import FORMATS

if TYPE_CHECKING:
    from workbench.experiment.experiment import Experiment

HELP = "views on one page as a figure: PNG, SVG or PDF"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument("--out", metavar="FIGURE", default="",
                        help=f"the figure to write; its ending is one of {', '.join(FORMATS)}")  # fmt: skip
    parser.add_argument("--views", type=_keys, default=(), metavar="KEYS",
                        help="the views, separated by commas (default: the first in the centre, and loss)")  # fmt: skip
    parser.add_argument("--grid", type=_grid, default=(0, 0), metavar="RxC", help="rows and columns, like 1x2")
    parser.add_argument("--title", metavar="TEXT", help="the title (default: the experiment's; empty for none)")
    parser.add_argument("--caption", metavar="TEXT", help="what stands below (default: lanes, steps, seed; or empty)")
    parser.add_argument("--letters", action=argparse.BooleanOptionalAction, default=True,
                        help="tell several views apart by (a), (b), ...")  # fmt: skip
    pages = "; ".join(f"{key}: {preset.paper.written()}" for key, preset in PRESETS.items())
    parser.add_argument("--for", choices=tuple(PRESETS), default="paper", dest="page",
                        help=f"a usual page, with its size of text ({pages}; default: paper)")  # fmt: skip
    parser.add_argument("--size", type=_size, metavar="WxH", help="the page, like 174x120mm, 6.9x4.7in, 1600x1000px")
    parser.add_argument("--font", type=_points, metavar="PT", help="points of its ordinary text")
    parser.add_argument("--dpi", type=whole(1), metavar="N", help="pixels an inch")
    parser.add_argument("--theme", choices=("light", "dark"), help="colours (default: the page's)")
    parser.add_argument("--step", type=whole(0), metavar="N", help="the step shown (default: the file's `steps`)")
    parser.add_argument("--tex", action="store_true",
                        help="beside it, its curves as a CSV table and a document for LaTeX's pgfplots")  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="changes",
                        help="change one key of the file, as in run")  # fmt: skip
    parser.add_argument("--seed", type=whole(0), metavar="S", help="the seed, in place of the file's")
    # for the window, which asks line by line
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(steps=None)


def carry_out(options: argparse.Namespace) -> int:
    """Run the race and write the figure."""
    if options.answer:
        return _answer(options)
    out = Path(options.out)
    kind = out.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise Wrong(f"--out {out}: a figure ends in one of {', '.join(FORMATS)}" if options.out else
                    f"--out is missing: the figure to write, which ends in one of {', '.join(FORMATS)}")  # fmt: skip
    if out.is_dir() or not out.parent.is_dir():
        raise Wrong(f"--out {out}: " + ("this is a folder" if out.is_dir() else "there is no such folder"))
    experiment = with_changes(options)
    plan, step = _plan(experiment, options, kind), _step(experiment, options)
    from workbench import app

    with Interrupts() as interrupts:
        try:
            written = app.write_figure(experiment, plan, step, out, tex=options.tex, stopped=interrupts.asked)
        except FigureFault as error:
            raise Wrong(f"--out {out}: {error}") from None
        except OSError as error:
            raise Wrong(f"--out {out}: cannot be written: {error.strerror or error}") from None
    if not written:
        return INTERRUPTED
    print(f"{len(plan.views)} {'view' if len(plan.views) == 1 else 'views'}, {plan.paper.written()}: "
          f"written to {', '.join(map(str, written))}")  # fmt: skip
    return OK


def _answer(options: argparse.Namespace) -> int:
    """Make what standard input asks for, a line each, until it ends."""
    experiment = with_changes(options)
    from workbench import app

    with Interrupts() as interrupts:
        app.answer_figures(experiment, sys.stdin, sys.stdout, stopped=interrupts.asked)
    return OK


def _plan(experiment: Experiment, options: argparse.Namespace, kind: str) -> FigurePlan:
    """What is asked for, held against what the experiment has."""
    from workbench import app

    preset = PRESETS[options.page]
    found, front = app.views_of(experiment)
    keys = [entry.key for entry in found]
    views = options.views or (front, "loss")
    for key in views:
        if key not in keys:
            raise Wrong(f"--views {key}: this experiment has {', '.join(keys)}{nearest(key, keys)}")
    plan = FigurePlan(
        views, preset.paper, rows=options.grid[0], columns=options.grid[1],
        title=options.title, caption=options.caption, letters=options.letters,
        theme=options.theme or preset.theme,
    )  # fmt: skip
    plan = on_paper(plan, size=options.size, font=options.font, dpi=options.dpi)
    if fault := plan.fault(kind):
        raise Wrong(f"--out {options.out}: {fault}")
    return plan


def _step(experiment: Experiment, options: argparse.Namespace) -> int:
    step = experiment.steps if options.step is None else options.step
    if step is None:
        raise Wrong(f"{options.file}: `steps` is missing: write it in the file or give --step N")
    if experiment.steps is not None and step > experiment.steps:
        raise Wrong(f"--step {step}: the experiment ends at step {experiment.steps}")
    return step


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    if not keys:
        raise argparse.ArgumentTypeError("must name views, separated by commas, got none")
    return keys


def _grid(text: str) -> tuple[int, int]:
    rows, times, columns = text.partition("x")
    if not times or not (_is_count(rows) and _is_count(columns)):
        raise argparse.ArgumentTypeError(
            f"must be ROWSxCOLUMNS, each from 1 to {MOST_VIEWS}, like 1x2, got {show(text)}"
        )
    return int(rows), int(columns)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST_VIEWS


def _size(text: str) -> tuple[float, float, str]:
    found = size_of(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT with a unit, like 174x120mm, 6.9x4.7in or 1600x1000px, got {show(text)}"
        )
    return found


def _points(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number of points, like 8, got {show(text)}") from None
