"""A person's own table, read from a CSV file: loaded whole, or refused in a sentence with line and column."""

from __future__ import annotations

import csv
import io
import math
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.engine.datasets.base import Array, Dataset, Table
from workbench.engine.params import RequestError, nearest, show
from workbench.engine.registry import Source

LARGEST_FILE = 100 << 20
MOST_ROWS = 200_000
MOST_VALUES = 20_000_000
MOST_COLUMNS = 10_000
MOST_INPUTS = 1024
MOST_CLASSES = 100
#: whole numbers with at most so many different values are taken for classes
_CLASSES_GUESSED = 10
_DELIMITERS = ",;\t|"
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})
_ROWS_AT_ONCE = 4096

TargetKind = Literal["auto", "classes", "values"]
#: told (lines read, lines in all)
Watch = Callable[[int, int], None]
_Key = tuple[Path, int, int, str, tuple[str, ...], TargetKind]

#: the tables read last, as races are built again and again from the same file
_KEPT = 3
_kept: dict[_Key, Table] = {}
_kept_lock = threading.Lock()


class CsvFile(Dataset):
    """The samples of a CSV file: one column is the target, the others (or those chosen) are the inputs.

    The first line holds the names unless it holds numbers alone. Values are separated by commas, semicolons, tabs or
    bars, whichever the first line has most of. A target of texts, or of few different whole numbers, is taken for
    classes; `target_kind` overrides the guess.
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
        key = (path, *_stamp(path), target, tuple(columns), target_kind)
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
    """

    columns: tuple[str, ...]
    kinds: tuple[Literal["number", "text"], ...]
    rows: tuple[tuple[str, ...], ...]


def peek(path: str | Path, rows: int = 20) -> Peek:
    """The names and first rows of a CSV file.

    Raises:
        RequestError: the file cannot be read, or is no table.
    """
    path = Path(path)
    _stamp(path)
    names, lines = _open(path)
    first = tuple(tuple(row) for _, row in islice(lines, rows))
    kinds = tuple(_kind(row[i] for row in first) for i in range(len(names)))
    return Peek(names, kinds, first)


def _kind(values: Iterator[str]) -> Literal["number", "text"]:
    present = [value for value in values if value.strip().lower() not in _MISSING]
    return "number" if present and all(_is_number(value) for value in present) else "text"


def _refuse(path: Path, text: str, key: str = "file") -> RequestError:
    return RequestError(key, f"cannot be used: {path.name}{text}")


