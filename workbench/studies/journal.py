"""What is done of a sweep, on disk as it comes: a line a piece, so that nothing is computed twice."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl

NAME = "journal.jsonl"
_FORMAT = 1


class JournalError(Exception):
    """A folder whose journal cannot be gone on with, in one sentence."""


class Journal:
    """Lines of JSON in a folder: at the head what they are of, then `rows` with `columns`, or with what `failed`.

    A line that a call which was killed left half is dropped. While it is open nobody else can open it. Numbers are
    written so that they read back exactly.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        """Open, or begin, the journal of the results whose digest this is.

        Raises:
            JournalError: it is of other results, no journal at all, or open elsewhere.
            OSError: it cannot be read or written.
        """
        self.folder = folder
        self._path = folder / NAME
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            self._lock(folder)
            self._begin(folder, digest)
        except BaseException:
            self.close()
            raise

    def entries(self) -> Iterator[dict[str, Any]]:
        """Everything noted so far, in order."""
        with self._path.open("rb") as file:
            next(file)
            for line in file:
                yield json.loads(line)

    def note(self, rows: tuple[int, ...], result: dict[str, list[Any]] | str) -> None:
        """Add what came of the points whose first runs have these numbers; it is safe when this returns.

        Raises:
            OSError: it cannot be written; what was noted before stays.
        """
        what = {"failed": result} if isinstance(result, str) else {"columns": result}
        self._write({"rows": rows, **what})

    def close(self) -> None:
        os.close(self._handle)

    def _lock(self, folder: Path) -> None:
        if sys.platform != "win32":
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise JournalError(f"{folder}: another call is at work there") from None

    def _begin(self, folder: Path, digest: str) -> None:
        head = {"format": _FORMAT, "sweep": digest}
        with self._path.open("rb") as file:
            found = file.readline()
            if not found.endswith(b"\n"):  # empty, or killed in its first line
                os.ftruncate(self._handle, 0)
                self._write(head)
                return
            if not _is_whole(found) or json.loads(found) != head:
                raise JournalError(f"{folder}: it holds the results of another sweep, or of other experiments or data")
            whole = len(found)
            for line in file:
                if not _is_whole(line):
                    break
                whole += len(line)
        os.ftruncate(self._handle, whole)

    def _write(self, value: dict[str, Any]) -> None:
        end = os.fstat(self._handle).st_size
        left = json.dumps(value, separators=(",", ":")).encode() + b"\n"
        try:
            while left:
                left = left[os.write(self._handle, left) :]
            os.fsync(self._handle)
        except OSError:
            os.ftruncate(self._handle, end)
            raise


def _is_whole(line: bytes) -> bool:
    if not line.endswith(b"\n"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
