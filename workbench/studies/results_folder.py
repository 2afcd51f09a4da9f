"""A folder of results, as `sweep` and `tune` write it, read again: what is whole of it, its charts, and its runs.

The functions here are called in a process of their own: a folder may hold a million runs.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.engine.params import grouped
from workbench.experiment.files import ExperimentFileError
from workbench.studies import sweep_files, tuning_file
from workbench.studies.charts import Chart
from workbench.studies.journal import NAME as JOURNAL
from workbench.studies.results_rows import FairRaceRows, Opened, SweepRows, TableRows
from workbench.studies.results_table import ResultsTable

#: the file of a fair race, and what a folder without a journal is shown by
_TUNE, _TABLES = "tune.toml", ("results.csv", "runs.csv")
#: rows of a table that is read from CSV, at most
_MOST_ROWS = 1_000_000


class FolderError(ValueError):
    """A folder that shows nothing, in one sentence."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of a folder: its runs by whoever can make rows, charts and experiments of them."""

    rows: SweepRows | FairRaceRows | TableRows
    said: tuple[str, ...]


def read_table(folder: str) -> ResultsTable:
    """The runs of a folder, with what is to be said of it.

    Raises:
        FolderError: there is nothing to show.
    """
    kept = _kept(folder)
    return kept.rows.table(kept.said)


def read_charts(folder: str) -> tuple[Chart, ...]:
    """What can be drawn of a folder."""
    return tuple(_kept(folder).rows.charts())


def read_run(folder: str, number: int) -> Opened:
    """The experiment that a run of a folder is repeated with.

    Raises:
        ValueError: it cannot be had, in a sentence.
    """
    return _kept(folder).rows.run(number)


def _kept(folder: str) -> _Kept:
    return _read(folder, _stamp(Path(folder)))


def _stamp(folder: Path) -> tuple[Any, ...]:
    """Another one where a file of the folder is another."""
    found = []
    for name in (JOURNAL, sweep_files.NAME, _TUNE, *_TABLES):
        try:
            told = (folder / name).stat()
        except (OSError, ValueError):
            continue
        found.append((name, told.st_mtime_ns, told.st_size))
    return tuple(found)


@lru_cache(maxsize=1)
def _read(name: str, _stamp: tuple[Any, ...]) -> _Kept:
    try:
        return _found_in(Path(name))
    except OSError as error:  # as where nobody may look into it
        raise FolderError(f"{name}: cannot be read: {error.strerror or error}") from None


def _found_in(folder: Path) -> _Kept:
    said: list[str] = []
    if not folder.is_dir():
        why = "this is a file, not a folder of results" if folder.is_file() else "there is no such folder"
        raise FolderError(f"{folder}: {why}")
    readers: tuple[tuple[str, Callable[[Path], Any], str], ...] = (
        (sweep_files.NAME, lambda file: SweepRows(sweep_files.read(file)), "sweep"),
        (_TUNE, lambda file: FairRaceRows(tuning_file.read(file)), "tune"),
    )
    for file, reader, command in readers:
        if not (folder / file).exists():
            continue
        try:
            found = reader(folder / file)
            left_out = _fill(found, folder / JOURNAL)
        except ExperimentFileError as error:
            said.append(f"{error}.")
        except FolderError as error:
            said.append(str(error))
        else:
            return _Kept(found, (*said, *_state(found, left_out, command)))
    return _Kept(_table_of(folder, said), tuple(said))


def _state(found: SweepRows | FairRaceRows, left_out: int, command: str) -> Iterator[str]:
    if left_out:
        yield f"{grouped(left_out)} damaged {'line' if left_out == 1 else 'lines'} of {JOURNAL} left out."
    done, total = found.counts
    if done < total:
        yield f"{grouped(done)} of {grouped(total)} runs are there; the same call of `{command}` goes on."


def _fill(found: SweepRows | FairRaceRows, journal: Path) -> int:
    """Take what a journal holds; gives how many of its lines are damaged. A last one that is half is none.

    It is read as it stands, without a lock: whoever writes it only adds lines.

    Raises:
        FolderError: it cannot be read, or is of other results.
    """
    try:
        with journal.open("rb") as file:
            head = _line(file.readline())
            if head is None or head.get("sweep") != found.digest:
                raise FolderError(f"{journal}: it is no journal of the results that the file beside it says.")
            damaged = 0
            for line in file:
                if line.endswith(b"\n") and not _take(found, _line(line)):
                    damaged += 1
            return damaged
    except FileNotFoundError:
        raise FolderError(f"{journal}: there is no such file.") from None
    except OSError as error:
        raise FolderError(f"{journal}: cannot be read: {error.strerror}.") from None


def _take(found: SweepRows | FairRaceRows, entry: dict[str, Any] | None) -> bool:
    """Whether an entry of a journal was one, and is taken."""
    if entry is None:
        return False
    rows = entry.get("rows")
    total = found.counts[1]
    if not isinstance(rows, list) or not rows or not all(type(row) is int and 0 <= row < total for row in rows):
        return False
    failed = entry.get("failed")
    try:
        found.fill(rows, str(failed) if failed else entry["columns"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return False
    return True


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _table_of(folder: Path, said: list[str]) -> TableRows:
    """A folder by its table alone."""
    for name in _TABLES:
        file = folder / name
        if not file.exists():
            continue
        try:
            with file.open(encoding="utf-8", errors="replace", newline="") as opened:
                lines = csv.reader(opened)
                header = next(lines, [])
                rows = [line for line in itertools.islice(lines, _MOST_ROWS) if len(line) == len(header)]
        except (OSError, csv.Error) as error:
            said.append(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}.")
            continue
        if header:
            said.append(f"The table is shown as {name} has it, without charts.")
            return TableRows(folder, header, rows)
        said.append(f"{file}: it is empty.")
    why = " ".join(said) or f"neither {JOURNAL} nor a table is in it."
    raise FolderError(f"{folder}: nothing of a sweep or a fair race can be shown: {why}")
