"""The record of a kept run: curves of points that were recorded, bounded in number, and where every run ended."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.engine.race.ghosts import MOST, Ghost
from workbench.engine.race.history import HistoryView
from workbench.engine.race.snapshot import Snapshot
from workbench.engine.race.thinning import Thinning
from workbench.kept.entry import Entry

Floats = NDArray[np.floating[Any]]

#: Points that are kept of a run's curves, and of all runs together; runs whose curves are kept.
MOST_ROWS, MOST_POINTS, MOST_RUNS = 2048, 200_000, 2000
#: Parameters of which paths are drawn, and final parameters of all runs that are kept.
_DRAWN, _MOST_PARAMETERS = 2, 1_000_000
#: Numbers that are kept of gradients by layer.
_MOST_BY_LAYER = 1_000_000
#: Bytes that a file of a record may unpack to.
_LARGEST = 1 << 28
_AT_A_TIME = 64  # runs that are looked at together
_CHANNELS = 2  # whose extremes are chosen: loss and gradient norm
_A_COLUMN = 4  # points, of each channel
#: Columns along the logarithm of the step, where a run has room for them: the first steps stay, however long it is.
_LOG_COLUMNS, _ROOM_FOR_LOG = 160, 1024
#: Of the points that a run has room for, those for its very first steps, one by one, where its race has dropped rows
#: and has kept these: there a path goes its longest way. The columns by logarithm are fewer then.
_FIRST, _LOG_BEHIND = 0.25, 90
#: Points of a curve that is laid over, about, and the columns that they are chosen by, even and by logarithm.
_OVER, _OVER_COLUMNS = 640, (32, 90)
_FIRST_OVER = 256  # of the first steps of a path, besides


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Curves of R runs, lane by lane and start by start: run r has the points offsets[r] to offsets[r + 1].

    Attributes:
        starts: the starts of each lane whose curves are here.
        offsets: (R + 1,).
        step, loss, gradient_norm: (N,) of all points; `path` (N, D) where a path can be drawn, else (N, 0).
        gradient_rms: of a network, that of each layer (N, L); without columns where they are too many. Gradients are
            not-a-number at those of the first steps of which a race keeps loss and path alone.
        final, best: the loss (R,) at the end, and the lowest on the way; not-a-number where there is none.
        diverged_at: the step (R,), -1 where there is none.
        theta: the parameters (R, P) of an objective at the end, without columns where they are too many.
    """

    starts: int
    offsets: NDArray[np.int64]
    step: NDArray[np.int64]
    loss: Floats
    gradient_norm: Floats
    path: Floats
    gradient_rms: Floats
    final: Floats
    best: Floats
    diverged_at: NDArray[np.int64]
    theta: Floats

    @property
    def rows(self) -> int:
        """The points of the longest curve."""
        return int(np.diff(self.offsets).max(initial=0))

    def run(self, run: int) -> slice:
        """The points of a run."""
        return slice(int(self.offsets[run]), int(self.offsets[run + 1]))


