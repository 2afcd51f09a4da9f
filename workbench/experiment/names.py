"""Names that a person gives: one line of text, in which nothing is that a terminal or a picture would obey."""

from __future__ import annotations

import unicodedata

from workbench.engine.params import RequestError, show

#: control characters, halves of characters, and what breaks a line
_NOT_IN_NAMES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def without_controls(text: str) -> str:
    """The text without what a name cannot have."""
    return "".join(c for c in text if unicodedata.category(c) not in _NOT_IN_NAMES)


def check_name(text: str, path: str) -> None:
    """Refuse a name with control characters in it. Raises RequestError."""
    if without_controls(text) != text:
        raise RequestError(path, f"must be one line of text without control characters, got {show(text)}")
