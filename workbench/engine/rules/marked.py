"""Lines that hold under conditions, written once: `[keras] Δ = ...`, `[amsgrad] v_max = ...`, `[not centered] ...`."""

from __future__ import annotations

import re
from collections.abc import Callable

_MARKED = re.compile(r"\[([^\]]*)\] ?(.*)")


def chosen(text: str, holds: Callable[[str], bool]) -> str:
    """The lines whose marks all hold, their marks taken away; marks stand in brackets, with commas between."""
    found = []
    for line in text.strip().splitlines():
        match = _MARKED.fullmatch(line.strip())
        marks = [mark.strip() for mark in match[1].split(",")] if match else []
        if all(not holds(mark[4:]) if mark.startswith("not ") else holds(mark) for mark in marks):
            found.append(match[2] if match else line.strip())
    return "\n".join(found)