def record_of(snapshot: Snapshot) -> Record:
    """The record up to the step that a snapshot shows: of more rows than are kept, points of them and nothing else."""
    info, history = snapshot.info, snapshot.history
    starts = max(1, min(info.starts, MOST_RUNS // len(info.lanes)))
    runs = np.concatenate([lane * info.starts + np.arange(starts) for lane in range(len(info.lanes))])
    most = max(16, min(MOST_ROWS, MOST_POINTS // len(runs)))
    known = int(np.searchsorted(history.steps, snapshot.step, side="right"))
    names = ("loss", "gradient_norm")
    whole = int(min(len(history.beginning.get("loss", ())), most * _FIRST, snapshot.step + 1))
    by_log = (_LOG_BEHIND if whole else _LOG_COLUMNS) if most >= _ROOM_FOR_LOG else 0
    even = (most - whole) // (_CHANNELS * _A_COLUMN * (2 if by_log else 1)) - 1
    chosen: list[list[NDArray[np.intp]]] = [[], []]
    for first in range(0, len(runs), _AT_A_TIME):  # all at once would be another record in memory
        some = runs[first : first + _AT_A_TIME]
        for found, name in zip(chosen, names, strict=True):
            found += _points(history.values[name][:known, some], even, by_log, most - whole)
    drawn = info.size <= _DRAWN and "path" in history.values
    steps, rows = history.steps[:known], [np.union1d(*each) for each in zip(*chosen, strict=True)]
    last = snapshot.step > (int(steps[-1]) if known else -1)  # the present state is no complete row of a long record
    parts: dict[str, list[Any]] = {name: [] for name in ("step", *names, "path")}
    kept = [_Rows.of(history, run, own, whole) for run, own in zip(runs, rows, strict=True)]
    for run, own in zip(runs, kept, strict=True):
        ends = last and snapshot.diverged_at[run] < 0 and bool(np.isfinite(snapshot.loss[run]))
        now = [snapshot.loss[run], snapshot.gradient_norm[run]] if ends else []
        parts["step"].append(np.append(own.steps(history), [snapshot.step] if ends else []).astype(np.int64))
        for k, name in enumerate(names):
            parts[name].append(np.append(own.values(history, name, run), now[k : k + 1]))
        path = own.values(history, "path", run) if drawn else np.zeros((len(own), 0))
        end = snapshot.theta[run][None, : path.shape[1]] if ends else path[:0]
        parts["path"].append(np.concatenate([path, end]))
    by_layer = _by_layer(snapshot, runs, kept, [len(steps) for steps in parts["step"]])
    best = np.fmin(np.fmin.reduce(history.low["loss"][:known], axis=0, initial=np.nan), snapshot.loss)
    small = info.kind == "objective" and snapshot.theta.size <= _MOST_PARAMETERS  # a network has files of weights
    joined = {name: np.concatenate(found) for name, found in parts.items()}
    return Record(
        starts,
        np.cumsum([0, *(len(each) for each in parts["step"])]),
        step=joined["step"],
        loss=joined["loss"],
        gradient_norm=joined["gradient_norm"],
        path=joined["path"],
        gradient_rms=by_layer,
        final=np.where(snapshot.diverged_at < 0, snapshot.loss, np.nan)[runs].astype(np.float64),
        best=best[runs].astype(np.float64),
        diverged_at=snapshot.diverged_at[runs].copy(),
        theta=snapshot.theta[runs].copy() if small else np.zeros((len(runs), 0)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """What is kept of a run's rows: some of its first steps, one by one, and behind them rows of the record.

    Attributes:
        first: the first steps (F,) that are kept.
        among: the row (F,) of each of them in the record, -1 where it was dropped.
        behind: the rows (B,) of the record after them.
    """

    first: NDArray[np.intp]
    among: NDArray[np.intp]
    behind: NDArray[np.intp]

    @classmethod
    def of(cls, history: HistoryView, run: int, rows: NDArray[np.intp], count: int) -> _Rows:
        """Those of the `rows` chosen, with every one of the first `count` steps at which there is a loss."""
        if not count:
            return cls(rows[:0], rows[:0], rows)
        first = np.flatnonzero(np.isfinite(history.beginning["loss"][:count, run]))
        at = np.minimum(np.searchsorted(history.steps, first), len(history.steps) - 1)
        among = np.where(history.steps[at] == first, at, -1)
        return cls(first, among, rows[history.steps[rows] >= count])

    def __len__(self) -> int:
        return len(self.first) + len(self.behind)

    def steps(self, history: HistoryView) -> NDArray[np.int64]:
        """The step of each row."""
        return np.concatenate([self.first, history.steps[self.behind]])

    def values(self, history: HistoryView, name: str, run: int) -> Floats:
        """What a channel was there; not-a-number where it was dropped."""
        recorded, whole = history.values[name], history.beginning.get(name)
        if whole is not None and len(self.first):
            first = whole[self.first, run]
        else:
            first = recorded[self.among, run]  # a copy
            first[self.among < 0] = np.nan
        return np.concatenate([first, recorded[self.behind, run]])


def _by_layer(snapshot: Snapshot, runs: NDArray[np.intp], rows: list[_Rows], lengths: list[int]) -> Floats:
    """The gradient of each layer (N, L) at the rows of each run, and at the present state where it is a point more."""
    found = snapshot.history.values.get("gradient_rms")
    if found is None or snapshot.info.kind != "network" or sum(lengths) * found.shape[2] > _MOST_BY_LAYER:
        return np.zeros((sum(lengths), 0))
    parts = [
        np.concatenate(
            [
                own.values(snapshot.history, "gradient_rms", run),
                snapshot.gradient_rms[run][None, :][: length - len(own)],
            ]
        )
        for run, own, length in zip(runs, rows, lengths, strict=True)
    ]
    return np.concatenate(parts)


def _points(values: Floats, even: int, by_log: int, most: int) -> list[NDArray[np.intp]]:
    """The rows that are kept of each line of values (T, R): all numbers where they are not more than `most`.

    Else those that its picture consists of, over `even` columns, and over as many by the logarithm of the row.
    """
    if len(values) <= most:
        return [np.flatnonzero(np.isfinite(values[:, run])) for run in range(values.shape[1])]
    rows, found = np.arange(len(values)), []
    for columns, is_log in ((even, False), (by_log, True)):
        if columns or not is_log:
            lines = Thinning().polylines(rows, values, max(1, columns), is_log=is_log)
            found.append([chosen.astype(np.intp) for chosen, _ in lines])
    return found[0] if len(found) == 1 else [np.union1d(*each) for each in zip(*found, strict=True)]


def small_curve(record: Record, lane: int, columns: int = 12) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """A few points of the first start's loss of a lane, of four digits."""
    own = record.run(lane * record.starts)
    if own.stop == own.start:
        return (), ()
    ((steps, losses),) = Thinning().polylines(record.step[own], record.loss[own, None], columns)
    return tuple(int(step) for step in steps), tuple(float(f"{loss:.4g}") for loss in losses)


def ghosts(record: Record, entry: Entry, name: str, *, path: bool, place: int = 0) -> tuple[Ghost, ...]:
    """The runs of a record as pictures show them pale beside a race, the first starts first; `path` shows their ways.

    `name` says in legends what they are of, `place` is the number of this record among those that are shown.
    """
    found: list[Ghost] = []
    for start in range(record.starts):
        for at, lane in enumerate(entry.lanes):
            own = record.run(at * record.starts + start)
            if own.stop - own.start > 1 and len(found) < MOST:
                rows = own.start + _over(record, own, path=path)
                way = record.path[rows] if path else np.zeros((len(rows), 0))
                about = (lane.label, lane.color, lane.index, start)
                arrays = (record.step[rows], record.loss[rows], way, record.gradient_norm[rows])
                layers = record.gradient_rms[rows] if entry.layers else None
                found.append(Ghost(*about, *arrays, name, place, layers, entry.layers))
    return tuple(found)


def _over(record: Record, own: slice, *, path: bool) -> NDArray[np.intp]:
    """Which points of a run are shown of it: those of its curves, and the first ones of a path."""
    lines = [np.arange(min(_FIRST_OVER, own.stop - own.start))] if path and record.path.shape[1] else []
    for values in (record.loss[own], record.gradient_norm[own]):
        known = np.flatnonzero(np.isfinite(values))
        lines.append(known[_points(values[known, None], *_OVER_COLUMNS, _OVER)[0]])
    return np.unique(np.concatenate(lines)).astype(np.intp)


def record_bytes(record: Record) -> bytes:
    """A record as a NumPy archive. No pickles."""
    file = io.BytesIO()
    arrays = {name: getattr(record, name) for name in Record.__slots__ if name != "starts"}
    np.savez(file, allow_pickle=False, starts=np.array(record.starts), **arrays)
    return file.getvalue()


def read_record(content: bytes) -> Record:
    """The record in an archive.

    Raises:
        ValueError: it is none, in words.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise ValueError("it is larger than a record can be")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in Record.__slots__}
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"it is no record: {error}") from None
    _check(found)
    for array in found.values():
        array.flags.writeable = False
    return Record(int(found.pop("starts")), **found)


def _check(arrays: dict[str, NDArray[Any]]) -> None:
    """Raises ValueError where arrays do not belong together."""
    whole = ("starts", "offsets", "step", "diverged_at")
    kinds = all(array.dtype.kind == ("i" if name in whole else "f") for name, array in arrays.items())
    dimensions = {"starts": 0, "path": 2, "gradient_rms": 2, "theta": 2}
    if not kinds or any(array.ndim != dimensions.get(name, 1) for name, array in arrays.items()):
        raise ValueError("its arrays are of other kinds than a record's")
    offsets, points = arrays["offsets"], len(arrays["step"])
    runs = len(offsets) - 1
    if runs < 1 or offsets[0] != 0 or offsets[-1] != points or (np.diff(offsets) < 0).any():
        raise ValueError("its curves do not fit together")
    lengths = [len(arrays[name]) == points for name in ("loss", "gradient_norm", "path", "gradient_rms")]
    lengths += [len(arrays[name]) == runs for name in ("final", "best", "diverged_at", "theta")]
    if not all(lengths) or arrays["starts"] < 1 or runs % int(arrays["starts"]):
        raise ValueError("its arrays are of other lengths than a record's")
