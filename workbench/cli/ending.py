"""How a call of the program ends, and how what it says is written."""

from __future__ import annotations

OK, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130
#: Characters of a sentence at most: what was given may be of any length.
_LONGEST = 600


class Wrong(Exception):  # noqa: N818 - it is a request that is wrong, and only ever seen as its sentence
    """A request that cannot be carried out, in one sentence."""


class Failed(Exception):  # noqa: N818 - as above
    """Something that went wrong while a request was carried out, in one sentence."""


def visible(text: str) -> str:
    """Text on one line, in which whatever a terminal would obey or hide is written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def sentence(text: str) -> str:
    """Visible text, without its middle where it is very long."""
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST * 2 // 3]} ... {text[-_LONGEST // 3 :]}"
