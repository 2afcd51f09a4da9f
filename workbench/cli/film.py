"""The command `film`: a run as an animation."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workbench.cli.arguments import named, size, whole
from workbench.cli.changes import with_changes
from workbench.cli.ending import INTERRUPTED, OK, Failed, Wrong
from workbench.cli.interrupts import Interrupts
from workbench.export.film_plan import LAWS, LINEAR, MOST_FRAMES, FilmPlan, film_kind, missing
from workbench.export.formats import FILMS

HELP = "a run as a film: GIF, APNG, WebP, AVIF or MP4"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument("--out", type=named, metavar="FILM", required=True,
                        help=f"the film to write; its ending is one of {', '.join(FILMS)}")  # fmt: skip
    parser.add_argument("--view", default="", metavar="KEY", help="the view shown (default: the first in the centre)")
    parser.add_argument("--from", type=whole(0), default=0, metavar="N", dest="first", help="first step (default: 0)")
    parser.add_argument("--to", type=whole(0), metavar="N", dest="last", help="last step (default: the file's `steps`)")
    parser.add_argument("--frames", type=whole(1), default=120, metavar="N", help="frames (default: 120)")
    parser.add_argument("--fps", type=whole(1), default=20, metavar="N", help="frames a second (default: 20)")
    parser.add_argument("--size", type=size, default=(640, 480), metavar="WxH", help="size (default: 640x480)")
    laws = "; ".join(f"{key}: {doc}" for key, doc in LAWS.items())
    parser.add_argument("--law", choices=tuple(LAWS), default=LINEAR, help=f"{laws} (default: {LINEAR})")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="colours (default: light)")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="changes",
                        help="change one key of the file, as in run")  # fmt: skip
    parser.add_argument("--seed", type=whole(0), metavar="S", help="the seed, in place of the file's")
    parser.add_argument("--progress", action="store_true", help="print a line for each frame")
    parser.set_defaults(steps=None)


def carry_out(options: argparse.Namespace) -> int:
    """Run the race and write the film."""
    out = Path(options.out)
    kind = film_kind(out)
    if not kind:
        raise Wrong(f"--out {out}: a film ends in one of {', '.join(FILMS)}")
    if lack := missing(kind):
        raise Wrong(f"--out {out}: {lack}")
    if out.is_dir() or not out.parent.is_dir():
        raise Wrong(f"--out {out}: " + ("this is a folder" if out.is_dir() else "there is no such folder"))
    experiment = with_changes(options)
    plan = _plan(experiment, options)
    from workbench import app
    from workbench.export.films import FilmFault

    with Interrupts() as interrupts:
        told = _line if options.progress else _bar if sys.stderr.isatty() else _silence
        try:
            whole_film = app.write_film(experiment, plan, out, stopped=interrupts.asked, told=told)
        except FilmFault as error:
            raise Failed(f"--out {out}: {error}") from None
        except OSError as error:
            raise Failed(f"--out {out}: cannot be written: {error.strerror or error}") from None
    if not whole_film:
        return INTERRUPTED
    print(f"{plan.count} frames, {plan.count / plan.fps:.4g} s, {out.stat().st_size} bytes: written to {out}")
    return OK


def _plan(experiment: object, options: argparse.Namespace) -> FilmPlan:
    """What is asked for, held against what the experiment has."""
    from workbench import app
    from workbench.engine.params import nearest
    from workbench.experiment.experiment import Experiment

    assert isinstance(experiment, Experiment)  # noqa: S101 - for the types: numerics are loaded late
    last = experiment.steps if options.last is None else options.last
    if last is None:
        raise Wrong(f"{options.file}: `steps` is missing: write it in the file or give --to N")
    if experiment.steps is not None and last > experiment.steps:
        raise Wrong(f"--to {last}: the experiment ends at step {experiment.steps}")
    if options.frames > MOST_FRAMES:
        raise Wrong(f"--frames {options.frames}: at most {MOST_FRAMES}")
    views, front = app.views_of(experiment)
    keys = [entry.key for entry in views if entry.follows_steps]
    view = options.view or front
    if view not in keys and any(view == entry.key for entry in views):
        raise Wrong(f"--view {view}: it is the same at every step; a film can show {', '.join(keys)}")
    if view not in keys:
        raise Wrong(f"--view {view}: this experiment has {', '.join(keys)}{nearest(view, keys)}")
    plan = FilmPlan(view, options.first, last, options.frames, options.fps, options.size, options.law, options.theme)
    if fault := plan.fault():
        raise Wrong(f"--out {options.out}: {fault}")
    return plan


def _line(made: int, count: int) -> None:
    print(f"frame {made} of {count}", flush=True)


def _bar(made: int, count: int) -> None:
    filled = "#" * round(40 * made / count)
    print(f"\r[{filled:<40}] frame {made} of {count}", end="\n" if made == count else "", file=sys.stderr)


def _silence(_made: int, _count: int) -> None:
    pass
