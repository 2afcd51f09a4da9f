"""The command `screenshot`: a picture of the window with an experiment."""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.cli.arguments import png, size, whole
from workbench.cli.changes import experiment_in

HELP = "a picture of the window with an experiment"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument("--out", type=png, metavar="PNG", required=True, help="the picture to write")
    parser.add_argument("--steps", type=whole(0), default=0, metavar="N", help="steps to run before (default: 0)")
    parser.add_argument("--size", type=size, default=(1280, 800), metavar="WxH", help="size (default: 1280x800)")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="colours (default: light)")


def carry_out(options: argparse.Namespace) -> int:
    """Open the window unseen, run to a step and save its picture."""
    experiment = experiment_in(options.file)
    from workbench import app  # after the file: one that cannot be read needs no Qt

    return app.screenshot(
        experiment,
        Path(options.out),
        steps=options.steps,
        size=options.size,
        theme=options.theme,
        file=options.file,
    )
