"""A race as data: rows for spreadsheets, arrays for programs, a summary for both. No Qt."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.engine.network.problem import NetworkProblem
from workbench.engine.race.history import after
from workbench.engine.race.race import Race
from workbench.engine.race.snapshot import RaceInfo, Snapshot
from workbench.export.change_words import change_column, change_rows, changes_until

Arrays = dict[str, NDArray[Any]]


def history_arrays(snapshot: Snapshot) -> Arrays:
    """The recorded rows, and the present state as the last one where it is not among them.

    Gives `steps` (T,), `loss` and `gradient_norm` (T, R), for an objective `path` (T, R, D), for a network
    `gradient_rms/<layer>`, `update_ratio/<layer>` and each metric (T, R). What was not evaluated, or lies behind a
    run's divergence, is not-a-number.
    """
    history, info = snapshot.history, snapshot.info
    keep = history.steps <= snapshot.step
    rows = {name: values[keep] for name, values in history.values.items() if name not in ("rate", after("path"))}
    steps = history.steps[keep]
    if not len(steps) or steps[-1] < snapshot.step:
        steps = np.append(steps, snapshot.step)
        rows = {name: np.concatenate([values, now_of(snapshot, name)[None]]) for name, values in rows.items()}
    return {"steps": steps} | columns_of(info, rows) | _metric_arrays(snapshot, steps)


def columns_of(info: RaceInfo, rows: Mapping[str, NDArray[Any]]) -> Arrays:
    """The channels of a history (T, ...) as columns: one for each layer where a channel has all of them."""
    columns = {name: rows[name] for name in ("loss", "gradient_norm", "path") if name in rows}
    for name, values in rows.items():
        if name in ("gradient_rms", "update_ratio"):
            columns |= {f"{name}/{layer}": values[:, :, i] for i, layer in enumerate(info.layers)}
        elif name not in columns:
            columns[name] = values
    return columns


def now_of(snapshot: Snapshot, name: str) -> NDArray[Any]:
    """The present state's value of a channel, not-a-number for runs that diverged before it."""
    gone = (snapshot.diverged_at >= 0) & (snapshot.diverged_at < snapshot.step)
    if name == "path":
        return snapshot.theta
    if name == "update_ratio":
        return np.full_like(snapshot.gradient_rms, np.nan)
    value: NDArray[Any] = getattr(snapshot, name)
    mask = gone if value.ndim == 1 else gone[:, None]
    return np.where(mask, np.nan, value)


def _metric_arrays(snapshot: Snapshot, steps: NDArray[Any]) -> Arrays:
    """Each metric on the rows of the history (T, R), not-a-number at steps where it was not evaluated."""
    found = snapshot.evaluations
    if found is None:
        return {}
    at = {int(step): i for i, step in enumerate(found.steps * snapshot.evaluate_every)}
    rows = np.array([at.get(int(step), -1) for step in steps])
    arrays: Arrays = {}
    for name, values in found.values.items():
        column = np.full((len(steps), snapshot.info.runs), np.nan)
        column[rows >= 0] = values[rows[rows >= 0]]
        if int(snapshot.step) not in at and name in snapshot.metrics and snapshot.metrics_step == snapshot.step:
            column[-1] = snapshot.metrics[name]
        arrays[name] = column
    return arrays


class Rows(Protocol):
    """The rows of a race, piece by piece: all at once where they are in memory.

    Attributes:
        steps: the step of each row (T,).
        names: the columns, as `history_arrays` has them.
    """

    steps: NDArray[np.int64]
    names: list[str]

    def column(self, name: str) -> Iterator[NDArray[Any]]:
        """A column: pieces (n, R), or (n, R, D) for the path."""

    def run(self, run: int) -> Iterator[tuple[NDArray[np.int64], Mapping[str, NDArray[Any]]]]:
        """One run: pieces of the steps (n,) with each column (n,), or (n, D) for the path."""


class HeldRows:
    """Rows in memory, as `history_arrays` gives them."""

    def __init__(self, arrays: Arrays) -> None:
        self.steps = arrays["steps"]
        self._columns = {name: array for name, array in arrays.items() if name != "steps"}
        self.names = list(self._columns)

    def column(self, name: str) -> Iterator[NDArray[Any]]:
        yield self._columns[name]

    def run(self, run: int) -> Iterator[tuple[NDArray[np.int64], Arrays]]:
        yield self.steps, {name: column[:, run] for name, column in self._columns.items()}


