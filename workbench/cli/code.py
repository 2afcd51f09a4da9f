"""The command `code`: a lane of an experiment as a script for PyTorch, Keras or NumPy alone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.changes import experiment_in
from workbench.cli.ending import OK
from workbench.cli.notes import tell
from workbench.engine.params import CONVENTIONS, RequestError

if TYPE_CHECKING:
    from workbench.experiment.experiment import Experiment
    from workbench.export.code import Code

HELP = "write a lane as a script for PyTorch, Keras or NumPy alone"

_LIBRARIES = (*CONVENTIONS, "numpy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("file", metavar="FILE", help="the experiment, a TOML file")
    parser.add_argument(
        "--lane", metavar="NAME_OR_NUMBER", help="the lane, by its name or its number from 0 (default: the only one)"
    )
    parser.add_argument("--all", action="store_true", help="all lanes in one script, for NumPy alone")
    parser.add_argument(
        "--library", choices=_LIBRARIES, help="the library, or numpy alone (default: that of the lane's convention)"
    )
    parser.add_argument(
        "--out", metavar="PATH", help="the script to write; without it, it is printed. A network has data beside it"
    )


def carry_out(options: argparse.Namespace) -> int:
    """Print the script, or write it with its data."""
    from workbench.experiment.notes import of_data
    from workbench.export import code

    if options.all and options.lane is not None:
        raise RequestError("", "give --lane or --all, not both")
    experiment = experiment_in(options.file)
    tell(of_data(experiment))
    try:
        found = _code(experiment, options)
    except code.NoCode as objection:
        raise RequestError("", f"{options.file}: {objection}") from None
    if options.out is None:
        if found.arrays is not None:
            raise RequestError("", "--out is missing: the script of a network reads a file of data that lies beside it")
        print(found.script, end="")
        return OK
    path = Path(options.out)
    if path.suffix != ".py":
        raise RequestError("", f"--out {path}: the script's name must end in .py")
    try:
        written = code.write(found, path)
    except OSError as error:
        raise RequestError("", f"--out {path}: it cannot be written: {error.strerror or error}") from None
    print("\n".join(f"written to {file}" for file in written))
    return OK


def _code(experiment: Experiment, options: argparse.Namespace) -> Code:
    """The code that is asked for. Raises NoCode."""
    from workbench.export import code

    if options.all:
        return code.race_code(experiment, options.library or "numpy")
    if options.lane is None and len(experiment.lanes) > 1:
        raise code.NoCode(f"give --lane, one of {code.listed_lanes(experiment)}, or --all")
    index = 0 if options.lane is None else code.find_lane(experiment, options.lane)
    return code.lane_code(experiment, index, options.library or experiment.lanes[index].convention)
