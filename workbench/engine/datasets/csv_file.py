"""A person's own table, read from a CSV file: loaded whole, or refused in a sentence with line and column."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.base import Array, Dataset, Table
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_lines import (
    MISSING,
    MOST_ROWS,
    ROWS_AT_ONCE,
    Lines,
    Numbers,
    Row,
    Watch,
    like_number,
    open_lines,
    stamp,
)
from workbench.engine.params import RequestError, nearest, show
from workbench.engine.registry import Source

MOST_VALUES = 20_000_000
MOST_INPUTS = 1024
MOST_CLASSES = 100
#: whole numbers with at most so many different values are taken for classes
_CLASSES_GUESSED = 10
_NO_ROWS = " has names of columns but no rows"

TargetKind = Literal["auto", "classes", "values"]
_Key = tuple[Path, int, int, str, tuple[str, ...], TargetKind]

#: the tables read last, as races are built again and again from the same file
_KEPT = 3
_kept: dict[_Key, Table] = {}
_kept_lock = threading.Lock()


class CsvFile(Dataset):
    """The samples of a CSV file: one column is the target, the others (or those chosen) are the inputs.

    The first line holds the names unless it holds numbers alone; lines above it that begin with # are skipped, and so
    is `sep=;` as the first line of all, which names what separates values. A
    first column that nobody named and that numbers the rows is no input unless it is chosen. Values are separated by
    commas, semicolons, tabs or bars, whichever the first line has most of. Where it is not commas, numbers are read
    with decimal commas if some have a comma and none in the whole file has a point. A target of texts, or of few
    different whole numbers, is taken for classes; `target_kind` overrides the guess.
    """

    key = "file"
    title = "Your own file"
    formula = "one row a sample"
    source = Source("Y. Shafranovich, RFC 4180: Common format for comma-separated values", 2005)

    def __init__(
        self,
        path: str | Path,
        target: str = "",
        columns: Sequence[str] = (),
        target_kind: TargetKind = "auto",
        *,
        watch: Watch | None = None,
    ) -> None:
        """Read the file, or take it from memory where it has not changed.

        `watch` is told from time to time how many lines have been read, and of how many; it may raise to end it.

        Raises:
            RequestError: the file cannot be read, or what is in it cannot be used; at `file`, `target` or `columns`.
        """
        super().__init__()
        path = Path(path)
        key = (path, *stamp(path), target, tuple(columns), target_kind)
        with _kept_lock:
            known = _kept.get(key)
        self.table = known or _read(path, target, tuple(columns), target_kind, watch)
        with _kept_lock:
            _kept[key] = self.table
            while len(_kept) > _KEPT:
                del _kept[next(iter(_kept))]
        self.n_in = self.table.x.shape[1]
        self.n_classes = len(self.table.classes)

    def make(self, random: np.random.Generator) -> Table:
        return self.table


@dataclass(frozen=True, slots=True)
class Peek:
    """The beginning of a file, as one chooses target and columns by it.

    Attributes:
        columns: the names.
        kinds: what the rows shown hold by column, `number` or `text`.
        rows: the first rows as they stand there.
        faults: by column why it is no input though it holds numbers, or that it holds nothing; else empty.
        numbers: how the file writes numbers.
        index: the name of the first column where nobody named it and it numbers the rows; else empty.
    """

    columns: tuple[str, ...]
    kinds: tuple[Literal["number", "text"], ...]
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[str, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    index: str = ""

    @property
    def numeric(self) -> tuple[str, ...]:
        """The names of the columns that hold numbers."""
        return tuple(name for name, kind in zip(self.columns, self.kinds, strict=True) if kind == "number")


def peek(path: str | Path, rows: int = 20) -> Peek:
    """The names and first rows of a CSV file.

    Raises:
        RequestError: the file cannot be read, or is no table.
    """
    path = Path(path)
    stamp(path)
    lines = open_lines(path)
    first = list(islice(lines.rows, rows))
    if not first:
        raise refusal(path, _NO_ROWS)
    index = lines.names[0] if lines.has_index else ""
    faults, kinds = [], []
    for i, name in enumerate(lines.names):
        kind, fault = _kind([(line, row[i]) for line, row in first], name, lines.numbers)
        kinds.append(kind)
        faults.append(fault)
    return Peek(lines.names, tuple(kinds), tuple(tuple(row) for _, row in first), tuple(faults), lines.numbers, index)


def _kind(cells: list[tuple[int, str]], name: str, numbers: Numbers) -> tuple[Literal["number", "text"], str]:
    """What a column holds, and why it is no input where one might have expected it to be one."""
    present = [(line, value) for line, value in cells if value.strip().lower() not in MISSING]
    if cells and not present:
        return "text", f"column {show(name)}: no value in lines {cells[0][0]} to {cells[-1][0]}"
    others = [(line, value) for line, value in present if not numbers.has(value)]
    if present and not others:
        return "number", ""
    if len(present) == len(others) and not any(like_number(value) for _, value in others):
        return "text", ""
    line, value = others[0]
    return "text", f"line {line}, column {show(name)}: {numbers.fault(value)}"


def _read(path: Path, target: str, columns: tuple[str, ...], target_kind: TargetKind, watch: Watch | None) -> Table:
    lines = open_lines(path, watch)
    names = lines.names
    t, chosen = _choose(path, lines, target, columns)
    x, labels, places = _gather(path, lines, t, chosen)
    y, classes = _target(path, names[t], labels, places, target_kind, numbers=lines.numbers)
    for array in (x, y):
        array.flags.writeable = False
    return Table(x, y, classes, columns=tuple(names[i] for i in chosen))


def _choose(path: Path, lines: Lines, target: str, columns: tuple[str, ...]) -> tuple[int, list[int]]:
    """The places of the target and of the inputs."""
    names = lines.names
    known = ", ".join(f'"{name}"' for name in names[:12]) + (", ..." if len(names) > 12 else "")
    if not target:
        raise RequestError("target", f"must name the column of {path.name} that is to be learned: {known}")
    if target not in names:
        raise RequestError(
            "target", f"must name a column of {path.name} ({known}), got {show(target)}{nearest(target, names)}"
        )
    for i, name in enumerate(columns):
        if name not in names:
            raise RequestError(
                f"columns[{i}]", f"must name a column of {path.name} ({known}), got {show(name)}{nearest(name, names)}"
            )
        if name == target:
            raise RequestError(f"columns[{i}]", f"must not be the target, got {show(name)}")
        if name in columns[:i]:
            raise RequestError(f"columns[{i}]", f"names {show(name)} a second time")
    others = [i for i, name in enumerate(names) if name != target]
    chosen = [names.index(name) for name in columns] or others
    if not columns and lines.has_index and len(others) > 1:
        chosen = [i for i in others if i > 0]
    if len(chosen) > MOST_INPUTS:
        raise RequestError("columns", f"must name at most {MOST_INPUTS} inputs, got {len(chosen)}")
    return names.index(target), chosen


def _gather(path: Path, lines: Lines, t: int, chosen: list[int]) -> tuple[Array, list[str], list[int]]:
    """The inputs (N, n_in), the target as it stands there, and the line of each row."""
    parts: list[Array] = []
    labels: list[str] = []
    places: list[int] = []
    missing: list[str] = []
    while chunk := list(islice(lines.rows, ROWS_AT_ONCE)):
        _refuse_more(path, len(labels) + len(chunk), len(chosen))
        parts.append(_inputs(path, lines, chunk, chosen, missing))
        for line, row in chunk:
            if row[t].strip().lower() in MISSING:
                missing.append(f'line {line} (column "{lines.names[t]}")')
            labels.append(row[t].strip())
            places.append(line)
    if missing:
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise refusal(
            path, f": values are missing in {', '.join(missing[:5])}{more}; fill them in or take the rows out"
        )
    if not labels:
        raise refusal(path, _NO_ROWS)
    return np.concatenate(parts), labels, places


def _refuse_more(path: Path, rows: int, inputs: int) -> None:
    """Refuse more rows or values than are read, before they are."""
    if rows > MOST_ROWS:
        raise refusal(path, f" has more than {MOST_ROWS:,} rows, the most that are read")
    if rows * inputs > MOST_VALUES:
        raise refusal(path, f" has more than {MOST_VALUES:,} values, the most that are read")


def _inputs(path: Path, lines: Lines, chunk: list[Row], chosen: list[int], missing: list[str]) -> Array:
    """The inputs (N, n_in) of some rows; the places of those that are missing are added to `missing`."""
    names, numbers = lines.names, lines.numbers
    part = np.empty((len(chunk), len(chosen)))
    for j, i in enumerate(chosen):
        try:
            part[:, j] = [numbers.read(row[i]) for _, row in chunk]
        except ValueError:
            _convert(path, names[i], [(line, row[i]) for line, row in chunk], numbers, part[:, j])
    for k, j in np.argwhere(~np.isfinite(part)):
        line, row = chunk[k]
        name, value = names[chosen[j]], row[chosen[j]]
        if value.strip().lower() not in MISSING:
            raise _not_a_number(path, line, name, value, numbers)
        missing.append(f'line {line} (column "{name}")')
    return part


def _convert(path: Path, name: str, cells: list[tuple[int, str]], numbers: Numbers, out: Array) -> None:
    """Fill `out` (N,) cell by cell; a missing value becomes not-a-number, any other text is refused."""
    for k, (line, value) in enumerate(cells):
        if value.strip().lower() in MISSING:
            out[k] = math.nan
            continue
        try:
            out[k] = numbers.read(value)
        except ValueError:
            raise _not_a_number(path, line, name, value, numbers) from None


def _not_a_number(path: Path, line: int, name: str, value: str, numbers: Numbers) -> RequestError:
    fault = numbers.fault(value)
    hint = "" if like_number(value) else "; `columns` can name the inputs, if this is none"
    return refusal(path, f', line {line}, column "{name}": {fault}{hint}')


def _target(
    path: Path, name: str, labels: list[str], places: list[int], kind: TargetKind, *, numbers: Numbers
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target as class numbers (N,) with their names, or as values (N, 1)."""
    values = np.empty(len(labels))
    try:
        values[:] = [numbers.read(label) for label in labels]
        numeric = True
    except ValueError:
        numeric = False
    if kind == "values" or (kind == "auto" and numeric):
        # a column of numbers of which one is infinite is meant as numbers, and not as the names of classes
        at = next((k for k, label in enumerate(labels) if not numbers.has(label)), None)
        if at is not None:
            raise _not_a_number(path, places[at], name, labels[at], numbers)
    if numeric and np.isfinite(values).all():
        known = np.unique(values)
        few = len(known) <= _CLASSES_GUESSED and bool((known == np.rint(known)).all())
        if kind == "values" or (kind == "auto" and not few):
            return values[:, None], ()
        if len(known) <= MOST_CLASSES:
            return _classes(path, name, np.searchsorted(known, values), tuple(f"{value:g}" for value in known))
    distinct = sorted(set(labels))
    if len(distinct) > MOST_CLASSES:
        raise refusal(path, f', column "{name}": has {_too_many(labels, places, len(distinct), numbers)}')
    place = {label: number for number, label in enumerate(distinct)}
    return _classes(path, name, np.array([place[label] for label in labels]), tuple(distinct))


def _too_many(labels: list[str], places: list[int], count: int, numbers: Numbers) -> str:
    """That there are too many classes, and which label keeps them from being values, where most are numbers."""
    others = [k for k, label in enumerate(labels) if not numbers.has(label)]
    said = f"{count:,} different values; at most {MOST_CLASSES} can be classes"
    if not others or 2 * len(others) > len(labels):
        return said
    return f"{said}, and line {places[others[0]]} holds no number: {show(labels[others[0]])}"


def _classes(
    path: Path, name: str, y: NDArray[np.int64], names: tuple[str, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if len(names) < 2:
        raise refusal(
            path, f', column "{name}": holds the class {show(names[0])} alone; there must be at least two to tell apart'
        )
    return y.astype(np.int64), names