def _csv_columns(info: RaceInfo, names: Collection[str]) -> list[tuple[str, str, int | None]]:
    """What stands behind `lane,label,run,step`: each one's name, the column that it is of, and the place within it."""
    columns: list[tuple[str, str, int | None]] = [(name, name, None) for name in ("loss", "gradient_norm")]
    if info.kind == "objective":
        return columns + [(f"x{i}", "path", i) for i in range(info.size)]
    columns += [(name, name, None) for name in ("epoch", *(m for m in _METRICS if m in names))]
    for name in ("gradient_rms", "update_ratio"):
        columns += [(f"{name}.{layer}", f"{name}/{layer}", None) for layer in info.layers]
    return columns


_METRICS = ("test_loss", "accuracy", "test_accuracy", "train_loss")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of one run that follow each other: their steps, the values of each column, and what was changed there."""

    run: int
    steps: list[int]
    values: list[NDArray[Any]]
    changes: list[str]


def _pieces(snapshot: Snapshot, rows: Rows, columns: Sequence[tuple[str, str, int | None]]) -> Iterator[_Piece]:
    """The rows of a history, run by run.

    A diverged run ends where it did, and a fork has the rows from the step at which it begins: those before are its
    parent's.
    """
    info, changes = snapshot.info, changes_until(snapshot)
    for run in range(info.runs):
        epoch = info.network_of(run).steps_per_epoch
        ended, left, begins = int(snapshot.diverged_at[run]), changes, info.begins(run)
        for steps, found in rows.run(run):
            count = len(steps) if ended < 0 else int(np.searchsorted(steps, ended, side="right"))
            if not count:
                break
            first, at = int(np.searchsorted(steps[:count], begins)), steps[:count].tolist()
            told = change_column(left, run // info.starts, at) if changes else []
            left = tuple(change for change in left if change.step > at[-1])
            values = [
                steps / epoch if of == "epoch" else found[of] if place is None else found[of][:, place]
                for _, of, place in columns
            ]
            yield _Piece(run, at[first:], [column[first:count] for column in values], told[first:])
            if count < len(steps):
                break


def csv_text(snapshot: Snapshot, rows: Rows) -> Iterator[str]:
    """`history.csv` in pieces: the header, then a row a lane, start and step, as `_pieces` has them.

    Where settings were changed on the way, a last column says at which row, and from what to what.
    """
    info = snapshot.info
    columns, has_changes = _csv_columns(info, rows.names), bool(changes_until(snapshot))
    told = ["change"] if has_changes else []
    yield _line(["lane", "label", "run", "step", *(name for name, _, _ in columns), *told]) + "\n"
    for piece in _pieces(snapshot, rows, columns):
        lane = info.lanes[piece.run // info.starts]
        head = _line([str(lane.index), lane.label, str(piece.run)])
        cells_of = [map(str, piece.steps), *(_texts(column) for column in piece.values)]
        if has_changes:
            cells_of.append(map(_cell, piece.changes))
        texts = zip(repeat(head), *cells_of, strict=False)
        yield "".join([f"{','.join(cells)}\n" for cells in texts])


def json_lines(snapshot: Snapshot, rows: Rows) -> Iterator[str]:
    """`history.jsonl` in pieces: an object a lane, start and step, with the columns of `history.csv` as its keys.

    A number that is none, or infinite, is null; `change` is there where something was changed.
    """
    info = snapshot.info
    columns = _csv_columns(info, rows.names)
    names = [json.dumps(name) for name, _, _ in columns]
    for piece in _pieces(snapshot, rows, columns):
        lane = info.lanes[piece.run // info.starts]
        head = f'{{"lane": {lane.index}, "label": {json.dumps(lane.label, ensure_ascii=False)}, "run": {piece.run}'
        changes = piece.changes or repeat("")
        values = zip(*(_json_numbers(column) for column in piece.values), strict=True)
        yield "".join(
            [
                f'{head}, "step": {step}, {", ".join(map(": ".join, zip(names, cells, strict=True)))}'
                f"{f', {_CHANGE}: {json.dumps(change, ensure_ascii=False)}' if change else ''}}}\n"
                for step, cells, change in zip(piece.steps, values, changes, strict=False)
            ]
        )


_CHANGE = '"change"'


def _json_numbers(values: NDArray[Any]) -> Iterable[str]:
    """Numbers that read back exactly; null where there is none that JSON could say."""
    if np.isfinite(values).all():
        return map(repr, values.tolist())
    return [repr(value) if math.isfinite(value) else "null" for value in values.tolist()]


def _cell(text: str) -> str:
    """One cell of text, in quotation marks where it needs them."""
    return _line([text]) if text else ""


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def _texts(values: NDArray[Any]) -> Iterable[str]:
    """Numbers that read back exactly; nothing where there is none."""
    if np.isnan(values).any():
        return ["" if math.isnan(value) else repr(value) for value in values.tolist()]
    return map(repr, values.tolist())


def csv_bytes(snapshot: Snapshot) -> bytes:
    """`history.csv` of what a snapshot has: UTF-8, commas, floats in full precision."""
    rows = HeldRows(history_arrays(snapshot))
    return "".join(csv_text(snapshot, rows)).encode()


def write_csv(file: IO[bytes], snapshot: Snapshot, rows: Rows) -> None:
    """Write `history.csv` piece by piece."""
    for text in csv_text(snapshot, rows):
        file.write(text.encode())


def write_json_lines(file: IO[bytes], snapshot: Snapshot, rows: Rows) -> None:
    """Write `history.jsonl` piece by piece."""
    for text in json_lines(snapshot, rows):
        file.write(text.encode())


def write_npz(file: IO[bytes], snapshot: Snapshot, race: Race, rows: Rows) -> None:
    """Write `history.npz` piece by piece: rows as `history_arrays` has them, then `fixed_arrays`. No pickles."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        _write_member(archive, "steps", rows.steps.shape, rows.steps.dtype, [rows.steps])
        for name in rows.names:
            pieces = rows.column(name)
            first = next(pieces)
            shape = (len(rows.steps), *first.shape[1:])
            _write_member(archive, name, shape, first.dtype, chain([first], pieces))
        for name, array in fixed_arrays(snapshot, race).items():
            _write_member(archive, name, array.shape, array.dtype, [array])


