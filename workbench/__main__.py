"""The one entry of the program, with or without a window."""

import os
import signal
import sys

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code (docs: README, "Command line")."""
    try:
        signal.signal(signal.SIGINT, _leave)
        if getattr(sys, "frozen", False):
            # A frozen program is its own interpreter: started as a child process, it serves its parent and ends here.
            from multiprocessing import freeze_support

            freeze_support()
        _open_streams()
        from workbench.cli import main as run

        code = run(sys.argv[1:] if arguments is None else arguments)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done: what is left is taken down, and says nothing
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _leave(*_: object) -> None:
    """Ctrl+C where nothing is kept yet: also in the middle of an import, which would tell of it as its own fault."""
    os._exit(_INTERRUPTED)


def _open_streams() -> None:
    """Give a call without standard streams (`2>&-`) some that lead nowhere, lest a result's file takes their place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - until the end


if __name__ == "__main__":
    raise SystemExit(main())
