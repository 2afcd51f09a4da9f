"""The one entry of the program, with or without a window."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code (docs: README, "Command line")."""
    if getattr(sys, "frozen", False):
        # A frozen program is its own interpreter: started as a child process, it serves its parent and ends here.
        from multiprocessing import freeze_support

        freeze_support()
    from workbench.cli import main as run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    raise SystemExit(main())
