"""What stands above the rows of a CSV file: comments, and the names of the columns, some of them maybe missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from workbench.engine.datasets.csv_numbers import like_number
from workbench.engine.params import RequestError, show

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SEPARATOR = re.compile(r'("?)sep=(.)\1[^\S\r\n]*(?=[\r\n]|\Z)', re.IGNORECASE)
#: the name of a column that had none: as it is, and as pandas writes it when it has read it
_UNNAMED = ("", "unnamed: 0")


def refusal(path: Path, text: str, key: str = "file") -> RequestError:
    """The sentence that says why a file cannot be used."""
    return RequestError(key, f"cannot be used: {path.name}{text}")


def without_separator(text: str, known: str) -> tuple[str, str]:
    """The text, and the separator that its first line tells, as `sep=;` does for spreadsheets; else an empty one.

    The line is made blank, so that lines keep their numbers. `known` are the letters that may separate values.
    """
    found = _SEPARATOR.match(text)
    if found is None or found[2] not in known:
        return text, ""
    return text[found.end() :], found[2]


def without_comments(text: str) -> str:
    """The text with the lines at its head that begin with # made blank, so that lines keep their numbers.

    The last of them is left where it holds the names, as `numpy.savetxt` writes them: it has as many values as the line
    below it, in which there is a number.
    """
    at, last = 0, (0, 0)
    while at < len(text):
        found = _LINE.match(text, at)
        line = found.group() if found else ""
        if line.strip() and not line.lstrip().startswith("#"):
            break
        if line.strip():
            last = (at, at + len(line))
        at += len(line)
    if not last[1]:
        return text
    comment, below = text[slice(*last)], _LINE.match(text, at)
    head = text[:at]
    if below is not None and _are_names(comment, below.group()):
        names = comment.lstrip()[1:]
        if not re.match(r"[\s#]*[^\s#,;\t|]", names):
            names = comment  # a column that is named #
        return _blank(head[: last[0]]) + names + head[last[1] :] + text[at:]
    return _blank(head) + text[at:]


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", "", text)


def _are_names(comment: str, below: str) -> bool:
    widths = [(comment.count(mark), below.count(mark)) for mark in ",;\t|"]
    counts = [above for above, under in widths if above == under and above]
    numbers = re.search(r"(^|[,;\t|\"\s])[+-]?\d+([.,]\d*)?([eE][+-]?\d+)?($|[,;\t|\"\s])", below.strip())
    return bool(counts) and numbers is not None


def names_of(path: Path, line: int, first: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns; one without is called by its place.

    Raises:
        RequestError: two columns have the same name.
    """
    names = tuple(name.strip() or f"column {i + 1}" for i, name in enumerate(first))
    seen: set[str] = set()
    for name in names:
        if name in seen:
            way = 'rename one, or say header = "no" if this line holds no names'
            raise refusal(path, f", line {line}: two columns are named {show(name)}; {way}")
        seen.add(name)
    return names


def is_index(name: str, values: Sequence[str]) -> bool:
    """Whether the first column is one that nobody named and that numbers or names the rows, as of pandas or R."""
    cells = [value.strip() for value in values]
    if name.strip().lower() not in _UNNAMED or len(set(cells)) != len(cells) or not all(cells):
        return False
    numbered = [value.isdecimal() for value in cells]
    return all(numbered) or (len(cells) > 1 and not any(map(like_number, cells)))


def no_text(path: Path, raw: bytes, error: UnicodeDecodeError) -> RequestError:
    """Why bytes are not UTF-8, and what to do where they are a text in another encoding."""
    line = raw.count(b"\n", 0, error.start) + 1
    told = f", line {line}: byte 0x{raw[error.start]:02x} is not UTF-8 text"
    beginning = raw[: 1 << 16]
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in beginning):
        return refusal(path, f"{told}, nor is it a table of another encoding")
    return refusal(path, f'{told}; save it as "CSV UTF-8", as spreadsheets call it, so that its letters are certain')
