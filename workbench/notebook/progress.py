"""How far a computation is, in one line where somebody sees it."""

from __future__ import annotations

import sys
import time

_WIDE = 40
#: seconds between two looks of the line, and before the first one: what is short needs none
_PACE, _AT_FIRST = 0.1, 0.4


class Progress:
    """A bar on a terminal or below a cell of a notebook; nothing where the error output goes elsewhere."""

    def __init__(self, total: int, noun: str, *, shown: bool | None = None) -> None:
        """`shown` is whether there is a bar, None for where somebody sees it."""
        self._total, self._noun = total, noun
        self._shows = _is_seen() if shown is None else shown
        self._next = time.monotonic() + (0.0 if shown else _AT_FIRST)
        self._length = 0

    def show(self, done: int) -> None:
        """Draw the bar, if it is time to."""
        if not self._shows or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PACE
        line = f"[{'#' * round(_WIDE * done / max(1, self._total)):<{_WIDE}}] {self._noun} {done} of {self._total}"
        print(f"\r{line:<{self._length}}", end="", file=sys.stderr, flush=True)
        self._length = len(line)

    def end(self) -> None:
        """Take the bar away."""
        if self._length:
            print(f"\r{'':<{self._length}}\r", end="", file=sys.stderr, flush=True)


def _is_seen() -> bool:
    """Whether the error output is a terminal's or a notebook's."""
    shell = sys.modules.get("IPython")
    return bool(sys.stderr.isatty() or (shell is not None and shell.get_ipython() is not None))