def _write_member(
    archive: zipfile.ZipFile, name: str, shape: tuple[int, ...], dtype: np.dtype[Any], pieces: Iterable[NDArray[Any]]
) -> None:
    """One array, in the format of NumPy's own files."""
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        for piece in pieces:
            member.write(np.ascontiguousarray(piece).data.cast("B") if piece.size else b"")


def fixed_arrays(snapshot: Snapshot, race: Race) -> Arrays:
    """What `history.npz` has of a network besides its rows: weights at first and at last, and the data.

    Where lanes train networks that differ, each lane has its own, of its starts alone: `lane<place>/initial/...`; so it
    is with the data where not all networks see the same.
    """
    arrays: Arrays = {}
    for part in race.parts:
        problem = part.problem
        if not isinstance(problem, NetworkProblem):
            return {}
        found = _of_network(problem, part.own(snapshot.theta))
        data: Arrays = {name: getattr(problem, name) for name in _DATA}
        if len(race.parts) == 1:
            return found | data
        for place, lane in enumerate(part.lanes):
            rows, head = slice(place * problem.starts, (place + 1) * problem.starts), snapshot.info.lanes[lane].index
            arrays |= {f"lane{head}/{name}": array[rows] for name, array in found.items()}
            arrays |= {f"lane{head}/{name}": array for name, array in data.items()}
    for name in _DATA:  # what all see alike stands there once
        same = [key for key in arrays if key.endswith(f"/{name}")]
        if same and all(np.array_equal(arrays[key], arrays[same[0]]) for key in same):
            arrays[name] = arrays[same[0]]
            for key in same:
                del arrays[key]
    return arrays


_DATA = ("x_train", "y_train", "x_test", "y_test")