def _stamp(path: Path) -> tuple[int, int]:
    """What tells one state of the file from another."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise _refuse(path, " does not exist") from None
    except (OSError, ValueError) as error:  # a ValueError for a zero byte in the name
        raise _refuse(path, f" cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not path.is_file():
        raise _refuse(path, " is a folder or no ordinary file")
    if stat.st_size > LARGEST_FILE:
        raise _refuse(path, f" has {stat.st_size / 2**20:,.0f} MiB; at most {LARGEST_FILE >> 20} are read")
    return stat.st_mtime_ns, stat.st_size


def _read(path: Path, target: str, columns: tuple[str, ...], target_kind: TargetKind, watch: Watch | None) -> Table:
    names, lines = _open(path, watch)
    t, chosen = _choose(path, names, target, columns)
    x, labels, places = _gather(path, names, lines, t, chosen)
    y, classes = _target(path, names[t], labels, places, target_kind)
    for array in (x, y):
        array.flags.writeable = False
    return Table(x, y, classes, columns=tuple(names[i] for i in chosen))


def _open(path: Path, watch: Watch | None = None) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """The names of the columns, and the rows with their line numbers, all of one length."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _refuse(path, f" cannot be read ({error.strerror})") from None
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refuse(path, f", line {line}: byte 0x{raw[error.start]:02x} is not UTF-8 text") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refuse(path, f", line {line}: holds a zero byte, so that this is no text file")
    if not text.strip():
        raise _refuse(path, " is empty")
    beginning = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    delimiter = max(_DELIMITERS, key=beginning.count)
    rows = _rows(path, csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    if watch is not None:
        rows = _watched(rows, watch, text.count("\n") + 1)
    line, first = next(rows)
    if len(first) == 1:
        raise _refuse(path, " has one column only: values must be separated by commas, semicolons, tabs or bars")
    if len(first) > MOST_COLUMNS:
        raise _refuse(path, f", line {line}: has {len(first):,} columns; at most {MOST_COLUMNS:,} are read")
    if all(_is_number(value) for value in first):
        names = tuple(f"column {i + 1}" for i in range(len(first)))
        return names, _even(path, len(first), _chain((line, first), rows))
    names = tuple(name.strip() for name in first)
    seen: set[str] = set()
    for i, name in enumerate(names):
        if not name:
            raise _refuse(path, f", line {line}: column {i + 1} has no name")
        if name in seen:
            raise _refuse(path, f", line {line}: two columns are named {show(name)}")
        seen.add(name)
    return names, _even(path, len(first), rows)


def _chain(first: tuple[int, list[str]], others: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from others


def _rows(path: Path, reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number of the line on which it ends."""
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise _refuse(path, f", line {reader.line_num}: {error}") from None


def _watched(rows: Iterator[tuple[int, list[str]]], watch: Watch, total: int) -> Iterator[tuple[int, list[str]]]:
    """The same rows; `watch` is told of every so many lines."""
    for count, (line, row) in enumerate(rows):
        if count % _ROWS_AT_ONCE == 0:
            watch(line, total)
        yield line, row


def _even(path: Path, width: int, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The same rows, which must all be as long as the first."""
    for line, row in rows:
        if len(row) != width:
            raise _refuse(path, f", line {line}: has {len(row)} value(s) where the first line has {width}")
        yield line, row


def _choose(path: Path, names: tuple[str, ...], target: str, columns: tuple[str, ...]) -> tuple[int, list[int]]:
    """The places of the target and of the inputs."""
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
    chosen = [names.index(name) for name in columns] or [i for i, name in enumerate(names) if name != target]
    if len(chosen) > MOST_INPUTS:
        raise RequestError("columns", f"must name at most {MOST_INPUTS} inputs, got {len(chosen)}")
    return names.index(target), chosen


def _gather(
    path: Path, names: tuple[str, ...], lines: Iterator[tuple[int, list[str]]], t: int, chosen: list[int]
) -> tuple[Array, list[str], list[int]]:
    """The inputs (N, n_in), the target as it stands there, and the line of each row."""
    parts: list[Array] = []
    labels: list[str] = []
    places: list[int] = []
    missing: list[str] = []
    while chunk := list(islice(lines, _ROWS_AT_ONCE)):
        if len(labels) + len(chunk) > MOST_ROWS:
            raise _refuse(path, f" has more than {MOST_ROWS:,} rows, the most that are read")
        if (len(labels) + len(chunk)) * len(chosen) > MOST_VALUES:
            raise _refuse(path, f" has more than {MOST_VALUES:,} values, the most that are read")
        part = np.empty((len(chunk), len(chosen)))
        for j, i in enumerate(chosen):
            try:
                part[:, j] = [_float(row[i]) for _, row in chunk]
            except ValueError:
                _convert(path, names[i], [(line, row[i]) for line, row in chunk], part[:, j])
        bad = np.argwhere(~np.isfinite(part))
        for k, j in bad:
            line, row = chunk[k]
            value = row[chosen[j]]
            if value.strip().lower() not in _MISSING:
                raise _not_a_number(path, line, names[chosen[j]], value)
            missing.append(f'line {line} (column "{names[chosen[j]]}")')
        for line, row in chunk:
            if row[t].strip().lower() in _MISSING:
                missing.append(f'line {line} (column "{names[t]}")')
            labels.append(row[t].strip())
            places.append(line)
        parts.append(part)
    if missing:
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise _refuse(
            path, f": values are missing in {', '.join(missing[:5])}{more}; fill them in or take the rows out"
        )
    if not labels:
        raise _refuse(path, " has names of columns but no rows")
    return np.concatenate(parts), labels, places


def _convert(path: Path, name: str, cells: list[tuple[int, str]], out: Array) -> None:
    """Fill `out` (N,) cell by cell; a missing value becomes not-a-number, any other text is refused."""
    for k, (line, value) in enumerate(cells):
        if value.strip().lower() in _MISSING:
            out[k] = math.nan
            continue
        try:
            out[k] = _float(value)
        except ValueError:
            raise _not_a_number(path, line, name, value) from None


def _not_a_number(path: Path, line: int, name: str, value: str) -> RequestError:
    hint = " (a decimal point is wanted)" if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", value) else ""
    hint = hint or "; `columns` can name the inputs, if this is none"
    return _refuse(path, f', line {line}, column "{name}": must be a finite number, got {show(value)}{hint}')


def _target(
    path: Path, name: str, labels: list[str], places: list[int], kind: TargetKind
) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The target as class numbers (N,) with their names, or as values (N, 1)."""
    numbers = np.empty(len(labels))
    try:
        numbers[:] = [_float(label) for label in labels]
        numeric = bool(np.isfinite(numbers).all())
    except ValueError:
        numeric = False
    distinct = sorted(set(labels), key=float) if numeric else sorted(set(labels))
    if numeric:
        values = np.unique(numbers)
        few = len(values) <= _CLASSES_GUESSED and bool((values == np.rint(values)).all())
        if kind == "values" or (kind == "auto" and not few):
            return numbers[:, None], ()
        if len(values) <= MOST_CLASSES:
            names = tuple(f"{value:g}" for value in values)
            return _classes(path, name, np.searchsorted(values, numbers), names)
        distinct = [str(value) for value in values]
    elif kind == "values":
        at = next(k for k, label in enumerate(labels) if not _is_number(label))
        raise _not_a_number(path, places[at], name, labels[at])
    if len(distinct) > MOST_CLASSES:
        raise _refuse(
            path, f', column "{name}": has {len(distinct):,} different values; at most {MOST_CLASSES} can be classes'
        )
    place = {label: number for number, label in enumerate(distinct)}
    return _classes(path, name, np.array([place[label] for label in labels]), tuple(distinct))


def _classes(
    path: Path, name: str, y: NDArray[np.int64], names: tuple[str, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if len(names) < 2:
        raise _refuse(
            path, f', column "{name}": holds the class {show(names[0])} alone; there must be at least two to tell apart'
        )
    return y.astype(np.int64), names


def _float(value: str) -> float:
    """The number that a text is, in no other spelling than the usual: Python's own 1_000 is a name, not a number."""
    if "_" in value:
        raise ValueError(value)
    return float(value)


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(_float(value))
    except ValueError:
        return False
