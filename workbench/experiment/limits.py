"""What text may be before it is read as TOML: a reader of TOML takes hours over some that no experiment needs."""

from __future__ import annotations

import re

from workbench.engine.params import RequestError

#: Parts of a dotted key or a heading. An experiment needs three; a reader's time grows with their square, or faster.
PARTS = 16
#: Characters of one part of a key.
KEY = 10_000
#: Lists and tables within each other. A list of painted points in tables on one line needs five.
DEPTH = 16
#: Keys and headings. The largest experiment, of 64 lanes and 32 layers with all that they may have, has some 2,500.
KEYS = 20_000

# Each alternative takes what it begins with whole and never gives any of it back, so that the text is passed once.
_TOKENS = re.compile(
    r"""
      (?P<word> [A-Za-z0-9_+-]++ )
    | (?P<text> \"{3}(?:[^"\\]++|\\.|\"{1,2}+(?!\"))*+\"{3} | '{3}(?:[^']++|'{1,2}+(?!'))*+'{3}
              | "(?:[^"\\\n]|\\[^\n])*+" | '[^'\n]*+' )
    | (?P<open> ["'] )
    | (?P<blank> [ \t\r]++ | \#[^\n]*+ )
    | (?P<mark> [\[\]{}=.] )
    | (?P<other> [^A-Za-z0-9_+\-"' \t\r\#\[\]{}=.]++ )
    """,
    re.VERBOSE | re.DOTALL,
)


def check_limits(text: str) -> None:
    """Refuse text that a reader of TOML would take long over, or get lost in. Takes a time linear in its length.

    Text that is not TOML passes, or is refused for what it holds up to its first fault.

    Raises:
        RequestError: a key of too many parts or characters, too many of them, or too many levels.
    """
    parts = depth = keys = 0
    follows = False  # whether the last sign was the dot of a key
    for token in _TOKENS.finditer(text):
        kind, sign = token.lastgroup, token[0]
        if kind == "blank":
            continue
        if kind == "open":  # a text without an end: what is behind it is not read either
            return
        if kind in {"word", "text"}:
            parts = parts + 1 if follows else 1
            follows = False
            if parts > PARTS:
                raise _fault(text, token.start(), f"is not an experiment: a key has more than {PARTS} parts")
            if kind == "word" and len(sign) > KEY and not sign.lstrip("+-")[:1].isdigit():
                raise _fault(text, token.start(), f"is not an experiment: a key has more than {KEY} characters")
            continue
        follows = sign == "."
        if follows:
            continue
        if sign in "[{":
            keys += depth == 0
            depth += 1
            if depth > DEPTH:
                raise _fault(text, token.start(), "is not TOML: lists or tables are nested too deeply")
        elif sign in "]}":
            depth = max(0, depth - 1)
        elif sign == "=":
            keys += 1
        if keys > KEYS:
            raise _fault(text, token.start(), f"is not an experiment: there are more than {KEYS} keys")


def _fault(text: str, at: int, what: str) -> RequestError:
    line = text.count("\n", 0, at) + 1
    return RequestError("", f"{what} (in line {line})")
