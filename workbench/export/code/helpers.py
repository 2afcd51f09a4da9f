"""Functions that a script defines beside its objective: those whose slopes PyTorch has otherwise.

The program's slope of a root is 0 at 0; PyTorch's is infinite there, and no number behind another factor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

HELPERS: Mapping[str, tuple[str, ...]] = {
    "root": (
        "def root(u):",
        '    """The root of |u|, with slope 0 where u is 0: there PyTorch\'s is no number."""',
        "    level = u == 0",
        "    return torch.where(level, 0.0, torch.sqrt(torch.abs(torch.where(level, 1.0, u))))",
    ),
    "square_root": (
        "def square_root(u):",
        '    """The root of u, with slope 0 where u is 0: there PyTorch\'s is no number."""',
        "    level = u == 0",
        "    return torch.where(level, 0.0, torch.sqrt(torch.where(level, 1.0, u)))",
    ),
    "cube_root": (
        "def cube_root(u):",
        '    """The cube root of u, with slope 0 where u is 0."""',
        "    level = u == 0",
        "    size = torch.abs(torch.where(level, 1.0, u)) ** (1 / 3)",
        "    return torch.where(level, 0.0, torch.sign(u) * size)",
    ),
    "power": (
        "def power(u, p):",
        '    """The power of u for an exponent between 0 and 1, with slope 0 where u is 0."""',
        "    level = u == 0",
        "    return torch.where(level, 0.0, torch.where(level, 1.0, u) ** p)",
    ),
}


def helper_lines(body: Iterable[str], helpers: Mapping[str, tuple[str, ...]] = HELPERS) -> list[str]:
    """The definitions of those that the lines call, each with two empty lines behind it."""
    text = "\n".join(body)
    called = [lines for name, lines in helpers.items() if re.search(rf"(?<![\w.]){name}\(", text)]
    return [line for lines in called for line in (*lines, "", "")]
