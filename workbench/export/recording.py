"""The rows of a race of any length, streamed to disk as they come: what `run` writes its files from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.beginning import STEPS, WHOLE
from workbench.engine.race.history import Floats, History, HistoryView, Position, StreamedHistory
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export.results import columns_of, now_of
from workbench.export.spill import Spill

#: Bytes of rows, and rows, that wait in memory until they are written.
_WAITING_BYTES, _WAITING = 8 << 20, 8192
#: Bytes of rows, and rows, that pictures are drawn from.
_PICTURE_BYTES, _PICTURE = 128 << 20, 8192
_LOW, _HIGH = "low/", "high/"


class Recording:
    """Takes the rows of a race while it runs, and gives them again piece by piece.

    Attributes:
        steps: the step of each row (T,), once the race has ended.
        names: the columns, as `history_arrays` has them.
    """

    def __init__(self, race: Race, info: RaceInfo, folder: Path) -> None:
        """Take over the records of a race that keeps all rows and stands at step 0.

        Raises:
            OSError: nothing can be written to the folder.
        """
        self._race, self._info, self._every = race, info, race.history.stride
        evaluations = race.evaluated.record
        records = [race.history] if evaluations is None else [race.history, evaluations]
        size = sum(array[:1].nbytes for record in records for array in record.arrays)
        rows = max(16, min(_WAITING, _WAITING_BYTES // size))
        self._streams = [_Stream(record, info, folder, rows) for record in records]
        self._install([stream.record for stream in self._streams])
        self.steps = np.zeros(0, np.int64)
        self.names: list[str] = []

    @property
    def fault(self) -> OSError | None:
        """Why no more rows can be written, as where the disk is full."""
        return next((stream.spill.fault for stream in self._streams if stream.spill.fault is not None), None)

    def end(self) -> None:
        """The race goes no further: it gets a record that is bounded in number, as a window's is, for pictures."""
        self._install([stream.rest() for stream in self._streams])

    def complete(self, snapshot: Snapshot) -> None:
        """Add the state that the race ended in as the last row, where its step is none that was recorded."""
        first, *others = self._streams
        self.names = [name for name in first.spill.shapes if name != "rate" and not name.startswith((_LOW, _HIGH))]
        self.names += [name for other in others for name in other.spill.shapes]
        if self._info.kind == "network" and "path" in self.names:
            self.names.remove("path")
        self.steps = np.arange(first.spill.rows, dtype=np.int64) * self._every
        if self.steps[-1] == snapshot.step:
            return
        self.steps = np.append(self.steps, snapshot.step)
        channels = [name for name in self._race.history.channels if name != "rate"]
        first.spill.add(columns_of(self._info, {name: now_of(snapshot, name)[None] for name in channels}))
        for other in others:
            none = np.full(self._info.runs, np.nan)
            known = snapshot.metrics_step == snapshot.step
            other.spill.add({n: (snapshot.metrics[n] if known else none)[None] for n in other.spill.shapes})

    def column(self, name: str) -> Iterator[NDArray[Any]]:
        """A column, piece by piece: (n, R), or (n, R, D) for the path."""
        stream = next(stream for stream in self._streams if name in stream.spill.shapes)
        return stream.spill.column(name)

    def run(self, run: int) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray[Any]]]]:
        """One run, piece by piece: the steps (n,) and each column (n,), or (n, D) for the path."""
        at = 0
        for pieces in zip(*(stream.spill.run(run) for stream in self._streams), strict=True):
            columns = {name: rows for piece in pieces for name, rows in piece.items()}
            count = len(columns["loss"])
            yield self.steps[at : at + count], columns
            at += count

    def close(self) -> None:
        """Let the rows go."""
        for stream in self._streams:
            stream.spill.close()

    def _install(self, records: list[History]) -> None:
        self._race.history = records[0]
        if len(records) > 1:
            self._race.evaluated.record = records[1]


class _Stream:
    """One record of a race, and the file that its rows go to."""

    def __init__(self, begun: History, info: RaceInfo, folder: Path, rows: int) -> None:
        self.spill = Spill(folder)
        self._info = info
        self.record: History = begun.streamed(rows, self._take)

    def _take(self, rows: HistoryView) -> None:
        columns = columns_of(self._info, rows.values)
        if rows.stride > 1:  # else each row is its own extreme
            for name in rows.low:
                columns |= {_LOW + name: rows.low[name], _HIGH + name: rows.high[name]}
        self.spill.add(columns)

    def rest(self) -> History:
        """A record of at most so many rows that pictures are drawn from, with the extremes of those left out."""
        record = self.record
        if isinstance(record, StreamedHistory):
            record.hand_on()
        count, tracked = self.spill.rows, list(record.view().low)
        shapes = {name: array.shape[1:] for name, array in record.rows.items()}
        most = max(256, min(_PICTURE, _PICTURE_BYTES // sum(8 * int(np.prod(s)) for s in shapes.values())))
        group = 1
        while -(-count // group) > most:
            group *= 2
        stride, extremes = record.stride * group, bool(tracked) and record.stride * group > 1
        arrays = [self._picked(name, shape, group) for name, shape in shapes.items()]
        if extremes:
            arrays += [self._extremes(name, _LOW, np.fmin, group) for name in tracked]
            arrays += [self._extremes(name, _HIGH, np.fmax, group) for name in tracked]
        whole = tuple(name for name in WHOLE if name in self.spill.shapes)
        thin = History(shapes, tuple(tracked), stride=stride, capacity=most, whole=whole)
        thin.adopt(arrays, Position(-(-count // group), extremes, stride, record.last, 0, {}))
        if record.stride == 1 and stride > 1:
            thin.begin_with({name: self._first(name) for name in whole})
        return thin

    def _first(self, name: str) -> Floats:
        """The first rows of a channel, as many as are kept of a record's beginning."""
        found: list[Floats] = []
        for piece in self.spill.column(name):
            found.append(piece[: STEPS - sum(map(len, found))].copy())
            if sum(map(len, found)) >= STEPS:
                break
        return np.concatenate(found)

    def _picked(self, name: str, shape: tuple[int, ...], group: int) -> Floats:
        """Every so manyth row of a channel."""
        if name not in self.spill.shapes:  # a column for each layer
            parts = [self._picked(f"{name}/{layer}", shape[:1], group) for layer in self._info.layers]
            return np.stack(parts, axis=2)
        found, first = [], 0
        for piece in self.spill.column(name):
            found.append(piece[-first % group :: group].copy())
            first += len(piece)
        return np.concatenate(found)

    def _extremes(self, name: str, which: str, fold: np.ufunc, group: int) -> Floats:
        """The extremes of a channel over as many rows."""
        column = which + name if which + name in self.spill.shapes else name
        found = np.full((-(-self.spill.rows // group), *self.spill.shapes[column]), np.nan)
        first = 0
        for piece in self.spill.column(column):
            of = np.arange(first, first + len(piece)) // group
            starts = np.flatnonzero(np.diff(of, prepend=-1))
            found[of[starts]] = fold(found[of[starts]], fold.reduceat(piece, starts, axis=0))
            first += len(piece)
        return found