def _of_network(problem: NetworkProblem, final: NDArray[Any]) -> Arrays:
    """The parameters of all runs of a network at first and at last, `final` (R, P) being the last ones."""
    arrays: Arrays = {}
    for when, theta in (("initial", problem.initial()), ("final", final)):
        for block in problem.network.blocks:
            arrays[f"{when}/{block.name}/weight"] = block.weight(theta)
            arrays[f"{when}/{block.name}/bias"] = block.bias(theta)[:, 0]
            if block.batch_norm:
                arrays[f"{when}/{block.name}/scale"] = block.scale(theta)[:, 0]
    return arrays | _running_averages(problem)


def _running_averages(problem: NetworkProblem) -> Arrays:
    """Of each normalised layer `final/<layer>/running_mean` and `/running_variance` (R, n): those it is judged by."""
    arrays: Arrays = {}
    means, variances = np.split(problem.running, 2, axis=1)
    for block, place in zip(problem.network.blocks, problem.network.normalised, strict=True):
        if place is not None:
            arrays[f"final/{block.name}/running_mean"] = means[:, place]
            arrays[f"final/{block.name}/running_variance"] = variances[:, place]
    return arrays


def summary(snapshot: Snapshot, seconds: float) -> dict[str, Any]:
    """How each run ended; numbers that are none (infinite, unknown) are null."""
    info = snapshot.info
    best = snapshot.history.low["loss"] if len(snapshot.history.steps) else snapshot.loss[None]
    runs, best_test = [], snapshot.best("test_loss")
    for run in range(info.runs):
        lane = info.lanes[run // info.starts]
        diverged = int(snapshot.diverged_at[run])
        seen = np.append(best[:, run], snapshot.loss[run] if diverged < 0 else np.nan)
        seen = seen[np.isfinite(seen)]
        status = "diverged" if diverged >= 0 else "finished" if snapshot.finished else "stopped"
        row: dict[str, Any] = {
            "lane": lane.index,
            "label": lane.label,
            "optimizer": lane.optimizer,
            "run": run,
            "start": run % info.starts,
            "draw": lane.draw,
            **({} if lane.parent < 0 else {"from": {"lane": info.lanes[lane.parent].index, "step": lane.begins}}),
            "status": status,
            "steps": diverged if diverged >= 0 else snapshot.step,
            "final_loss": _number(snapshot.loss[run]),
            "best_loss": _number(seen.min()) if len(seen) else None,
            "distance": None if snapshot.distance is None else _number(snapshot.distance[run]),
            "seconds": seconds,
        }
        if info.tolerance is not None:
            row["steps_to_tolerance"] = int(reached) if (reached := snapshot.reached_at[run]) >= 0 else None
        if info.stop is not None:
            row["stopped_at"] = int(reached) if (reached := snapshot.reached_at[run]) >= 0 else None
        if best_test is not None:
            row |= {"best_test_loss": _number(best_test[0][run]), "best_test_step": int(best_test[1][run])}
        if info.kind == "objective":
            row["stays"] = _stays(snapshot, run)
            row["point"] = [_number(v) for v in snapshot.theta[run]]
        row |= {name: _number(values[run]) for name, values in snapshot.metrics.items()}
        runs.append(row)
    about: dict[str, Any] = {"format": 1, "problem": info.kind, "key": info.key, "steps": snapshot.step}
    if info.tolerance is not None:
        about |= {"tolerance": info.tolerance, "measure": info.measure}
    return {**about, "changes": change_rows(snapshot), "runs": runs}


def _stays(snapshot: Snapshot, run: int) -> list[dict[str, Any]]:
    """The known minima that a run came to rest in, and where it was thrown out of them."""
    if snapshot.info.minima is None:
        return []
    seen = [stay.at(snapshot.step) for stay in snapshot.stays if stay.run == run]
    return [
        {
            "minimum": snapshot.info.minima[stay.minimum].tolist(),
            "reached": stay.reached,
            "left": None if stay.left < 0 else stay.left,
        }
        for stay in seen
        if stay is not None
    ]


def summary_bytes(snapshot: Snapshot, seconds: float) -> bytes:
    """`summary.json` as it is written."""
    return (json.dumps(summary(snapshot, seconds), indent=2, allow_nan=False) + "\n").encode()


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None
