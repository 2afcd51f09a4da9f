"""What all parts of an exported script share: the libraries by name, how values are written, refusals."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from workbench.experiment.experiment import Experiment

#: what code is written for: the libraries by the name of their convention, and NumPy alone, under any
LIBRARIES = {"pytorch": "PyTorch", "keras": "Keras", "numpy": "NumPy"}
LONGEST_LINE = 100
#: the steps of a script where the experiment has no end
ENDLESS = 1000
#: some lines that a script prints
_LINES_PRINTED = 50


class NoCode(ValueError):  # noqa: N818 - nothing is wrong with the request: there is no code for it
    """A lane that cannot be written for a library, in one sentence."""


def comment(text: str) -> list[str]:
    """The text as lines of a comment, whatever stands in it: nothing of it can end the comment."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return [f"# {line}".rstrip() for line in textwrap.wrap(plain, LONGEST_LINE - 2)] or ["#"]


def indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    return [f"{'    ' * levels}{line}" if line else "" for line in lines]


def call(name: str, arguments: Sequence[str], before: str = "", levels: int = 0) -> list[str]:
    """A call on one line, or with a line for each argument where that is too long; `levels` is its indentation."""
    line = f"{before}{name}({', '.join(arguments)})"
    if len(line) + 4 * levels <= LONGEST_LINE:
        return [line]
    return [f"{before}{name}(", *(f"    {argument}," for argument in arguments), ")"]


def named(text: str) -> str:
    """A text as a part of a name: small letters, digits and single underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def steps_of(full: Experiment) -> int:
    """The steps of a script."""
    return full.steps or ENDLESS


def constants(full: Experiment) -> list[str]:
    """The numbers that a script begins with."""
    steps = steps_of(full)
    return [f"STEPS = {steps}", f"PRINT_EVERY = {max(1, steps // _LINES_PRINTED)}"]
