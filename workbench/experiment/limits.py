"""What text may be before it is read as TOML: a reader of TOML takes hours over some that no experiment needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.engine.params import RequestError

#: Parts of a dotted key or a heading. An experiment needs three; a reader's time grows with their square, or faster.
PARTS = 8
#: Characters of one part of a key.
KEY = 10_000
#: Lists and tables within each other. A list of painted points in tables on one line needs five.
DEPTH = 16
#: Keys and headings. The largest experiment, of 64 lanes with 32 layers of their own and all that they may have, has
#: some 23,000.
KEYS = 30_000

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
    seen = _Seen()
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "open":  # a text without an end: what is behind it is not read either
            return
        if token.lastgroup != "blank":
            fault = seen.key(token[0]) if token.lastgroup in {"word", "text"} else seen.mark(token[0])
            if fault:
                raise _fault(text, token.start(), fault)


@dataclass(slots=True)
class _Seen:
    """What has been seen up to a sign; `follows` says that it was the dot of a key."""

    parts: int = 0
    depth: int = 0
    keys: int = 0
    follows: bool = False

    def key(self, sign: str) -> str:
        """Take a word or a text, which may be part of a key; gives what is wrong with it."""
        self.parts = self.parts + 1 if self.follows else 1
        self.follows = False
        if self.parts > PARTS:
            return f"is not an experiment: a key has more than {PARTS} parts"
        if len(sign) > KEY and sign[0] not in "\"'" and not sign.lstrip("+-")[:1].isdigit():
            return f"is not an experiment: a key has more than {KEY} characters"
        return ""

    def mark(self, sign: str) -> str:
        """Take what stands between words; gives what is wrong with it."""
        self.follows = sign == "."
        if sign in {"]", "}"}:
            self.depth = max(0, self.depth - 1)
        elif sign in {"[", "{"}:
            self.keys += self.depth == 0
            self.depth += 1
        self.keys += sign == "="
        if self.depth > DEPTH:
            return "is not TOML: lists or tables are nested too deeply"
        return f"is not an experiment: there are more than {KEYS} keys" if self.keys > KEYS else ""


def _fault(text: str, at: int, what: str) -> RequestError:
    line = text.count("\n", 0, at) + 1
    return RequestError("", f"{what} (in line {line})")
