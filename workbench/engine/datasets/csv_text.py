"""The text of a CSV file: its encoding, and what stands above the table."""

from __future__ import annotations

from pathlib import Path

from workbench.engine.datasets.csv_head import no_text, refusal, without_comments, without_separator

LARGEST_FILE = 100 << 20
#: bytes in a line: a table of the most columns has far fewer
_LONGEST_LINE = 16 << 20
_SEPARATORS = ",;\t|"


def stamp(path: Path) -> tuple[int, int]:
    """What tells one state of the file from another."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise refusal(path, " does not exist") from None
    except (OSError, ValueError) as error:  # a ValueError for a zero byte in the name
        raise refusal(path, f" cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not path.is_file():
        raise refusal(path, " is a folder or no ordinary file")
    if stat.st_size > LARGEST_FILE:
        raise refusal(path, f" has {stat.st_size / 2**20:,.0f} MiB; at most {LARGEST_FILE >> 20} are read")
    return stat.st_mtime_ns, stat.st_size


def read_text(path: Path) -> tuple[str, str]:
    """The text of the file, which is not blank, and the separator that it names itself, if it does.

    Raises:
        RequestError: the file cannot be read, is no text, or holds nothing.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise refusal(path, f" cannot be read ({error.strerror})") from None
    _refuse_long_lines(path, raw)
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise no_text(path, raw, error) from None
    del raw  # a large file is not kept twice
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refusal(path, f", line {line}: holds a zero byte, so that this is no text file")
    text, separator = without_separator(text, _SEPARATORS)
    if not text.strip():
        raise refusal(path, " is empty")
    text = without_comments(text)
    if not text.strip():
        raise refusal(path, " holds comments alone: every line begins with #")
    return text, separator


def _refuse_long_lines(path: Path, raw: bytes) -> None:
    """Refuse a line of megabytes before anything is made of it: as cells it would need many times its memory."""
    at = 0
    while len(raw) - at > _LONGEST_LINE:
        end = max(raw.rfind(mark, at, at + _LONGEST_LINE) for mark in (b"\n", b"\r"))
        if end < 0:
            line = raw.count(b"\n", 0, at) + 1
            raise refusal(
                path,
                f", line {line}: has more than {_LONGEST_LINE >> 20} MiB; a row of a table must be a line of its own",
            )
        at = end + 1
