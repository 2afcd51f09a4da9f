"""Rows of a race in a file without a name, run by run in blocks, so that they can be had by run and by column."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PROOF = 1 << 16


class Spill:
    """Columns of rows, each (R,) or (R, D) a row, written in pieces of any length and read again piece by piece.

    The file has no name and is gone with the process, however that ends. In it each piece holds its columns one after
    the other, each as (R, n, ...): what is read of one run, or of one column, lies together.

    Attributes:
        rows: how many there are.
        fault: why no more can be written. What comes after it is held in memory: the race should stop at its next step.
    """

    def __init__(self, folder: Path) -> None:
        """Make the file in a folder.

        Raises:
            OSError: nothing can be written there.
        """
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed by `close`
        self._file.write(bytes(_PROOF))  # a full disk is found out before the race
        self._file.seek(0)
        self._pieces: list[tuple[int, dict[str, int]]] = []  # rows, and the place of each column
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._end = self.rows = 0
        self._held: list[tuple[int, memoryview]] = []
        self.fault: OSError | None = None

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shape of each column within a row."""
        return self._shapes

    def add(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Append rows: each column (n, R) or (n, R, D), always of the same shapes."""
        count = len(next(iter(columns.values())))
        places = {}
        for name, rows in columns.items():
            places[name] = self._end
            self._shapes[name] = rows.shape[1:]
            self._write(np.ascontiguousarray(np.swapaxes(rows, 0, 1), dtype=np.float64))
        self._pieces.append((count, places))
        self.rows += count

    def column(self, name: str) -> Iterator[Floats]:
        """A column, piece by piece: (n, R) or (n, R, D)."""
        runs, *rest = self._shapes[name]
        for count, places in self._pieces:
            yield np.swapaxes(self._read(places[name], (runs, count, *rest)), 0, 1)

    def run(self, run: int) -> Iterator[dict[str, Floats]]:
        """All columns of one run, piece by piece: each (n,) or (n, D)."""
        for count, places in self._pieces:
            found = {}
            for name, place in places.items():
                rest = self._shapes[name][1:]
                size = 8 * count * int(np.prod(rest, dtype=int))
                found[name] = self._read(place + run * size, (count, *rest))
            yield found

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _write(self, array: Floats) -> None:
        content = array.data.cast("B")
        try:
            if self.fault is None:
                rest = content
                while rest:
                    rest = rest[self._file.write(rest) :]
        except OSError as error:
            self.fault = error
        if self.fault is not None:
            self._held.append((self._end, content))
        self._end += array.nbytes

    def _read(self, place: int, shape: tuple[int, ...]) -> Floats:
        array = np.empty(shape)
        rest = array.data.cast("B")
        for start, content in self._held:
            if start <= place < start + len(content):
                rest[:] = content[place - start : place - start + len(rest)]
                return array
        self._file.seek(place)
        while rest:
            count = self._file.readinto(rest)
            if not count:
                raise OSError("the rows that were kept beside the results are gone")
            rest = rest[count:]
        return array
