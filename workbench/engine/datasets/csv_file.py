"""A person's own table, read from a CSV file: loaded whole, or refused in a sentence with line and column."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.engine.datasets.base import Dataset, Table
from workbench.engine.datasets.csv_columns import MOST_INPUTS, Column, Labels, coded, gather
from workbench.engine.datasets.csv_format import CsvFormat, Missing, TargetKind
from workbench.engine.datasets.csv_head import refusal
from workbench.engine.datasets.csv_lines import Lines, blank_note, known_names, open_lines
from workbench.engine.datasets.csv_missing import Holes
from workbench.engine.datasets.csv_records import Watch
from workbench.engine.datasets.csv_target import missing_labels, read_target
from workbench.engine.datasets.csv_text import stamp
from workbench.engine.params import RequestError, nearest, show
from workbench.engine.registry import Source


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked of a file, and the state that it was in."""

    path: Path
    state: tuple[int, int]
    target: str
    columns: tuple[str, ...]
    target_kind: TargetKind
    told: CsvFormat
    missing: Missing


#: the tables read last, as races are built again and again from the same file
_KEPT = 3
_kept: dict[_Wanted, Table] = {}
_kept_lock = threading.Lock()


class CsvFile(Dataset):
    """The samples of a CSV file: one column is the target, the others (or those chosen) are the inputs.

    What is not told of how the file is written (`CsvFormat`) is guessed from it; docs/own-data.md has the rules, and
    `Table.notes` says what is not certain. A column of texts becomes one input for each of its texts. A first column
    that nobody named and that numbers the rows, and columns without any value, are no inputs unless they are chosen.
    A target of texts, or of few different whole numbers, is taken for classes; `target_kind` overrides the guess.
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
        told: CsvFormat | None = None,
        missing: Missing = "refuse",
        watch: Watch | None = None,
        only_known: bool = False,
    ) -> None:
        """Read the file, or take it from memory where it has not changed.

        `told` is what is said of how it is written, `missing` what becomes of rows with missing values. `watch` is told
        from time to time how many lines have been read, and of how many; it may raise to end it. With `only_known`
        nothing is read: the table is in memory or refused.

        Raises:
            RequestError: the file cannot be read, or what is in it cannot be used; at `file`, `target` or `columns`.
        """
        super().__init__()
        path = Path(path)
        wanted = _Wanted(path, stamp(path), target, tuple(columns), target_kind, told or CsvFormat(), missing)
        known = _known(wanted)
        if known is None and only_known:
            raise RequestError("file", f"has not been read: {path.name}")
        self.table = known or _read(wanted, watch)
        with _kept_lock:
            _kept[wanted] = self.table
            while len(_kept) > _KEPT:
                del _kept[next(iter(_kept))]
        self.n_in = self.table.x.shape[1]
        self.n_classes = len(self.table.classes)

    def make(self, random: np.random.Generator) -> Table:
        return self.table


def _known(wanted: _Wanted) -> Table | None:
    with _kept_lock:
        return _kept.get(wanted)


def _read(wanted: _Wanted, watch: Watch | None) -> Table:
    path, missing = wanted.path, wanted.missing
    lines = open_lines(path, wanted.told, watch, wanted=(wanted.target, *wanted.columns))
    t, chosen = _choose(path, lines, wanted.target, wanted.columns)
    found = gather(path, lines, t, chosen)
    notes = [*lines.notes, *lines.numbers.notes]
    notes += [note for note in (blank_note(lines.blank),) if note]
    taken = found.columns if wanted.columns else _with_values(path, found.columns, notes)
    labels = found.labels
    untold = missing_labels(labels.texts, wanted.target_kind, lines.numbers, wanted.told)
    kept = Holes(path, taken, labels, untold).rows_kept(missing, notes)
    inputs = coded(taken)
    if len(kept) < len(labels.texts):
        labels = Labels(labels.name, [labels.texts[k] for k in kept], [labels.places[k] for k in kept])
    learned = read_target(path, labels, wanted.target_kind, lines.numbers)
    x = inputs.x if len(kept) == len(inputs.x) else inputs.x[kept]
    for array in (x, learned.y):
        array.flags.writeable = False
    return Table(
        x, learned.y, learned.classes, columns=inputs.names, target=lines.names[t], coded=inputs.coded,
        fill=missing if missing in ("mean", "most_frequent") else "",
        notes=tuple(" ".join(note.split()) for note in (*notes, *inputs.notes, *learned.notes)),
    )  # fmt: skip


def _choose(path: Path, lines: Lines, target: str, columns: tuple[str, ...]) -> tuple[int, list[int]]:
    """The places of the target and of the inputs."""
    names = lines.names
    known = known_names(names)
    if not target:
        raise RequestError("target", f"must name the column of {path.name} that is to be learned: {known}")
    place = _place(names, target)
    if place is None:
        raise RequestError(
            "target", f"must name a column of {path.name} ({known}), got {show(target)}{nearest(target, names)}"
        )
    chosen: list[int] = []
    for i, name in enumerate(columns):
        at = _place(names, name)
        if at is None:
            raise RequestError(
                f"columns[{i}]", f"must name a column of {path.name} ({known}), got {show(name)}{nearest(name, names)}"
            )
        if at == place:
            raise RequestError(f"columns[{i}]", f"must not be the target, got {show(name)}")
        if at in chosen:
            raise RequestError(f"columns[{i}]", f"names {show(name)} a second time")
        chosen.append(at)
    others = [i for i in range(len(names)) if i != place]
    if not columns and lines.has_index and len(others) > 1:
        others = [i for i in others if i > 0]
    chosen = chosen or others
    if len(chosen) > MOST_INPUTS:
        raise RequestError("columns", f"must name at most {MOST_INPUTS} inputs, got {len(chosen)}")
    return place, chosen


def _place(names: Sequence[str], name: str) -> int | None:
    """Where a column stands. Quotation marks around a name are passed over, if it has none: they were once kept."""
    for spelled in (name, name.strip().strip("\"'")):
        if spelled in names:
            return names.index(spelled)
    return None


def _with_values(path: Path, columns: list[Column], notes: list[str]) -> list[Column]:
    """The columns that hold something; that others are left out is noted."""
    empty = [column.name for column in columns if not column.seen]
    if empty:
        notes.append(f"left out, as there is no value in them: {known_names(empty)}")
    if len(empty) == len(columns):
        raise refusal(path, " has no value in any column but the target")
    return [column for column in columns if column.seen]
