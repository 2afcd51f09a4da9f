"""The program as it is called: which command it is, and how its end is told."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol

from workbench import __version__
from workbench.cli import check, code, figure, film, run, screenshot, sweep, tune
from workbench.cli import list as listing
from workbench.cli.ending import FAILED, INTERRUPTED, OK, WRONG, Failed, Wrong, sentence
from workbench.engine.params import RequestError, nearest
from workbench.garbage import put_off


class Command(Protocol):
    """What a module of this package has that holds a command."""

    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what the command takes."""

    def carry_out(self, options: argparse.Namespace) -> int:
        """Do it, and give the exit code."""


#: the commands by name, in the order in which they are told
COMMANDS: Mapping[str, Command] = {"run": run, "list": listing, "check": check, "code": code, "sweep": sweep,
                                   "tune": tune, "figure": figure, "film": film, "screenshot": screenshot}  # fmt: skip


class _Parser(argparse.ArgumentParser):
    """Says one sentence and where to read more, and exits with the code for a wrong request."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{sentence(f'{self.prog}: {message}')} (see {self.prog} --help)\n")


def main(arguments: Sequence[str]) -> int:
    """Carry out one call of the program and give its exit code."""
    arguments = [*arguments]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # formulas have signs that some terminals cannot show
            stream.reconfigure(errors="replace")
    if not arguments or (arguments[0] not in COMMANDS and not arguments[0].startswith("-")):
        return _window(arguments)
    try:
        options = _make_parser().parse_args(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return _carry_out(options)


def _carry_out(options: argparse.Namespace) -> int:
    """Do what a command says; whatever goes wrong becomes a sentence and an exit code."""
    try:
        code = int(options.action(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever reads has enough
        _drop_output()
        return OK
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _explain(error)


def _explain(error: Exception) -> int:
    """Say what went wrong, and give the exit code."""
    if isinstance(error, _wrong_requests()):
        return _refuse(str(error))
    if isinstance(error, Failed):
        return _refuse(str(error), FAILED)
    if isinstance(error, OSError):
        _drop_output()
        return _refuse(f"{error.filename or 'standard output'}: {error.strerror or error}", FAILED)
    return _refuse(f"{type(error).__name__}: {error}", FAILED)


def _drop_output() -> None:
    """Let what is still to be printed go nowhere: at the end Python would try again, and say so."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _wrong_requests() -> tuple[type[Exception], ...]:
    """What a person did wrong. Not every command reads a file: what knows of them is imported where it is asked for."""
    from workbench.experiment.files import ExperimentFileError

    return RequestError, ExperimentFileError, Wrong


def _refuse(said: str, code: int = WRONG) -> int:
    print(f"gradient-workbench: {sentence(said)}", file=sys.stderr)
    return code


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gradient-workbench",
        description="See and understand gradient descent and backpropagation.",
        epilog="Without a command the window opens: gradient-workbench [FILE]",
    )
    parser.add_argument("--version", action="version", version=f"Gradient Workbench {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        own = commands.add_parser(name, help=command.HELP)
        command.add_arguments(own)
        own.set_defaults(action=command.carry_out)
    return parser


def _window(arguments: Sequence[str]) -> int:
    """Open the window, with a file or without; a command that was mistyped is no file."""
    if len(arguments) > 1:
        hint = "" if os.path.lexists(arguments[0]) else nearest(arguments[0], COMMANDS)
        return _refuse(
            f"one FILE at most can be opened, got {len(arguments)} arguments (commands: {', '.join(COMMANDS)}){hint}"
        )
    file = arguments[0] if arguments else None
    if file is not None:
        from workbench.experiment.files import ExperimentFileError, read

        if not os.path.lexists(file):
            return _refuse(f"{file}: there is no such file{nearest(file, COMMANDS)}")
        try:
            read(file)
        except ExperimentFileError as error:
            return _refuse(str(error))
    with put_off():
        from workbench import app

    return app.run(file)
