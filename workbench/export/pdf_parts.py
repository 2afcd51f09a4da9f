"""What Qt's PDF leaves out: a page of exactly the size asked for, and words about what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: In a table from codes to letters: the letters of a row of codes, or that of a single one.
_NAMES = re.compile(rb"\[[^\]]*\]|(?<=> )<\w+>(?=\s)(?!\s*[<\[])")
_BOX = re.compile(rb"/(MediaBox|TrimBox)\s*\[[^\]]*\]")


def finished_pdf(content: bytes, box: tuple[float, float], words: Mapping[str, str]) -> bytes:
    """The file with pages of `box` points, and `words` among what it says of itself.

    Qt's own pages are whole points. The file's objects are written anew with the table of where each lies, so that
    nothing of what was before is left in it.

    Raises:
        ValueError: it is none of Qt's files.
    """
    start = content.rfind(b"startxref")
    trailer = content.rfind(b"trailer", 0, start)
    if start < 0 or trailer < 0:
        raise ValueError("this is no PDF as Qt writes it")
    table_at = int(content[start:].split()[1])
    places = _places(content, table_at)
    info, root = (_reference(content[trailer:start], name) for name in (b"Info", b"Root"))
    order = sorted(places, key=lambda number: places[number])
    ends = [*(places[number] for number in order[1:]), table_at]
    parts, at, moved = [content[: places[order[0]]]], places[order[0]], {}
    for number, end in zip(order, ends, strict=True):
        part = content[places[number] : end]
        if number == info:
            part = _with_words(part, words)
        elif b"/MediaBox" in part and b"/Type /Page" in part:
            part = _BOX.sub(rb"/\1 [0 0 %s %s]" % (_number(box[0]), _number(box[1])), part)
        elif b"/CMapType" in part:
            # what has several names, as a space and a tab have, gets the first of them from Qt
            part = _NAMES.sub(lambda found: found[0].replace(b"<0009>", b"<0020>"), part)
        moved[number] = at
        parts.append(part)
        at += len(part)
    return b"".join([*parts, _table(moved, info, root), b"startxref\n%d\n%%%%EOF\n" % at])


def _places(content: bytes, table_at: int) -> dict[int, int]:
    """Where each object lies, from the table of references."""
    lines = content[table_at:].split(b"\n")
    if lines[0].strip() != b"xref":
        raise ValueError("this PDF has its table of references elsewhere")
    first, count = (int(part) for part in lines[1].split())
    found = {}
    for number, line in enumerate(lines[2 : 2 + count], first):
        place, _, kind = line.split()
        if kind == b"n":
            found[number] = int(place)
    return found


def _reference(trailer: bytes, name: bytes) -> int:
    found = re.search(rb"/%s (\d+) 0 R" % name, trailer)
    if found is None:
        raise ValueError(f"this PDF has no {name.decode()}")
    return int(found[1])


def _with_words(part: bytes, words: Mapping[str, str]) -> bytes:
    """The object that says what the file is, with these words in place of its own of the same names."""
    for name in words:
        part = re.sub(rb"/%s\s*\((?:\\.|[^\\)])*\)\s*" % name.encode(), b"", part, flags=re.DOTALL)
    said = b"".join(b"/%s %s\n" % (name.encode(), _text(text)) for name, text in words.items())
    return part.replace(b"<<", b"<<\n" + said, 1)


def _text(text: str) -> bytes:
    """Any text, in hexadecimal digits of UTF-16."""
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode() + b">"


def _number(value: float) -> bytes:
    return f"{value:.4f}".rstrip("0").rstrip(".").encode()


def _table(places: Mapping[int, int], info: int, root: int) -> bytes:
    """The table of references and what leads into it."""
    size = max(places) + 1
    lines = [b"xref", b"0 %d" % size, b"0000000000 65535 f "]
    lines += [
        b"%010d 00000 n " % places[number] if number in places else b"0000000000 65535 f " for number in range(1, size)
    ]
    return b"\n".join([*lines, b"trailer", b"<< /Size %d /Info %d 0 R /Root %d 0 R >>" % (size, info, root), b""])
