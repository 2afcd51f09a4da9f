"""The command line: everything the workbench does, from a file. Qt is imported only for windows and pictures."""

from workbench.cli.program import main

__all__ = ["main"]
