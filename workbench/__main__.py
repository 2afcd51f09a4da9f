"""The one entry of the program, with or without a window."""

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code (docs: README, "Command line")."""
    from workbench.cli import main as run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    raise SystemExit(main())
